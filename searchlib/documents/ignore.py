"""Which of the files under a folder are not seeds: .gitignore files, and what nobody means to index.

Patterns are those of gitignore(5), and match as Git's own do, character by character instead of byte by byte.

* A pattern without a slash, but for one at its end, is matched with the *name*, any other with the *path*.
* What a pattern says is its *verdict*: True out, False (after ``!``) in after all. The last that matches decides.
* All patterns of a file are one automaton, whose set of states is a large integer: a bit for each character of a
  pattern. A path costs some operations on it for each of its characters, whatever the patterns are: nothing is tried
  and taken back, so that no pattern takes exponential time.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from searchlib.files.opening import read_file
from searchlib.frozen import frozen

GITIGNORE: Final = ".gitignore"
MAX_PATTERNS: Final = 1 << 18
"""Bytes of a .gitignore file."""

IGNORED_FOLDERS = frozenset(
    {"node_modules", "__pycache__", "venv", "CVS", "_darcs", "site-packages", "__pypackages__", "bower_components"}
)
IGNORED_FILES = ("*.pyc", "*.pyo", "*~", "*.swp", "#*#", "*.egg-info", "*.min.js", "*.map", "Thumbs.db", "desktop.ini")
_IGNORED_FILE = re.compile("|".join(map(fnmatch.translate, IGNORED_FILES)))


def ignored_by_default(name: str, folder: bool) -> bool:
    """Whether ``name`` is generated, or a tool's own, and left out unless it is asked for."""
    if folder:
        return name in IGNORED_FOLDERS or name.endswith(".egg-info")
    return _IGNORED_FILE.match(name) is not None


class Patterns:
    """Lines of patterns, as in a .gitignore file."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._names, self._paths = _Automaton(), _Automaton()
        for number, line in enumerate(lines):
            _add(line, number, self._names, self._paths)
        for automaton in (self._names, self._paths):
            automaton.prepare()

    def verdict(self, *paths: str) -> bool | None:
        """What the last pattern says that matches any of ``paths``, which are names of one thing; None if none does.

        A path is relative, with ``/`` between its parts; a folder's ends in one.
        """
        last, said = -1, None
        for path in paths:
            bare = path.removesuffix("/")
            for automaton, text in ((self._names, bare.rpartition("/")[2]), (self._paths, bare)):
                number, out = automaton.last(text, bare != path)
                if number > last:
                    last, said = number, out
        return said

    def covers(self, *paths: str) -> bool:
        """Whether one of ``paths`` is out, by a pattern for it or, if there is none, for a folder that it is in."""
        while paths:
            said = self.verdict(*paths)
            if said is not None:
                return said
            above = (path.removesuffix("/").rpartition("/")[0] for path in paths)
            paths = tuple(path + "/" for path in above if path)
        return False


@lru_cache(8)
def excluding(include: tuple[str, ...], exclude: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether these patterns leave out the seed of a name, or a file in one, as a function.

    What is in a file is matched as in a folder, and with the name that it has: ``a.zip/drafts/b.md``,
    ``a.zip#drafts/b.md``.
    """
    taken, out = Patterns(include), Patterns(exclude)

    def leaves_out(name: str) -> bool:
        names = {name, name.replace("#", "/")}
        names |= {one.partition("/")[2] for one in names if "/" in one}
        return out.covers(*names) or (bool(include) and not taken.covers(*names))

    return leaves_out


def gitignore(root: str | os.PathLike[str], below: str) -> Patterns | None:
    """The patterns of the .gitignore in the folder ``below`` (with a ``/``, or "") of ``root``; None if it has none.

    Raises OSError if what is there cannot be read, or is no regular file of some size: see `searchlib.files.opening`.
    """
    try:
        data = read_file(below + GITIGNORE, MAX_PATTERNS, root)
    except FileNotFoundError:
        return None
    return Patterns(os.fsdecode(data.removeprefix(b"\xef\xbb\xbf")).replace("\r\n", "\n").split("\n"))


