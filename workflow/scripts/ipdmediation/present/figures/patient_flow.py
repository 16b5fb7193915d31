"""Figure: who was randomised, excluded and analysed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import notation, style
from ipdmediation.present.figures.rows import SHOWN_ARMS
from ipdmediation.present.figures.sheet import MARGIN, in_style, new_sheet, text_height, text_width, wrap
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SMALL_SIZE, TEXT_SIZE


@in_style
def patient_flow(flow: pd.DataFrame, *, study: Study) -> Figure:
    """Draw who was randomised, who was excluded and why, and who was analysed in each arm.

    Parameters
    ----------
    flow
        Columns `step, reason, excluded, excluded_treated, excluded_control, remaining, remaining_treated,
        remaining_control`; the first row is everyone randomised.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns; as tall as the number of rules needs.
    """
    rows = flow.sort_values("step").to_dict("records")
    first, last, rules = rows[0], rows[-1], rows[1:]
    side = 96.0
    side_width = study.page.double - side - MARGIN
    spine = 46.0 if rules else study.page.double / 2  # in the middle where nothing branches off

    def by_arm(row: Mapping[Any, Any], prefix: str, width: float) -> list[str]:
        parts = [f"{study.short(arm)} {notation.count(row[f'{prefix}_{arm}'])}" for arm in SHOWN_ARMS]
        elsewhere = row[prefix] - sum(row[f"{prefix}_{arm}"] for arm in SHOWN_ARMS)
        if notation.known(elsewhere) and elsewhere:
            parts.append(f"other arms {notation.count(elsewhere)}")
        together = ", ".join(parts)
        return (
            [together]
            if text_width(together, TEXT_SIZE) <= width
            else [line for part in parts for line in wrap(part, width)]
        )

    texts = [
        wrap(f"{row['reason']} (n = {notation.count(row['excluded'])})", side_width - 6)
        + by_arm(row, "excluded", side_width - 6)
        for row in rules
    ]
    heights = [text_height(lines) + 3.0 for lines in texts]
    head = [
        f"{first['reason']} (n = {notation.count(first['remaining'])})",
        *by_arm(first, "remaining", 74),
    ]
    foot = [f"Analysed (n = {notation.count(last['remaining'])})"]
    arm_boxes = [
        [*wrap(study.arm(arm), 38, weight="bold"), f"n = {notation.count(last[f'remaining_{arm}'])}"]
        for arm in SHOWN_ARMS
    ]
    head_height, foot_height = text_height(head) + 4, text_height(foot) + 4
    arm_height = max(text_height(lines) for lines in arm_boxes) + 4
    hidden = flow.filter(regex="^(excluded|remaining)").isna().any(axis=None)
    note = wrap(notation.withheld(), study.page.double - 2 * MARGIN, size=SMALL_SIZE) if hidden else []
    note_height = text_height(note, size=SMALL_SIZE) + 2 if note else 0.0
    boxes = head_height + sum(heights) + 6.5 * len(rules) + 6 + foot_height + 12 + arm_height
    height = MARGIN + boxes + 1 + note_height
    sheet = new_sheet(study.page.double, height, study)

    sheet.box(spine, MARGIN + head_height / 2, 78, head_height, head, bold=1)
    y = MARGIN + head_height
    start = y
    for index, (row, lines, box_height) in enumerate(zip(rules, texts, heights, strict=True)):
        middle = y + 3.5 + box_height / 2
        sheet.arrow((spine, middle), (side, middle))
        sheet.box(
            side + side_width / 2,
            middle,
            side_width,
            box_height,
            lines,
            fill=style.PALE,
            align="left",
            muted=len(by_arm(row, "excluded", side_width - 6)),
        )
        y = y + box_height + 6.5
        if index < len(rules) - 1:
            # How many were still in after the rule, between two branches.
            sheet.text(
                spine - 2,
                y,
                f"{notation.count(row['remaining'])} remain",
                ha="right",
                color=MUTED,
                size=SMALL_SIZE,
            )
    y += 6
    sheet.arrow((spine, start), (spine, y))
    sheet.box(spine, y + foot_height / 2, 78, foot_height, foot, bold=1)
    y += foot_height
    centres = (spine - 22.5, spine + 22.5)
    sheet.line([(spine, y), (spine, y + 5)])
    sheet.line([(centres[0], y + 5), (centres[1], y + 5)])
    for centre, arm, lines in zip(centres, SHOWN_ARMS, arm_boxes, strict=True):
        sheet.arrow((centre, y + 5), (centre, y + 12))
        sheet.box(
            centre,
            y + 12 + arm_height / 2,
            42,
            arm_height,
            lines,
            edge=style.ARM_COLOURS[arm],
            bold=len(lines) - 1,
        )
    if note:
        sheet.lines(MARGIN, height - note_height, note, color=MUTED, size=SMALL_SIZE)
    return sheet.figure
