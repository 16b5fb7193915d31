"""Everything that is wrong with a study, found in one pass before anything is run (light to import)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ipdmediation.data.configuration import stated_files, trials_of
from ipdmediation.data.json_schema import schema_faults
from ipdmediation.data.mapping_references import mapping_faults
from ipdmediation.data.problems import Fault, Problem
from ipdmediation.data.references import Study, equal_labels, sound_parts, study_faults
from ipdmediation.data.strict_yaml import Document, read_document, read_yaml
from ipdmediation.data.subgroups import KEY, subgroup_faults, with_subgroups
from ipdmediation.evidence.published_rows import published_faults
from ipdmediation.plumbing.figure_fonts import font_faults
from ipdmediation.plumbing.pseudonym_key import key_faults, key_file, repository_of
from ipdmediation.plumbing.site_results import (
    PLACE,
    SentTrial,
    no_rows_fault,
    read_results,
    result_faults,
    sends_a_result,
)
from ipdmediation.plumbing.study_files import Origins, StatedStudy, folder_of, located
from ipdmediation.plumbing.study_folders import folder_faults, study_folders
from ipdmediation.plumbing.taken_names import included, taken
from ipdmediation.plumbing.trial_files import (
    equal_source_faults,
    equal_trial_faults,
    source_faults,
    unlike_allocation_faults,
    unusable_fault,
)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a study is checked against.

    Attributes
    ----------
    config_schema, trial_schema, result_schema : the schemas of the configuration and of a mapping of rows, or
        of a result.
    taken : names that no analysis may have, since they are those of steps and folders.
    code : files of the workflow, which may not lie among results.
    files_there : whether the trials' files have to be there already; a workflow that imports this one may
        make them.
    """

    config_schema: Mapping[str, Any]
    trial_schema: Mapping[str, Any]
    result_schema: Mapping[str, Any]
    taken: Collection[str] = ()
    code: Sequence[str] = ()
    files_there: bool = True


def surroundings_of(
    workflow: Callable[[str], str | None], *, snakefiles: Sequence[str] = (), files_there: bool = True
) -> Surroundings:
    """Return what a study is checked against, from the files of the workflow.

    Parameters
    ----------
    workflow : callable
        Where a file of the workflow lies, which is named from its folder.
    snakefiles : sequence of str
        Snakefiles beside those of the workflow that define targets; one of a repository is not looked at.
    files_there : bool
        As in `Surroundings`.
    """

    def text(name: str) -> str:
        return Path(str(workflow(name))).read_text(encoding="utf-8")

    own = text("Snakefile")
    local = [path for path in snakefiles if Path(path).is_file()]
    targets = [Path(path).read_text(encoding="utf-8") for path in local]
    config_schema, trial_schema, result_schema = (
        read_yaml(str(workflow(f"schemas/{name}.schema.yaml"))) for name in ("config", "trial", "site_result")
    )
    return Surroundings(
        config_schema=config_schema,
        trial_schema=trial_schema,
        result_schema=result_schema,
        taken=taken([own, *targets, *map(text, included(own))]),
        code=[str(workflow("Snakefile")), *local],
        files_there=files_there,
    )


@dataclass(frozen=True, kw_only=True)
class CheckedStudy:
    """A study and what is wrong with it.

    Attributes
    ----------
    config : the configuration with its defaults, every path from the directory of the run; `trials` has those
        with rows.
    mappings : the trials' mappings, likewise; those that could be read.
    sent : trials that send their result in place of rows, by id.
    problems : everything that is wrong, in no order.
    """

    config: dict[str, Any]
    mappings: dict[str, Any]
    sent: dict[str, SentTrial]
    problems: tuple[Problem, ...]


def check_study(content: Mapping[str, Any], *, origins: Origins, surroundings: Surroundings) -> CheckedStudy:
    """Check a configuration, its mappings and the files that they name.

    Parameters
    ----------
    content : mapping
        The configuration, as read; it is not changed.
    origins : Origins
        Which file states what.
    surroundings : Surroundings
        Schemas, and names and files that are not the study's.
    """
    check = _Check(dict(copy.deepcopy(content)), origins, surroundings)
    check.run()
    return CheckedStudy(
        config=check.config,
        mappings=check.mappings,
        sent=check.sent,
        problems=tuple(dict.fromkeys(check.problems)),
    )


def check_stated(
    stated: StatedStudy, *, surroundings: Surroundings
) -> tuple[CheckedStudy | None, list[Problem]]:
    """Check a study that was read; return it, None where it could not be read, and its problems."""
    if stated.content is None:
        return None, [*stated.problems]
    study = check_study(stated.content, origins=stated.origins, surroundings=surroundings)
    return study, [*stated.problems, *study.problems]


