"""A transform knows its domain and its unit; its numbers and its words are there for every one."""

from pathlib import Path

import numpy as np
import pytest

from ipdmediation.data.transforms import SCALES, from_analysis_scale, to_analysis_scale
from ipdmediation.models.errors import ModelError
from ipdmediation.models.specification import AnalysisSpecification
from ipdmediation.present.report.methods import _TRANSFORMS as METHODS
from ipdmediation.vocabulary.transforms import CUBE_ROOT, IDENTITY, LOG, LOG1P, TRANSFORMS
from tests.yaml_files import read_yaml

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/config.schema.yaml"
EVERY = pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=lambda transform: transform.key)


def test_every_transform_can_be_stated_computed_and_said():
    analysis = read_yaml(SCHEMA)["$defs"]["analysis"]["properties"]
    assert analysis["mediator"]["properties"]["transform"]["enum"] == list(TRANSFORMS)
    assert set(SCALES) == set(TRANSFORMS)
    assert set(METHODS) == set(TRANSFORMS.values())


@EVERY
@pytest.mark.parametrize("offset", [0.0, 0.5, 3.0])
def test_values_above_the_bound_have_a_place_and_come_back_and_others_have_none(transform, offset):
    bound = transform.above(offset)
    values = np.array([-2.0, 0.25, 7.0]) if bound is None else bound + np.array([0.001, 0.25, 7.0])
    there = to_analysis_scale(values, transform=transform.key, offset=offset)
    assert np.isfinite(there).all()
    np.testing.assert_allclose(from_analysis_scale(there, transform=transform.key, offset=offset), values)
    if bound is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            lost = to_analysis_scale([bound, bound - 1], transform=transform.key, offset=offset)
        assert not np.isfinite(lost).any()


def test_only_a_transform_that_leaves_it_open_takes_the_offset():
    assert {each.key: each.added(4.0) for each in TRANSFORMS.values()} == {
        "identity": 0,
        "log": 4,
        "log1p": 1,
        "cube_root": 0,
    }
    assert [each for each in TRANSFORMS.values() if each.logarithm] == [LOG, LOG1P]


def test_the_unit_of_an_analysis_scale():
    units = [each.unit("day") for each in (IDENTITY, LOG, LOG1P, CUBE_ROOT)]
    assert units == ["day", "ln day", "ln day", "cube-root day"]


def test_what_is_no_transform_is_refused():
    with pytest.raises(ModelError, match="one of log, log1p, cube_root, identity, not 'ln'"):
        AnalysisSpecification(mediator="m", outcome="y", transform="ln")
    with pytest.raises(KeyError):
        to_analysis_scale([1.0], transform="ln")
