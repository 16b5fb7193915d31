from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils.core import publish_doctree
from docutils.nodes import problematic, system_message
from jinja2 import Environment, StrictUndefined

REPORT = Path(__file__).resolve().parents[3] / "workflow/report"
CAPTIONS = sorted(str(path.relative_to(REPORT)) for path in REPORT.rglob("*.rst"))


def rendered(file, synthetic, people="participants"):
    job = SimpleNamespace(
        wildcards=SimpleNamespace(analysis="primary"),
        config={"study": {"synthetic": synthetic}, "style": {"people": people}},
    )
    template = Environment(undefined=StrictUndefined, autoescape=True).from_string(
        (REPORT / file).read_text()
    )
    return template.render(snakemake=job)


@pytest.mark.parametrize("file", CAPTIONS)
def test_every_caption_is_sound(file):
    tree = publish_doctree(rendered(file, None), settings_overrides={"report_level": 5})
    assert not [*tree.findall(problematic), *tree.findall(system_message)]
    assert len(tree.astext()) > 40


@pytest.mark.parametrize("synthetic", ["config/synthetic.yaml", None])
@pytest.mark.parametrize("file", ["report.rst", "workflow.rst"])
def test_the_report_says_whether_the_data_are_synthetic(file, synthetic):
    assert ("ynthetic" in rendered(file, synthetic)) == bool(synthetic)


@pytest.mark.parametrize("file", CAPTIONS)
def test_a_caption_calls_those_who_took_part_as_the_study_does(file):
    for people, others in (("patients", "participant"), ("participants", "patient")):
        said = rendered(file, None, people).lower()
        assert others not in said
    assert said.replace("participant", "patient") == rendered(file, None, "patients").lower()
