# In: the imputed cohort of an analysis. Out: bootstrap draws of every effect in chunks, and the effects with intervals.
rule mediation:
    input:
        expand("<results>/{analysis}/effects.csv", analysis=config["analyses"]),


rule bootstrap_chunk:
    input:
        kernels,
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
    cache: CACHE
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
        model=model_settings,
        standardisation=setting("standardisation"),
        resampling=setting("bootstrap", "resampling"),
        variables=settings.types(config["variables"]),
        seed=config["seed"],
        expected=expects(imputed=made_by(rules.impute_missing)),
        code=code("bootstrap_chunk"),
    script:
        "../scripts/bootstrap_chunk.py"


drop_benchmark_if_cached(rules.bootstrap_chunk)


rule estimate_effects:
    input:
        kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
        chunks=chunks,
    output:
        effects="<results>/{analysis}/effects.csv",
        notices="<results>/{analysis}/notices/bootstrap.csv",
        provenance="<results>/{analysis}/provenance/estimate_effects.json",
    log:
        "<logs>/estimate_effects/{analysis}.log",
    cache: CACHE
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        model=model_settings,
        standardisation=setting("standardisation"),
        resampling=setting("bootstrap", "resampling"),
        replicates=setting("bootstrap", "replicates"),
        interval=setting("bootstrap", "interval"),
        level=setting("bootstrap", "level"),
        max_failed=setting("bootstrap", "max_failed"),
        variables=settings.types(config["variables"]),
        expected=expects(
            imputed=made_by(rules.impute_missing), chunks=made_by(rules.bootstrap_chunk, drawn_as)
        ),
        code=code("estimate_effects"),
    script:
        "../scripts/estimate_effects.py"
