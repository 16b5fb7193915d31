# In: the published figures of the configuration and the tables of this run. Out: both side by side.
COMPARED = {
    "flow": "flow.csv",
    "baseline": "describe/baseline.csv",
    "outcome": "describe/outcome.csv",
    "mediator": "describe/mediator.csv",
    "mediator_model": "models/mediator.csv",
    "total_model": "models/total.csv",
    "outcome_model": "models/outcome.csv",
    "effects": "effects.csv",
}


rule compare_published:
    input:
        **{name: f"<results>/primary/{path}" for name, path in COMPARED.items()},
    output:
        comparison="<results>/published_comparison.csv",
    log:
        "<logs>/compare_published.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        figures=config["published"],
        code=code("compare_published"),
    script:
        "../scripts/compare_published.py"
