"""Citations in JSON: annotations in any place of the tree, what `Citation.as_dict` gives, and forms within strings.

An annotation is any object with a ``selector`` that has a ``TextQuoteSelector``, or whose ``id`` is a reference; one
of another program is read too. JSON Lines and several values in a row are read like one; a line of JSON Lines that is
broken is read as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from searchlib.citing.finding import find_in_text
from searchlib.citing.found import Slot, WrittenCitation
from searchlib.citing.jsontree import JsonNode, NoJson, offsets, parse, written
from searchlib.citing.normal import same_line
from searchlib.citing.references import ID, read_reference
from searchlib.model.locators import from_json, where

_ID = re.compile(ID)
_ABOUT = ("id", "path", "digest", "paragraph", "line", "locators", "offset", "spans")
_FLAT = (*_ABOUT, "start", "end", "prefix", "suffix", "length")
_NUMBERS = frozenset(("paragraph", "line", "offset", "start", "end", "length", "spans"))
_MOST_SELECTORS = 100
_NOTHING = JsonNode("object", 0, 0)


def find_in_json(text: str) -> list[WrittenCitation]:
    """The citations of a text that is JSON, in order. Raises NoJson if it is not."""
    reader = _CitationsOfJson(text.isascii())
    for value in parse(text):
        reader.read(value)
    return sorted(reader.found, key=lambda citation: citation.at)


def find_in_json_lines(text: str) -> list[WrittenCitation]:
    """The citations of JSON Lines, in order; those of a line that is no JSON as in any text."""
    reader = _CitationsOfJson(text.isascii())
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


class _CitationsOfJson:
    def __init__(self, ascii_only: bool) -> None:
        self.found: list[WrittenCitation] = []
        self._ascii = ascii_only

    def read(self, root: JsonNode) -> None:
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

    def _slots(self, node: JsonNode, *names: str) -> Iterator[Slot]:
        for name in names:
            member = node.members.get(name, _NOTHING)
            for one in [number for span in member.items for number in span.items] if name == "spans" else [member]:
                if one.kind == "string" and name not in _NUMBERS:
                    yield Slot(name, one.start + 1, one.end - 1, self._within_string(str))
                elif (one.kind == "number" and name in _NUMBERS) or (one.kind == "array" and name == "locators"):
                    yield Slot(name, one.start, one.end)

    def _annotation(self, node: JsonNode) -> WrittenCitation | None:
        if "selector" not in node.members:
            return None
        selectors = list(_selectors(node.members["selector"]))
        quote = next((one for one in selectors if one.text("exact") is not None), _NOTHING)
        place = next((one for one in selectors if one.text("type") == "TextPositionSelector"), _NOTHING)
        fragment = next((one for one in selectors if one.text("type") == "FragmentSelector"), _NOTHING)
        reference = read_reference(node.text("id") or "")
        if quote is _NOTHING and reference is None:
            return None
        about = node.members.get("citation", _NOTHING)
        id = reference[0] if reference else about.text("id") or ""
        source = node.members.get("source", _NOTHING)
        where = node.members["id"] if reference else _NOTHING
        slots = (
            *([Slot("reference", where.start + 1, where.end - 1, self._within_string(str))] if reference else []),
            *self._slots(node, "source"),
            *self._slots(about, *_ABOUT, "link"),
            *self._slots(quote, "prefix", "suffix"),
            *self._slots(place, "start", "end"),
            *(replace(slot, name="fragment") for slot in self._slots(fragment, "value")),
        )
        return WrittenCitation(
            "json",
            node.start,
            id if reference or _ID.fullmatch(id) else "",
            quote.text("exact"),
            reference[1] if reference else None,
            about.text("path"),
            about.number("paragraph"),
            about.number("line"),
            place.number("start"),
            place.number("end"),
            about.text("digest"),
            quote.text("prefix"),
            quote.text("suffix"),
            source.text("id") if source.kind == "object" else node.text("source"),
            about.text("link"),
            _locators(about),
            slots,
        )

    def _flat(self, node: JsonNode) -> WrittenCitation | None:
        """What `Citation.as_dict` gives."""
        id, quote, path = node.text("id"), node.text("quote"), node.text("path")
        if id is None or quote is None or path is None or not _ID.fullmatch(id):
            return None
        reference = read_reference(node.text("reference") or "")
        if reference is not None and not id.startswith(reference[0]):
            reference = None
        return WrittenCitation(
            "json",
            node.start,
            id,
            quote,
            reference[1] if reference else None,
            path,
            node.number("paragraph"),
            node.number("line"),
            node.number("start"),
            node.number("end"),
            node.text("digest"),
            node.text("prefix") or None,
            node.text("suffix") or None,
            locators=_locators(node),
            slots=tuple(self._slots(node, *_FLAT, *(["reference"] if reference else []))),
        )

    def _string(self, node: JsonNode) -> None:
        """The forms that stand in a string, such as the source of a cell of a notebook."""
        if "searchlib:" not in node.raw and "[^" not in node.raw:
            return
        value = node.value
        if isinstance(value, str) and (citations := find_in_text(value)):
            places = offsets(node)
            for citation in citations:
                self._add(citation, places)

    def _add(self, citation: WrittenCitation, places: Sequence[int]) -> None:
        """A citation in a string, of which every code point stands at one of the ``places`` in the text."""
        slots = tuple(
            replace(slot, start=places[slot.start], end=places[slot.end], write=self._within_string(slot.write))
            for slot in citation.slots
        )
        self.found.append(replace(citation, at=places[citation.at], slots=slots))

    def _within_string(self, write: Callable[[str], str]) -> Callable[[str], str]:
        return lambda value: written(write(value), self._ascii)


# What of a citation has been read, and holds no other.
_READ = frozenset(("id", "selector", "citation", "source", "quote", "reference", "prefix", "suffix", "locators"))


def _locators(node: JsonNode) -> str | None:
    """The locators of an object, as forms print them."""
    member = node.members.get("locators")
    items = member.items if member is not None else []
    found = from_json([{name: one.value for name, one in item.members.items()} for item in items])
    return same_line(where(found)) or None


def _selectors(node: JsonNode) -> Iterator[JsonNode]:
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
