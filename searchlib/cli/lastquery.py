"""The last query of a terminal, so that ``searchlib show 3`` is the third of its hits.

It is kept in the user's own state folder, never in an index: ``$XDG_STATE_HOME/searchlib/terminals`` (by default below
``~/.local/state``, on Windows below ``%LOCALAPPDATA%``), readable by the user alone. There is a file for each
*session*: a terminal, and the process that leads what runs there, as a shell. Who has no terminal has no last query.
That it cannot be kept is no error of a query; what cannot be read is as if it were not there.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from searchlib.files.opening import read_file
from searchlib.frozen import frozen

_MOST_BYTES: Final = 1 << 20
_OLD: Final = 30 * 86_400  # seconds
_SAYS: Final = {"query": str, "indexes": list, "digest": str, "first": int, "ids": list}


@frozen
class LastQuery:
    """What was asked, of which indexes, with which digest, and the ids that were shown, from the rank ``first`` on."""

    query: str
    indexes: tuple[str, ...]
    digest: str
    first: int
    ids: tuple[str, ...]

    def id(self, rank: int) -> str | None:
        """The id of the hit of this rank; None if it was not shown."""
        place = rank - self.first
        return self.ids[place] if 0 <= place < len(self.ids) else None


def remember(last: LastQuery) -> None:
    """Keep the last query of this terminal, if there is one."""
    name = _session()
    if not name:
        return
    said = {key: getattr(last, key) for key in _SAYS}
    with contextlib.suppress(OSError, RuntimeError):  # that of a user without a home
        folder = _folder()
        folder.mkdir(0o700, parents=True, exist_ok=True)
        file = folder / name
        if not file.exists():
            _forget_old(folder)
        _replace(file, json.dumps(said))


def recall() -> LastQuery | None:
    """The last query of this terminal; None if there is none."""
    name = _session()
    if not name:
        return None
    try:
        said = json.loads(read_file(_folder() / name, _MOST_BYTES))
    except (OSError, ValueError, RuntimeError):  # nested without end, or a user without a home
        return None
    return _checked(said)


def _checked(said: Any) -> LastQuery | None:
    if not isinstance(said, dict) or any(not isinstance(said.get(key), kind) for key, kind in _SAYS.items()):
        return None
    if not all(isinstance(one, str) for key in ("indexes", "ids") for one in said[key]):
        return None
    return LastQuery(said["query"], tuple(said["indexes"]), said["digest"], said["first"], tuple(said["ids"]))


def has_terminal() -> bool:
    """Whether there is a terminal whose queries are remembered."""
    return bool(_session())


def _folder(environ: Mapping[str, str] = os.environ) -> Path:
    if sys.platform == "win32":
        base = environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = environ.get("XDG_STATE_HOME", "")
        if not os.path.isabs(base):  # as its specification has it  # noqa: PTH117
            base = str(Path.home() / ".local" / "state")
    return Path(base) / "searchlib" / "terminals"


def _session() -> str:
    """A name for the session in the terminal that any of the standard streams is on; "" if none is."""
    for descriptor in (0, 2, 1):
        try:
            terminal = os.ttyname(descriptor) if hasattr(os, "ttyname") else "console" * os.isatty(descriptor)
        except OSError:
            continue
        if terminal:
            leader = os.getsid(0) if hasattr(os, "getsid") else os.getppid()
            return "-".join((terminal.strip("/").replace("/", "-"), str(leader), _began(leader))) + ".json"
    return ""


def _began(process: int) -> str:
    """When a process began, as Linux says it: its number may be given to another, on a terminal of the same name."""
    try:
        return Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[19].decode()
    except (OSError, IndexError, ValueError):
        return "0"


def _replace(file: Path, text: str) -> None:
    beside = file.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass") as stream:
        stream.write(text)
    beside.replace(file)


def _forget_old(folder: Path) -> None:
    """Remove what sessions have left that are over for long."""
    before = time.time() - _OLD
    for file in folder.iterdir():
        with contextlib.suppress(OSError):
            if file.stat().st_mtime < before:
                file.unlink()
