"""Figures of the benchmark."""

from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, FuncFormatter, MaxNLocator, NullLocator

from ipdmediation.present.style import INK, PALE, RC

OWN, SECOND, OTHER = "#0b5fa5", "#b35900", "#8c959f"
COLOURS = {
    "ipdmediation, fixed effects": OWN,
    "ipdmediation, random slope": SECOND,
    "ipdmediation, three models": OWN,
    "R clm, fixed effects": OTHER,
}
PANELS = {
    "patients": ("More patients", "Patients", "Time of a fit"),
    "columns": ("More covariates", "Columns of the design", "Time of a fit"),
    "replicates": ("More replicates, one process", "Replicates", "Time"),
}
TITLES = {
    "outcome/none": "Ordinal outcome, fixed effects",
    "outcome/random_intercept": "Ordinal outcome, random intercept",
    "outcome/random_slope": "Ordinal outcome, random slope",
    "mediator/random_slope": "Linear mediator, random slope",
}
MM = 1 / 25.4
SECONDS = EngFormatter(unit="s", places=0, sep=" ")
COUNTS = FuncFormatter(lambda value, _: f"{value:,.0f}")


def draw_growth(sweeps: pd.DataFrame, directory: Path) -> None:
    """Time on logarithmic axes, where a thin line is proportional growth; memory on linear ones."""
    with mpl.rc_context(RC):
        figure = Figure(figsize=(183 * MM, 130 * MM), layout="constrained")
        *times, memory = figure.subplots(2, 2).flat
        for axes, (sweep, (title, x_label, y_label)) in zip(times, PANELS.items(), strict=True):
            _time_panel(axes, sweeps[sweeps["sweep"] == sweep])
            _label(axes, title, x_label, y_label)
        rows = sweeps[sweeps["sweep"] == "memory"]
        memory.plot(rows["x"], rows["megabytes"], marker="o", markersize=3.5, linewidth=1.2, color=OWN)
        memory.set_ylim(0, rows["megabytes"].max() * 1.1)
        memory.xaxis.set_major_locator(MaxNLocator(4))
        memory.xaxis.set_major_formatter(COUNTS)
        memory.yaxis.set_major_formatter(COUNTS)
        _label(memory, "Memory of one chunk (linear axes)", "Patients", "Largest memory, MB")
        _save(figure, directory / "cost_growth")


def draw_seconds(comparison: pd.DataFrame, directory: Path) -> None:
    """Seconds per fit by model and program."""
    shown = comparison[~comparison["tool"].str.contains("standard errors")]
    bars = shown.groupby(["model", "tool"], sort=False)[["seconds", "ratio"]].median().reset_index()
    groups = {title: bars[bars["model"] == model] for model, title in TITLES.items()}
    with mpl.rc_context(RC):
        figure = Figure(figsize=(183 * MM, 125 * MM), layout="constrained")
        heights = [len(rows) + 0.6 for rows in groups.values()]
        panels = figure.subplots(len(groups), 1, sharex=True, height_ratios=heights)
        for axes, (title, rows) in zip(panels, groups.items(), strict=True):
            ordered = rows.sort_values("seconds", ascending=False)
            colours = [OWN if tool.startswith("ipdmediation") else OTHER for tool in ordered["tool"]]
            axes.barh(ordered["tool"].str.replace("statsmodels ", ""), ordered["seconds"], color=colours)
            for position, row in enumerate(ordered.itertuples()):
                text = f"{row.ratio:,.0f} x" if row.ratio >= 10 else f"{row.ratio:.1f} x"
                axes.text(row.seconds * 1.15, position, text, va="center")
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(SECONDS)
            axes.xaxis.set_minor_locator(NullLocator())
            _label(axes, title, "", "")
            axes.grid(axis="y", visible=False)
        panels[-1].set_xlabel("Time of a fit (logarithmic); the numbers are multiples of a warm refit")
        panels[-1].set_xlim(bars["seconds"].min() / 2, bars["seconds"].max() * 8)
        _save(figure, directory / "seconds_per_fit")


def _time_panel(axes: Axes, rows: pd.DataFrame) -> None:
    for series, line in rows.groupby("series", sort=False):
        colour = COLOURS[str(series)]
        axes.plot(
            line["x"], line["seconds"], marker="o", markersize=3.5, linewidth=1.2, color=colour, label=series
        )
        proportional = line["seconds"].iloc[-1] * line["x"] / line["x"].iloc[-1]
        axes.plot(line["x"], proportional, color=INK, linewidth=0.5, alpha=0.4, zorder=0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    # room for the legend
    axes.set_ylim(rows["seconds"].min() / 3, rows["seconds"].max() * 30)
    axes.xaxis.set_major_formatter(COUNTS)
    axes.yaxis.set_major_formatter(SECONDS)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())
    axes.legend(frameon=False, loc="upper left")


def _label(axes: Axes, title: str, x_label: str, y_label: str) -> None:
    axes.set_title(title, loc="left", fontweight="bold", fontsize=8.5)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_axisbelow(True)
    axes.grid(color=PALE)
    axes.spines[["top", "right"]].set_visible(False)


def _save(figure: Figure, stem: Path) -> None:
    figure.savefig(stem.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(stem.with_suffix(".png"), dpi=200)
