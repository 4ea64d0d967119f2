"""Citations in any text: references, and the text and Markdown forms around them (see `forms`).

A *reference* is ``searchlib:`` and an id, or the first four or more characters of one, and the range of a part:
``searchlib:4f8m0c2k9x1pt7aw#char=12,40``. A beginning that stands alone has a digit and a letter, which
``searchlib:pages`` and the port of ``searchlib:8080`` do not have. A *label* is that of a footnote,
``[^4f8m0c2k9x1pt7aw-12-40]``.

The inline form is a reference in square brackets and a quote behind it, ``[searchlib:4f8m0c2k9x1pt7aw] “…”``.

The text form may stand behind whatever a mail, a comment or a list puts at the beginning of its lines, if that is the
same in all of them. Time is linear in the text: how far is looked back from a reference is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from searchlib.citing.forms import CLOSING, FROM, QUOTED, escaped
from searchlib.citing.found import LONGEST_QUOTE, Form, Slot, WrittenCitation
from searchlib.citing.normal import same_line
from searchlib.citing.references import ID, ID_CHARACTER
from searchlib.model.locators import WRITTEN as LOCATOR
from searchlib.model.records import ID_LENGTH

_REFERENCE = re.compile(
    rf"(?<!\w)(?<!//)searchlib:(?P<id>{ID_CHARACTER}{{4,{ID_LENGTH}}})(?!\w)"
    r"(?:#char=(?P<first>\d{1,9}),(?P<last>\d{1,9}))?"
    rf"|\[\^(?P<label>{ID})(?:-(?P<begin>\d{{1,9}})-(?P<stop>\d{{1,9}}))?\](?P<definition>:)?"
)
_LINE = r"line (?P<line>\d{1,12})"
_PLACED = rf", (?P<where>(?P<locators>{LOCATOR}(?:, {LOCATOR})*)(?:, {_LINE})?|{_LINE.replace('<line>', '<alone>')})"
_AT_END = re.compile(rf"(?:{_PLACED})?\),?[ \t]{{0,2}}\Z")
_NO_TEXT_FORM = r"\)(?!,[ \t]{0,2}searchlib:)"  # that is the place of a text form
_NOTHING = "(?P<where>)(?P<locators>)(?P<line>)(?P<alone>)"
_ANYWHERE = re.compile(_PLACED + _NO_TEXT_FORM), re.compile(_NOTHING + _NO_TEXT_FORM)
_LINE_ENDS = re.compile(r"[.,;]?[ \t]{0,8}(?:\r?\n|\Z)")
_PARAGRAPH_NUMBER = re.compile(r"¶ (\d{1,12}) \(")
_LEAD = re.compile(r"[ \t>#*/;%!|+-]{0,60}")
_END_OF_DEFINITION = re.compile(r"\n(?=(?P<lead>[ \t>#*/;%!|+-]{0,60})(?:\r?\n|(?P<next>\[\^[^\]\s]{1,100}\]:)))")
_OPENED = re.compile(r"\][ \t]{0,2}(?:\n[ \t]{0,60})?“")
_MARKS = re.compile("[“”]")
_END_OF_INLINE = re.compile(r"\[searchlib:|\n[ \t]*\r?\n")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|" + CLOSING)
_LONGEST_WHERE = 512
_LONGEST_LINE = 4096  # code points of a path and what is before it
_LONGEST_NOTE = 20_000
_MOST_TITLE_LINES = 40


def find_in_text(text: str) -> list[WrittenCitation]:
    """The citations of a text, in order."""
    found: list[WrittenCitation] = []
    labels: dict[str, list[re.Match[str]]] = {}
    defined: set[str] = set()
    for match in _REFERENCE.finditer(text):
        if match["label"] is None:
            reference = _reference(text, match)
            if _is_sure(reference):
                found.append(reference)
        else:
            name = match[0].rstrip(":")
            labels.setdefault(name, []).append(match)
            if match["definition"] and _begins_line(text, match.start()):
                defined.add(name)
    for name, matches in labels.items():
        found += _notes(text, matches, name in defined)
    return sorted(found, key=lambda citation: citation.at)


def _is_sure(reference: WrittenCitation) -> bool:
    """Whether what follows the name is no other word or number: of the beginning of an id, something has to say so."""
    id = reference.id
    if len(id) == ID_LENGTH or reference.path is not None:
        return True
    return any(map(str.isdigit, id)) and any(map(str.isalpha, id))


def _reference(text: str, match: re.Match[str]) -> WrittenCitation:
    part = (int(match["first"]), int(match["last"])) if match["first"] else None
    slots = [Slot("reference", match.start(), match.end())]
    begin = text.rfind("\n", max(0, match.start() - _LONGEST_LINE), match.start()) + 1
    begin = begin or max(0, match.start() - _LONGEST_LINE)
    placed = _AT_END.search(text, max(begin, match.start() - _LONGEST_WHERE), match.start())
    place = _place(text, begin, placed, same_line) if placed is not None else None
    if place is None:
        return _inline(text, match, part, slots)
    quote = _quote_above(text, begin, text[begin : place.at])
    form: Form = "text" if quote is not None else "reference"
    return _placed(WrittenCitation(form, match.start(), match["id"], quote, part, slots=(*place.slots, *slots)), place)


def _inline(text: str, match: re.Match[str], part: tuple[int, int] | None, slots: list[Slot]) -> WrittenCitation:
    """A reference, with the quote and the place behind it if it stands in square brackets; the reference alone else."""
    quote, place = None, None
    opened = _OPENED.match(text, match.end())
    if opened is not None and text[match.start() - 1 : match.start()] == "[":
        ends = _END_OF_INLINE.search(text, opened.end(), opened.end() + _LONGEST_NOTE)
        end = ends.start() if ends is not None else min(len(text), opened.end() + _LONGEST_NOTE)
        closing = _closing(text, opened.end(), end)
        if closing >= 0:
            quote = text[opened.end() : closing]
            place = _place_in_definition(text, closing, end, same_line)
    slots = [*slots, *(place.slots if place is not None else ())]
    return _placed(WrittenCitation("reference", match.start(), match["id"], quote, part, slots=tuple(slots)), place)


def _placed(found: WrittenCitation, place: _Place | None) -> WrittenCitation:
    """A citation with the place that is written beside it."""
    if place is None:
        return found
    return replace(found, path=place.path, paragraph=place.paragraph, line=place.line, locators=place.locators)


def _closing(text: str, begin: int, end: int) -> int:
    """Where a quote ends that began before ``begin``: at the mark that closes it, or else at the last; -1: nowhere.

    The words may have marks of their own, and not all languages open with what English opens with.
    """
    depth = 1
    for mark in _MARKS.finditer(text, begin, end):
        depth += 1 if mark[0] == "“" else -1
        if depth == 0:
            return mark.start()
    return text.rfind("”", begin, end)


class _Place(NamedTuple):
    """What ``¶ 3 (path, page 4, line 12)`` says, where it begins, and its slots."""

    path: str
    paragraph: int
    line: int | None
    locators: str | None
    at: int
    slots: list[Slot]


def _place(text: str, begin: int, placed: re.Match[str], write: Callable[[str], str]) -> _Place | None:
    """The place whose end was found; None if it does not begin there."""
    at = text.rfind("¶ ", begin, placed.start())
    paragraph = _PARAGRAPH_NUMBER.match(text, at) if at >= 0 else None
    if paragraph is None or paragraph.end() > placed.start():
        return None
    slots = [Slot("paragraph", *paragraph.span(1)), Slot("path", paragraph.end(), placed.start(), write)]
    if placed["where"]:
        slots.append(Slot("where", *placed.span("where"), write))
    line = placed["line"] or placed["alone"]
    path = text[paragraph.end() : placed.start()]
    return _Place(path, int(paragraph[1]), int(line) if line else None, placed["locators"] or None, at, slots)


def _quote_above(text: str, line_start: int, lead: str) -> str | None:
    """The quote in the lines above the one that says where it stands; None if there is none."""
    lead = lead.removesuffix("  ")
    if line_start == 0 or not _LEAD.fullmatch(lead):
        return None
    at = line_start
    for _ in range(_MOST_TITLE_LINES):
        at, line = _line_above(text, at)
        if line.startswith(lead + FROM):
            break
        if not line.startswith(lead + "  "):
            return None
    else:
        return None
    lines: list[str] = []
    end = at
    while at > 0 and end - at <= LONGEST_QUOTE:
        at, line = _line_above(text, at)
        if not line.startswith(lead + QUOTED):
            break
        lines.append(line[len(lead) + len(QUOTED) :].removeprefix(" "))
    return "\n".join(reversed(lines)) if lines else None


def _line_above(text: str, start: int) -> tuple[int, str]:
    """Where the line before the one that begins at ``start`` begins, and that line."""
    above = text.rfind("\n", 0, start - 1) + 1
    return above, text[above : start - 1].removesuffix("\r")


def _begins_line(text: str, at: int) -> bool:
    """Whether only what may stand before a line's content stands before ``at`` in its line."""
    begin = text.rfind("\n", max(0, at - 64), at) + 1
    return (begin > 0 or at <= 60) and _LEAD.fullmatch(text, begin, at) is not None


