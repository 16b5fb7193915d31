# In: the notices of an analysis' steps and of its models' fits. Out: all of them in one table.
rule notices:
    input:
        expand(results.NOTICES, analysis=config["analyses"]),


rule collect_notices:
    input:
        noted=results.NOTED,
    output:
        collected=results.NOTICES,
        provenance="<results>/{analysis}/provenance/collect_notices.json",
    log:
        "<logs>/collect_notices/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        expected=handed.expects(noted=handed.json_made_by(rules.fit_models, results.NOTED)),
        code=code("collect_notices"),
    script:
        "../scripts/collect_notices.py"
