"""Rows of JSON: a line of JSON Lines, an object of a list.

A list may be in an object, under a key that says so (an *envelope*): ``{"data": […]}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from searchlib.documents.seed import LoadOptions, Seed
from searchlib.documents.tables.lines import plain_lines
from searchlib.documents.tables.rows import TEXTS, Rows
from searchlib.documents.text import text_of
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise
from searchlib.model.records import Document

ENVELOPES = frozenset(
    {"data", "items", "results", "rows", "records", "docs", "documents", "hits", "entries", "articles", "posts", "list"}
    | {"values", "objects", "elements", "@graph", "content", "contents"}
)
"""Keys of an object under which its rows are."""

MAX_JSON = 64 << 20
_SPACE = re.compile(r"[ \t\n\r]*")


def _no_constant(name: str) -> None:
    """NaN and the infinities, which JSON does not have, are no value."""


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def load_jsonl(seed: Seed) -> Iterator[Document]:
    """A document for each line that is a JSON object."""
    rows = Rows(seed, "jsonl")
    for line, text, plain in plain_lines(seed, rows.is_known):
        if not text or text.isspace():
            continue
        try:
            value = _DECODER.decode(text)
        except RecursionError:
            seed.skips(line, "JSON nested too deeply")
            continue
        except ValueError as error:
            seed.skips(line, f"not JSON: {_json_reason(error)}")
            continue
        if _too_deep(value, text, seed.limits.depth):
            seed.skips(line, _deep(seed.limits.depth))
        elif isinstance(value, dict):
            yield from rows.document(value, line, line, digest=rows.digest if plain else "")
        else:
            seed.skips(line, "not a JSON object")


def load_json(seed: Seed) -> Iterator[Document]:
    """A document for each object of a JSON list, which may be in an object (``{"data": […]}``), or one for one object.

    Up to 64 MiB; JSON Lines are read as such.
    """
    text = text_of(seed)
    if _is_lines(text):
        yield from load_jsonl(seed)
        return
    if len(text) > MAX_JSON:
        raise SeedError("too large for JSON read whole; write it as JSON Lines (.jsonl)", seed.name)
    try:
        value, lines = _parse(text)
    except RecursionError:
        raise SeedError("JSON nested too deeply", seed.name) from None
    except ValueError as error:
        raise SeedError(f"not JSON: {error}", seed.name) from None
    if _too_deep(value, "", seed.limits.depth):
        raise SeedError(_deep(seed.limits.depth), seed.name)
    rows = Rows(seed, "json")
    if isinstance(value, dict) and (key := _envelope(value, seed.options)):
        value, lines = value[key], _lines_of_items(text, key, value[key])
    items = value if isinstance(value, list) else [value]
    for number, (row, line) in enumerate(zip(items, lines, strict=True), 1):
        if number % 64 == 0:
            seed.passes(len(text) * number // len(items))
        if isinstance(row, dict):
            yield from rows.document(row, number, line)
        else:
            seed.skips(line, f"item {number} is not a JSON object")


def _is_lines(text: str) -> bool:
    """Whether the first line is an object and there are others: JSON Lines, whatever the file is called."""
    start = _after_space(text, 0)
    end = text.find("\n", start)
    if text[start : start + 1] != "{" or end < 0 or _after_space(text, end) == len(text):
        return False
    try:
        return isinstance(_DECODER.decode(text[start:end].rstrip()), dict)
    except (ValueError, RecursionError):
        return False


def _envelope(value: Mapping[str, object], options: LoadOptions) -> str:
    """The key of an object whose rows are what is meant, and which is no row itself; "" if it is one."""
    if any(name.casefold() in TEXTS or name in options.text for name in value if not isinstance(value[name], list)):
        return ""
    found = [
        name
        for name, inner in value.items()
        if name.casefold() in ENVELOPES and isinstance(inner, list) and inner and isinstance(inner[0], dict)
    ]
    return found[0] if len(found) == 1 else ""


def _lines_of_items(text: str, key: str, items: list[object]) -> list[int]:
    """The lines on which the items of a list in an object begin: those of its first one with this key."""
    found = re.search(re.escape(f'"{key}"') + r"\s*:\s*\[", text)
    if found is None:
        return [1] * len(items)
    lines = []
    line, counted = 1, 0
    place = _after_space(text, found.end())
    for _ in items:
        line += text.count("\n", counted, place)
        counted = place
        lines.append(line)
        try:
            _, place = _DECODER.raw_decode(text, place)
        except ValueError:  # another list of this key
            return [1] * len(items)
        place = _after_space(text, place)
        place = _after_space(text, place + 1)
    return lines


def _parse(text: str) -> tuple[object, list[int]]:
    """What JSON ``text`` says, and the line on which each item of it begins (or the one that is no list)."""
    place = _after_space(text, 0)
    line = 1 + text.count("\n", 0, place)
    if text[place : place + 1] != "[":
        return _DECODER.decode(text), [line]
    items: list[object] = []
    lines: list[int] = []
    counted = place
    place = _after_space(text, place + 1)
    while True:
        line += text.count("\n", counted, place)
        counted = place
        try:
            item, place = _DECODER.raw_decode(text, place)
        except ValueError:
            break
        items.append(item)
        lines.append(line)
        place = _after_space(text, place)
        if text[place : place + 1] == "]" and _after_space(text, place + 1) == len(text):
            return items, lines
        if text[place : place + 1] != ",":
            break
        place = _after_space(text, place + 1)
    value = _DECODER.decode(text)  # it is empty, or not JSON: then this says why
    return value, [1] * len(value)


def _after_space(text: str, place: int) -> int:
    return _SPACE.match(text, place).end()  # type: ignore[union-attr]


def _too_deep(value: object, text: str, most: int) -> bool:
    """Whether lists and objects are more than ``most`` deep in one another. ``text`` is what was read, if at hand."""
    if text and text.count("[") + text.count("{") <= most:
        return False
    level = [value]
    for _ in range(most):
        level = [
            item
            for one in level
            if isinstance(one, (dict, list))
            for item in (one.values() if isinstance(one, dict) else one)
            if isinstance(item, (dict, list))
        ]
        if not level:
            return False
    return True


def _deep(most: int) -> str:
    return f"nested more than {most:,} deep; {how_to_raise('depth')}"


def _json_reason(error: ValueError) -> str:
    return f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