# -- one pattern


def _add(line: str, number: int, names: _Automaton, paths: _Automaton) -> None:
    """Add the pattern of a line to one of the two automata."""
    if line.startswith("#"):
        return
    pattern = _trimmed(line)
    out = not pattern.startswith("!")
    pattern = pattern.removeprefix("!")
    folders = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    if not pattern:
        return
    in_name = "/" not in pattern
    steps = _steps(pattern if in_name else pattern.removeprefix("/"), in_name)
    if steps is not None:
        (names if in_name else paths).add(steps, number, out, folders)


def _trimmed(line: str) -> str:
    """``line`` without the spaces at its end, but for one after a backslash."""
    bare = line.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if backslashes % 2 and len(bare) < len(line) else bare


_ONE, _CLASS, _ANY, _RUN, _DEEP, _FOLDERS = range(6)
"""Kinds of steps: a character; one of a class; any but ``/``; any number of these; of all; folders, or none."""


@frozen
class _Step:
    kind: int
    char: str = ""
    holds: Callable[[str], bool] | None = None


def _steps(pattern: str, in_name: bool) -> list[_Step] | None:
    """A pattern as steps; None if nothing can match it."""
    steps: list[_Step] = []
    place = 0
    special = re.search(r"[*?\[\\]", pattern)
    begin = special.start() if special else 0  # Git compares what is before it first: there a pattern begins anew
    while place < len(pattern):
        char = pattern[place]
        if char == "*":
            end = place + 1
            while pattern[end : end + 1] == "*":
                end += 1
            place = _stars(pattern, place, end, in_name, begin, steps)
        elif char == "?":
            steps.append(_Step(_ANY))
            place += 1
        elif char == "[":
            found = _class(pattern, place + 1)
            if found is None:
                return None
            place, holds = found
            steps.append(_Step(_CLASS, holds=holds))
        else:
            if char == "\\":
                place += 1
                if place == len(pattern):
                    return None
            steps.append(_Step(_ONE, pattern[place]))
            place += 1
    return steps


def _stars(pattern: str, place: int, end: int, in_name: bool, begin: int, steps: list[_Step]) -> int:
    """Add what the stars from ``place`` to ``end`` stand for, and say where to go on."""
    alone = end - place > 1 and not in_name and (place == begin or pattern[place - 1] == "/")
    if alone and pattern[end : end + 1] == "/":
        # Two of them in a row are as one.
        if not (steps and steps[-1].kind == _FOLDERS):
            steps.append(_Step(_FOLDERS))
        return end + 1
    deep = alone and (end == len(pattern) or pattern.startswith("\\/", end))
    steps.append(_Step(_DEEP if deep else _RUN))
    return end


_POSIX: Final = {
    "alnum": lambda c: c.isascii() and c.isalnum(),
    "alpha": lambda c: c.isascii() and c.isalpha(),
    "blank": lambda c: c in " \t",
    "cntrl": lambda c: c < " " or c == "\x7f",
    "digit": lambda c: "0" <= c <= "9",
    "graph": lambda c: "!" <= c <= "~",
    "lower": lambda c: "a" <= c <= "z",
    "print": lambda c: " " <= c <= "~",
    "punct": lambda c: "!" <= c <= "~" and not c.isalnum(),
    "space": lambda c: c in " \t\n\v\f\r",
    "upper": lambda c: "A" <= c <= "Z",
    "xdigit": lambda c: c in "0123456789abcdefABCDEF",
}


