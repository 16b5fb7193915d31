# In: the notices of an analysis' steps and of its models' fits. Out: all of them in one table.
NOTED = [
    "<results>/{analysis}/notices/cohort.csv",
    "<results>/{analysis}/notices/imputation.csv",
    *expand("<results>/{{analysis}}/models/{model}.json", model=MODELS),
    "<results>/{analysis}/notices/bootstrap.csv",
]
NOTICES = "<results>/{analysis}/notices.csv"


rule notices:
    input:
        expand(NOTICES, analysis=config["analyses"]),


rule collect_notices:
    input:
        noted=NOTED,
    output:
        collected=NOTICES,
        provenance="<results>/{analysis}/provenance/collect_notices.json",
    log:
        "<logs>/collect_notices/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        expected=expects(
            noted=lambda wildcards: [fitted(wildcards) if path.endswith(".json") else None for path in NOTED]
        ),
        code=code("collect_notices"),
    script:
        "../scripts/collect_notices.py"
