"""Where no index is begun: among the files of somebody who did not ask for one there, and would not look for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from searchlib.engine.locations import Location, engine_at
from searchlib.errors import IndexMissing, IndexProblem, SearchlibError
from searchlib.files.roots import StrPath


def refuse_among_others(new: Location) -> None:
    """Raise IndexProblem for a folder with files, and no index."""
    if not isinstance(new, Path) or not new.is_dir() or all(one.name.startswith(".") for one in new.iterdir()):
        return
    try:
        engine_at(new).remembered(new)
    except IndexMissing:
        message = f"{new} has other files in it, and no index: give a folder for it that is empty or not there yet"
        raise IndexProblem(message, new) from None
    except SearchlibError:
        return  # what is wrong with the index that is there, its writer says


def refuse_among_seeds(index: Location, paths: Iterable[StrPath]) -> None:
    """The same for a folder that is one of the seeds."""
    if isinstance(index, Path) and any(_is_folder(path, index) for path in paths):
        refuse_among_others(index)


def _is_folder(path: StrPath, folder: Path) -> bool:
    try:
        return Path(path).samefile(folder)
    except OSError:
        return False
