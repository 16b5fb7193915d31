# In: the published figures of the configuration and the tables of this run that have them; the imputed cohort of an analysis.
# Out: the figures side by side; each trial by itself and pooled in two stages, and the analysis without each trial.
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
        expand(results.KERNELS, link=study.links),
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
            study=lambda wildcards: study.words(wildcards.analysis),
            code=code("show_evidence"),
        script:
            "../scripts/show_evidence.py"
