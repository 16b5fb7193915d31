# In: the imputed cohort of an analysis. Out: bootstrap draws of every effect in chunks, and the effects with intervals.
rule mediation:
    input:
        expand("<results>/{analysis}/effects.csv", analysis=config["analyses"]),


rule bootstrap_chunk:
    input:
        study.kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
    output:
        draws="<results>/{analysis}/bootstrap/{start}-{stop}.parquet",
    log:
        "<logs>/bootstrap_chunk/{analysis}/{start}-{stop}.log",
    benchmark:
        "<benchmarks>/bootstrap_chunk/{analysis}/{start}-{stop}.tsv"
    wildcard_constraints:
        start=r"\d+",
        stop=r"\d+",
    cache: inside.caching
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(10),
    params:
        analysis="{analysis}",
        start="{start}",
        stop="{stop}",
        model=study.model,
        standardisation=study.setting("standardisation"),
        resampling=study.setting("bootstrap", "resampling"),
        variables=study.types,
        seed=config["seed"],
        expected=handed.expects(imputed=handed.made_by(rules.impute_missing)),
        code=code("bootstrap_chunk"),
    script:
        "../scripts/bootstrap_chunk.py"


rule estimate_effects:
    input:
        study.kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
        chunks=study.chunks,
    output:
        effects="<results>/{analysis}/effects.csv",
        worlds="<results>/{analysis}/worlds.csv",
        curve="<results>/{analysis}/mediator_curve.csv",
        notices="<results>/{analysis}/notices/bootstrap.csv",
        provenance="<results>/{analysis}/provenance/estimate_effects.json",
    log:
        "<logs>/estimate_effects/{analysis}.log",
    cache: inside.caching
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        model=study.model,
        standardisation=study.setting("standardisation"),
        resampling=study.setting("bootstrap", "resampling"),
        replicates=study.setting("bootstrap", "replicates"),
        interval=study.setting("bootstrap", "interval"),
        level=study.setting("bootstrap", "level"),
        max_failed=study.setting("bootstrap", "max_failed"),
        variables=study.types,
        expected=handed.expects(
            imputed=handed.made_by(rules.impute_missing),
            chunks=handed.made_by(rules.bootstrap_chunk, study.drawn_as),
        ),
        code=code("estimate_effects"),
    script:
        "../scripts/estimate_effects.py"
