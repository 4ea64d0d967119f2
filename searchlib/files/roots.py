"""Roots: the paths of seeds that were given, and what they are called in the index.

* A *root* is a file, a folder, or "-" for standard input. It is trusted: links that lead to it are followed, those in
  it are not. Its *name* is that of its file or folder, or a *prefix* that was given with it.
* ``NAME=PATH`` is how a prefix is written where there is only text; a path that exists is always meant as such.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import TypeAlias

from searchlib.errors import SettingsError
from searchlib.frozen import frozen

STDIN = "stdin"

StrPath: TypeAlias = str | os.PathLike[str]
Given: TypeAlias = StrPath | Mapping[str, StrPath] | Iterable[StrPath]


@frozen
class Root(os.PathLike[str]):
    """A path with a prefix: files in a folder are called ``prefix/name``, and so is a single file, unless the prefix
    ends as its own name does: then it is called so. ``{"rows.jsonl": "new/2026.jsonl"}`` is another rows.jsonl.

    Raises:
        SettingsError: the prefix is no name of a folder.
    """

    path: str
    prefix: str

    def __post_init__(self) -> None:
        if not _can_be(self.prefix):
            raise SettingsError(f"{self.prefix!r} cannot stand for a path: give a name like work, as in work=PATH")

    def __fspath__(self) -> str:
        return self.path

    def named(self, own: str) -> str:
        """What a single file is called that has the name ``own`` where it lies."""
        suffix = PurePath(own).suffix.lower()
        return self.prefix if suffix and self.prefix.lower().endswith(suffix) else f"{self.prefix}/{own}"


def roots_of(given: Given) -> list[StrPath]:
    """The roots of what `searchlib.build` takes: a path, several, or a mapping from prefixes to paths."""
    if isinstance(given, (str, os.PathLike)):
        return [given]
    if isinstance(given, Mapping):
        return [Root(os.fspath(path), prefix) for prefix, path in given.items()]
    return list(given)


def root_of(text: str) -> StrPath:
    """A root as a person writes it: ``PATH``, or ``NAME=PATH``."""
    prefix, equals, path = text.partition("=")
    if not equals or not path or not _can_be(prefix) or os.path.lexists(text):
        return text
    return Root(os.path.expanduser(path), prefix)  # noqa: PTH111 - shells leave a ~ behind a = as it is


def name_of(root: StrPath) -> str:
    """What a root is called in the index. A folder has the name of the folder that it is; a link to a file its own."""
    if isinstance(root, Root):
        return root.prefix
    if os.fspath(root) == "-":
        return STDIN
    is_folder = os.path.isdir(root)  # noqa: PTH112 - pathlib's raises for a folder that may not be entered
    return escaped((Path(root).resolve() if is_folder else Path(os.path.abspath(root))).name)  # noqa: PTH100


def escaped(name: str) -> str:
    r"""``name`` with bytes that are not UTF-8 as ``\xff``, so that it can be printed and stored."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    return name


def _can_be(prefix: str) -> bool:
    return prefix not in ("", ".", "..") and "/" not in prefix and prefix.isprintable() and prefix == prefix.strip()
