"""Rules that a study declares: read before the run, held against every patient of whom they can be told."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pool_trials
from ipdmediation.data.contract import Rule, contract_faults, rules_from_config
from ipdmediation.data.errors import BrokenRuleWarning, MappingError
from ipdmediation.data.harmonise import HarmonisedTrial, harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.notices import Noted, write_notices
from ipdmediation.data.problems import in_words
from ipdmediation.data.reading import RawTable
from ipdmediation.data.references import Study, study_faults
from ipdmediation.data.schema import in_canonical_order
from tests.unit.data.conftest import CONFIG, DECLARED, MAPPING, RAW, VARIABLES, filled

#: The rows of `RAW`: lines 2 to 5 of its file.
LINES = range(2, 6)


def harmonised(*rules: Rule, **changes: Any) -> HarmonisedTrial:
    mapping = copy.deepcopy(MAPPING) | changes
    raw = RawTable(frame=pd.DataFrame(RAW, dtype=object), rows=LINES, counted="line")
    return harmonise_trial(
        raw,
        mapping=TrialMapping.from_mapping(mapping),
        trial="a",
        variables=VARIABLES,
        file="a.csv",
        contract=rules,
    )


def broken(*rules: Rule, **changes: Any) -> list[str]:
    """Return the lines of the error that rules give."""
    with pytest.raises(MappingError) as error:
        harmonised(*rules, **changes)
    return str(error.value).splitlines()


# volume is 15, missing, 0, 30; mrs 0, 1, 2, missing; female 0, 1, 1, missing; line 2 and 4 are treated


@pytest.mark.parametrize(
    ("rule", "when", "lines"),
    [
        ("volume >= 0", None, []),
        ("volume < 20", None, [5]),
        ("volume < 20 or mrs == 0", None, []),  # of line 5 the score is missing
        ("volume < 20 and mrs < 2", None, [4, 5]),  # what is known decides
        ("volume > 0", "mrs == 2", [4]),
        ("volume > 0", "mrs >= 0", [4]),
        ("site == 'ica'", None, [2]),
        ("site != 'm1'", "treatment == 'control'", []),
        ("treatment == 'treated'", "site == 'ica'", [3]),
        ("trial == 'b'", "female == 0", [2]),
        ("is_missing(mrs) or mrs <= 2", None, []),
        ("not is_missing(volume)", None, [3]),
        ("delay * 60 <= volume", None, [2]),
    ],
)
def test_who_breaks_a_rule(rule: str, when: str | None, lines: list[int]) -> None:
    result = harmonised(Rule(rule=rule, when=when, when_broken="notice"))
    said = [str(notice) for notice in result.notices]
    row = result.quality[result.quality["variable"] == "contract"].iloc[0]
    assert row["out_of_range"] == len(lines)
    assert row["n"] == 4
    if not lines:
        assert said == []
        return
    (sentence,) = said
    plural = "s" if len(lines) > 1 else ""
    where = f"{len(lines)} row{plural} (line{plural} {', '.join(map(str, lines))}) break"
    assert sentence.startswith(f"trial 'a': {where}")


def test_who_cannot_be_told_is_counted_as_missing() -> None:
    result = harmonised(Rule(rule="volume < 90"), Rule(rule="volume >= 0", when="mrs == 0"))
    rows = result.quality[result.quality["variable"] == "contract"]
    assert rows["column"].tolist() == ["volume < 90", "volume >= 0 (when mrs == 0)"]
    assert rows["missing"].tolist() == [1, 1]
    assert rows["out_of_range"].tolist() == [0, 0]


def test_an_error_names_trial_and_rows_and_no_value() -> None:
    rules = (
        Rule(rule="volume < 20", label="Small"),
        Rule(rule="site == 'ica'"),
        Rule(rule="age < 1", when_broken="notice"),
    )
    head, *lines = broken(*rules)
    assert head == "a.csv: rules of the study's contract are broken:"
    assert lines[0].startswith(
        "  - trial 'a': 1 row (line 5) breaks the rule Small: volume < 20; allowed: rows"
    )
    assert lines[1].startswith("  - trial 'a': 1 row (line 2) breaks the rule site == 'ica'; allowed: ")
    assert len(lines) == 2
    assert not any(value in line for line in lines for value in ("30", "15", "m1"))


def test_a_notice_says_no_row_number_where_it_is_an_id() -> None:
    rule = Rule(rule="volume < 20", when_broken="notice")
    (said,) = harmonised(rule, patient={"row_number": True}).notices
    assert str(said) == "trial 'a': 1 row breaks the rule volume < 20"
    assert said.kind == "broken_rule"


def test_trials_of_one_file_are_told_apart() -> None:
    trial = {
        "column": "SEX",
        "codes": {"M": "men", "F": "women", -9: "excluded"},
    }
    rule = Rule(rule="volume > 0 and mrs > 0", when_broken="notice")
    result = harmonised(rule, trial=trial)
    assert [str(notice).partition(" break")[0] for notice in result.notices] == [
        "trial 'men': 1 row (line 2)",
        "trial 'women': 1 row (line 4)",
    ]
    rows = result.quality[result.quality["variable"] == "contract"].set_index("trial")
    assert rows[["n", "missing", "out_of_range"]].to_numpy().tolist() == [[1, 0, 1], [2, 1, 1]]


def test_an_arm_that_is_not_compared_is_neither() -> None:
    treatment = {"column": "ARM", "codes": {1: "treated", 2: "excluded", 3: "control"}}
    rule = Rule(rule="treatment == 'treated'", when_broken="notice")
    result = harmonised(rule, treatment=treatment)
    assert result.notices == []
    assert result.quality.iloc[-1]["missing"] == 2


def test_a_rule_without_an_answer() -> None:
    head, line = broken(Rule(rule="mrs / volume > 1"))
    assert head == "a.csv: a rule of the study's contract, mrs / volume > 1, has no answer:"
    assert "divides by 0 or by nearly 0 in 1 row (line 4), from mrs, volume; allowed" in line


def test_a_rule_does_not_change_what_is_harmonised() -> None:
    rule = Rule(rule="volume < 20", when_broken="notice")
    pd.testing.assert_frame_equal(harmonised(rule).frame, harmonised().frame)
    assert len(harmonised(rule).quality) == len(harmonised().quality) + 1


def faults(rule: str, **more: Any) -> list[str]:
    declared = [{"rule": "volume > 0"}, {"rule": rule, **more}]
    found = contract_faults(declared, VARIABLES, trials=["north", "south"])
    return [f"{in_words(fault.place)}: {fault.text}" for fault in found]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("volum > 0", "no variable 'volum'; did you mean 'volume'?; allowed: 'age', 'female', 'delay'"),
        ("VOL > 0", "no variable 'VOL'; did you mean 'volume'?"),
        ("xyz > 0", "no variable 'xyz'; allowed: 'age'"),
        ("volume", "'volume': the column 'volume' is no condition; compare it, as in volume == 1"),
        ("volume + 1", "`volume + 1` is a number; allowed there: a comparison, as in X == 1"),
        ("1 > 0", "no variable of the study; a rule compares one with something"),
        ("volume = 1", "= gives a name to something; a comparison is =="),
        ("volume > 0 & mrs < 2", "& is no operator here; two conditions are joined by `and`"),
        ("site > 1", "'site' has levels and no numbers; allowed: == and != with one of 'm1', 'ica', 'none'"),
        ("site + 1 > 1", "'site' has levels and no numbers"),
        ("site == 'M1'", "'M1' is no level of 'site'; did you mean 'm1'?; allowed: 'm1', 'ica', 'none'"),
        ("mrs == '1'", "'mrs' holds numbers and no texts; allowed: 0, 1, 2, without quotes"),
        ("mrs == 7", "`mrs == 7`: no level of 'mrs'; allowed: 0, 1, 2"),
        ("female != 2", "`female != 2`: no level of 'female'; allowed: 0, 1"),
        (
            "trial == 'nord'",
            "'nord' is no level of 'trial'; did you mean 'north'?; allowed: 'north', 'south'",
        ),
        ("treatment == 1", "'treatment' has levels and no numbers; allowed: == and != with one of 'control'"),
        ("days_between(age, delay) > 0", "days_between(age, delay): the common variables are no stamps"),
        ("__import__('os') == 1", "no function '__import__'; allowed: abs, "),
        ("volume.sum() > 0", "no function 'volume.sum'"),
        ("(lambda: 1)() > volume", "the mark ':' has no place here"),
        ("volume > 9e99", "the number '9e99'; allowed: plain decimal numbers"),
        ("volume > 0 if mrs > 1", "a choice is written `a if condition else b`"),
        (" ", "is not readable"),
    ],
)
def test_a_rule_that_cannot_be_is_known_before_the_run(rule: str, said: str) -> None:
    (fault,) = faults(rule)
    assert fault.startswith("contract[entry 2].rule: ")
    assert said in fault


def test_the_condition_of_a_rule_is_checked_as_well() -> None:
    assert faults("volume > 0", when="mrs == 2") == []
    (fault,) = faults("volume > 0", when="mors == 2")
    assert fault.startswith("contract[entry 2].when: no variable 'mors'; did you mean 'mrs'?")


def test_a_variable_with_a_fault_of_its_own_is_not_an_unknown_one() -> None:
    assert list(contract_faults([{"rule": "gone > 0"}], VARIABLES, trials=[], unsound=["gone"])) == []
    config = filled(CONFIG)
    config["contract"] = [{"rule": "age > 0"}, {"rule": "bmi > 0"}]
    config["variables"]["age"]["minimum"] = 200
    study = Study(config=config, declared=tuple(config["variables"]), trials=("a",))
    said = [in_words(fault.place) for fault in study_faults(study) if fault.place[0] == "contract"]
    assert said == ["contract[entry 2].rule"]


def test_rules_come_from_the_configuration() -> None:
    declared = [{"rule": "a\n  > 0", "when": "b  == 1", "label": "Words", "when_broken": "notice"}]
    (rule,) = rules_from_config(declared)
    assert rule.words == "Words: a > 0 (when b == 1)"
    assert Rule(rule="a > 0").words == "a > 0"
    assert Rule(rule="a > 0").when_broken == "error"


def test_pooling_says_what_harmonising_found(tmp_path: Path) -> None:
    """A broken rule is a notice of the step that all analyses share."""
    result = harmonised(Rule(rule="volume < 20", when_broken="notice"))
    in_canonical_order(result.frame).to_parquet(tmp_path / "a.parquet")
    notes = [Noted("pooling", notice.kind, str(notice)) for notice in result.notices]
    write_notices(tmp_path / "a.csv", notes)
    with pytest.warns(BrokenRuleWarning, match=r"trial 'a': 1 row \(line 5\) breaks the rule volume < 20"):
        pool_trials.main(
            trials=[str(tmp_path / "a.parquet")],
            broken=[str(tmp_path / "a.csv")],
            pooled=str(tmp_path / "pooled.parquet"),
            ids=[["a"]],
            variables=DECLARED,
        )
    assert (tmp_path / "pooled.parquet").is_file()
