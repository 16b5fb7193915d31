from types import SimpleNamespace

import pytest
from docutils.core import publish_doctree
from docutils.nodes import problematic, system_message
from jinja2 import Environment, StrictUndefined

FIGURES = [
    "patient_flow", "outcome_by_arm", "outcome_by_trial", "mediator_by_arm", "mediator_by_trial",
    "path_diagram", "proportion_distribution", "model_coefficients",
]  # fmt: skip
TABLES = ["baseline", "models", "effects", "natural_effects", "flow"]
CAPTIONS = [
    *(("figure", name) for name in FIGURES),
    *(("table", name) for name in TABLES),
    ("report", ""),
    ("workflow", ""),
]


@pytest.mark.parametrize("synthetic", ["config/synthetic.yaml", None])
@pytest.mark.parametrize(("file", "shown"), CAPTIONS)
def test_every_caption_is_sound_and_says_synthetic(examples, file, shown, synthetic):
    text = (examples.TEMPLATE.parent / f"{file}.rst").read_text()
    job = SimpleNamespace(
        wildcards=SimpleNamespace(analysis="primary", **{file: shown}),
        config={"study": {"synthetic": synthetic}},
    )
    caption = Environment(undefined=StrictUndefined, autoescape=True).from_string(text).render(snakemake=job)
    tree = publish_doctree(caption, settings_overrides={"report_level": 5})
    assert not [*tree.findall(problematic), *tree.findall(system_message)]
    assert ("ynthetic" in caption) == bool(synthetic)
    assert len(tree.astext()) > 40
