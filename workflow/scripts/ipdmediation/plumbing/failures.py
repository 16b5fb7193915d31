"""What a failed job says of its error, and what it keeps back: other programs may quote a patient's row."""

import re
import traceback
from collections.abc import Iterator

#: Errors of other programs that speak of files, memory and code, never of what stands in a row.
_OF_THE_MACHINE = (OSError, MemoryError, ImportError)
_OF_OUR_OWN = ("ipdmediation", "job", "numba")
_WITHHELD = "its words may quote a patient's row and are not written down"


def one_line(error: BaseException, *, private: bool) -> str:
    """Return what went wrong as one line.

    Parameters
    ----------
    error : BaseException
    private : bool
        Whether the job has patients' rows before it: then an error that this package does not raise on
        purpose is named by its type and place only.
    """
    if private and not _is_quotable(error):
        return f"{type(error).__name__}{_place(error)}; {_WITHHELD}"
    text = re.sub(r"\s*\n\s*", " ", str(error).strip())  # blanks inside a line are as the data have them
    if isinstance(error, MemoryError):
        return f"not enough memory: {text}".removesuffix(": ")
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}"


def traced(error: BaseException, *, private: bool) -> str:
    """Return the traceback of an error and of those before it, without the words that are withheld."""
    if not private:
        return "".join(traceback.format_exception(error))
    parts = []
    for each in reversed(list(_chain(error))):
        parts += ["Traceback (most recent call last):\n", *traceback.format_tb(each.__traceback__)]
        parts.append(f"{type(each).__name__}: {each if _is_quotable(each) else _WITHHELD}\n")
    return "".join(parts)


def _is_quotable(error: BaseException) -> bool:
    own = type(error).__module__.partition(".")[0] in _OF_OUR_OWN
    return own or (isinstance(error, _OF_THE_MACHINE) and not isinstance(error, ValueError))


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = next((frame for frame in reversed(frames) if "ipdmediation" in frame.filename), frames[-1])
    name = last.filename.rpartition("/")[2]
    return f" in {name}, line {last.lineno} ({last.name})"


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
