"""Citations in JSON: annotations in any place of the tree, what `Citation.as_dict` gives, and forms within strings.

An annotation is any object with a ``selector`` that has a ``TextQuoteSelector``, or whose ``id`` is a reference; one
of another program is read too. JSON Lines and several values in a row are read like one; a line of JSON Lines that is
broken is read as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from searchlib.citing.finding import ID, find_in_text
from searchlib.citing.found import Found, Slot
from searchlib.citing.jsontree import Node, NoJson, offsets, parse, written
from searchlib.records import ID_LENGTH

_REFERENCE = re.compile(rf"searchlib:([0-9a-hjkmnp-tv-z]{{4,{ID_LENGTH}}})(?:#char=(\d{{1,9}}),(\d{{1,9}}))?")
_ID = re.compile(ID)
_ABOUT = ("id", "path", "digest", "paragraph", "line", "offset")
_FLAT = (*_ABOUT, "start", "end", "prefix", "suffix", "length")
_NUMBERS = frozenset(("paragraph", "line", "offset", "start", "end", "length", "spans"))
_MOST_SELECTORS = 100


def find_in_json(text: str) -> list[Found]:
    """The citations of a text that is JSON, in order. Raises NoJson if it is not."""
    reader = _Reader(text.isascii())
    for value in parse(text):
        reader.read(value)
    return sorted(reader.found, key=lambda citation: citation.at)


def find_in_json_lines(text: str) -> list[Found]:
    """The citations of JSON Lines, in order; those of a line that is no JSON as in any text."""
    reader = _Reader(text.isascii())
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        try:
            for value in list(parse(text, at, end)):
                reader.read(value)
        except NoJson:
            reader.broken(line, at)
        at = end + 1
    return sorted(reader.found, key=lambda citation: citation.at)


class _Reader:
    def __init__(self, ascii_only: bool) -> None:
        self.found: list[Found] = []
        self._ascii = ascii_only

    def read(self, root: Node) -> None:
        todo = [root]
        while todo:
            node = todo.pop()
            if node.kind == "string":
                self._string(node)
            elif node.kind == "array":
                todo += node.items
            elif node.kind == "object":
                found = self._annotation(node) or self._flat(node)
                if found is not None:
                    self.found.append(found)
                    # What is rewritten as a whole holds no citation of its own.
                    whole = {(slot.start - 1, slot.end + 1) for slot in found.slots}
                    todo += [
                        member
                        for name, member in node.members.items()
                        if name not in _READ and (member.start, member.end) not in whole
                    ]
                else:
                    todo += node.members.values()

    def broken(self, line: str, at: int) -> None:
        """Read a line of JSON Lines that is no JSON and begins at ``at``."""
        for citation in find_in_text(line):
            self._add(citation, range(at, at + len(line) + 1))

    def _write(self, value: Any) -> str:
        return written(value, self._ascii) if isinstance(value, str) else str(value)

    def _slot(self, name: str, node: Node | None, index: int = 0) -> Iterator[Slot]:
        if node is not None and node.kind == "string" and name not in _NUMBERS:
            yield Slot(name, node.start + 1, node.end - 1, self._write, index)
        elif node is not None and node.kind == "number" and name in _NUMBERS:
            yield Slot(name, node.start, node.end, str, index)

    def _slots(self, node: Node, names: Sequence[str]) -> Iterator[Slot]:
        for name in names:
            yield from self._slot(name, node.members.get(name))
        spans = node.members.get("spans")
        numbers = [number for span in (spans.items if spans else ()) for number in span.items]
        for index, number in enumerate(numbers):
            yield from self._slot("spans", number, index)

    def _annotation(self, node: Node) -> Found | None:
        selectors = list(_selectors(node.members["selector"])) if "selector" in node.members else []
        quote = next((one for one in selectors if one.text("exact") is not None), None)
        place = next((one for one in selectors if one.text("type") == "TextPositionSelector"), None)
        reference = _REFERENCE.fullmatch(node.text("id") or "")
        if "selector" not in node.members or (quote is None and reference is None):
            return None
        about = node.members.get("citation") or Node("object", 0, 0)
        id = reference[1] if reference else about.text("id") or ""
        slots = [*self._slot("reference", node.members["id"])] if reference else []
        slots += self._slot("source", node.members.get("source"))
        slots += self._slots(about, _ABOUT)
        slots += self._slot("link", about.members.get("link"))
        if quote is not None:
            slots += self._slots(quote, ("prefix", "suffix"))
        if place is not None:
            slots += self._slots(place, ("start", "end"))
        exact = quote.text("exact") if quote is not None else None
        part = (int(reference[2]), int(reference[3])) if reference and reference[2] else None
        source = node.members.get("source")
        return Found(
            "json",
            node.start,
            id if reference or _ID.fullmatch(id) else "",
            exact,
            part,
            about.text("path"),
            about.number("paragraph"),
            about.number("line"),
            place.number("start") if place is not None else None,
            place.number("end") if place is not None else None,
            about.text("digest"),
            quote.text("prefix") if quote is not None else None,
            quote.text("suffix") if quote is not None else None,
            (source.text("id") if source.kind == "object" else node.text("source")) if source is not None else None,
            about.text("link"),
            tuple(slots),
        )

    def _flat(self, node: Node) -> Found | None:
        """What `Citation.as_dict` gives."""
        id, quote, path = node.text("id"), node.text("quote"), node.text("path")
        if id is None or quote is None or path is None or not _ID.fullmatch(id):
            return None
        reference = _REFERENCE.fullmatch(node.text("reference") or "")
        if reference is not None and not id.startswith(reference[1]):
            reference = None
        slots = self._slots(node, _FLAT if reference is None else (*_FLAT, "reference"))
        return Found(
            "json",
            node.start,
            id,
            quote,
            (int(reference[2]), int(reference[3])) if reference and reference[2] else None,
            path,
            node.number("paragraph"),
            node.number("line"),
            node.number("start"),
            node.number("end"),
            node.text("digest"),
            node.text("prefix") or None,
            node.text("suffix") or None,
            slots=tuple(slots),
        )

    def _string(self, node: Node) -> None:
        """The forms that stand in a string, such as the source of a cell of a notebook."""
        if "searchlib:" not in node.raw and "[^" not in node.raw:
            return
        value = node.value
        citations = find_in_text(value) if isinstance(value, str) else []
        if not citations:
            return
        places = offsets(node)
        for citation in citations:
            self._add(citation, places)

    def _add(self, citation: Found, places: Sequence[int]) -> None:
        """A citation in a string, of which every code point stands at one of the ``places`` in the text."""
        slots = tuple(
            replace(slot, start=places[slot.start], end=places[slot.end], write=self._within_string(slot.write))
            for slot in citation.slots
        )
        self.found.append(replace(citation, at=places[citation.at], slots=slots))

    def _within_string(self, write: Callable[[Any], str]) -> Callable[[Any], str]:
        return lambda value: written(write(value), self._ascii)


# What of a citation has been read, and holds no other.
_READ = frozenset(("id", "selector", "citation", "source", "quote", "reference", "prefix", "suffix"))


def _selectors(node: Node) -> Iterator[Node]:
    """The selectors of an annotation: one, or several, each of which another may refine."""
    todo = [node]
    for _ in range(_MOST_SELECTORS):
        if not todo:
            return
        one = todo.pop(0)
        if one.kind == "object":
            yield one
            todo += [one.members[name] for name in ("refinedBy", "items") if name in one.members]
        todo += one.items[:_MOST_SELECTORS]