@dataclass
class _Check:
    config: dict[str, Any]
    origins: Origins
    around: Surroundings
    problems: list[Problem] = field(default_factory=list)
    mappings: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, SentTrial] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)

    def run(self) -> None:
        departures = schema_faults(self.config, self.around.config_schema)
        sound = sound_parts(self.config, departures)
        for source, path in sound.get("trials", {}).items():
            self._read_mapping(source, path)
        study = Study(
            config=sound,
            declared=self._names("variables"),
            trials=tuple(self._trials()),
            sent=tuple(self.sent),
        )
        self._add([*departures, *study_faults(study), *self._taken(study)])
        study = self._expanded(study)
        synthetic = self._synthetic(study)
        for source, mapping in self.mappings.items():
            self._add_to(source, mapping_faults(mapping, study))
        self._check_sources(synthetic is not None)
        self._add(published_faults(study, self.mappings))
        self._add(font_faults(sound["style"]) if "style" in sound else [])
        self._check_folders(sound.get("pathvars"), synthetic)
        if synthetic is None:
            folders = self.config["pathvars"] if "pathvars" in sound else {}
            self._check_key(sound.get("identifiers"), folders.get("results"))
        self._check_results()

    def _names(self, section: str) -> tuple[str, ...]:
        stated = self.config.get(section)
        return tuple(map(str, stated)) if isinstance(stated, Mapping) else ()

    def _trials(self) -> dict[str, str]:
        """Return the labels of trials with rows by id; of a mapping that cannot be read, its name twice."""
        return {
            trial: label
            for source in self._names("trials")
            if source not in self.sent
            for trial, label in (
                trials_of(source, self.mappings[source]) if source in self.mappings else {source: source}
            ).items()
        }

    def _expanded(self, study: Study) -> Study:
        """Put an analysis for each level in the place of every analysis of subgroups."""
        trials, variables = self._trials(), study.variables
        sound = {**study.config, "analyses": study.analyses}
        self._add(
            subgroup_faults(
                sound, variables=variables, declared=study.declared, trials=trials, taken=self.around.taken
            )
        )
        if not any(KEY in analysis for analysis in study.analyses.values()):
            return study
        expanded = with_subgroups(sound, variables=variables, trials=trials)
        self.config["analyses"] = expanded["analyses"]
        labels = {name: entry["label"] for name, entry in expanded["analyses"].items()}
        self._add(equal_labels({("analyses", name, "label"): label for name, label in labels.items()}))
        return replace(study, config={**study.config, **expanded})

    def _add(self, faults: Sequence[Fault] | Iterator[Fault]) -> None:
        self.problems += map(self.origins.problem, faults)

    def _add_to(self, trial: str, faults: Sequence[Fault] | Iterator[Fault]) -> None:
        places = self.documents[trial].places
        within = Origins(files=[places])
        self.problems += map(within.problem, faults)

    def _taken(self, study: Study) -> Iterator[Fault]:
        for name in study.analyses:
            if name in self.around.taken:
                text = "the name of a step or folder of the workflow; give the analysis another name"
                yield Fault(("analyses", name), text)

    def _synthetic(self, study: Study) -> str | None:
        """Return the file of the generating model, None where the data are real."""
        path = study.config.get("study", {}).get("synthetic")
        if path is None:
            return None
        place = ("study", "synthetic")
        path, fault = located(path, stated_in=self.origins.file(place))
        if fault is not None:
            self._add([Fault(place, fault)])
            return path
        self.config["study"]["synthetic"] = path
        document = read_document(path)
        model = document.content
        if not Path(path).is_file():
            self._add([Fault(place, f"{path!r}: {problem.text}") for problem in document.problems])
            return path
        self.problems += document.problems
        if not document.problems:
            known = model.get("patients") if isinstance(model, Mapping) else None
            missing = [
                trial for trial in study.trials if not isinstance(known, Mapping) or trial not in known
            ]
            if missing:
                text = f"{path!r} has no patients of {', '.join(missing)}; where the data are real it is null"
                self._add([Fault(place, text)])
        return path

    def _read_mapping(self, trial: str, stated: str) -> None:
        place = ("trials", trial)
        path, ambiguous = located(stated, stated_in=self.origins.file(place))
        if ambiguous is not None:
            self._add([Fault(place, ambiguous)])
            return
        self.config["trials"][trial] = path
        document = self.documents[trial] = read_document(path)
        if not Path(path).is_file():
            self._add([Fault(place, f"{path!r}: {problem.text}") for problem in document.problems])
            return
        self.problems += document.problems
        if document.content is None:
            return
        if sends_a_result(document.content):
            self._read_sent(trial, path, document.content)
            return
        departures = schema_faults(document.content, self.around.trial_schema)
        self._add_to(trial, departures)
        if departures or not isinstance(document.content, dict):
            return
        for at, source in stated_files(document.content["source"]).items():
            if "file" in source and not source["file"].startswith("<"):
                source["file"], ambiguous = located(source["file"], stated_in=path)
                if ambiguous is not None:
                    self._add_to(trial, [Fault((*at, "file"), ambiguous)])
        self.mappings[trial] = document.content

    def _read_sent(self, trial: str, path: str, content: dict[str, Any]) -> None:
        """Read the mapping of a trial that sends its result."""
        departures = schema_faults(content, self.around.result_schema)
        self._add_to(trial, departures)
        sound = not departures
        file, ambiguous = located(content["source"]["result"], stated_in=path) if sound else ("", None)
        if ambiguous is not None:
            self._add_to(trial, [Fault(PLACE, ambiguous)])
        label, source = str(content.get("label", trial)), content["source"]
        sent_as = str(source.get("trial", trial))
        self.sent[trial] = SentTrial(label=label, mapping=path, file=file, sent_as=sent_as)

    def _check_results(self) -> None:
        """Look at the results that trials send, and let only trials with rows be trials from here on."""
        if self.sent and len(self.sent) == len(self._names("trials")):
            self._add([no_rows_fault(self.sent)])
        usable = {}
        for trial, sent in self.sent.items():
            fault = unusable_fault(PLACE, sent.file) if self.around.files_there and sent.file else None
            self._add_to(trial, [] if fault is None else [fault])
            if self.around.files_there and sent.file and fault is None:
                usable[trial] = sent
        results, faults = read_results(usable)
        if not self.problems:  # only of a sound study it is known what has to agree
            faults += result_faults(results, self.sent, self.config)
        for trial, each in faults:
            self._add_to(trial, [each])
        for trial in self.sent:
            self.config["trials"].pop(trial, None)

    def _check_sources(self, synthetic: bool) -> None:
        usable = {}
        for trial, mapping in self.mappings.items():
            faults = list(
                source_faults(trial, mapping["source"], synthetic=synthetic, there=self.around.files_there)
            )
            self._add_to(trial, faults)
            if self.around.files_there and not synthetic and not faults:
                usable[trial] = mapping["source"]
        named = {**self.mappings, **{trial: {"label": sent.label} for trial, sent in self.sent.items()}}
        for trial, fault in [
            *equal_source_faults(usable),
            *equal_trial_faults(named),
            *unlike_allocation_faults(named),
        ]:
            self._add_to(trial, [fault])

    def _check_folders(self, stated: Mapping[str, str] | None, synthetic: str | None) -> None:
        if stated is None:
            return
        study = folder_of(self.origins.file(("trials",)))
        read = {file.file: "the configuration" for file in self.origins.files}
        read |= dict.fromkeys(self.around.code, "the workflow")
        read |= dict.fromkeys((document.places.file for document in self.documents.values()), "a mapping")
        for mapping in self.mappings.values():
            for source in stated_files(mapping["source"]).values():
                if "file" in source and not source["file"].startswith("<"):
                    read[source["file"]] = "a trial's file"
        read |= {sent.file: "a trial's result" for sent in self.sent.values() if sent.file}
        if synthetic is not None:
            read[synthetic] = "the generating model"
        faults = list(folder_faults(stated, study=study, read=read))
        self._add(faults)
        if not faults:
            self.config["pathvars"] = study_folders(stated, study=study)

    def _check_key(self, identifiers: Mapping[str, Any] | None, results: str | None) -> None:
        """Look at the key of the pseudonyms, where patients have ids that these take the place of."""
        named = any("column" in mapping["patient"] for mapping in self.mappings.values())
        if identifiers is None or not identifiers["pseudonyms"] or not named:
            return
        workflow = [str(Path(path).parent) for path in self.around.code]
        study = folder_of(self.origins.file(("trials",)))
        repositories = [repository_of(folder) for folder in (".", study, *workflow)]
        shared = [*workflow, *([] if results is None else [results])]
        shared += [str(repository) for repository in repositories if repository is not None]
        place = ("identifiers", "key")
        self._add(Fault(place, text) for text in key_faults(key_file(identifiers["key"]), shared=shared))
