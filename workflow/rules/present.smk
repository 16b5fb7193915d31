# In: the tables of numbers. Out: figures, tables for a paper, the report, and the manifest of what went in and came out.
rule present:
    input:
        expand(files.shown, analysis=config["analyses"]),
        [file for name in config["analyses"] for file in files.in_print(name)],


# All of an analysis in one job: the start of a process costs more than a figure or a table.
rule figures:
    input:
        **results.FITTED,
        **results.EXPECTED,
        flow="<results>/{analysis}/flow.csv",
        baseline="<results>/{analysis}/describe/baseline.csv",
        outcome="<results>/{analysis}/describe/outcome.csv",
        mediator="<results>/{analysis}/describe/mediator.csv",
        effects=results.EFFECTS,
        draws=study.chunks,
    output:
        svg=[report(file, **files.caption("figures", file)) for file in files.drawn],
        provenance="<results>/{analysis}/provenance/figures.json",
    log:
        "<logs>/figures/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        study=lambda wildcards: words.drawn(wildcards.analysis),
        model_names=list(results.MODELS),
        style=words.house_style,
        expected=handed.expects(draws=handed.made_by(rules.bootstrap_chunk, study.drawn_as)),
        code=code("figures"),
    script:
        "../scripts/figures.py"


# Of the primary analysis, or of all: PDF and PNG cost three times as much as what a page shows.
use rule figures as figures_for_print with:
    output:
        **files.printed,
        provenance="<results>/{analysis}/provenance/figures_for_print.json",
    log:
        "<logs>/figures_for_print/{analysis}.log",
    localrule: True


rule tables:
    input:
        **results.FITTED,
        distributions=results.DISTRIBUTIONS,
        baseline="<results>/{analysis}/describe/baseline.csv",
        outcome="<results>/{analysis}/describe/outcome.csv",
        flow="<results>/{analysis}/flow.csv",
        effects=results.EFFECTS,
    output:
        csv=files.written["csv"],
        html=[report(file, **files.caption("tables", file)) for file in files.written["html"]],
        docx=files.written["docx"],
        provenance="<results>/{analysis}/provenance/tables.json",
    log:
        "<logs>/tables/{analysis}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        study=lambda wildcards: words.of(wildcards.analysis, bootstrap=("resampling", "level")),
        style=words.house_style,
        model_names=list(results.MODELS),
        code=code("tables"),
    script:
        "../scripts/tables.py"


# Where there are several.
rule all_analyses:
    input:
        effects=expand(results.EFFECTS, analysis=config["analyses"]),
    output:
        svg=report(
            results.ALL_ANALYSES["svg"],
            caption="../report/figures/specification_curve.rst",
            category=files.pages,
        ),
        png=results.ALL_ANALYSES["png"],
        pdf=results.ALL_ANALYSES["pdf"],
        provenance="<results>/provenance/all_analyses.json",
    log:
        "<logs>/all_analyses.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        studies=lambda wildcards: words.compared,
        departures=words.departures,
        style=words.house_style,
        code=code("all_analyses"),
    script:
        "../scripts/all_analyses.py"


# What was read, before anything is analysed.
rule quality_report:
    input:
        templates=[source("../report/quality.html.j2"), source("../report/parts.html.j2")],
        quality=expand("<results>/quality/{trial}.csv", trial=config["trials"]),
        distributions=results.DISTRIBUTIONS,
        integrity=results.INTEGRITY,
        notices=results.POOLING,
    output:
        page=report("<results>/quality/report.html", caption="../report/quality.rst", category=files.pages),
        provenance="<results>/provenance/quality_report.json",
    log:
        "<logs>/quality_report.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        study={**words.said, "analysis": {}},
        style=words.house_style,
        conversions=study.conversions,
        needed=study.needed_of("primary"),
        minimum_count=config["disclosure"]["minimum_count"],
        code=code("quality_report"),
    script:
        "../scripts/quality_report.py"


rule report:
    input:
        **files.told,
        **files.evidence_on_the_page,
        templates=[source(f"../report/{part}") for part in ("page.html.j2", "parts.html.j2", "page.js")],
        figures=expand("<results>/primary/figures/{figure}.svg", figure=files.figures),
        all_analyses=files.all_analyses("svg"),
        quality=expand("<results>/quality/{trial}.csv", trial=config["trials"]),
        integrity=results.INTEGRITY,
        published="<results>/published_comparison.csv",
        recorded="<results>/run.json",
        truth="<results>/synthetic_truth.json" if config["study"]["synthetic"] else [],
    output:
        report=report("<results>/report.html", caption="../report/report.rst", category=files.pages),
        provenance="<results>/provenance/report.json",
    log:
        "<logs>/report.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        studies=words.told,
        expected=handed.expects(
            diagnostics=handed.made_for_each(rules.fit_models, config["analyses"], files=len(results.MODELS))
        ),
        figure_names=files.figures,
        files=files.opened,
        style=words.house_style,
        models=list(results.MODELS),
        code=code("report"),
    script:
        "../scripts/report.py"


# What an author pastes; made of what the page is made of.
rule manuscript:
    input:
        **files.told,
        evidence_tables=files.evidence_on_the_page["evidence_tables"],
        evidence_figures=files.evidence_in_print,
        figures=expand("<results>/primary/figures/{figure}.pdf", figure=files.figures),
        all_analyses=files.all_analyses("pdf"),
        recorded="<results>/run.json",
    output:
        **results.MANUSCRIPT,
        numbered=files.numbered,
        provenance="<results>/provenance/manuscript.json",
    log:
        "<logs>/manuscript.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        studies=words.told,
        expected=handed.expects(
            diagnostics=handed.made_for_each(rules.fit_models, config["analyses"], files=len(results.MODELS))
        ),
        analyses=list(config["analyses"]),
        style=words.house_style,
        models=list(results.MODELS),
        code=code("manuscript"),
    script:
        "../scripts/manuscript.py"


rule record_run:
    input:
        raw=[file for trial in config["trials"] for file in study.raw_files(trial)],
        mappings=list(config["trials"].values()),
        sent=study.results_sent,
        mappings_sent=study.mappings_sent,
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
        joined=study.joined,
        sent_trials=list(study.sent),
        configuration=study.recorded,
        code=code("record_run"),
    script:
        "../scripts/record_run.py"


rule manifest:
    input:
        recorded="<results>/run.json",
        study=files.of_study(study.compiled),
        analyses=[file for name in config["analyses"] for file in files.listed(name, study.own_chunks(name))],
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
        results=inside.path("<results>"),
        code=code("verify"),
    script:
        "../scripts/verify.py"


# Nor is this: what it puts into one file has been made.
rule share:
    log:
        "<logs>/share.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        results=inside.path("<results>"),
        code=code("share_results"),
    script:
        "../scripts/share_results.py"
