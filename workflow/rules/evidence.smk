# In: the published figures of the configuration and the tables of this run that have them; the imputed cohort of an analysis.
# Out: the figures side by side; each trial by itself and pooled in two stages, and the analysis without each trial;
#      what unmeasured confounding, and error of the mediator's measurement, would make of the effects; whether the
#      mediator could stand for the outcome; and the effects in everybody, patients without a mediator among them.
rule evidence:
    input:
        [file for name in config["analyses"] for file in files.evidence(name)],


rule compare_published:
    input:
        tables=expand("<results>/{table}.csv", table=files.compared),
    output:
        comparison="<results>/published_comparison.csv",
        provenance="<results>/provenance/compare_published.json",
    log:
        "<logs>/compare_published.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        figures=config["published"],
        names=files.compared,
        code=code("compare_published"),
    script:
        "../scripts/compare_published.py"


# All trials in one job: the start of a process costs more than a trial.
rule each_trial:
    input:
        study.kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
        missing="<results>/{analysis}/missing.csv",
        sent=study.sent_files,
    output:
        by_trial="<results>/{analysis}/evidence/trials.csv",
        together="<results>/{analysis}/evidence/pooled.csv",
        notices="<results>/{analysis}/notices/each_trial.csv",
        provenance="<results>/{analysis}/provenance/each_trial.json",
    log:
        "<logs>/each_trial/{analysis}.log",
    benchmark:
        "<benchmarks>/each_trial/{analysis}.tsv"
    cache: inside.caching
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        drawn_as=study.drawn_as,
        model=study.model,
        standardisation=study.setting("standardisation"),
        covariates=study.setting("evidence", "trials", "covariates"),
        replicates=study.setting("evidence", "trials", "replicates"),
        interval=study.setting("bootstrap", "interval"),
        level=study.setting("bootstrap", "level"),
        minimum_count=config["disclosure"]["minimum_count"],
        analysis="{analysis}",
        sent_trials=study.sent_trials,
        agreed=study.agreed,
        variables=study.types,
        seed=config["seed"],
        expected=handed.expects(imputed=handed.made_by(rules.impute_missing)),
        code=code("each_trial"),
    script:
        "../scripts/each_trial.py"


# What a site sends whose rows may not leave it; a run makes it only when it is asked for.
rule site_result:
    input:
        expand(results.KERNELS, compiled_for=study.compiled),
        imputed=expand("<results>/ipd/{analysis}/imputed.parquet", analysis=study.first_stages),
        missing=expand("<results>/{analysis}/missing.csv", analysis=study.first_stages),
    output:
        archive="<results>/site/site_result.zip",
        provenance="<results>/site/provenance.json",
    log:
        "<logs>/site_result.log",
    benchmark:
        "<benchmarks>/site_result.tsv"
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(60),
    params:
        stages=study.first_stages,
        minimum_count=config["disclosure"]["minimum_count"],
        variables=study.types,
        seed=config["seed"],
        expected=handed.expects(
            imputed=handed.made_for_each(rules.impute_missing, study.first_stages, files=1)
        ),
        code=code("site_result"),
    script:
        "../scripts/site_result.py"


rule leave_one_out:
    input:
        study.kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
    output:
        effects="<results>/{analysis}/evidence/leave_one_out.csv",
        notices="<results>/{analysis}/notices/leave_one_out.csv",
        provenance="<results>/{analysis}/provenance/leave_one_out.json",
    log:
        "<logs>/leave_one_out/{analysis}.log",
    benchmark:
        "<benchmarks>/leave_one_out/{analysis}.tsv"
    cache: inside.caching
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(60),
    params:
        drawn_as=study.drawn_as,
        model=study.model,
        standardisation=study.setting("standardisation"),
        resampling=study.setting("bootstrap", "resampling"),
        replicates=study.setting("evidence", "trials", "leave_one_out_replicates"),
        interval=study.setting("bootstrap", "interval"),
        level=study.setting("bootstrap", "level"),
        max_failed=study.setting("bootstrap", "max_failed"),
        variables=study.types,
        seed=config["seed"],
        expected=handed.expects(imputed=handed.made_by(rules.impute_missing)),
        code=code("leave_one_out"),
    script:
        "../scripts/leave_one_out.py"


