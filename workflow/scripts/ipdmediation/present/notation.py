"""How numbers are written in every figure, table and on the page: no rounding hides a side.

Marks and digits are those of the current `house_style`; the examples are in the plain one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ipdmediation.present.emphasis import italic
from ipdmediation.present.house_style import current, people

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
SMALLEST_MEASURE = 0.001
_MOST_DIGITS = 4  # further decimals that a number near a null is given
_MOST_P_DIGITS = 4


def known(value: object) -> bool:
    """Say whether a cell holds a finite number.

    Examples
    --------
    >>> known(1.5), known(float("nan")), known(None)
    (True, False, False)
    """
    try:
        return math.isfinite(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def text_of(cell: object) -> str:
    """Return a cell of words, empty where a CSV reader found nothing.

    Examples
    --------
    >>> text_of("ln mL"), text_of(float("nan")), text_of(None)
    ('ln mL', '', '')
    """
    return cell if isinstance(cell, str) else ""


def withheld() -> str:
    """Say what a dash in the place of a number of people is."""
    return f"{DASH}: withheld, as a number of few {people()} or one that would give such a number away."


def level_id(value: object) -> str:
    """Write a level id as in the configuration, also after a CSV reader made it a float.

    Examples
    --------
    >>> level_id(3.0), level_id("ica"), level_id("1.0"), level_id(float("nan"))
    ('3', 'ica', '1.0', '')
    """
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:g}"
    return "" if value is None else str(value)


def fixed(value: float, *, digits: int = 2, nulls: Sequence[float] = ()) -> str:
    """Write a number with a fixed count of decimals and a true minus sign.

    Parameters
    ----------
    value
        The number.
    digits
        Decimals.
    nulls
        Values that the number must not be rounded to unless it is one: it is then given more decimals, and
        where these do not suffice the side is written.

    Examples
    --------
    >>> fixed(2.216), fixed(-0.004), fixed(0.004, nulls=[0]), fixed(1 - 1e-9, nulls=[1])
    ('2.22', '0.00', '0.004', '<1.00')
    """
    if not known(value):
        return DASH
    text = f"{value:.{digits}f}"
    for null in nulls:
        if float(text) == null != value:
            for more in range(digits + 1, digits + 1 + _MOST_DIGITS):
                finer = f"{value:.{more}f}"
                if float(finer) != null:
                    return _marked(finer)
            return f"{'<' if value < null else '>'}{_marked(f'{null:.{digits}f}')}"
    if not text.strip("-0."):
        text = text.lstrip("-")
    return _marked(text)


def _marked(text: str) -> str:
    """Give Python's digits the minus and the decimal mark of print."""
    return text.replace("-", MINUS).replace(".", current().decimal)


def stated(value: float) -> str:
    """Write a number that is stated, not estimated: with all its digits and no others.

    Examples
    --------
    >>> stated(0.85), stated(95.0), stated(0.1 + 0.2)
    ('0.85', '95', '0.3')
    """
    return _marked(f"{value:g}")


def count(value: float) -> str:
    """Write a count; from five digits on with separators.

    Examples
    --------
    >>> count(1665), count(12345)
    ('1665', '12,345')
    """
    if not known(value):
        return DASH
    whole = round(value)
    return f"{whole:,}".replace(",", current().thousands) if abs(whole) >= 10_000 else str(whole)


def measure(value: float) -> str:
    """Write a measured value with three significant digits, no idle zeros, and no more than three decimals.

    Examples
    --------
    >>> measure(41.0), measure(118.64), measure(0.4567), measure(1764.0), measure(1e-9)
    ('41', '119', '0.457', '1764', '<0.001')
    """
    if not known(value):
        return DASH
    if value == 0:
        return "0"
    if abs(value) < SMALLEST_MEASURE:
        return f"<{stated(SMALLEST_MEASURE)}" if value > 0 else f">{stated(-SMALLEST_MEASURE)}"
    digits = min(3, max(0, 2 - math.floor(math.log10(abs(value)))))
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _marked(text)


