# In: the tables of numbers. Out: figures, tables for a paper, the report, and the manifest of what went in and came out.
EFFECTS = "<results>/{analysis}/effects.csv"
DESCRIBED = "<results>/{analysis}/describe"
FITTED = {
    name: expand("<results>/{{analysis}}/models/{model}.{kind}", model=MODELS, kind=kind)
    for name, kind in {"models": "csv", "diagnostics": "json"}.items()
}

FIGURES = [
    "patient_flow",
    "outcome_by_arm",
    "mediator_by_arm",
    "path_diagram",
    "proportion_distribution",
    "model_coefficients",
    *(["outcome_by_trial", "mediator_by_trial"] if len(config["trials"]) > 1 else []),
]
TABLES = ["baseline", "flow", "models", "effects", "natural_effects"]
DRAWN = {
    kind: expand("<results>/{{analysis}}/figures/{figure}.{kind}", figure=FIGURES, kind=kind)
    for kind in ("svg", "png", "pdf")
}
WRITTEN = {
    kind: expand("<results>/{{analysis}}/tables/{table}.{kind}", table=TABLES, kind=kind)
    for kind in ("csv", "html", "docx")
}
SHOWN = [file for files in [*DRAWN.values(), *WRITTEN.values()] for file in files]


# Every result that may be shown, in two parts: of the study, and of an analysis.
STUDY_RESULTS = [
    "<results>/report.html",
    "<results>/published_comparison.csv",
    *expand("<results>/kernels/{link}.txt", link=links()),
    *expand("<results>/provenance/compile_kernels/{link}.json", link=links()),
    *(["<results>/synthetic_truth.json"] if config["study"]["synthetic"] else []),
    *expand("<results>/quality/{trial}.csv", trial=config["trials"]),
    *expand("<results>/provenance/harmonise_trial/{trial}.json", trial=config["trials"]),
    *expand(
        "<results>/provenance/{step}.json",
        step=["pool_trials", "compare_published", "report"],
    ),
]
STEPS_OF_ANALYSIS = [
    "select_cohort",
    "describe_flow",
    "describe_cohort",
    "estimate_effects",
    "collect_notices",
    "figures",
    "tables",
]


rule present:
    input:
        expand(SHOWN, analysis=config["analyses"]),


# All of an analysis in one job: the start of a process costs more than a figure or a table.
rule figures:
    input:
        **FITTED,
        flow="<results>/{analysis}/flow.csv",
        outcome=f"{DESCRIBED}/outcome.csv",
        mediator=f"{DESCRIBED}/mediator.csv",
        effects=EFFECTS,
        draws=chunks,
    output:
        svg=[reported(file, "figures") for file in DRAWN["svg"]],
        png=DRAWN["png"],
        pdf=DRAWN["pdf"],
        provenance="<results>/{analysis}/provenance/figures.json",
    log:
        "<logs>/figures/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        study=lambda wildcards: study_words(wildcards.analysis),
        model_names=MODELS,
        expected=expects(draws=made_by(rules.bootstrap_chunk, drawn_as)),
        code=code("figures"),
    script:
        "../scripts/figures.py"


rule tables:
    input:
        **FITTED,
        baseline=f"{DESCRIBED}/baseline.csv",
        flow="<results>/{analysis}/flow.csv",
        effects=EFFECTS,
    output:
        csv=WRITTEN["csv"],
        html=[reported(file, "tables") for file in WRITTEN["html"]],
        docx=WRITTEN["docx"],
        provenance="<results>/{analysis}/provenance/tables.json",
    log:
        "<logs>/tables/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        study=lambda wildcards: study_words(wildcards.analysis, bootstrap=("resampling", "level")),
        model_names=MODELS,
        code=code("tables"),
    script:
        "../scripts/tables.py"


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
        missing=expand("<results>/{analysis}/missing.csv", analysis=config["analyses"]),
        notices=expand("<results>/{analysis}/notices.csv", analysis=config["analyses"]),
        figures=expand("<results>/primary/figures/{figure}.svg", figure=FIGURES),
        quality=expand("<results>/quality/{trial}.csv", trial=config["trials"]),
        published="<results>/published_comparison.csv",
        recorded="<results>/run.json",
        truth="<results>/synthetic_truth.json" if config["study"]["synthetic"] else [],
    output:
        report=report("<results>/report.html", caption="../report/report.rst", category="Report"),
        provenance="<results>/provenance/report.json",
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
        expected=expects(
            diagnostics=lambda wildcards: [
                fitted(SimpleNamespace(analysis=name)) for name in config["analyses"] for _ in MODELS
            ]
        ),
        figure_names=FIGURES,
        trials=list(config["trials"]),
        models=MODELS,
        code=code("report"),
    script:
        "../scripts/report.py"


rule record_run:
    input:
        raw=[raw_file(trial) for trial in config["trials"]],
        mappings=list(config["trials"].values()),
        flows=expand("<results>/{analysis}/flow.csv", analysis=config["analyses"]),
        effects=expand("<results>/{analysis}/effects.csv", analysis=config["analyses"]),
    output:
        recorded="<results>/run.json",
    log:
        "<logs>/record_run.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        trials=list(config["trials"]),
        configuration={key: value for key, value in config.items() if key != "pathvars"},
        code=code("record_run"),
    script:
        "../scripts/record_run.py"


rule manifest:
    input:
        recorded="<results>/run.json",
        study=STUDY_RESULTS,
        analyses=[file for name in config["analyses"] for file in analysis_results(name)],
    output:
        manifest="<results>/manifest.json",
    log:
        "<logs>/manifest.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        code=code("manifest"),
    script:
        "../scripts/manifest.py"


# Not a part of a run: it looks at what is there, and makes nothing.
rule verify:
    log:
        "<logs>/verify.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        results=workflow.pathvars.apply("<results>"),
        code=code("verify"),
    script:
        "../scripts/verify.py"