rule confounding:
    input:
        study.kernels,
        study.latent_kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
    output:
        curve="<results>/{analysis}/evidence/confounding.csv",
        undone="<results>/{analysis}/evidence/confounding_undone.csv",
        benchmarks="<results>/{analysis}/evidence/confounding_benchmarks.csv",
        e_values="<results>/{analysis}/evidence/confounding_e_values.csv",
        logit="<results>/{analysis}/evidence/confounding_logit.csv",
        notices="<results>/{analysis}/notices/confounding.csv",
        provenance="<results>/{analysis}/provenance/confounding.json",
    log:
        "<logs>/confounding/{analysis}.log",
    benchmark:
        "<benchmarks>/confounding/{analysis}.tsv"
    cache: inside.caching
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        drawn_as=study.drawn_as,
        model=study.model,
        standardisation=study.setting("standardisation"),
        resampling=study.setting("bootstrap", "resampling"),
        correlations=study.setting("evidence", "confounding", "correlations"),
        covariates=study.benchmarks,
        logit_check=study.setting("evidence", "confounding", "logit_check"),
        replicates=study.setting("evidence", "confounding", "replicates"),
        interval=study.setting("bootstrap", "interval"),
        level=study.setting("bootstrap", "level"),
        max_failed=study.setting("bootstrap", "max_failed"),
        variables=study.types,
        seed=config["seed"],
        expected=handed.expects(imputed=handed.made_by(rules.impute_missing)),
        code=code("confounding"),
    script:
        "../scripts/confounding.py"


rule measurement_error:
    input:
        study.kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
    output:
        effects="<results>/{analysis}/evidence/measurement_error.csv",
        notices="<results>/{analysis}/notices/measurement_error.csv",
        provenance="<results>/{analysis}/provenance/measurement_error.json",
    log:
        "<logs>/measurement_error/{analysis}.log",
    benchmark:
        "<benchmarks>/measurement_error/{analysis}.tsv"
    cache: inside.caching
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        drawn_as=study.drawn_as,
        model=study.model,
        standardisation=study.setting("standardisation"),
        resampling=study.setting("bootstrap", "resampling"),
        error=study.setting("evidence", "measurement_error", "error"),
        replicates=study.setting("evidence", "measurement_error", "replicates"),
        interval=study.setting("bootstrap", "interval"),
        level=study.setting("bootstrap", "level"),
        max_failed=study.setting("bootstrap", "max_failed"),
        variables=study.types,
        seed=config["seed"],
        expected=handed.expects(imputed=handed.made_by(rules.impute_missing)),
        code=code("measurement_error"),
    script:
        "../scripts/measurement_error.py"


# The proportion's resamples are those of the analysis' own bootstrap, so its random numbers have the same names.
rule surrogacy:
    input:
        study.kernels,
        study.latent_kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
        missing="<results>/{analysis}/missing.csv",
    output:
        measures="<results>/{analysis}/evidence/surrogacy.csv",
        predictions="<results>/{analysis}/evidence/surrogate_predictions.csv",
        line="<results>/{analysis}/evidence/surrogate_line.csv",
        notices="<results>/{analysis}/notices/surrogacy.csv",
        provenance="<results>/{analysis}/provenance/surrogacy.json",
    log:
        "<logs>/surrogacy/{analysis}.log",
    benchmark:
        "<benchmarks>/surrogacy/{analysis}.tsv"
    cache: inside.caching
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        drawn_as=study.drawn_as,
        model=study.model,
        standardisation=study.setting("standardisation"),
        resampling=study.setting("bootstrap", "resampling"),
        covariates=study.setting("evidence", "surrogacy", "covariates"),
        replicates=study.setting("evidence", "surrogacy", "replicates"),
        level=study.setting("bootstrap", "level"),
        max_failed=study.setting("bootstrap", "max_failed"),
        minimum_count=config["disclosure"]["minimum_count"],
        variables=study.types,
        seed=config["seed"],
        expected=handed.expects(imputed=handed.made_by(rules.impute_missing)),
        code=code("surrogacy"),
    script:
        "../scripts/surrogacy.py"


