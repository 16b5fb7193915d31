"""The outcome under set treatments: differences of it are the effects of the same fits."""

import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.bootstrap import fit_cohort
from ipdmediation.inference.set_treatments import POINTS, four_worlds, mediator_curve
from ipdmediation.models.specification import mediation_models
from tests.unit.effects.conftest import simulated_cohort, specified


@pytest.fixture(scope="module")
def cohort():
    return simulated_cohort(400, seed=5, levels=4).assign(imputation=0)


def prepared(frame, *, at=(), **choices):
    specification = specified(**{"trial_effects": "fixed", **choices})
    models = mediation_models(frame, specification=specification)
    options = StandardisationOptions(controlled_at=tuple(at))
    return MediationEffects.of(models, frame, options=options)


def effects_of(fitted):
    return dict(zip((effect.key for effect in fitted.effects.effects), fitted.estimates, strict=True))


CHOICES = [{}, {"spline_knots": 4, "interaction": True}, {"family": "continuous"}, {"better": "low"}]


@pytest.mark.parametrize("choices", CHOICES)
def test_natural_effects_are_differences_of_the_worlds(cohort, choices):
    """On the mean of the outcome, of two data sets: mean of the effects of each, to rounding."""
    sets = [cohort, cohort.assign(m=cohort["m"] + 0.1 * cohort["x0"])]
    fitted = [fit_cohort(prepared(each, **choices)) for each in sets]
    table = four_worlds(fitted)
    code = pd.to_numeric(table["level"]).fillna(1.0)
    means = (table["estimate"] * code).groupby([table["treatment"], table["mediator"]]).sum()
    known = pd.DataFrame([effects_of(each) for each in fitted]).mean()
    te, pnde, tnie = (known[effect, "mean"] for effect in ("te", "pnde", "tnie"))
    untreated = means["control", "control"]
    assert means["treated", "treated"] - untreated == pytest.approx(te, abs=1e-12)
    assert means["treated", "control"] - untreated == pytest.approx(pnde, abs=1e-12)
    assert means["treated", "treated"] - means["treated", "control"] == pytest.approx(tnie, abs=1e-12)
    if choices.get("family") != "continuous":
        sums = table.groupby(["treatment", "mediator"])["estimate"].sum()
        np.testing.assert_allclose(sums, 1.0, atol=1e-12)


@pytest.mark.parametrize("choices", CHOICES)
def test_arms_differ_along_the_curve_by_the_controlled_direct_effect(cohort, choices):
    """On every additive scale, to rounding."""
    curve = mediator_curve([fit_cohort(prepared(cohort, **choices))], cohort)
    at = sorted(set(curve["at"]))
    assert len(at) == POINTS
    chosen = [at[0], at[10], at[-1]]
    known = effects_of(fit_cohort(prepared(cohort, at=chosen, **choices)))
    by_arm = curve.set_index(["arm", "at", "scale"])["estimate"]
    controlled = {
        key: value
        for key, value in known.items()
        if key.effect.startswith("cde") and key.scale in set(curve["scale"])
    }
    assert controlled
    for (effect, scale), value in controlled.items():
        place = float(effect.removeprefix("cde_"))
        (nearest,) = [each for each in chosen if abs(each - place) < 1e-6]
        difference = by_arm["treated", nearest, scale] - by_arm["control", nearest, scale]
        assert difference == pytest.approx(value, abs=1e-12)


def test_the_curve_ends_at_rounded_percentiles_and_is_spaced_as_the_model_has_it(cohort):
    frame = cohort.assign(m=np.exp(cohort["m"]))
    curve = mediator_curve([fit_cohort(prepared(frame, transform="log", offset=1.0))], frame)
    at = np.array(sorted(set(curve["at"])))
    low, high = np.quantile(frame["m"], (0.05, 0.95))
    assert at[[0, -1]] == pytest.approx([low, high], rel=0.05)
    assert at[0] == round(at[0], 2)
    np.testing.assert_allclose(
        np.diff(np.log(at + 1)), np.log((at[-1] + 1) / (at[0] + 1)) / (POINTS - 1), rtol=0.1
    )


@pytest.mark.parametrize(("shift", "width"), [(0.0, 1.0), (1e6, 1.0), (5.0, 1e-4)])
def test_no_point_of_the_curve_has_more_digits_than_tell_it_from_the_next(cohort, shift, width):
    frame = cohort.assign(m=shift + width * cohort["m"])
    at = np.array(sorted(set(mediator_curve([fit_cohort(prepared(frame))], frame)["at"])))
    assert len(at) == POINTS
    step = 10 ** np.floor(np.log10(np.diff(at).min()) - 1)
    np.testing.assert_allclose(at / step, np.round(at / step), atol=1e-3)


def test_the_curve_of_a_mediator_that_hardly_varies_is_a_point(cohort):
    frame = cohort.assign(m=np.where(np.arange(len(cohort)) % 50 == 0, cohort["m"], 2.0))
    assert set(mediator_curve([fit_cohort(prepared(frame))], frame)["at"]) == {2.0}


def test_a_centred_mediator_has_no_curve(cohort):
    assert mediator_curve([fit_cohort(prepared(cohort, centred=True))], cohort).empty
