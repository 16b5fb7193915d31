"""What every figure keeps: no text is cut or runs into another, type and width are a journal's."""

import itertools

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from ipdmediation.present.style import PAGES, PLAIN, Page


def texts(figure: Figure) -> list[Text]:
    """Return the texts that are painted."""
    # Ticks beyond the limits of their axis exist but are never painted.
    beyond = {
        tick
        for axes in figure.axes
        for along, (ticks, limits) in enumerate(
            [(axes.get_xticklabels(), axes.get_xlim()), (axes.get_yticklabels(), axes.get_ylim())]
        )
        for tick in ticks
        if not min(limits) <= tick.get_position()[along] <= max(limits)
    }
    found = [item for item in figure.findobj(Text) if item.get_visible() and item.get_text().strip()]
    return [item for item in found if item not in beyond]


def assert_nothing_overlaps(figure: Figure, page: Page = PAGES[PLAIN]) -> None:
    """Hold a figure, all texts of which are in place, to this."""
    renderer = figure.canvas.get_renderer()
    boxes = [(item.get_text(), item.get_window_extent(renderer)) for item in texts(figure)]
    canvas = figure.bbox
    for text, box in boxes:
        assert box.x0 >= canvas.x0 - 0.5, text
        assert box.x1 <= canvas.x1 + 0.5, text
        assert box.y0 >= canvas.y0 - 0.5, text
        assert box.y1 <= canvas.y1 + 0.5, text
    for (first, one), (second, two) in itertools.combinations(boxes, 2):
        # The line box of a text is taller than its letters; only a real overlap counts.
        across = min(one.x1, two.x1) - max(one.x0, two.x0)
        down = min(one.y1, two.y1) - max(one.y0, two.y0)
        assert across <= 0.5 or down <= 1.5, (first, second)
    assert {7.0 <= item.get_fontsize() <= 9.0 for item in texts(figure)} == {True}
    width, height = figure.get_size_inches() * 25.4
    assert any(width == pytest.approx(column) for column in (page.single, page.double))
    assert height <= 260
