"""The files of a run as the rules name them."""

from __future__ import annotations

import shutil
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ipdmediation.plumbing import result_files
from ipdmediation.plumbing.private_files import lies_with_patients
from ipdmediation.plumbing.result_files import ResultFiles, files_in, of_analysis


def config(*trials: str, synthetic: str | None = None) -> dict[str, Any]:
    return {
        "study": {"synthetic": synthetic},
        "trials": dict.fromkeys(trials, "mapping.yaml"),
        "analyses": {
            "primary": {"evidence": {"trials": {"two_stages": True, "leave_one_out": False}}},
            "early": {"evidence": {"trials": {"two_stages": False, "leave_one_out": True}}},
            "late": {"evidence": None},
            "patients": {"evidence": {"trials": {"two_stages": False}, "surrogacy": {"panel": True}}},
        },
        "style": {"print": "primary"},
        "published": [
            {"analysis": "early", "table": "flow"},
            {"analysis": "early", "table": "effects"},
            {"analysis": "early", "table": "flow"},
        ],
    }


def files_of(*trials: str, synthetic: str | None = None) -> ResultFiles:
    return ResultFiles(config(*trials, synthetic=synthetic), trials)


def test_figures_that_compare_trials_need_two() -> None:
    one, two = files_of("a"), files_of("a", "b")
    assert set(two.figures) - set(one.figures) == {"outcome_by_trial", "mediator_by_trial"}
    assert len(two.shown) == len(two.figures) + 3 * len(result_files.TABLES)


def test_figures_are_for_print_of_the_primary_analysis_or_of_all() -> None:
    files = files_of("a", "b")
    assert len(files.in_print("primary")) == 2 * len(files.figures)
    assert {Path(file).suffix for file in files.in_print("primary")} == {".png", ".pdf"}
    assert files.in_print("early") == []
    every = ResultFiles({**config("a", "b"), "style": {"print": "all"}}, ("a", "b"))
    assert every.in_print("early") == of_analysis("early", chain(*every.printed.values()))
    record = "<results>/early/provenance/figures_for_print.json"
    assert set(every.listed("early", [])) - set(files.listed("early", [])) == {
        *every.in_print("early"), record
    }  # fmt: skip


def test_a_study_that_describes_no_baseline_has_no_balance_of_it() -> None:
    described = ResultFiles({**config("a"), "describe": {"baseline": ["age"]}}, "a")
    assert set(described.figures) - set(files_of("a").figures) == {"balance"}


def test_analyses_are_drawn_beside_each_other_where_there_are_several() -> None:
    several, one = (
        files_of("a"),
        ResultFiles({**config("a"), "analyses": {"primary": {"evidence": None}}}, "a"),
    )
    drawn = [file for file in several.of_study([]) if "all_analyses" in file]
    assert [Path(file).suffix for file in drawn] == [".svg", ".png", ".pdf", ".json"]
    assert not [file for file in one.of_study([]) if "all_analyses" in file]
    assert len(several.numbered) - len(one.numbered) == 2  # the evidence of the primary analysis is the other


def test_each_figure_is_reported_with_its_caption_and_kind_of_data() -> None:
    real, made = files_of("a"), files_of("a", synthetic="model.yaml")
    shown = real.caption("figures", "<results>/{analysis}/figures/patient_flow.svg")
    assert shown["caption"] == "../report/figures/patient_flow.rst"
    assert shown["subcategory"] == "Figures"
    assert shown["labels"] == {"shows": "patient flow", "data": "of the trials"}
    assert made.caption("tables", "flow.html")["labels"]["data"] == "synthetic"


def test_snakemake_s_report_has_the_pages_first_and_then_the_analyses_in_their_order() -> None:
    names = ["primary", "early", *(f"a{number}" for number in range(10))]
    files = ResultFiles({**config("a"), "analyses": dict.fromkeys(names)}, "a")
    categories = [files.pages, *(files.category(SimpleNamespace(analysis=name)) for name in names)]
    assert sorted(categories) == categories
    assert [text.partition(". ")[2] for text in categories] == ["Pages", *names]


