"""An analysis of completed data sets: their effects, and the plan by which their replicates are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.effects.mediation import MediationEffects, PreparedEffects, effects_by_imputation
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.resampling import PLANS, Plan
from ipdmediation.models.specification import AnalysisSpecification, VariableLevels


@dataclass(frozen=True, kw_only=True)
class ImputedAnalysis:
    """What is computed of completed data sets, all of it made of the same rows and settings.

    Attributes
    ----------
    completed : DataFrame
        Completed data sets, one below the other, numbered from 0 by the column `imputation`.
    specification : AnalysisSpecification
    options : StandardisationOptions
    utility : sequence of float or None
        As for `MediationEffects.of`.
    variables : mapping or None
        As for `mediation_models`.
    resampling : str
        Name of one of `PLANS`.
    of : callable or None
        Makes of the prepared effects of a data set the effects that are wanted; None where these are.
    """

    completed: pd.DataFrame
    specification: AnalysisSpecification
    options: StandardisationOptions
    utility: Sequence[float] | None = None
    variables: Mapping[str, VariableLevels] | None = None
    resampling: str = "stratified"
    of: Callable[[MediationEffects], PreparedEffects] | None = None

    @classmethod
    def from_config(
        cls,
        completed: pd.DataFrame,
        *,
        model: Mapping[str, Any],
        standardisation: Mapping[str, Any],
        resampling: str,
        variables: Mapping[str, VariableLevels],
    ) -> ImputedAnalysis:
        """Read the mappings of an analysis of the configuration.

        Parameters
        ----------
        completed : DataFrame
            As `conform` returns it.
        model : mapping
            `mediator`, `outcome`, `covariates`, `interaction`, `trial_effects`, `weights`, `cluster` and
            `estimation`.
        standardisation : mapping
            What the outcome is standardised over, and `utility`.
        resampling : str
            Name of one of `PLANS`.
        variables : mapping
            The common variables.
        """
        return cls(
            completed=completed,
            specification=AnalysisSpecification.from_config(model),
            options=StandardisationOptions.from_config(standardisation),
            utility=standardisation["utility"],
            variables=variables,
            resampling=resampling,
        )

    @classmethod
    def read(cls, path: str | Path, *, variables: Mapping[str, Any], **stated: Any) -> ImputedAnalysis:
        """Read the completed data sets of an analysis of the configuration.

        Parameters
        ----------
        path : str or Path
            Of a Parquet file.
        variables : mapping
            The common variables as the configuration declares them.
        **stated
            `model`, `standardisation` and `resampling`, as for `from_config`.
        """
        known = variables_from_config(variables)
        return cls.from_config(conform(pd.read_parquet(path), known), variables=known, **stated)

    @property
    def imputations(self) -> int:
        """How many completed data sets there are."""
        return int(self.completed["imputation"].nunique())

    @property
    def cohort(self) -> pd.DataFrame:
        """The first completed data set."""
        return self.completed[self.completed["imputation"] == 0]

    @cached_property
    def plan(self) -> Plan:
        """How the patients of a replicate are drawn; the same in each data set."""
        return PLANS[self.resampling].of(self.cohort)

    def effects(self) -> Iterator[PreparedEffects]:
        """Prepare the effects of one data set after the other."""
        return self._effects(None)

    def resampled_effects(self) -> Iterator[PreparedEffects]:
        """Prepare those of the frames that the plan's weights are for, one after the other."""
        return self._effects(self.plan.frame)

    def _effects(self, resampled: Callable[[pd.DataFrame], pd.DataFrame] | None) -> Iterator[PreparedEffects]:
        prepared = effects_by_imputation(
            self.completed,
            specification=self.specification,
            variables=self.variables,
            options=self.options,
            utility=self.utility,
            resampled=resampled,
        )
        return prepared if self.of is None else map(self.of, prepared)
