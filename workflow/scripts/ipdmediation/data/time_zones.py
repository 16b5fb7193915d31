"""Time zones: how far the clock of a place is ahead of UTC, also where it was changed (light to import)."""

from __future__ import annotations

from datetime import MAXYEAR, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

#: Names in a system's database that stand for no place.
_NO_PLACE = frozenset({"localtime", "Factory"})


def zone_fault(name: str) -> str | None:
    """Return why a text is no time zone; None where it is one.

    Examples
    --------
    >>> zone_fault("Europe/Amsterdam")
    >>> zone_fault("Amsterdam").partition(";")[2]
    ' did you mean Europe/Amsterdam?; allowed: names of the IANA database, such as Europe/Amsterdam'
    """
    known = _known_zones()
    if name in known:
        return None
    if not known:
        return "there is no database of time zones; install the Python package tzdata"
    places = {zone.rpartition("/")[2].casefold(): zone for zone in known if "/" in zone}
    words = {zone.casefold(): zone for zone in known} | places
    word = name.strip().replace(" ", "_").casefold()
    near = get_close_matches(word, words, n=1, cutoff=0.75)
    hint = f"; did you mean {words[near[0]]}?" if near else ""
    allowed = "allowed: names of the IANA database, such as Europe/Amsterdam"
    return f"no time zone {name!r}{hint}; {allowed}"


def offsets_at(local: int, zone: str) -> tuple[int, int]:
    """Return by how much a clock is ahead of UTC, and by how much if it showed that time before as well.

    The first is the larger where the clock showed the time twice, the smaller where it never did.

    Parameters
    ----------
    local : int
        Nanoseconds on the clock of the place since the beginning of year 1, as in `stamps.Stamp`.
    zone : str
        Name of a zone.

    Returns
    -------
    tuple of int
        Nanoseconds.

    Examples
    --------
    >>> from ipdmediation.data.stamps import SECOND, read_stamp
    >>> stamp = read_stamp("2014-10-26 02:30", stamp_format=None, epoch=None)
    >>> [offset // (3600 * SECOND) for offset in offsets_at(stamp.local, "Europe/Amsterdam")]
    [2, 1]
    """
    moment = datetime(1, 1, 1) + (timedelta(microseconds=local // 1000) - timedelta(days=1))
    if moment.year == MAXYEAR:
        moment = moment.replace(year=MAXYEAR - 1)  # beyond it there is no time to compare with
    known = [moment.replace(tzinfo=_zone(zone), fold=fold).utcoffset() for fold in (0, 1)]
    first, second = (round((offset or timedelta()).total_seconds()) * 10**9 for offset in known)
    return first, second


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACE


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
