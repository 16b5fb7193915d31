"""Small tables with the columns of a run, for the tests of what is shown; one module per subject."""

from tests.unit.present.examples.beside_the_analyses import manifest, published, quality, truth
from tests.unit.present.examples.cohort import (
    DESCRIBE,
    baseline,
    distribution,
    flow,
    mediator,
    missing,
    outcome,
    pooled,
    shares,
    withheld_flow,
    withheld_levels,
)
from tests.unit.present.examples.effects import changed, draws, effects, effects_of, withheld
from tests.unit.present.examples.model_checks import calibration, residuals
from tests.unit.present.examples.models import MODEL, diagnostics, models, other_row
from tests.unit.present.examples.other_studies import eleven_levels, framing, interaction, spline
from tests.unit.present.examples.result import SVG, notices, result
from tests.unit.present.examples.set_treatments import curve, worlds
from tests.unit.present.examples.study import TEMPLATE, TRIALS, configuration, many_trials, study

__all__ = [
    "DESCRIBE", "MODEL", "SVG", "TEMPLATE", "TRIALS", "baseline", "calibration", "changed", "configuration",
    "curve", "diagnostics", "distribution", "draws", "effects", "effects_of", "eleven_levels", "flow",
    "framing", "interaction", "manifest", "many_trials", "mediator", "missing", "models", "notices",
    "other_row", "outcome", "pooled", "published", "quality", "residuals", "result", "shares", "spline",
    "study", "truth", "withheld", "withheld_flow", "withheld_levels", "worlds",
]  # fmt: skip
