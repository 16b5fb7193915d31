"""The bar beside the answer: the total effect, and the part of it that runs through the mediator."""

from __future__ import annotations

from dataclasses import dataclass

from ipdmediation.present import notation
from ipdmediation.present.notation import upper
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import reading
from ipdmediation.vocabulary.effects import HEADLINE
from ipdmediation.vocabulary.scales import MEAN


@dataclass(frozen=True, kw_only=True)
class Split:
    """A bar of two parts.

    Parameters
    ----------
    share
        Of the part through the mediator, in percent of the bar.
    low, width
        Where the share's interval begins, and how long it is, in percent of the bar; None without one.
    through, rest
        What the parts are, and their size.
    label
        What the bar shows, in words.
    """

    share: float
    low: float | None
    width: float | None
    through: tuple[str, str]
    rest: tuple[str, str]
    label: str


def split(result: AnalysisResult) -> Split | None:
    """Split the total effect on the mean; None where there is no share, or the parts are not parts of it.

    Parameters
    ----------
    result
        The analysis.
    """
    rows = [result.estimated(effect, MEAN.key) for effect in ("te", "tnie", "pnde")]
    share = result.estimated(*HEADLINE)
    if share is None or not 0 < share["estimate"] < 1:
        return None
    study = result.study
    read, written = (
        reading("te", MEAN.key, study=study),
        reading(*HEADLINE, study=study).sentence(share, study),
    )
    total, through, rest = (read.amount(row) for row in rows if row is not None)
    ends = [100 * min(max(float(share[end]), 0.0), 1.0) for end in ("ci_low", "ci_high")]
    known = all(map(notation.known, (share["ci_low"], share["ci_high"])))
    mediator = study.named(study.mediator)
    return Split(
        share=round(100 * float(share["estimate"]), 1),
        low=round(ends[0], 1) if known else None,
        width=round(ends[1] - ends[0], 1) if known else None,
        through=(f"Through {mediator}", f"{through}, {written}"),
        rest=("Not through it", rest),
        label=f"{upper(read.name)}: of the total effect of {total}, {through} through {mediator}, "
        f"{written} of it; {rest} not through it",
    )
