"""The tables of the default study by name, and a row of one by what it is called."""

from ipdmediation.present.tables.baseline import baseline
from ipdmediation.present.tables.effects import effects as effects_table
from ipdmediation.present.tables.flow import flow
from ipdmediation.present.tables.models import models as models_table
from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.present.tables.published import published
from ipdmediation.present.tables.quality import quality


def every(examples):
    study = examples.study()
    return {
        "baseline": baseline(examples.baseline(), examples.flow(), study=study),
        "models": models_table(examples.models(), study=study),
        "effects": effects_table(examples.effects(), study=study),
        "published": published(examples.published(), study=study),
        "quality": quality(examples.quality()["mr_clean"], study=study),
        "flow": flow(examples.flow(), study=study),
        "natural_effects": natural_effects(examples.effects(), study=study),
    }


NAMES = ["baseline", "models", "effects", "published", "quality", "flow", "natural_effects"]


def row(table, name):
    cells = table.cells
    return list(cells[cells.iloc[:, 0] == name].iloc[0])
