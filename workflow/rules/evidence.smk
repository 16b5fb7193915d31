# In: the published figures of the configuration and the tables of this run that have them. Out: both side by side.
COMPARED = sorted({f"{figure['analysis']}/{figure['table']}" for figure in config["published"]})


rule compare_published:
    input:
        tables=expand("<results>/{table}.csv", table=COMPARED),
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
        names=COMPARED,
        code=code("compare_published"),
    script:
        "../scripts/compare_published.py"
