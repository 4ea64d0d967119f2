"""JSON with its places: what is parsed knows where it stands in the text, so that a value can be changed there.

Several values in a row are JSON Lines, or one file after another. Nothing here recurses: depth is no danger.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<mark>[{}\[\],:])'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>true|false|null))",
    re.DOTALL,
)
_SPACE = re.compile(r"[ \t\r\n]*+")
_ESCAPED = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
# What may come next: marks as they are, and a letter for each other kind of token.
_VALUE, _KEY, _FIRST, _NEXT = "snw{[", "s", {"{": "s}", "[": "snw{[]"}, {"object": ",}", "array": ",]"}


class JsonNode:
    """A value: an object has ``members``, an array ``items``; ``text[start:end]`` is how it is written."""

    __slots__ = ("end", "items", "kind", "members", "raw", "start")

    def __init__(self, kind: str, start: int, end: int, raw: str = "") -> None:
        self.kind = kind  # object, array, string, number, word
        self.start = start
        self.end = end
        self.raw = raw
        self.members: dict[str, JsonNode] = {}
        self.items: list[JsonNode] = []

    @property
    def value(self) -> object:
        """What a string, number or word stands for; None for the rest, and for what is written as none can be."""
        if self.kind == "string" and "\\" not in self.raw:
            return self.raw[1:-1]
        try:
            return json.loads(self.raw, strict=False)
        except ValueError:
            return None

    def text(self, name: str) -> str | None:
        """The member of this name, if it is a string."""
        value = self.members[name].value if name in self.members else None
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


def parse(text: str, start: int = 0, end: int | None = None) -> Iterator[JsonNode]:
    """The values that ``text[start:end]`` holds, one after another. Raises NoJson at what is not JSON."""
    end = len(text) if end is None else end
    at = _after_space(text, start + text.startswith("\ufeff", start, end), end)
    while at < end:
        node = _value(text, at, end)
        yield node
        at = _after_space(text, node.end, end)


def _after_space(text: str, at: int, end: int) -> int:
    return _SPACE.match(text, at, end).end()  # type: ignore[union-attr]


def _value(text: str, at: int, end: int) -> JsonNode:
    """The value that begins at ``at``."""
    open: list[JsonNode] = []
    key, wanted = "", _VALUE
    while True:
        token = _TOKEN.match(text, at, end)
        kind = token.lastgroup or "" if token is not None else ""
        sign = "" if token is None else token["mark"] or kind[0]
        if token is None or sign not in wanted:
            raise NoJson(_after_space(text, at, end))
        start, at = token.start(kind), token.end()
        if sign in ":,":
            wanted = _KEY if sign == "," and open[-1].kind == "object" else _VALUE
            continue
        if sign == "s" and _VALUE not in wanted:  # a key
            said = JsonNode(kind, start, at, token[kind]).value
            key, wanted = said if isinstance(said, str) else token[kind], ":"
            continue
        if sign in "}]":
            node = open.pop()
            node.end = at
        else:
            node = JsonNode({"{": "object", "[": "array"}.get(sign, kind), start, at, token[kind])
            if open and open[-1].kind == "object":
                open[-1].members[key] = node
            elif open:
                open[-1].items.append(node)
            if sign in "{[":
                open.append(node)
                wanted = _FIRST[sign]
                continue
        if not open:
            return node
        wanted = _NEXT[open[-1].kind]


def offsets(node: JsonNode) -> list[int]:
    """Where in the text each code point of a string is written, and where the last one ends."""
    body = node.raw[1:-1]
    if "\\" not in body:
        return list(range(node.start + 1, node.end))
    places = [node.start + 1 + match.start() for match in _ESCAPED.finditer(body)]
    return [*places, node.end - 1]


def written(value: str, ascii_only: bool) -> str:
    """``value`` as it is written between the quotation marks of a string."""
    return json.dumps(value, ensure_ascii=ascii_only)[1:-1]
