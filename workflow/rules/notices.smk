# In: the notices of an analysis' steps, of its models' fits and of its evidence. Out: all of them in one table.
rule notices:
    input:
        expand(results.NOTICES, analysis=config["analyses"]),


rule collect_notices:
    input:
        noted=lambda wildcards: files.noted[wildcards.analysis],
    output:
        collected=results.NOTICES,
        provenance="<results>/{analysis}/provenance/collect_notices.json",
    log:
        "<logs>/collect_notices/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        of_fonts=lambda wildcards: words.fonts.said,
        expected=handed.expects(
            noted=handed.json_made_by(rules.fit_models, lambda wildcards: files.noted[wildcards.analysis])
        ),
        code=code("collect_notices"),
    script:
        "../scripts/collect_notices.py"