def _notes(text: str, matches: list[re.Match[str]], is_defined: bool) -> Iterator[WrittenCitation]:
    """The footnotes of one label, to which its other places refer; these alone, where it is not defined."""
    slots = [Slot("label", match.start(), match.end() - bool(match["definition"])) for match in matches]
    first = matches[0]
    part = (int(first["begin"]), int(first["stop"])) if first["begin"] else None
    if not is_defined:
        yield from (
            WrittenCitation("reference", match.start(), match["label"], part=part, slots=(slot,))
            for match, slot in zip(matches, slots, strict=True)
        )
        return
    for match in matches:
        if match["definition"] and _begins_line(text, match.start()):
            yield _definition(text, match, part, slots)
            slots = []  # a label that is defined twice is mended once


def _definition(text: str, match: re.Match[str], part: tuple[int, int] | None, slots: list[Slot]) -> WrittenCitation:
    limit = min(len(text), match.end() + _LONGEST_NOTE)
    end = _end_of_definition(text, match, limit)
    quote = None
    begin = match.end()
    opening = text.find("“", begin, min(end, begin + 16))
    closing = text.find("”", begin, end)
    if 0 <= opening < closing and not text[begin:opening].strip():
        quote = _unescaped(text[opening + 1 : closing])
        begin = closing
    place = _place_in_definition(text, begin, end, _escaped_line)
    if place is not None:
        slots = [*slots, *place.slots]
        located = _unescaped(place.locators) if place.locators is not None else None
        place = place._replace(path=_unescaped(place.path), locators=located)
    return _placed(WrittenCitation("markdown", match.start(), match["label"], quote, part, slots=tuple(slots)), place)


