"""How far the jobs of one rule are, and in which words that is said."""

from dataclasses import dataclass, field


@dataclass
class Stage:
    """The jobs of one rule, or of all.

    Attributes
    ----------
    name : str
        Name of the rule.
    total : int
        Number of jobs.
    started : float or None
        When the first job started, in seconds of the clock that is handed in.
    """

    name: str
    total: int
    started: float | None = None
    ended: float | None = None
    said: float = 0.0
    done: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)

    def start(self, job: int, now: float) -> None:
        """Count a job that starts, perhaps again after it failed."""
        if self.started is None:
            self.started = self.said = now
        self.failed.discard(job)

    def finish(self, job: int, now: float) -> None:
        """Count a job that ended well."""
        self.done.add(job)
        self.ended = now if len(self.done) >= self.total else None

    def fail(self, job: int, now: float) -> None:
        """Count a job that failed."""
        self.failed.add(job)

    def words(self, now: float) -> str:
        """Return what there is to say beside the bar: how long it takes, and what failed.

        Examples
        --------
        >>> stage = Stage("draw", total=4)
        >>> for job in (1, 2):
        ...     stage.start(job, now=0.0)
        >>> stage.finish(1, now=90.0)
        >>> stage.words(now=90.0)
        '1 of 4, 1:30, about 4:30 to go'
        >>> stage.fail(2, now=100.0)
        >>> stage.words(now=100.0)
        '1 of 4, 1 failed, 1:40'
        """
        elapsed = (self.ended or now) - (now if self.started is None else self.started)
        parts = [f"{len(self.done)} of {self.total}"]
        if self.failed:
            parts.append(f"{len(self.failed)} failed")
        parts.append(clock(elapsed))
        if self.done and not self.failed and self.ended is None:
            parts.append(f"about {clock(elapsed / len(self.done) * (self.total - len(self.done)))} to go")
        return ", ".join(parts)


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds, or hours, minutes and seconds.

    Examples
    --------
    >>> clock(59.6), clock(3599), clock(3600)
    ('1:00', '59:59', '1:00:00')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
