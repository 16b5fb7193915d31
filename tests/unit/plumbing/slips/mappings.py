"""Codes, variables and options of a mapping that do not fit."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import EAST, NORTH, SOUTH, Slip

MAPPINGS = [
    Slip(NORTH, "label: North", "label: North\nlabel: South", "the key 'label' was given before", line=3),
    Slip(
        NORTH, "new: treated", "no: treated", "treatment.codes.false: as a key: YAML reads the bare word no"
    ),
    Slip(NORTH, "usual: control", "usual: treated", "treatment.codes: no code means 'control'"),
    Slip(
        NORTH, "usual: control", "usual: contrl", "codes.usual: found 'contrl'; allowed: 'treated', 'control'"
    ),
    Slip(
        SOUTH,
        "{1: treated, 2: control}",
        "{1: treated, '01': control}",
        "codes.01: 1 and '01' are the same code",
    ),
    Slip(NORTH, "  age: {column: age}\n", "", "variables: 'age' is not mapped", line=6),
    Slip(
        NORTH,
        "  age: {column: age}",
        "  agee: {column: age}",
        "variables.agee: no variable 'agee'; allowed: 'age'",
    ),
    Slip(
        NORTH,
        "{F: 1, M: 0}",
        "{F: 2, M: 0}",
        "variables.female.codes.F: 2 is no value of 'female'; allowed: 0, 1",
    ),
    Slip(NORTH, "{column: sex, codes", "{colum: sex, codes", "variables.female.colum: unknown key"),
    Slip(SOUTH, 'decimal: ","', 'decimal: ";"', "source.options.decimal: found ';'; allowed: '.', ','"),
    Slip(SOUTH, 'separator: ";"', 'separator: ","', "source.options.separator: ',' is the decimal mark too"),
    Slip(
        SOUTH,
        'separator: ";"',
        "encoding: utf-99",
        "source.options.encoding: Python knows no encoding of text",
    ),
    Slip(
        SOUTH,
        'separator: ";"',
        "encoding: zip",
        "source.options.encoding: Python knows no encoding of text 'zip'",
    ),
    Slip(SOUTH, "format: csv", "format: cvs", "source.format: found 'cvs'; allowed: 'csv', 'tsv', 'excel'"),
    Slip(
        EAST, "to: randomised", "to: randomised, format: '%H:%M'", "delay.format: '%H:%M': it names no year"
    ),
]
