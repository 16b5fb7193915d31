# In: the published figures of the configuration and the tables of this run that have them. Out: both side by side.
rule compare_published:
    input:
        tables=expand("<results>/{table}.csv", table=files.compared),
    output:
        comparison="<results>/published_comparison.csv",
        provenance="<results>/provenance/compare_published.json",
    log:
        "<logs>/compare_published.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        figures=config["published"],
        names=files.compared,
        code=code("compare_published"),
    script:
        "../scripts/compare_published.py"
