# In: the cohort of an analysis. Out: baseline, outcome and mediator as tidy tables that show no single
# patient.
rule describe:
    input:
        expand(results.DESCRIPTIONS, analysis=config["analyses"]),


rule describe_cohort:
    input:
        cohort="<results>/ipd/{analysis}/cohort.parquet",
    output:
        baseline="<results>/{analysis}/describe/baseline.csv",
        outcome="<results>/{analysis}/describe/outcome.csv",
        mediator="<results>/{analysis}/describe/mediator.csv",
        provenance="<results>/{analysis}/provenance/describe_cohort.json",
    log:
        "<logs>/describe_cohort/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        baseline_variables=config["describe"]["baseline"],
        outcome_settings=study.setting("outcome"),
        mediator_settings=study.setting("mediator"),
        level=study.setting("bootstrap", "level"),
        minimum_count=config["disclosure"]["minimum_count"],
        variables=study.measures,
        code=code("describe_cohort"),
    script:
        "../scripts/describe_cohort.py"
