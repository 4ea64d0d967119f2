"""JSON with its places: what is parsed knows where it stands in the text, so that a value can be changed there.

Several values in a row are JSON Lines, or one file after another. Nothing here recurses: depth is no danger.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<mark>[{}\[\],:])'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>true|false|null))",
    re.DOTALL,
)
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPED = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)


class Node:
    """A value: an object has ``members``, an array ``items``; ``text[start:end]`` is how it is written."""

    __slots__ = ("end", "items", "kind", "members", "raw", "start")

    def __init__(self, kind: str, start: int, end: int, raw: str = "") -> None:
        self.kind = kind  # object, array, string, number, word
        self.start = start
        self.end = end
        self.raw = raw
        self.members: dict[str, Node] = {}
        self.items: list[Node] = []

    @property
    def value(self) -> Any:
        """What a string, number or word stands for; None for the rest, and for what no number can be."""
        if self.kind not in ("string", "number", "word"):
            return None
        try:
            return json.loads(self.raw, strict=False)
        except ValueError:
            return None

    def text(self, name: str) -> str | None:
        """The member of this name, if it is a string."""
        node = self.members.get(name)
        value = node.value if node is not None and node.kind == "string" else None
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """The member of this name, if it is a whole number."""
        node = self.members.get(name)
        value = node.value if node is not None and node.kind == "number" and len(node.raw) < 16 else None
        return value if isinstance(value, int) else None


class NoJson(ValueError):
    """``at`` is where in the text something stands that is no JSON, or where some is missing."""

    def __init__(self, at: int) -> None:
        super().__init__(f"no JSON at character {at}")
        self.at = at


def parse(text: str, start: int = 0, end: int | None = None) -> Iterator[Node]:
    """The values that ``text[start:end]`` holds, one after another. Raises NoJson at what is not JSON."""
    end = len(text) if end is None else end
    at = _space(text, start + text.startswith("\ufeff", start, end), end)
    while at < end:
        node = _value(text, at, end)
        yield node
        at = _space(text, node.end, end)


def _space(text: str, at: int, end: int) -> int:
    match = _SPACE.match(text, at, end)
    return match.end() if match is not None else at


def _value(text: str, at: int, end: int) -> Node:
    """The value that begins at ``at``."""
    builder = _Builder()
    while builder.root is None:
        token = _TOKEN.match(text, at, end)
        if token is None or not builder.take(token):
            raise NoJson(_space(text, at, end))
        at = token.end()
    return builder.root


class _Builder:
    """Makes a value of tokens. ``_wanted`` is what may come next: a value, key, colon, comma, or the first of these
    in an object or array, which may also end there.
    """

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._keys: list[str] = []  # under which the values that are open stand
        self._key = ""
        self._wanted = "value"

    def take(self, token: re.Match[str]) -> bool:
        """Whether the token may stand here."""
        mark = token["mark"]
        if mark is None:
            return self._leaf(token)
        if mark in "{[":
            return self._begin(token.start("mark"), mark)
        if mark in "}]":
            return self._end(token.end(), mark)
        if mark != (":" if self._wanted == "colon" else "," if self._wanted == "comma" else ""):
            return False
        self._wanted = "value" if mark == ":" or self._open[-1].kind == "array" else "key"
        return True

    def _leaf(self, token: re.Match[str]) -> bool:
        kind = token.lastgroup or ""
        if self._wanted == "key" or (self._wanted == "first" and self._open[-1].kind == "object"):
            self._key = _decoded(token[kind])
            self._wanted = "colon"
            return kind == "string"
        if self._wanted not in ("value", "first"):
            return False
        self._put(Node(kind, token.start(kind), token.end(), token[kind]))
        return True

    def _begin(self, start: int, mark: str) -> bool:
        may = self._wanted == "value" or (self._wanted == "first" and self._open[-1].kind == "array")
        self._open.append(Node("object" if mark == "{" else "array", start, start))
        self._keys.append(self._key)
        self._wanted = "first"
        return may

    def _end(self, end: int, mark: str) -> bool:
        kind = "object" if mark == "}" else "array"
        if not self._open or self._open[-1].kind != kind or self._wanted not in ("first", "comma"):
            return False
        node = self._open.pop()
        node.end = end
        self._key = self._keys.pop()
        self._put(node)
        return True

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
        elif self._open[-1].kind == "object":
            self._open[-1].members[self._key] = node
        else:
            self._open[-1].items.append(node)
        self._wanted = "comma"


def _decoded(raw: str) -> str:
    value = json.loads(raw, strict=False) if "\\" in raw else raw[1:-1]
    return str(value)


def offsets(node: Node) -> list[int]:
    """Where in the text each code point of a string is written, and where the last one ends."""
    body = node.raw[1:-1]
    if "\\" not in body:
        return list(range(node.start + 1, node.end))
    places = [node.start + 1 + match.start() for match in _ESCAPED.finditer(body)]
    return [*places, node.end - 1]


def written(value: str, ascii_only: bool) -> str:
    """``value`` as it is written between the quotation marks of a string."""
    return json.dumps(value, ensure_ascii=ascii_only)[1:-1]
