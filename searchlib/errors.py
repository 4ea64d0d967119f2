"""Every exception searchlib raises on purpose.

::

    SearchlibError
    ├── SettingsError           a setting, option or argument that cannot be
    ├── SeedError               a seed that cannot be read or understood      .path
    │   └── MissingExtra        its format needs a package not installed      .package, .extra
    ├── QueryError              a query that means nothing, or asks too much  .source, .position, .advice
    ├── QueryTimeout            a search that took longer than its timeout    .seconds
    ├── ParagraphNotFound       no (or more than one) paragraph of that id    .id
    └── IndexProblem            an index that cannot be used                  .path
        ├── IndexMissing        there is none
        ├── IndexCorrupt        it is not what was written
        ├── IndexUnreadable     the system does not let it be read: which is no damage
        ├── IndexIncompatible   it is of a format this version does not read
        ├── IndexReadOnly       it cannot be written
        └── IndexLocked         another process is writing it

A message is one sentence that ends with what to do next; the command line prints it as it is.
"""

from __future__ import annotations

import os
from typing import Any


class SearchlibError(Exception):
    """The base of all of them; catch this to catch what searchlib raises."""

    def __reduce__(self) -> tuple[Any, ...]:
        # With what it knows besides its message, so that it comes whole from another process.
        return _restored, (type(self), self.args, self.__dict__)


class SettingsError(SearchlibError, ValueError):
    """A setting, option or argument that cannot be."""


class SeedError(SearchlibError):
    """A seed that cannot be read or understood."""

    def __init__(self, message: str, path: str | os.PathLike[str] = "") -> None:
        super().__init__(message)
        self.path = os.fspath(path)


class MissingExtra(SeedError):
    """A seed whose format needs a package that is not installed."""

    def __init__(self, package: str, extra: str, path: str | os.PathLike[str] = "") -> None:
        super().__init__(f'needs {package}: pip install "searchlib[{extra}]"', path)
        self.package = package
        self.extra = extra


class QueryError(SearchlibError, ValueError):
    """A query that means nothing or asks too much; ``str()`` shows where, with a caret, in its ``lines``."""

    def __init__(self, message: str, source: str = "", position: int = 0, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.position = position
        self.advice = advice

    @property
    def lines(self) -> list[str]:
        """What is wrong, the source, the caret, what to do."""
        lines = [self.message]
        if self.source:
            lines += _pointed(self.source, self.position)
        if self.advice:
            lines.append(self.advice)
        return lines

    def __str__(self) -> str:
        return "\n".join(self.lines)


class QueryTimeout(SearchlibError):
    """A search that took longer than its timeout, and was ended; nothing is wrong with the index or the query."""

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


def _restored(kind: type[SearchlibError], args: tuple[Any, ...], known: dict[str, Any]) -> SearchlibError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(known)
    return error


_SHOWN = 36  # code points of a query on either side of a mistake


def _pointed(source: str, position: int) -> list[str]:
    """The part of ``source`` around ``position``, and a caret under it."""
    first = max(0, position - _SHOWN) if len(source) > 2 * _SHOWN else 0
    last = position + _SHOWN if len(source) > 2 * _SHOWN else len(source)
    before, after = source[first:position], source[position:last]
    if first:
        before = "…" + before[1:]
    if last < len(source):
        after = after[:-1] + "…"
    indent = " " * len(before)
    if not before.isascii():
        from unicodedata import east_asian_width

        indent = "".join("\u3000" if east_asian_width(letter) in "WF" else " " for letter in before)
    return ["    " + before + after, "    " + indent + "^"]


class ParagraphNotFound(SearchlibError, LookupError):
    """No paragraph has this id, or more than one begins with it."""

    def __init__(self, message: str, id: str) -> None:
        super().__init__(message)
        self.id = id


class IndexProblem(SearchlibError):
    """An index that cannot be used."""

    def __init__(self, message: str, path: str | os.PathLike[str] = "") -> None:
        super().__init__(message)
        self.path = os.fspath(path)


class IndexMissing(IndexProblem):
    """There is no index at this path."""


class IndexCorrupt(IndexProblem):
    """A file of the index is not what was written; ``path`` names it."""


class IndexUnreadable(IndexProblem):
    """The system does not let a file of the index be read: permissions, the disk, too many open files.

    What is in it may be sound, so nothing is built again because of it.
    """


class IndexIncompatible(IndexProblem):
    """The index is of a format, or was built with an analysis, that this version does not read."""


class IndexReadOnly(IndexProblem):
    """The index, or its folder, cannot be written."""


class IndexLocked(IndexProblem):
    """Another process is writing the index."""
