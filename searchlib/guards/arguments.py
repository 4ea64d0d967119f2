"""What is given to public functions, looked at before anything is done with it.

Each function returns what it was given, and raises SettingsError, with a sentence that names the argument and says what
it may be.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from searchlib.errors import SettingsError

_Value = TypeVar("_Value")
StrPath = str | os.PathLike[str]


def refused(name: str, value: Any, give: str) -> SettingsError:
    """The error for an argument that cannot be."""
    shown = repr(value)
    return SettingsError(f"{name} is {shown if len(shown) <= 80 else type(value).__name__}: give {give}")


def whole(name: str, value: Any, least: int = 0) -> int:
    """A whole number from ``least`` on."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise refused(name, value, f"a whole number from {least} on")
    return value


def flag(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise refused(name, value, "True or False")
    return value


def text(name: str, value: Any, what: str = "text") -> str:
    """Text."""
    if not isinstance(value, str):
        raise refused(name, value, what)
    return value


def seconds(name: str, value: Any) -> float:
    """How long to wait: -1 is for ever."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not (value == -1 or 0 <= value < 1 << 31):
        raise refused(name, value, "a number of seconds")
    return value


def path(name: str, value: Any) -> StrPath:
    """The path of a file or folder."""
    if not isinstance(value, (str, os.PathLike)) or not isinstance(written := os.fspath(value), str):
        raise refused(name, value, "a path: text, or a pathlib.Path")
    try:
        encoded = os.fsencode(written)
    except UnicodeEncodeError:
        encoded = b""
    if not encoded or b"\0" in encoded:
        raise refused(name, value, "the path of a file or folder")
    return value


def paths(name: str, value: Any) -> list[StrPath]:
    """One path, or several."""
    if isinstance(value, (str, os.PathLike)):
        return [path(name, value)]
    return [path(f"one of {name}", one) for one in several(name, value, "a path, or a list of paths")]


def texts(name: str, value: Any) -> list[str]:
    """Several texts: a single one is not taken for its letters."""
    return [text(f"one of {name}", one) for one in several(name, value, "a list of texts")]


def several(name: str, value: Any, give: str) -> list[Any]:
    """A list of anything, of any kind that can be gone through once."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise refused(name, value, give)
    return list(value)


def optional(check: Callable[..., _Value], name: str, value: Any, *more: Any) -> _Value | None:
    """The same, or None."""
    return None if value is None else check(name, value, *more)
