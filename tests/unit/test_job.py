"""What a failing job says on the terminal."""

import job


def test_one_line_keeps_the_blanks_of_a_value() -> None:
    error = ValueError("a.csv: 2 problems:\n  - column 'A  B': 'x   y'\n  - column 'C': ' z'\n")
    assert job._one_line(error) == "a.csv: 2 problems: - column 'A  B': 'x   y' - column 'C': ' z'"
