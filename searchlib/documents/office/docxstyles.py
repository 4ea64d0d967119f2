"""What the styles and the numbering of a Word document say of a paragraph: heading, title, item, quotation, code.

Styles are known by their names, which Word writes in English in every language, and by their levels in the outline.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.xmltrees import attribute, child, children, local
from searchlib.frozen import frozen
from searchlib.model.records import Kind

_HEADING: Final = re.compile(r"heading ?(\d)")
_CONTENTS: Final = re.compile(r"toc \d|toc heading|table of figures|contents \d|contents heading")
_CODE: Final = re.compile(
    r"html preformatted|(?:source ?)?code(?: block)?|preformatted text|plain text|macro(?: text)?"
)
_QUOTE: Final = re.compile(r"(?:intense )?quote|quotations|block ?(?:text|quote)")
_DEEPEST: Final = 20  # styles that a style is based on
_LEVELS: Final = 9


@frozen
class Style:
    """What a style makes of a paragraph. ``level`` is 0 if it is no heading; ``number`` what numbers it."""

    level: int = 0
    kind: Kind = "text"
    is_title: bool = False
    is_contents: bool = False
    number: tuple[str, int] | None = None


class Styles:
    """The styles of a document."""

    def __init__(self, root: Element | None) -> None:
        self._elements = {attribute(one, "styleId"): one for one in children(root) if local(one) == "style"}
        self._default = next(
            (id for id, one in self._elements.items() if attribute(one, "default") in ("1", "true")
             and attribute(one, "type") == "paragraph"), "")  # fmt: skip
        self._known: dict[str, Style] = {}

    def of(self, properties: Element | None) -> Style:
        """What a paragraph is by its properties."""
        named = child(properties, "pStyle")
        style = self._style(attribute(named, "val") if named is not None else self._default)
        own = _level_of(properties)
        if own is None or own == style.level:
            return style
        return Style(own, style.kind, style.is_title, style.is_contents, style.number)

    def _style(self, id: str) -> Style:
        style = self._known.get(id)
        if style is None:
            style = self._known[id] = self._found(id)
        return style

    def _found(self, id: str) -> Style:
        level: int | None = None
        number: tuple[str, int] | None = None
        names = []
        for _ in range(_DEEPEST):
            element = self._elements.get(id)
            if element is None:
                names.append(re.sub(r"(?<=[a-z])(?=\d)", " ", id.lower()))
                break
            named = child(element, "name")
            names.append((attribute(named, "val") if named is not None else id).lower())
            properties = child(element, "pPr")
            if level is None:
                level = _level_of(properties)
            if level is None and (said := _HEADING.fullmatch(names[-1])):
                level = int(said[1])
            if number is None:
                number = number_of(properties)
            base = child(element, "basedOn")
            if base is None:
                break
            id = attribute(base, "val")
        kind: Kind = "code" if _any(_CODE, names) else "quote" if _any(_QUOTE, names) else "text"
        return Style(level or 0, kind, names[0] == "title", _any(_CONTENTS, names), number)


class Numbers:
    """What stands before the paragraphs of numbered lists, counted as they come."""

    def __init__(self, root: Element | None) -> None:
        lists = {attribute(one, "abstractNumId"): one for one in children(root) if local(one) == "abstractNum"}
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._lists: dict[str, str] = {}  # by number: those of one list go on counting
        self._begins: dict[tuple[str, int], int] = {}  # at which number one begins anew, when its level comes first
        for one in children(root):
            named = child(one, "abstractNumId") if local(one) == "num" else None
            if named is None:
                continue
            id, of = attribute(one, "numId"), attribute(named, "val")
            overrides = [inner for inner in one if local(inner) == "lvlOverride"]
            self._lists[id] = of
            for override in overrides:
                if (begin := child(override, "startOverride")) is not None:
                    self._begins[id, _whole(attribute(override, "ilvl"))] = _whole(attribute(begin, "val"))
            levels = list(lists[of]) if of in lists else []
            levels += [inner for override in overrides for inner in override if local(inner) == "lvl"]
            self._levels[id] = {_whole(attribute(lvl, "ilvl")): _format(lvl) for lvl in levels if local(lvl) == "lvl"}
        self._counts: dict[str, list[int]] = {}

    def label(self, properties: Element | None, style: Style) -> str | None:
        """What stands before a paragraph, "" for a bullet or where it is not known; None if it is not of a list."""
        number = number_of(properties) or style.number
        if number is None or number[0] in ("0", ""):
            return None
        id, level = number
        if not 0 <= level < _LEVELS:
            return ""
        formats = self._levels.get(id, {})
        counts = self._counts.setdefault(self._lists.get(id, id), [0] * _LEVELS)
        form, text, first = formats.get(level, ("bullet", "", 1))
        begin = self._begins.pop((id, level), None)
        counts[level] = counts[level] + 1 if begin is None else max(1, begin - first + 1)
        counts[:level] = [max(1, count) for count in counts[:level]]  # those that are skipped count
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        if form in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            which = int(match[1]) - 1
            other, _, first = formats.get(which, ("decimal", "", 1))
            return _written(max(counts[which], 1) + first - 1, other) if which < _LEVELS else ""

        return re.sub(r"%([1-9])", shown, text)


def number_of(properties: Element | None) -> tuple[str, int] | None:
    """The list that a paragraph is of, and its level there, if that is said."""
    found = child(properties, "numPr")
    if found is None:
        return None
    id, level = child(found, "numId"), child(found, "ilvl")
    if id is None:
        return None
    return attribute(id, "val"), _whole(attribute(level, "val")) if level is not None else 0


def _format(level: Element) -> tuple[str, str, int]:
    form, text, first = (child(level, name) for name in ("numFmt", "lvlText", "start"))
    return (
        attribute(form, "val") if form is not None else "decimal",
        attribute(text, "val")[:40] if text is not None else "",
        _whole(attribute(first, "val")) if first is not None else 1,
    )


def _written(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 4)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = ""
        for value, sign in zip(
            (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
            ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
            strict=True,
        ):
            roman += sign * (number // value)
            number %= value
        return roman.upper() if form == "upperRoman" else roman
    return f"{number:02}" if form == "decimalZero" else str(number)


def _level_of(properties: Element | None) -> int | None:
    """The level of a heading from 1, 0 for a paragraph that is said to be none; None if nothing is said."""
    said = child(properties, "outlineLvl")
    if said is None:
        return None
    level = _whole(attribute(said, "val"))
    return level + 1 if 0 <= level < _LEVELS else 0


def _any(pattern: re.Pattern[str], names: list[str]) -> bool:
    return any(pattern.fullmatch(name) for name in names)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