def percent(value: float, *, digits: int = 1) -> str:
    """Write a percentage that is already on the scale of 0 to 100.

    Examples
    --------
    >>> percent(46.906), percent(0.02), percent(100.0), percent(99.98)
    ('46.9%', '<0.1%', '100%', '>99.9%')
    """
    if not known(value):
        return DASH
    smallest = 10.0**-digits
    if 0 < value < smallest / 2:
        return f"<{fixed(smallest, digits=digits)}%"
    if 100 - smallest / 2 < value < 100:
        return f">{fixed(100 - smallest, digits=digits)}%"
    return f"{fixed(value, digits=0 if value in {0, 100} else digits)}%"


def p_value(value: float, *, bound: bool = False) -> str:
    """Write a p value without its name, never 0: to two decimals, below .01 to three, or to two figures.

    Parameters
    ----------
    value
        The p value.
    bound
        Whether it is only known to be smaller, as where no bootstrap replicate lies beyond the null; it is
        then rounded up.

    Examples
    --------
    >>> p_value(0.0071), p_value(0.234), p_value(1e-9), p_value(0.998), p_value(0.0498)
    ('.007', '.23', '<.001', '>.99', '.0498')
    >>> p_value(2 / 1001, bound=True), p_value(2 / 101, bound=True), p_value(2 / 5001, bound=True)
    ('<.002', '<.02', '<.001')
    """
    if not known(value):
        return DASH
    least = current().p_least
    if bound:
        step = 10.0 ** -_p_digits(max(value, least)) if current().p_figures else least
        up = max(math.ceil(round(value / step, 9)), 1)
        return f"<{_probability(f'{up * step:.{_MOST_P_DIGITS}f}'.rstrip('0'))}"
    if value < least:
        return f"<{_probability(f'{least:g}')}"
    if value > 0.99:
        return f">{_probability('0.99')}"
    digits = _p_digits(value)
    if value < 0.05 and float(f"{value:.{digits}f}") == 0.05:
        digits = _MOST_P_DIGITS  # rounding must not hide on which side of .05 it is
    if value < 0.05 and float(f"{value:.{digits}f}") == 0.05:
        return f"<{_probability('0.05')}"
    return _probability(f"{value:.{digits}f}")


def _p_digits(value: float) -> int:
    if current().p_figures:
        return min(1 - math.floor(math.log10(value)), _MOST_P_DIGITS)
    return 3 if value < 0.0095 or 0.045 <= value < 0.05 else 2


def _probability(text: str) -> str:
    return _marked(text if current().p_zero else text.removeprefix("0"))


def stated_p(value: float) -> str:
    """Write a p value that is stated, such as a limit: with all its digits and no others.

    Examples
    --------
    >>> stated_p(0.05)
    '.05'
    """
    return _probability(f"{value:g}")


def p_name() -> str:
    """Return what a p value is called.

    Examples
    --------
    >>> p_name()
    'P'
    """
    return italic(current().p_name) if current().p_italic else current().p_name


def p_sentence(value: float, *, bound: bool = False) -> str:
    """Write a p value with its name; the spaces do not break.

    Examples
    --------
    >>> p_sentence(0.0071).split(), p_sentence(1e-9).split()
    (['P', '=', '.007'], ['P', '<', '.001'])
    """
    text = p_value(value, bound=bound)
    parts = (text[0], text[1:]) if text[0] in "<>" else ("=", text)
    return current().p_space.join([p_name(), *parts])


def span(low: str, high: str) -> str:
    """Join the written ends of an interval; "to" where a sign would be confused with the dash.

    Examples
    --------
    >>> span("1.52", "3.21"), span("1%", "19%")
    ('1.52–3.21', '1% to 19%')
    """  # noqa: RUF002
    return _joined_by(current().dash, low, high)


def spread(low: str, high: str) -> str:
    """Join the written ends of a range, of quartiles or of levels, as `span` does those of an interval.

    Examples
    --------
    >>> spread("57", "76"), spread("−3", "4")
    ('57–76', '−3 to 4')
    """  # noqa: RUF002
    return _joined_by(current().range_dash, low, high)


def _joined_by(dash: str, low: str, high: str) -> str:
    misread = {MINUS, "<", ">", *("%" if dash == DASH else "")}
    return f"{low}{' to ' if set(low + high) & misread else dash}{high}"


