"""Whether anything in a folder was touched since a moment: a look at times only, cheap enough for every query."""

from __future__ import annotations

import os
from collections.abc import Iterable

MOST_ENTRIES = 20_000


def touched_since(paths: Iterable[str | os.PathLike[str]], moment: int) -> bool:
    """Whether a file or folder at or below ``paths`` has changed after ``moment`` (nanoseconds since 1970).

    A folder changes when a file in it comes, goes or is renamed, a file also when it is put in another's place, however
    old it is. Hidden folders are not looked at, nor more than 20,000 entries.
    """
    waiting = [os.fspath(path) for path in paths]
    seen = 0
    while waiting:
        path = waiting.pop()
        try:
            if changed_at(os.stat(path)) > moment:  # noqa: PTH116 - pathlib costs more than all the rest
                return True
            if not os.path.isdir(path):  # noqa: PTH112
                continue
            with os.scandir(path) as entries:
                for entry in entries:
                    seen += 1
                    if seen > MOST_ENTRIES:
                        return False
                    if entry.is_dir(follow_symlinks=False):
                        if not entry.name.startswith("."):
                            waiting.append(entry.path)
                    elif changed_at(entry.stat()) > moment:
                        return True
        except OSError:
            return True  # something is not as it was
    return False


def changed_at(status: os.stat_result) -> int:
    """When a file got its contents or its place, in nanoseconds since 1970: a copy or a move may keep an older time."""
    return max(status.st_mtime_ns, status.st_ctime_ns)
