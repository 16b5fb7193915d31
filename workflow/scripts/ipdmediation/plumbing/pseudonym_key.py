"""The key of the patients' pseudonyms: a file of the user's own, made once (light to import)."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Bytes of a new key, written as hexadecimal digits, and characters that a key has at least.
BYTES, SHORTEST = 32, 32

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PLACE = "name another place under `identifiers: {key: ...}`"


class KeyFileError(ValueError):
    """The key of the pseudonyms is not what a key has to be."""


def key_file(stated: str | None) -> Path:
    """Return where the key is: where the configuration says, or the user's own place for settings.

    Examples
    --------
    >>> key_file("/safe/study.key").as_posix()
    '/safe/study.key'
    """
    if stated is not None:
        return Path(stated).expanduser()
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    settings = Path(folder) if Path(folder).is_absolute() else Path("~/.config").expanduser()
    return settings / "ipdmediation" / "pseudonyms.key"


def key_faults(path: Path, *, shared: Iterable[str | Path]) -> Iterator[str]:
    """Yield what is wrong with the file of a key, or with the place where it is to be made.

    Parameters
    ----------
    path : Path
        The file, whether it is there or not.
    shared : iterable of str or Path
        Folders that others may get: the repository, the results.
    """
    whole = Path(os.path.realpath(path))
    for folder in map(os.path.realpath, shared):
        if Path(folder) in (whole, *whole.parents):
            yield f"{str(path)!r} lies in {folder!r}, which others may get; {_PLACE}"
            return
    if os.path.lexists(path):
        reason = _unusable(path)
    else:
        above = next(folder for folder in whole.parents if folder.exists())
        writable = above.is_dir() and os.access(above, os.W_OK | os.X_OK)
        reason = None if writable else f"cannot be made, as {str(above)!r} may not be written to; {_PLACE}"
    if reason is not None:
        yield f"{str(path)!r}, the key of the patients' pseudonyms, {reason}"


def read_key(path: Path) -> bytes:
    """Return the key; where there is none yet, make it, open to nobody else.

    Of several processes that make it at once, all get the same one.

    Raises
    ------
    KeyFileError
        Where the file is not a key, or others can read it.
    """
    if not os.path.lexists(path):
        _make(path)
    reason = _unusable(path)
    if reason is not None:
        raise KeyFileError(f"{path}, the key of the patients' pseudonyms, {reason}")
    return path.read_bytes().strip()


def repository_of(folder: str | Path) -> Path | None:
    """Return the git repository that a folder lies in, None where it lies in none."""
    whole = Path(os.path.realpath(folder))
    return next((each for each in (whole, *whole.parents) if (each / ".git").exists()), None)


def _unusable(path: Path) -> str | None:
    """Return why a file is no key."""
    if not path.is_file():
        return f"is no file; {_PLACE}"
    if not os.access(path, os.R_OK):
        return "may not be read; its owner has to be the one who runs the study"
    if path.stat().st_mode & _OTHERS:
        return f"is open to others; run `chmod 600 {path}`, and if they may have read it, take a new one"
    found = len(path.read_bytes().strip())
    if found < SHORTEST:
        return (
            f"holds {found} characters; allowed: {SHORTEST} or more. Put back your copy of it; without it, "
            "a new one (delete the file) makes other pseudonyms"
        )
    return None


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    # A link, and not the name itself, so that nobody reads a key that is half written.
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "w") as stream:
            stream.write(secrets.token_hex(BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    print(f"made {path}, the key of the patients' pseudonyms: keep a copy where no results are")