def _class(pattern: str, place: int) -> tuple[int, Callable[[str], bool]] | None:
    """Where the class that begins before ``place`` ends, and what it holds; None if it is none."""
    without = pattern[place : place + 1] in ("!", "^") and pattern[place : place + 1] != ""
    place += without
    ranges: list[tuple[str, str]] = []
    named: list[Callable[[str], bool]] = []
    before = ""  # what a range may begin with
    first = True
    while first or pattern[place : place + 1] != "]":
        first = False
        char = pattern[place : place + 1]
        if char == "[" and pattern[place + 1 : place + 2] == ":":
            end = pattern.find("]", place + 2)
            if end < 0:
                return None
            if pattern[end - 1] == ":" and end - 1 >= place + 2:
                if pattern[place + 2 : end - 1] not in _POSIX:
                    return None
                named.append(_POSIX[pattern[place + 2 : end - 1]])
                place, before = end + 1, ""
                continue
        is_range = char == "-" and before != "" and pattern[place + 1 : place + 2] not in ("", "]")
        if is_range:
            place += 1
            char = pattern[place]
        if char == "\\":
            place += 1
            char = pattern[place : place + 1]
        if not char:
            return None
        ranges.append((before if is_range else char, char))
        before = "" if is_range else char
        place += 1
    return (
        place + 1,
        lambda char: (
            char != "/"
            and without != (any(low <= char <= high for low, high in ranges) or any(holds(char) for holds in named))
        ),
    )


# -- all of them


class _Automaton:
    """Patterns side by side: bit n of a set is the state before step n, or the end of a pattern."""

    def __init__(self) -> None:
        self._size = 0
        self._places: dict[str, list[int]] = {}  # of steps that are this character
        self._classes: list[tuple[int, Callable[[str], bool]]] = []
        self._others: dict[int, list[int]] = {}  # places of steps by kind
        self._begins: list[int] = []
        self._ends: dict[int, tuple[int, bool, bool]] = {}  # number of the pattern, its verdict, whether for folders
        self._steps: dict[str, int] = {}

    def add(self, steps: list[_Step], number: int, out: bool, folders: bool) -> None:
        self._begins.append(self._size)
        for step in steps:
            if step.kind == _ONE:
                self._places.setdefault(step.char, []).append(self._size)
            elif step.holds is not None:
                self._classes.append((self._size, step.holds))
            else:
                self._others.setdefault(step.kind, []).append(self._size)
            self._size += 1
            if step.kind == _FOLDERS:  # the slash behind them
                self._places.setdefault("/", []).append(self._size)
                self._size += 1
        self._ends[self._size] = number, out, folders
        self._size += 1

    def prepare(self) -> None:
        """Make the sets of states, once all patterns are there."""
        self._any, runs, self._folders, deep = (
            self._mask(self._others.get(kind, ())) for kind in (_ANY, _RUN, _FOLDERS, _DEEP)
        )
        self._deep = deep | self._folders
        self._stay = runs | self._deep
        self._begin = self._closed(self._mask(self._begins))
        self._all_ends = self._mask(self._ends)
        self._file_ends = self._mask(place for place, (_, _, folders) in self._ends.items() if not folders)

    def last(self, text: str, folder: bool) -> tuple[int, bool | None]:
        """The number and the verdict of the last pattern that matches all of ``text``; -1 and None if none does."""
        states = self._begin
        for char in text:
            if not states:
                return -1, None
            stay = self._deep if char == "/" else self._stay
            states = self._closed((states & self._step(char)) << 1, states & stay)
        end = (states & (self._all_ends if folder else self._file_ends)).bit_length() - 1
        return self._ends[end][:2] if end >= 0 else (-1, None)

    def _closed(self, entered: int, stayed: int = 0) -> int:
        """With the states that are reached by no character: those behind folders just entered, and then behind runs."""
        states = entered | (entered & self._folders) << 2 | stayed
        return states | (states & self._stay) << 1

    def _step(self, char: str) -> int:
        """The places of the steps that ``char`` fits."""
        found = self._steps.get(char)
        if found is None:
            if len(self._steps) >= 256:  # a text may have any number of characters, and a set its size
                self._steps.clear()
            places = [*self._places.get(char, ()), *(place for place, holds in self._classes if holds(char))]
            found = self._steps[char] = self._mask(places) | (self._any if char != "/" else 0)
        return found

    def _mask(self, places: Iterable[int]) -> int:
        bits = bytearray(self._size // 8 + 1)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")