def test_what_is_listed_has_no_patient_s_row_and_all_draws_of_its_own() -> None:
    files = files_of("a", "b", synthetic="model.yaml")
    assert "<results>/early/provenance/show_leave_one_out.json" in files.listed("early", [])
    assert "<results>/early/provenance/each_trial.json" not in files.listed("early", [])
    draws = ["<results>/early/bootstrap/0-10.parquet"]
    listed = [*files.of_study(["logit"]), *files.listed("early", draws)]
    assert not any(map(lies_with_patients, listed))
    assert len(listed) == len(set(listed))
    assert listed[-1:] == draws
    assert not any("{" in path for path in listed)
    assert "<results>/synthetic_truth.json" in listed
    assert "<results>/synthetic_truth.json" not in files_of("a").of_study(["logit"])


def test_each_analysis_has_its_notices_and_tables_with_published_figures_come_once() -> None:
    files = files_of("a")
    assert list(files.noted) == ["primary", "early", "late", "patients"]
    assert files.noted["late"] == of_analysis("late", result_files.NOTED)
    of_evidence = "<results>/early/notices/leave_one_out.csv"
    assert files.noted["early"] == [*of_analysis("early", result_files.NOTED), of_evidence]
    assert of_evidence in files.listed("early", [])
    assert files.compared == ["early/effects", "early/flow"]


def test_an_analysis_has_the_evidence_that_it_switches_on() -> None:
    files = files_of("a", "b")
    assert [Path(file).name for file in files.evidence("primary")] == [
        "trials.csv", "pooled.csv",
        *(f"each_trial.{kind}" for kind in ("svg", "png", "pdf", "csv", "html", "docx")),
    ]  # fmt: skip
    assert files.evidence("late") == []
    panel = files.evidence("patients")
    assert [Path(file).name for file in panel[:3]] == [
        "surrogacy.csv", "surrogate_predictions.csv", "surrogate_line.csv",
    ]  # fmt: skip
    assert {Path(file).stem for file in panel if "/tables/" in file} == {"surrogacy", "surrogate_predictions"}
    assert {Path(file).stem for file in panel if "/figures/" in file} == {"surrogacy"}
    assert files.evidence("early")[0] == "<results>/early/evidence/leave_one_out.csv"
    assert files.evidence_on_the_page == {
        "evidence_tables": ["<results>/primary/evidence/trials.csv", "<results>/primary/evidence/pooled.csv"],
        "evidence_figures": ["<results>/primary/figures/each_trial.svg"],
    }


def test_targets_are_what_a_person_asks_for() -> None:
    files = files_of("a")
    assert {result_files.EFFECTS, result_files.NOTICES, *files.shown} <= set(files.targets)
    assert not any("provenance" in path for path in files.targets)


def test_files_are_found_while_folders_beside_them_vanish(tmp_path: Path) -> None:
    for folder in ("a", "b", "c/d"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file.csv").touch()
    found = []
    for path in files_in(tmp_path):
        found.append(path.relative_to(tmp_path).parts[0])
        for other in {"a", "b"} - set(found):
            shutil.rmtree(tmp_path / other, ignore_errors=True)
    assert sorted(found) in (["a", "c"], ["b", "c"], ["c"])
    assert list(files_in(tmp_path / "nowhere")) == []


def test_a_reader_may_open_all_but_what_steps_say_of_themselves() -> None:
    files = files_of("a", "b")
    own, primary, *_ = files.opened
    assert {"run.json", "manifest.json", "manuscript/agrema.docx", "quality/report.html"} <= set(own)
    assert {"primary/effects.csv", "primary/tables/flow.docx", "primary/evidence/trials.csv"} <= set(primary)
    assert len(files.opened) == 1 + len(files.noted)
    listed = {path for paths in files.opened for path in paths}
    assert not [path for path in listed if "provenance" in path or "notices" in path.split("/")]
    assert "report.html" not in listed
    assert not [path for path in listed if path.startswith(("<", "/"))]
