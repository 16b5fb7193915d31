# In: the imputed cohort of an analysis. Out: the mediator, total and outcome models, pooled over imputations, with diagnostics.
MODELS = ["mediator", "total", "outcome"]

FITS = expand("<results>/{{analysis}}/models/{model}.{kind}", model=MODELS, kind=["csv", "json"])


rule models:
    input:
        expand(FITS, analysis=config["analyses"]),


# A job for each link: an analysis with another link than those before makes nothing of theirs anew.
rule compile_kernels:
    output:
        kernels="<results>/kernels/{link}.txt",
        provenance="<results>/provenance/compile_kernels/{link}.json",
    log:
        "<logs>/compile_kernels/{link}.log",
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(2000),
        runtime=doubling(10),
    params:
        link="{link}",
        code=code("compile_kernels"),
    script:
        "../scripts/compile_kernels.py"


rule fit_models:
    input:
        kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
    output:
        mediator="<results>/{analysis}/models/mediator.csv",
        total="<results>/{analysis}/models/total.csv",
        outcome="<results>/{analysis}/models/outcome.csv",
        mediator_diagnostics="<results>/{analysis}/models/mediator.json",
        total_diagnostics="<results>/{analysis}/models/total.json",
        outcome_diagnostics="<results>/{analysis}/models/outcome.json",
    log:
        "<logs>/fit_models/{analysis}.log",
    benchmark:
        "<benchmarks>/fit_models/{analysis}.tsv"
    cache: CACHE
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        model=model_settings,
        level=setting("bootstrap", "level"),
        minimum_count=config["disclosure"]["minimum_count"],
        variables=settings.measures(config["variables"]),
        expected=expects(imputed=made_by(rules.impute_missing)),
        code=code("fit_models"),
    script:
        "../scripts/fit_models.py"


drop_benchmark_if_cached(rules.fit_models)

fitted = made_by(rules.fit_models)
