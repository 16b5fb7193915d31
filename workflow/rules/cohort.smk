# In: the pooled trials. Out, for each analysis: its cohort, the patient flow, and the cohort with missing values imputed.
rule cohort:
    input:
        expand("<results>/{analysis}/flow.csv", analysis=config["analyses"]),
        expand("<results>/ipd/{analysis}/imputed.parquet", analysis=config["analyses"]),


rule select_cohort:
    input:
        pooled="<results>/ipd/pooled.parquet",
    output:
        cohort="<results>/ipd/{analysis}/cohort.parquet",
        flow="<results>/{analysis}/flow.csv",
    log:
        "<logs>/select_cohort/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        eligibility=eligibility,
        variables=config["variables"],
        code=code("select_cohort"),
    script:
        "../scripts/select_cohort.py"


rule impute_missing:
    input:
        cohort="<results>/ipd/{analysis}/cohort.parquet",
    output:
        imputed="<results>/ipd/{analysis}/imputed.parquet",
    log:
        "<logs>/impute_missing/{analysis}.log",
    benchmark:
        "<benchmarks>/impute_missing/{analysis}.tsv"
    conda:
        "../../envs/ipdmediation.yaml"
    resources:
        mem_mb=doubling(1000),
        runtime=doubling(20),
    params:
        analysis=drawn_as,
        model=model_settings,
        missing=setting("missing"),
        variables=config["variables"],
        seed=config["seed"],
        code=code("impute_missing"),
    script:
        "../scripts/impute_missing.py"
