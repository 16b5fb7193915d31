# In: the pooled trials. Out, for each analysis: who is analysed, the patient flow, what was missing, and the cohort with
# missing values imputed.
rule cohort:
    input:
        expand("<results>/{analysis}/{table}.csv", analysis=config["analyses"], table=["flow", "missing"]),
        expand("<results>/ipd/{analysis}/imputed.parquet", analysis=config["analyses"]),


rule select_cohort:
    input:
        pooled="<results>/ipd/pooled.parquet",
    output:
        cohort="<results>/ipd/{analysis}/cohort.parquet",
        steps="<results>/ipd/{analysis}/steps.csv",
        missing="<results>/{analysis}/missing.csv",
        notices="<results>/{analysis}/notices/cohort.csv",
        provenance="<results>/{analysis}/provenance/select_cohort.json",
    log:
        "<logs>/select_cohort/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        eligibility=study.eligibility,
        reasons=lambda wildcards, input: study.reasons(wildcards),  # in messages only: not compared
        needed=study.needed,
        trial_effects=study.setting("trial_effects"),
        weights=study.setting("weights"),
        cluster=study.setting("cluster"),
        variables=study.types,
        code=code("select_cohort"),
    script:
        "../scripts/select_cohort.py"


# What is written about a step is no reason to select, impute and draw again.
rule describe_flow:
    input:
        steps="<results>/ipd/{analysis}/steps.csv",
    output:
        flow="<results>/{analysis}/flow.csv",
        provenance="<results>/{analysis}/provenance/describe_flow.json",
    log:
        "<logs>/describe_flow/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        stated=study.reasons,
        minimum_count=config["disclosure"]["minimum_count"],
        code=code("describe_flow"),
    script:
        "../scripts/describe_flow.py"


rule impute_missing:
    input:
        cohort="<results>/ipd/{analysis}/cohort.parquet",
    output:
        imputed="<results>/ipd/{analysis}/imputed.parquet",
        notices="<results>/{analysis}/notices/imputation.csv",
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
        drawn_as=study.drawn_as,
        needed=study.needed,
        mediator=study.setting("mediator"),
        missing=study.setting("missing"),
        variables=study.types,
        seed=config["seed"],
        code=code("impute_missing"),
    script:
        "../scripts/impute_missing.py"
