"""Three invented centres' files as such files come, for `config/examples/centres` and docs/own-trials.md.

``python -m tests.workflow.centres`` writes them; nobody in them is real.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat

from ipdmediation.inference.streams import stream

DATA = Path(__file__).resolve().parents[2] / "config/examples/centres/data"
SEED = 20261127
#: Of the excluded patients of a registry and of arms, too.
SIZES = {"north": 96, "south": 84, "east": 80, "west": 70, "pilot": 12}
#: On the day that the outcome is read, a visit may be early or late.
WINDOW = (70, 125)
#: The smallest volume that centre South's reader reports, mL.
SMALLEST = 1.0


def patients(trial: str) -> pd.DataFrame:
    """Draw the patients of a trial: the therapy makes the lesion smaller, and that the score better.

    Returns
    -------
    DataFrame
        One row per patient: treated (0, 1), age (years), female (0, 1), delay (hours from onset to the
        start of treatment), lesion (mL), imaging (hours from onset), score (0 to 4, low is better).
    """
    rng = stream(SEED, trial)
    n = SIZES[trial]
    treated = rng.permutation(np.arange(n) % 2)
    age = rng.normal(67, 10, n).clip(30, 95).round(1)
    delay = rng.gamma(4, 0.8, n).round(2)
    log_lesion = 3.2 - 0.7 * treated + 0.015 * (age - 67) + 0.08 * delay + rng.normal(0, 1.1, n)
    latent = -0.5 * treated + 0.75 * (log_lesion - 3) + 0.035 * (age - 67) + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "treated": treated,
            "age": age,
            "female": rng.integers(0, 2, n),
            "delay": delay,
            "lesion": np.exp(log_lesion).round(1),
            "imaging": rng.normal(30, 6, n).clip(18, 70).round(1),
            "score": np.searchsorted([-1.2, 0.3, 1.6, 3.2], latent),
        }
    )


def write_north(path: Path) -> None:
    """Write a SAS transport file: coded columns, cubic millimetres, stamps, -9 for unknown."""
    frame = patients("north")
    onset = pd.Timestamp("2015-03-02 06:30") + pd.to_timedelta(np.arange(len(frame)) * 31, unit="h")
    lesion = (frame["lesion"] * 1000).round()
    lesion[::17] = -9
    table = pd.DataFrame(
        {
            "SUBJID": [f"N-{number:03d}" for number in range(1, len(frame) + 1)],
            "TRTP": np.where(frame["treated"] == 1, 2.0, 1.0),
            "AGE": frame["age"],
            "SEX": np.where(frame["female"] == 1, "F", "M"),
            "ONSET": onset.strftime("%Y-%m-%dT%H:%M"),
            "RANDDT": (onset + pd.to_timedelta(frame["delay"], unit="h")).dt.strftime("%Y-%m-%dT%H:%M"),
            "LESVOL": lesion,
            "SCORE90": frame["score"].astype(float),
        }
    )
    labels = {"TRTP": "Planned treatment", "LESVOL": "Lesion volume (mm3)", "SCORE90": "Score at day 90"}
    pyreadstat.write_xport(table, path, column_labels=labels, table_name="ADSL", file_format_version=5)


def write_south(path: Path) -> None:
    """Write a workbook: titles, a row of units, two sheets of the same patients in different order."""
    frame = patients("south")
    ids = [f"S{number:04d}" for number in range(1, len(frame) + 1)]
    born = [dt.date(2016, 5, 1) - dt.timedelta(days=round(age * 365.25)) for age in frame["age"]]
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Baseline"
    first.append(["Centre South: final data, locked 2019-02-11"])
    first.append([])
    first.append(["Patient", "Group", "Date of birth", "Date of randomisation", "Sex", "Onset to needle"])
    first.append(["", "", "", "", "m/w", "min"])
    for row, (patient, each) in enumerate(zip(ids, frame.itertuples(), strict=True)):
        group = "B" if each.treated else "A"
        sex = "w" if each.female else "m"
        day = dt.date(2016, 5, 1) + dt.timedelta(days=row)
        first.append([patient, group, born[row] + dt.timedelta(days=row), day, sex, round(each.delay * 60)])
    second = book.create_sheet("Follow-up")
    second.append(["Lesions read by the core laboratory; < 1 is below what it reports"])
    second.append(["Patient", "Volume (ml)", "Score"])
    order = stream(SEED, "order").permutation(len(frame))
    for place in order[:-3]:
        lesion = frame["lesion"].iloc[place]
        volume = "<1" if lesion < SMALLEST else str(lesion).replace(".", ",")
        second.append([ids[place], volume, int(frame["score"].iloc[place])])
    # the same bytes on any day
    book.properties.created = book.properties.modified = dt.datetime(2019, 2, 11)
    book.save(path)


def write_registry(path: Path) -> None:
    """Write a pooled text file: two trials and a pilot, a third arm, three visits per patient."""
    lines = ["STUDY;ID;ARM;VISIT;DAY;AGE;SEX;DELAY;LESION;SCORE"]
    for trial in ("east", "west", "pilot"):
        frame = patients(trial)
        rng = stream(SEED, trial, "visits")
        for number, each in enumerate(frame.itertuples(), start=1):
            # every ninth patient had the sham procedure, which is not compared
            arm = "SHAM" if number % 9 == 0 else "NEW" if each.treated else "USUAL"
            age = f"{each.age:.1f}".replace(".", ",")
            lesion = f"{each.lesion:.1f}".replace(".", ",")
            delay = f"{each.delay:.2f}".replace(".", ",")
            key = f"{trial.upper()};{number};{arm}"
            days = [rng.integers(25, 36), rng.integers(*WINDOW)]
            earlier = min(4, each.score + int(rng.integers(0, 2)))
            lines += [
                f"{key};BASE;0;{age};{each.female + 1};{delay};;",
                f"{key};IMAGING;1;;;;{lesion};",
                f"{key};CLINIC;{days[0]};;;;;{earlier}",
                f"{key};CLINIC;{days[1]};;;;;{each.score}",
            ]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def main() -> None:
    """Write the files of all centres."""
    DATA.mkdir(parents=True, exist_ok=True)
    write_north(DATA / "north.xpt")
    write_south(DATA / "south.xlsx")
    write_registry(DATA / "registry.csv")


if __name__ == "__main__":
    main()