def confidence(coverage: str, ends: str) -> str:
    """Name the written ends of an interval; nothing where there are none.

    Examples
    --------
    >>> confidence("95%", "1.52 to 3.21"), confidence("95%", "")
    ('95% CI 1.52 to 3.21', '')
    """
    return f"{coverage} CI{current().after_name} {ends}" if ends else ""


def interval(
    estimate: float, low: float, high: float, *, digits: int = 2, nulls: Sequence[float] = (0, 1)
) -> str:
    """Write an estimate with its interval; no limit is rounded to the other side of a null.

    Parameters
    ----------
    estimate, low, high
        The numbers; without both limits the estimate stands alone.
    digits
        Decimals.
    nulls
        Values whose side must stay visible, 0 of a difference and 1 of a ratio.

    Examples
    --------
    >>> interval(2.22, 1.52, 3.21), interval(-0.42, -0.6, -0.002)
    ('2.22 (1.52–3.21)', '−0.42 (−0.60 to −0.002)')
    """  # noqa: RUF002
    return with_ends(*interval_parts(estimate, low, high, digits=digits, nulls=nulls))


def interval_parts(
    estimate: float, low: float, high: float, *, digits: int = 2, nulls: Sequence[float] = (0, 1)
) -> tuple[str, str]:
    """Write an estimate, and its interval where it has one, as `interval` does.

    Examples
    --------
    >>> interval_parts(-0.42, -0.6, -0.002), interval_parts(2.22, float("nan"), 3.21)
    (('−0.42', '−0.60 to −0.002'), ('2.22', ''))
    """  # noqa: RUF002
    if not known(estimate):
        return DASH, ""
    text, *ends = (fixed(value, digits=digits, nulls=nulls) for value in (estimate, low, high))
    return text, span(*ends) if known(low) and known(high) else ""


def with_ends(estimate: str, ends: str) -> str:
    """Put a written estimate and its interval together; without an interval the estimate stands alone."""
    return f"{estimate} ({ends})" if ends else estimate


def proportion(estimate: float, low: float, high: float, *, digits: int = 1) -> str:
    """Write a proportion and its interval in percent; no limit is rounded to the other side of 0 or 100.

    Examples
    --------
    >>> proportion(0.12, 0.01, 0.19, digits=0), proportion(0.12, -0.002, 0.211, digits=0)
    ('12% (1% to 19%)', '12% (−0.2% to 21%)')
    """  # noqa: RUF002
    return with_ends(*proportion_parts(estimate, low, high, digits=digits))


def proportion_parts(estimate: float, low: float, high: float, *, digits: int = 1) -> tuple[str, str]:
    """Write a proportion, and its interval where it has one, as `proportion` does."""
    if not known(estimate):
        return DASH, ""
    text, *ends = (fixed(100 * value, digits=digits, nulls=(0, 100)) for value in (estimate, low, high))
    sign = "%" if current().percent_twice else ""
    return f"{text}%", span(*(f"{end}{sign}" for end in ends)) if known(low) and known(high) else ""


def unbroken(sentence: str) -> str:
    """Keep the two ends of an interval on one line."""
    return sentence.replace(DASH, f"\N{WORD JOINER}{DASH}\N{WORD JOINER}")


def joined(names: Iterable[str]) -> str:
    """Join names to a list in words.

    Examples
    --------
    >>> joined(["age"]), joined(["age", "sex", "site"])
    ('age', 'age, sex and site')
    """
    words = list(names)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def with_article(text: str) -> str:
    """Put the indefinite article before words.

    Examples
    --------
    >>> with_article("odds ratio"), with_article("common odds ratio")
    ('an odds ratio', 'a common odds ratio')
    """
    return f"{'an' if text[0] in 'aeiou' else 'a'} {text}"


def lower(text: str) -> str:
    """Begin a label in lower case inside a sentence, unless it begins with an abbreviation.

    Examples
    --------
    >>> lower("Follow-up volume"), lower("NIHSS"), lower("mRS")
    ('follow-up volume', 'NIHSS', 'mRS')
    """
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def upper(text: str) -> str:
    """Begin a text with a capital, unless it begins with an abbreviation.

    Examples
    --------
    >>> upper("mean of age"), upper("a better outcome"), upper("mRS of 2 or less")
    ('Mean of age', 'A better outcome', 'mRS of 2 or less')
    """
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]