# From the pooled trials: the cohort of the analysis holds nobody whose mediator cannot exist.
rule death:
    input:
        study.kernels,
        pooled="<results>/ipd/pooled.parquet",
    output:
        effects="<results>/{analysis}/evidence/death.csv",
        patients="<results>/{analysis}/evidence/death_patients.csv",
        notices="<results>/{analysis}/notices/death.csv",
        provenance="<results>/{analysis}/provenance/death.json",
    log:
        "<logs>/death/{analysis}.log",
    benchmark:
        "<benchmarks>/death/{analysis}.tsv"
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        drawn_as=study.drawn_as,
        eligibility=study.eligibility,
        needed=study.needed,
        missing=study.setting("missing"),
        model=study.model,
        standardisation=study.setting("standardisation"),
        event=study.setting("evidence", "death", "event"),
        levels=study.setting("evidence", "death", "levels"),
        measurement=study.setting("evidence", "death", "measurement"),
        covariates=study.setting("evidence", "death", "covariates"),
        resampling=study.setting("bootstrap", "resampling"),
        replicates=study.setting("evidence", "death", "replicates"),
        interval=study.setting("bootstrap", "interval"),
        level=study.setting("bootstrap", "level"),
        max_failed=study.setting("bootstrap", "max_failed"),
        minimum_count=config["disclosure"]["minimum_count"],
        variables=study.types,
        seed=config["seed"],
        code=code("death"),
    script:
        "../scripts/death.py"


# No bootstrap but of the effects with the treatment free; both ways in one job, for they share the resamples.
rule proportional_odds:
    input:
        study.kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
    output:
        tests="<results>/{analysis}/evidence/proportional_odds.csv",
        by_cut="<results>/{analysis}/evidence/by_cut.csv",
        effects="<results>/{analysis}/evidence/free_treatment.csv",
        notices="<results>/{analysis}/notices/proportional_odds.csv",
        provenance="<results>/{analysis}/provenance/proportional_odds.json",
    log:
        "<logs>/proportional_odds/{analysis}.log",
    benchmark:
        "<benchmarks>/proportional_odds/{analysis}.tsv"
    cache: inside.caching
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        drawn_as=study.drawn_as,
        model=study.model,
        standardisation=study.setting("standardisation"),
        replicates=study.setting("evidence", "proportional_odds", "replicates"),
        interval=study.setting("bootstrap", "interval"),
        level=study.setting("bootstrap", "level"),
        max_failed=study.setting("bootstrap", "max_failed"),
        minimum_count=config["disclosure"]["minimum_count"],
        variables=study.types,
        seed=config["seed"],
        expected=handed.expects(imputed=handed.made_by(rules.impute_missing)),
        code=code("proportional_odds"),
    script:
        "../scripts/proportional_odds.py"


for piece in results.EVIDENCE:

    rule:
        name:
            f"show_{piece}"
        input:
            numbers=results.numbers(piece),
            effects=results.EFFECTS,
        output:
            figures=[
                report(file, **files.caption("figures", file)) if file.endswith(".svg") else file
                for file in results.shown_evidence(piece, "figures")
            ],
            tables=[
                report(file, **files.caption("tables", file)) if file.endswith(".html") else file
                for file in results.shown_evidence(piece, "tables")
            ],
            provenance=f"<results>/{{analysis}}/provenance/show_{piece}.json",
        log:
            f"<logs>/show_{piece}/{{analysis}}.log",
        localrule: True
        conda:
            "../../envs/ipdmediation.yaml"
        params:
            piece=piece,
            study=lambda wildcards: words.drawn(wildcards.analysis, more=("evidence",)),
            style=words.house_style,
            code=code("show_evidence"),
        script:
            "../scripts/show_evidence.py"
