# In: the tables of numbers. Out: figures, tables for a paper, the report, and the manifest of what went in.
DESCRIBED = "<results>/{analysis}/describe"
FITTED = {model: f"<results>/{{analysis}}/models/{model}.csv" for model in MODELS}
EFFECTS = "<results>/{analysis}/effects.csv"

FIGURES = {
    "patient_flow": {"flow": "<results>/{analysis}/flow.csv"},
    "outcome_by_arm": {"outcome": f"{DESCRIBED}/outcome.csv", "total": FITTED["total"]},
    "mediator_by_arm": {"mediator": f"{DESCRIBED}/mediator.csv"},
    "path_diagram": FITTED,
    "proportion_distribution": {"draws": chunks, "effects": EFFECTS},
    "model_coefficients": {"total": FITTED["total"], "outcome": FITTED["outcome"]},
}
if len(config["trials"]) > 1:
    FIGURES |= {
        "outcome_by_trial": {"outcome": f"{DESCRIBED}/outcome.csv"},
        "mediator_by_trial": {"mediator": f"{DESCRIBED}/mediator.csv"},
    }

TABLES = {
    "baseline": {
        "baseline": f"{DESCRIBED}/baseline.csv",
        "flow": "<results>/{analysis}/flow.csv",
    },
    "flow": {"flow": "<results>/{analysis}/flow.csv"},
    "models": FITTED,
    "effects": {"effects": EFFECTS},
    "natural_effects": {"effects": EFFECTS},
}

SHOWN = [
    *expand("<results>/{{analysis}}/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "png", "pdf"]),
    *expand("<results>/{{analysis}}/tables/{table}.{kind}", table=TABLES, kind=["csv", "html", "docx"]),
]


rule present:
    input:
        expand(SHOWN, analysis=config["analyses"]),


rule figure:
    input:
        shown(FIGURES, "figure"),
    output:
        svg=report(
            "<results>/{analysis}/figures/{figure}.svg",
            caption="../report/figure.rst",
            category="{analysis}",
            subcategory="Figures",
            labels={"figure": "{figure}"},
        ),
        png="<results>/{analysis}/figures/{figure}.png",
        pdf="<results>/{analysis}/figures/{figure}.pdf",
    log:
        "<logs>/figure/{analysis}/{figure}.log",
    wildcard_constraints:
        figure="|".join(FIGURES),
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        study=lambda wildcards: study_words(wildcards.analysis),
        code=lambda wildcards: code(f"figure_{wildcards.figure}"),
    script:
        "../scripts/figure_{wildcards.figure}.py"


rule table:
    input:
        shown(TABLES, "table"),
    output:
        csv="<results>/{analysis}/tables/{table}.csv",
        html=report(
            "<results>/{analysis}/tables/{table}.html",
            caption="../report/table.rst",
            category="{analysis}",
            subcategory="Tables",
            labels={"table": "{table}"},
        ),
        docx="<results>/{analysis}/tables/{table}.docx",
    log:
        "<logs>/table/{analysis}/{table}.log",
    wildcard_constraints:
        table="|".join(TABLES),
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        study=lambda wildcards: study_words(wildcards.analysis),
        code=lambda wildcards: code(f"table_{wildcards.table}"),
    script:
        "../scripts/table_{wildcards.table}.py"


rule report:
    input:
        template=source("../report/page.html.j2"),
        flow=expand("<results>/{analysis}/flow.csv", analysis=config["analyses"]),
        baseline=expand("<results>/{analysis}/describe/baseline.csv", analysis=config["analyses"]),
        outcome=expand("<results>/{analysis}/describe/outcome.csv", analysis=config["analyses"]),
        mediator=expand("<results>/{analysis}/describe/mediator.csv", analysis=config["analyses"]),
        mediator_model=expand("<results>/{analysis}/models/mediator.csv", analysis=config["analyses"]),
        total_model=expand("<results>/{analysis}/models/total.csv", analysis=config["analyses"]),
        outcome_model=expand("<results>/{analysis}/models/outcome.csv", analysis=config["analyses"]),
        diagnostics=expand(
            "<results>/{analysis}/models/{model}.json", analysis=config["analyses"], model=MODELS
        ),
        effects=expand("<results>/{analysis}/effects.csv", analysis=config["analyses"]),
        figures=expand("<results>/primary/figures/{figure}.svg", figure=FIGURES),
        quality=expand("<results>/quality/{trial}.csv", trial=config["trials"]),
        published="<results>/published_comparison.csv",
        manifest="<results>/manifest.json",
    output:
        report=report("<results>/report.html", caption="../report/report.rst", category="Report"),
    log:
        "<logs>/report.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        studies=[
            study_words(name, bootstrap=("resampling", "replicates", "interval", "level"))
            for name in config["analyses"]
        ],
        figure_names=list(FIGURES),
        trials=list(config["trials"]),
        models=MODELS,
        code=code("report"),
    script:
        "../scripts/report.py"


rule manifest:
    input:
        raw=[raw_file(trial) for trial in config["trials"]],
        mappings=list(config["trials"].values()),
        effects=expand("<results>/{analysis}/effects.csv", analysis=config["analyses"]),
    output:
        manifest="<results>/manifest.json",
    log:
        "<logs>/manifest.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        trials=list(config["trials"]),
        configuration=config,
        code=code("manifest"),
    script:
        "../scripts/manifest.py"
