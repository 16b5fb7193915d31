"""Which common variable is likely the outcome, and which the mediator."""

from __future__ import annotations

from collections.abc import Sequence

from ipdmediation.data.drafting.drafted_variable import Matched
from ipdmediation.data.drafting.words import Words


def choose(shared: Sequence[Matched], single: Sequence[Matched], *, words: Words) -> tuple[Matched, Matched]:
    """Return the likeliest outcome and mediator; one that no column can be is made up, and asked for.

    Parameters
    ----------
    shared, single : sequence of Matched
        Variables of several files, which come first, and of one.
    words : Words
        Among them those in the names of outcomes and mediators.
    """
    groups = (shared, single)
    outcome = _likeliest("outcome", groups, words, types=("ordinal", "binary"))
    mediator = _likeliest("mediator", groups, words, types=("continuous",))
    if outcome is None:
        rest = [[group for group in part if group is not mediator] for part in groups]
        outcome = _likeliest("outcome", rest, words, types=("continuous",))
    return outcome or _made_up("outcome"), mediator or _made_up("mediator")


def _likeliest(
    role: str, groups: Sequence[Sequence[Matched]], words: Words, *, types: Sequence[str]
) -> Matched | None:
    """Return the variable whose name says most, or else the first that it can be."""
    possible = [[group for group in part if group.type in types] for part in groups]
    for texts_of, inside in ((_names, False), (_names, True), (_labels, False)):
        for part in possible:
            ranks = [
                (_rank(texts_of(group), role, words, inside=inside), place)
                for place, group in enumerate(part)
            ]
            named = [(rank, place) for rank, place in ranks if rank is not None]
            if named:
                return part[min(named)[1]]
    every = [group for part in possible for group in part]
    likely = [group for group in every if not is_covariate(group, words=words)]
    return next(iter(likely or every), None)


def is_covariate(group: Matched, *, words: Words) -> bool:
    """Return whether a variable is measured before randomisation, as its name says, or else its label."""
    return _rank((group.key, *_labels(group)), "covariate", words) is not None


def _names(group: Matched) -> Sequence[str]:
    return (group.key, *(member.profile.name for member in group.members.values()))


def _labels(group: Matched) -> Sequence[str]:
    return [text for member in group.members.values() for text in (member.label.title, member.label.stem)]


def _rank(texts: Sequence[str], role: str, words: Words, *, inside: bool = False) -> int | None:
    ranks = [words.rank(role, text, inside=inside) for text in texts]
    return min((rank for rank in ranks if rank is not None), default=None)


def _made_up(role: str) -> Matched:
    return Matched(role, role.capitalize(), {}, decide=[f"no column can be the {role}; which one is it?"])
