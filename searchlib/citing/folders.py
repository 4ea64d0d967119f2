"""Folders of files with citations: which of the files below a folder have any.

Left out is what nobody means: hidden folders, what a .gitignore has, indexes, and what is no text. What cannot be read
is not left out, since nobody can say what it has.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from searchlib.citing.mending import decode, may_cite
from searchlib.errors import SeedError
from searchlib.files.opening import read_beginning, read_file
from searchlib.guards.limits import LIMITS

_BEGINNING: Final = 8192  # bytes in which a binary file shows that it is one


def files_with_citations(folder: str, limit: int = LIMITS.file_bytes) -> Iterator[str]:
    """The paths of files in ``folder``, and in those below it, that may have citations, in the order of their names.

    Raises SettingsError if the folder is an index or cannot be read.
    """
    from searchlib.documents import walk

    root = Path(folder).resolve()
    for seed in walk([folder], readable=False):
        if seed.path is not None and _may_cite(seed.path, limit):
            yield os.path.join(folder, seed.path.relative_to(root))  # noqa: PTH118 - as the folder was given


def _may_cite(path: Path, limit: int) -> bool:
    try:
        if _is_binary(read_beginning(path, _BEGINNING)):
            return False
        return may_cite(decode(read_file(path, limit)).text)
    except SeedError:
        return False
    except OSError:
        return True


def _is_binary(beginning: bytes) -> bool:
    from searchlib.documents.encodings import mark_of

    return b"\0" in beginning and mark_of(beginning) is None
