"""Files of one trial that cannot be joined: what is changed in mapping and files, and what is said."""

from __future__ import annotations

from typing import Any

from tests.unit.data.joined_study import TABLES, changed, more

BROKEN: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    (
        "a bare name of several files",
        {"age": {"column": "SUBJID"}},
        {},
        [
            "variables.age.column: column 'SUBJID'",
            "base/SUBJID, imaging/SUBJID, lab/SUBJID or outcome/SUBJID",
        ],
    ),
    (
        "a bare name of one file",
        {"volume": {"column": "VOLUME"}},
        {},
        ["variables.volume.column: column 'VOLUME': several files are joined", "imaging/VOLUME"],
    ),
    (
        "a file that is not there",
        {"volume": {"column": "imagin/VOLUME"}},
        {},
        ["column 'imagin/VOLUME': no file is called 'imagin'; write imaging/VOLUME"],
    ),
    (
        "a bare arm",
        {"treatment": {"column": "ARM", "codes": {1: "treated", 2: "control"}}},
        {},
        ["treatment.column: column 'ARM'", "base/ARM"],
    ),
    (
        "a bare stamp",
        {"delay": {"from": "base/ONSET", "to": "SCAN"}},
        {},
        ["variables.delay.to: column 'SCAN'", "imaging/SCAN"],
    ),
    (
        "a slash outside of backticks",
        {"bmi": {"derive": "base/KG"}},
        {},
        ["variables.bmi.derive: column 'base': this is a file", "`base/<column>`", "`base/KG`"],
    ),
    (
        "a bare name in an expression",
        {"bmi": {"derive": "KG / 2"}},
        {},
        ["variables.bmi.derive: column 'KG'", "`base/KG`"],
    ),
    (
        "no id",
        {"patient": {"row_number": True}},
        {},
        ["patient.row_number: files are joined by the patient's id", "name the column of the id"],
    ),
    (
        "the patients of another file",
        {"patient": {"column": "lab/SUBJID"}},
        {},
        ["patient.column: the first file, 'base', says who the patients are", "`key:`"],
    ),
    (
        "visits of the whole",
        {"visits": {"day": "DAY"}},
        {},
        ["visits: several files are joined", "source.files"],
    ),
    (
        "two files with visits in one variable",
        {"imaging": {"visits": {}}, "bmi": {"derive": "`imaging/VOLUME` + `outcome/MRS`", "at": "first"}},
        {},
        ["variables.bmi: imaging and outcome both have a row for each visit"],
    ),
    (
        "a visit of a file without visits",
        {"age": {"column": "base/AGE", "at": "first"}},
        {},
        ["variables.age.at: each patient has one row", "`visits:`"],
    ),
    (
        "a day of a file without days",
        {"outcome": {"visits": {"column": "DAY"}}},
        {},
        ["variables.mrs.at.day: no column of it is stated"],
    ),
    (
        "the trial of another file",
        {"trial": {"column": "lab/STUDY", "codes": {1: {"id": "a", "label": "A"}}}, "label": None},
        {},
        ["trial.column: the first file, 'base', says a patient's trial; found", "'lab'"],
    ),
    (
        "the id as a variable",
        {"marker": {"column": "imaging/PATIENT"}},
        {},
        ["variables.marker.column: column 'imaging/PATIENT' is that of the patient's id"],
    ),
    (
        "the same file twice",
        {"more": {"file": "base.csv", "format": "csv"}},
        {},
        ["source.files.more: the file of 'base': a file is joined once", "`base/<column>`"],
    ),
    (
        "one sheet by name and by number",
        {"more": {"file": "lab.xlsx", "format": "excel", "options": {"sheet": 2}}},
        {},
        ["source.files.more: the file of 'lab': a file is joined once"],
    ),
    (
        "a file that does not exist",
        {"imaging": {"file": "image.csv"}},
        {},
        ["source.files.imaging.file:", "image.csv': there is no such file"],
    ),
    (
        "an option of another format",
        {"base": {"options": {"sheet": 1}}},
        {},
        ["source.files.base.options.sheet: this key does not belong here"],
    ),
    (
        "an unknown key",
        {"base": {"keys": "SUBJID"}},
        {},
        ["source.files.base.keys: unknown key; allowed: 'file'"],
    ),
    ("no format", {"more": {"file": "base.csv"}}, {}, ["source.files.more: key 'format' is missing"]),
    (
        "a column that is not there",
        {"volume": {"column": "imaging/VOL"}},
        {},
        [
            "imaging.csv: the file's columns are 'PATIENT', 'VOLUME', 'SCAN'",
            "column 'VOL' (volume) is not in the file",
        ],
    ),
    (
        "a key that is not there",
        {"imaging": {"key": "ID"}},
        {},
        ["imaging.csv:", "column 'ID' (patient) is not in the file"],
    ),
    (
        "a patient twice in the first file",
        {},
        more("base", ["2", "A", "50", "", ""]),
        ["column 'base/SUBJID' (patient): 2 rows (lines 3, 6 of base) share an id", "`visits:` of base"],
    ),
    (
        "a patient twice in another file",
        {},
        more("imaging", ["4", "1", ""], ["1", "2", ""]),
        [
            "column 'imaging/PATIENT' (patient): 4 rows (lines 2, 4, 6, 7 of imaging) share an id",
            "share an id: lines 2, 6; lines 4, 7",
            "allowed: each patient once",
            "`visits:` of imaging",
        ],
    ),
    (
        "a row without an id",
        {},
        changed("imaging", 2, 0, ""),
        [
            "column 'imaging/PATIENT' (patient): 1 row (line 3 of imaging) without an id",
            "allowed: an id in every row",
        ],
    ),
    (
        "an id that lost digits",
        {},
        changed("imaging", 2, 0, "9.00719925474099E+15"),
        ["column 'imaging/PATIENT' (patient): 1 row (line 3 of imaging) holds numbers of more digits"],
    ),
    (
        "leading zeros",
        {},
        {"imaging": [TABLES["imaging"][0], *([f"00{row[0]}", *row[1:]] for row in TABLES["imaging"][1:])]},
        [
            "column 'imaging/PATIENT' (patient): 4 rows (lines 2, 3, 4, 5 of imaging) hold no id",
            "3 rows (lines 2, 3, 4 of imaging) would be of a patient but for leading zeros",
            "'009', and '9' in 1 row (line 5 of base)",
            "no patient has a row; allowed: ids written as in",
        ],
    ),
    (
        "a final .0 in most ids",
        {},
        {"imaging": [*TABLES["imaging"][:2], *([f"{row[0]}.0", *row[1:]] for row in TABLES["imaging"][2:])]},
        [
            "imaging/PATIENT",
            "2 rows (lines 3, 4 of imaging) would be of a patient",
            "'9.0'",
            "only 1 patients have",
        ],
    ),
    (
        "nobody in another file",
        {},
        {"imaging": [TABLES["imaging"][0], ["91", "1", ""], ["92", "2", ""]]},
        ["2 rows (lines 2, 3 of imaging) hold no id of 'base/SUBJID'; no patient has a row"],
    ),
    (
        "a text in a number",
        {},
        changed("imaging", 3, 1, "big"),
        [
            "imaging.csv (imaging)",
            "column 'imaging/VOLUME' (volume): 1 row (line 4 of imaging) holds 'big'",
            "allowed: numbers with decimal mark ','",
        ],
    ),
    (
        "a number in the other file's way",
        {},
        changed("lab", 2, 2, "2,5"),
        ["column 'lab/MARKER' (marker): 1 row (sheet row 3 of lab) holds '2,5'", "decimal mark '.'"],
    ),
    (
        "a value out of range",
        {},
        changed("lab", 1, 2, -4),
        [
            "column 'lab/MARKER' (marker): 1 row (sheet row 2 of lab) outside the range, '-4'",
            "allowed: numbers from 0",
        ],
    ),
    (
        "a code without a mapping",
        {},
        changed("outcome", 3, 2, "7"),
        [
            "column 'outcome/MRS' (mrs): 1 row (line 4 of outcome) holds codes without a mapping",
            "'7'; allowed: 0, 1, 2",
        ],
    ),
    (
        "a text in a file whose row stands beside two visits",
        {"marker": {"derive": "`outcome/MRS` + `base/KG`", "at": "smallest"}, "bmi": {"absent": True}},
        changed("base", 1, 4, "heavy"),
        ["(marker): column 'base/KG': 1 row (line 2 of base) holds 'heavy'; allowed: numbers"],
    ),
    (
        "an unlike value at a visit",
        {},
        more("outcome", ["3", "92", "1"], ["3", "88", "0"]),
        [
            "column 'outcome/MRS' (mrs): 1 row (line 7 of outcome) holds another value",
            "than at the same visit",
        ],
    ),
    (
        "a stamp that is none",
        {},
        changed("imaging", 1, 2, "soon"),
        [
            "column 'base/ONSET to imaging/SCAN' (delay): 'imaging/SCAN': ",
            "1 row (line 2 of imaging) holds 'soon'",
        ],
    ),
    (
        "a scan before the onset",
        {},
        changed("imaging", 1, 2, "2014-03-04 12:30"),
        [
            "column 'base/ONSET to imaging/SCAN' (delay): 1 row (line 5 of base) outside the range",
            "'2015-03-04 10:00' to '2014-03-04 12:30'",
        ],
    ),
    (
        "a division by nothing",
        {},
        changed("lab", 2, 1, 0),
        ["(bmi): `", "divides by 0", "1 row (line 3 of base)"],
    ),
    (
        "an arm in a file without all",
        {"treatment": {"column": "imaging/ARM", "codes": {"A": "treated", "B": "control"}}},
        {
            "imaging": [
                [*row, arm] for row, arm in zip(TABLES["imaging"], ["ARM", "B", "B", "A", "A"], strict=True)
            ]
        },
        ["column 'imaging/ARM' (treatment): 1 row (line 4 of base) without a row in imaging without an arm"],
    ),
    (
        "an error of a worksheet",
        {},
        changed("lab", 3, 2, "#REF!"),
        ["column 'lab/MARKER' (marker): 1 row (sheet row 4 of lab) holds errors of a worksheet"],
    ),
]
