from types import SimpleNamespace

import pytest
from docutils.core import publish_doctree
from docutils.nodes import problematic, system_message
from jinja2 import Environment, StrictUndefined

FIGURES = [
    "patient_flow", "outcome_by_arm", "outcome_by_trial", "mediator_by_arm", "mediator_by_trial",
    "path_diagram", "proportion_distribution", "model_coefficients",
]  # fmt: skip
TABLES = ["baseline", "models", "effects", "published", "quality", "flow"]


@pytest.mark.parametrize("synthetic", ["config/synthetic.yaml", None])
@pytest.mark.parametrize("name", [*FIGURES, *TABLES, "report", "workflow"])
def test_every_caption_is_sound_and_says_synthetic(examples, name, synthetic):
    text = (examples.TEMPLATE.parent / f"{name}.rst").read_text()
    job = SimpleNamespace(
        wildcards=SimpleNamespace(analysis="primary"), config={"study": {"synthetic": synthetic}}
    )
    caption = Environment(undefined=StrictUndefined, autoescape=True).from_string(text).render(snakemake=job)
    tree = publish_doctree(caption, settings_overrides={"report_level": 5})
    assert not [*tree.findall(problematic), *tree.findall(system_message)]
    assert ("ynthetic" in caption) == bool(synthetic)
