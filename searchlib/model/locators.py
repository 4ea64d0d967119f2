"""Where people find a paragraph in its file: the page of a PDF, the sheet and row of a table, the time of a subtitle.

* A *locator* is one such place: its *kind*, its number, and its *label*, where people see something else there.
* A paragraph has those that it needs, from the outermost: a sheet, and a row of it. Where files have lines, it has a
  line besides, which is no locator.

What locators say is searched, sorted and counted like values of metadata, but of each paragraph: their numbers in the
field that is called as the kind, labels in that of the kind and ``_label`` (`values_of`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, Final, Literal, TypeAlias, get_args

from searchlib.frozen import frozen

LocatorKind: TypeAlias = Literal["page", "slide", "sheet", "row", "chapter", "message", "time", "cell"]
KINDS: Final[tuple[LocatorKind, ...]] = get_args(LocatorKind)
LABEL: Final = "_label"
FIELDS: Final = frozenset((*KINDS, *(kind + LABEL for kind in KINDS)))
"""The fields that hold what locators say."""

_MOST: Final = 1 << 53
_EACH: Final = 64  # numbers from the first to the last that are values, each; of more, only these two
_SHOWN: Final = 60  # code points of a label
_NUMBER: Final = r"\d[\d:.]{0,20}"
WRITTEN: Final = rf"(?:{'|'.join(KINDS)}) {_NUMBER}(?:–{_NUMBER})?(?: “[^“”]{{1,{_SHOWN}}}”)?"
"""How a locator is written, as a regular expression: ``page 12 “xii”``."""


@frozen
class Locator:
    """A place in a file that people find by its ``kind`` (page, slide, sheet, row, chapter, message, time, cell) and
    ``number``, counted from 1; of a time, that is seconds from the beginning.

    ``label`` is what stands there for people: the number that is printed on a page, the name of a sheet, the date of a
    message. ``end`` is the last of several, a page or a time, if a paragraph goes on so far. ``fragment`` is what leads
    there in an address, where that does not follow from the number: an EPUB CFI.
    """

    kind: LocatorKind
    number: int | float
    label: str = ""
    end: int | float | None = None
    fragment: str = ""

    def __str__(self) -> str:
        """For people: ``page 12 “xii”``, ``page 3–4``, ``time 0:01:23.5``."""
        write = _clock if self.kind == "time" else str
        last = "" if self.end is None or self.end == self.number else f"–{write(self.end)}"
        label = " ".join(self.label.replace("“", '"').replace("”", '"').split())[:_SHOWN].strip()
        return f"{self.kind} {write(self.number)}{last}" + (f" “{label}”" if label and self._has_label else "")

    @property
    def _has_label(self) -> bool:
        """Whether the label says more than the number."""
        return self.label not in ("", str(self.number))

    @property
    def address(self) -> tuple[str, str]:
        """What leads there in an address, and the specification that it conforms to; two empty texts if none does."""
        if self.fragment.startswith("epubcfi("):
            return self.fragment, "http://www.idpf.org/epub/linking/cfi/epub-cfi.html"
        if self.kind == "page":
            return f"page={self.number}", "http://tools.ietf.org/rfc/rfc3778"
        if self.kind == "time":
            last = "" if self.end is None else f",{self.end:g}"
            return f"t={self.number:g}{last}", "http://www.w3.org/TR/media-frags/"
        return "", ""

    def numbers(self) -> tuple[int | float, ...]:
        """The numbers by which it is found."""
        first, last = self.number, self.end
        if last is None or last <= first:
            return (first,)
        if self.kind != "time" and isinstance(first, int) and isinstance(last, int) and last - first <= _EACH:
            return tuple(range(first, last + 1))
        return first, last


def where(locators: Iterable[Locator], line: int = 0) -> str:
    """Where a paragraph stands, for people: ``sheet 2 “Costs”, row 17``; its line, too, if there is one."""
    return ", ".join([*map(str, locators), *([f"line {line}"] if line else [])])


def values_of(locators: Iterable[Locator]) -> dict[str, tuple[int | float | str, ...]]:
    """The values of each field that locators have."""
    found: dict[str, tuple[int | float | str, ...]] = {}
    for one in locators:
        found[one.kind] = found.get(one.kind, ()) + one.numbers()
        if one._has_label:
            found[one.kind + LABEL] = (*found.get(one.kind + LABEL, ()), one.label)
    return found


def problem_of(locator: Any) -> str:
    """What is wrong with what is given for a locator; "" if nothing is."""
    if not isinstance(locator, Locator):
        return "is no searchlib.Locator: give one, as in Locator('page', 12)"
    if locator.kind not in KINDS:
        return f"has the kind {locator.kind!r}: give one of {', '.join(KINDS)}"
    if not _is_number(locator.number) or not (locator.end is None or _is_number(locator.end)):
        return "has no number: give one from 0 on, and another, or None, for its end"
    return "" if isinstance(locator.label, str) and isinstance(locator.fragment, str) else "has a label that is no text"


def _is_number(value: Any) -> bool:
    is_one = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_one and math.isfinite(value) and 0 <= value < _MOST


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    shown = f"{rest:06.3f}".rstrip("0").rstrip(".")
    return f"{int(minutes // 60)}:{int(minutes % 60):02}:{shown}"


# As an index stores them: a JSON list for each, cut where nothing follows


def written(locators: Sequence[Locator]) -> str:
    """Locators as a text, "" for none."""
    if not locators:
        return ""
    rows = []
    for one in locators:
        row = [one.kind, one.number, one.label, one.end, one.fragment]
        while row[-1] in ("", None):
            row.pop()
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def read(source: str) -> tuple[Locator, ...]:
    """The locators that were written so. Raises ValueError if ``source`` is none."""
    if not source:
        return ()
    try:
        found = tuple(Locator(*row) for row in json.loads(source))
    except (TypeError, RecursionError) as error:
        raise ValueError("no locators") from error
    if any(map(problem_of, found)):
        raise ValueError("no locators")
    return found


def from_json(given: Any) -> tuple[Locator, ...]:
    """The locators that are in JSON as objects; none if anything else is there."""
    names = {one.name for one in fields(Locator)}
    try:
        found = tuple(Locator(**{name: value for name, value in one.items() if name in names}) for one in given)
    except (AttributeError, TypeError):
        return ()
    return () if any(map(problem_of, found)) else found
