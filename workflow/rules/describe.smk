# In: the cohort of an analysis. Out: baseline, outcome and mediator as tidy tables that show no single
# patient.
DESCRIPTIONS = expand(
    "<results>/{{analysis}}/describe/{part}.csv",
    part=["baseline", "outcome", "mediator"],
)


rule describe:
    input:
        expand(DESCRIPTIONS, analysis=config["analyses"]),


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
        outcome_settings=setting("outcome"),
        mediator_settings=setting("mediator"),
        level=setting("bootstrap", "level"),
        minimum_count=config["disclosure"]["minimum_count"],
        variables=settings.measures(config["variables"]),
        code=code("describe_cohort"),
    script:
        "../scripts/describe_cohort.py"
