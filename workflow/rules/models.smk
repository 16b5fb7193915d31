# In: the imputed cohort of an analysis. Out: the mediator, total and outcome models, pooled over imputations, with diagnostics.
rule models:
    input:
        expand(results.FITS, analysis=config["analyses"]),


# A job for each link and one for what serves all of them: an analysis with another link than those before makes nothing of
# theirs anew.
rule compile_kernels:
    output:
        kernels="<results>/kernels/{compiled_for}.txt",
        provenance="<results>/provenance/compile_kernels/{compiled_for}.json",
    log:
        "<logs>/compile_kernels/{compiled_for}.log",
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(2000),
        runtime=doubling(10),
    params:
        compiled_for="{compiled_for}",
        code=code("compile_kernels"),
    script:
        "../scripts/compile_kernels.py"


rule fit_models:
    input:
        study.kernels,
        imputed="<results>/ipd/{analysis}/imputed.parquet",
    output:
        mediator="<results>/{analysis}/models/mediator.csv",
        total="<results>/{analysis}/models/total.csv",
        outcome="<results>/{analysis}/models/outcome.csv",
        mediator_diagnostics="<results>/{analysis}/models/mediator.json",
        total_diagnostics="<results>/{analysis}/models/total.json",
        outcome_diagnostics="<results>/{analysis}/models/outcome.json",
        calibration="<results>/{analysis}/calibration.csv",
        residuals="<results>/{analysis}/mediator_residuals.csv",
    log:
        "<logs>/fit_models/{analysis}.log",
    benchmark:
        "<benchmarks>/fit_models/{analysis}.tsv"
    cache: inside.caching
    conda:
        "../../envs/ipdmediation.yaml"
    threads: 1
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        model=study.model,
        level=study.setting("bootstrap", "level"),
        minimum_count=config["disclosure"]["minimum_count"],
        variables=study.measures,
        expected=handed.expects(imputed=handed.made_by(rules.impute_missing)),
        code=code("fit_models"),
    script:
        "../scripts/fit_models.py"