def _end_of_definition(text: str, match: re.Match[str], limit: int) -> int:
    """Where the next definition begins, or a line is empty but for what is before the definition in its own line."""
    begin = text.rfind("\n", max(0, match.start() - 64), match.start()) + 1
    lead = text[begin : match.start()].strip()
    for end in _END_OF_DEFINITION.finditer(text, match.end(), limit):
        if end["next"] or end["lead"].strip() in ("", lead):
            return end.start()
    return limit


def _place_in_definition(text: str, begin: int, end: int, write: Callable[[str], str]) -> _Place | None:
    """The first place in a definition; without line and locators if none has them.

    Its path may look like the end of one, which ends the line if it can.
    """
    found: _Place | None = None
    for pattern in _ANYWHERE:
        for placed in pattern.finditer(text, begin, end):
            place = _place(text, begin, placed, write)
            if found is not None and (place is None or place.at != found.at):
                break
            if place is not None:
                ends = placed.end() == end or _LINE_ENDS.match(text, placed.end()) is not None
                if found is None or ends:
                    found = place
                if ends:
                    break
        if found is not None:
            break
    return found


def _escaped_line(text: str) -> str:
    return escaped(same_line(text))


def _unescaped(markdown: str) -> str:
    return _ESCAPE.sub(lambda match: match[1] or "”", markdown)
