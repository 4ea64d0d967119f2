"""Which of the files under a folder are not seeds: .gitignore files, and what nobody means to index.

Patterns are those of gitignore(5), by pathspec. Without that package .gitignore files are not read, and the
built-in and given patterns are matched as globs.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

Matcher: TypeAlias = Callable[[str], bool]

IGNORED_FOLDERS = frozenset(
    {"node_modules", "__pycache__", "venv", "CVS", "_darcs", "site-packages", "__pypackages__", "bower_components"}
)
IGNORED_FILES = ("*.pyc", "*.pyo", "*~", "*.swp", "#*#", "*.egg-info", "*.min.js", "*.map", "Thumbs.db", "desktop.ini")
_IGNORED_FILE = re.compile("|".join(map(fnmatch.translate, IGNORED_FILES)))


def ignored_by_default(name: str, folder: bool) -> bool:
    """Whether ``name`` is left out unless it is asked for: hidden, generated, or a tool's own."""
    if name.startswith("."):
        return True
    if folder:
        return name in IGNORED_FOLDERS or name.endswith(".egg-info")
    return _IGNORED_FILE.match(name) is not None


def matcher(patterns: Sequence[str]) -> Matcher:
    """Whether a path (relative, with ``/``; a folder's ends in one) matches any of ``patterns``, as a function."""
    made = _spec(tuple(patterns))
    if made is not None:
        return made
    return lambda path: any(_glob(path, pattern) for pattern in patterns)


def gitignore(folder: Path) -> Callable[[str], bool | None] | None:
    """What ``folder``'s .gitignore says of paths below it: True out, False in after all, None nothing."""
    try:
        lines = (folder / ".gitignore").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    return _verdicts(lines)


@cache
def _spec(patterns: tuple[str, ...]) -> Matcher | None:
    try:
        from pathspec import GitIgnoreSpec
    except ImportError:
        return None
    return GitIgnoreSpec.from_lines(patterns).match_file


def _verdicts(lines: Iterable[str]) -> Callable[[str], bool | None] | None:
    try:
        from pathspec import GitIgnoreSpec
    except ImportError:
        return None
    spec = GitIgnoreSpec.from_lines(lines)
    return lambda path: spec.check_file(path).include


def _glob(path: str, pattern: str) -> bool:
    """``pattern`` against the path, any folder of it, and the name alone if it has no slash."""
    pattern = pattern.rstrip("/")
    bare = path.rstrip("/")
    if "/" in pattern:
        return fnmatch.fnmatchcase(bare, pattern.lstrip("/").replace("**/", "*"))
    return any(fnmatch.fnmatchcase(part, pattern) for part in bare.split("/"))
