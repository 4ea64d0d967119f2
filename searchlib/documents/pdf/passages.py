"""From the rows of a PDF to its passages: paragraphs, headings, items and tables, as their look tells.

A *passage* is rows that belong together. It ends where a gap is wider than usual, where letters change their size, at
an indented line or one that leaves room for the word that follows, and before a bullet. It goes on over a column and a
page that ends in the middle of a sentence. Words that are divided at the end of a line are joined, unless the document
has them with their hyphen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from searchlib.documents.pdf.glyphs import HYPHENS
from searchlib.documents.pdf.pagelayout import Row, leadings_of
from searchlib.model.records import Kind

_BULLET: Final = re.compile(r"[•◦▪‣●○■□◆⁃∙·–—*\uf0b7\uf0a7](?:\s|$)")
_NUMBERED: Final = re.compile(r"(?:\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]|\[\d{1,3}\])(?:\s|$)")
_MARK: Final = re.compile(rf"(?:{_BULLET.pattern}|{_NUMBERED.pattern}|\d{{1,3}}$|[*†‡]$)")
_NOTE: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+ ")
_CLOSED: Final = re.compile(r"[.!?…:;。！？：；।॥؟۔][\"'”’»)\]」』）\d]*$")
_ENDS_IN_WORD: Final = re.compile(rf"(\w+)[{HYPHENS}]$")
_WORD: Final = re.compile(r"\w+")
_WORDS: Final = re.compile(r"\w+(?:[-\u2010]\w+)*")
_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_LONGEST_HEADING: Final = 250
_LONGEST_BOLD: Final = 120
_LARGER: Final = 1.12  # than what most of the text is set in
_WIDE_GAP: Final = 1.35  # times the usual distance of lines
_FEW: Final = 4  # rows, of which little can be told
_CELL: Final = 1.4  # times the size of the letters
_INDENT: Final = 0.8  # times the size of the letters


class Passage:
    """A passage: its rows, and what they are."""

    __slots__ = ("full", "kind", "level", "rows")

    def __init__(self, rows: list[Row], kind: Kind, full: bool) -> None:
        self.rows = rows
        self.kind: Kind = kind
        self.level = 0
        self.full = full  # whether its last row reaches the right edge of its column

    @property
    def size(self) -> float:
        """The size of its letters."""
        return self.rows[0].size

    @property
    def pages(self) -> tuple[int, int]:
        """The first page that it is on, and the last, counted from 0."""
        return self.rows[0].page, self.rows[-1].page


def passages_of(columns: Sequence[list[Row]], body: float) -> list[Passage]:
    """The passages of all columns of a document, in order; ``body`` is the size that most of it is set in."""
    found: list[Passage] = []
    leadings = leadings_of(columns)
    usual = _edges([column for column in columns if len(column) >= _FEW])
    for column in columns:
        edge = _right(column)
        if 0 < len(column) < _FEW:
            edge = max(edge, usual.get(round(min(row.left for row in column) / 10), edge))
        made = list(_of_column(column, edge, leadings))
        for passage in made:
            _mark_heading(passage, body)
        if made and found:
            _join_over(found, made, body)
        found += made
    sizes = sorted(
        {round(one.size) for one in found if one.kind == "heading" and one.size > body * _LARGER}, reverse=True
    )
    for one in found:
        if one.kind == "heading":
            rank = sizes.index(round(one.size)) if round(one.size) in sizes else len(sizes)
            one.level = min(rank + 1, 6)
    return found


def body_size(rows: Iterable[Row]) -> float:
    """The size in which most of a document is set."""
    counts: Counter[float] = Counter()
    for row in rows:
        for strip in row.strips:
            counts[strip.size] += len(strip.text)
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0] if counts else 10.0


# A column


def _edges(columns: Sequence[list[Row]]) -> dict[int, float]:
    """The right edge of columns that begin so many tens of points from the left, at the median."""
    found: dict[int, list[float]] = {}
    for column in columns:
        found.setdefault(round(min(row.left for row in column) / 10), []).append(_right(column))
    return {place: sorted(edges)[len(edges) // 2] for place, edges in found.items()}


def _right(rows: list[Row]) -> float:
    """The right edge of a column: lines that stick out are few."""
    edges = sorted(row.right for row in rows)
    return edges[len(edges) * 9 // 10] if len(edges) > _FEW else max(edges, default=0.0)


def _of_column(rows: list[Row], right: float, leadings: Mapping[float, float]) -> Iterator[Passage]:
    if not rows:
        return
    leadings = {**leadings, **leadings_of([rows])} if len(rows) > 8 else leadings
    begun: list[Row] = [rows[0]]
    for upper, row in pairwise(rows):
        if _begins(begun, upper, row, right, leadings):
            yield _passage(begun, right)
            begun = []
        begun.append(row)
    yield _passage(begun, right)


def _passage(rows: list[Row], right: float) -> Passage:
    text = rows[0].text
    kind: Kind
    if rows[0].fixed:
        kind = "code"
    elif len(rows) > 1 and all(map(_has_cells, rows)):
        kind = "table"
    else:
        kind = "item" if _BULLET.match(text) or _NUMBERED.match(text) else "text"
    return Passage(rows, kind, rows[-1].right > right - 2 * rows[-1].size)


def _has_cells(row: Row) -> bool:
    """Whether a row is one of a table: parts with wide gaps, of which the first is no bullet or number of a note."""
    if len(row.strips) < 2 or _MARK.fullmatch(row.strips[0].text):
        return False
    gaps = (max(after.left - one.right, one.left - after.right) / one.size for one, after in pairwise(row.strips))
    return any(gap > _CELL for gap in gaps)


def _begins(begun: list[Row], upper: Row, row: Row, right: float, leadings: Mapping[float, float]) -> bool:
    """Whether a row begins a passage, after those that have begun one, of which ``upper`` is the last."""
    size = upper.size
    usual = leadings.get(size, 1.2 * size)
    if (
        upper.base - row.base > _WIDE_GAP * usual
        or abs(size - row.size) > 0.08 * max(size, row.size)
        or upper.bold != row.bold
        or upper.fixed != row.fixed
        or _has_cells(upper) != _has_cells(row)
    ):
        return True
    if _has_cells(row) or row.fixed:
        return False
    return _begins_text(begun, upper, row, right)


def _begins_text(begun: list[Row], upper: Row, row: Row, right: float) -> bool:
    """The same, of rows that look alike and stand at the usual distance."""
    size, text = upper.size, row.text
    if _BULLET.match(text) or _NOTE.match(text) or row.strips[0].size < 0.85 * row.size:
        return True
    closed = _CLOSED.search(upper.text) is not None
    first_word = _WORD.match(text)
    needed = (len(first_word[0]) + 1) * size * 0.5 if first_word is not None else size
    has_room = upper.right + needed < right - 0.5 * size
    if _NUMBERED.match(text) and (closed or has_room or row.left < upper.left - 1):
        return True
    indent = _INDENT * size
    if row.left > upper.left + indent:  # a paragraph's first line, or the second of a hanging one
        return closed if len(begun) > 1 else closed and has_room
    if row.left < upper.left - indent and len(begun) > 1:  # after a hanging one
        return True
    return closed and has_room


def _mark_heading(passage: Passage, body: float) -> None:
    rows = passage.rows
    length = sum(len(row.text) for row in rows)
    if passage.kind in ("table", "code") or not any(map(str.isalpha, rows[0].text)):
        return
    large = passage.size > body * _LARGER and len(rows) <= 5 and length <= _LONGEST_HEADING
    bold = (
        passage.size >= body * 0.95
        and len(rows) <= 2
        and length <= _LONGEST_BOLD
        and all(row.bold for row in rows)
        and not rows[-1].text.endswith((".", ",", ";", ":"))
        and not _BULLET.match(rows[0].text)
    )
    if large or bold:
        passage.kind = "heading"


# Over columns and pages


def _join_over(found: list[Passage], made: list[Passage], body: float) -> None:
    """Join the last passage of text so far with the first of a column, if it goes on there.

    Notes below the text, in smaller letters, stand between the two and come after.
    """
    at = next((n for n in range(len(found) - 1, max(-1, len(found) - 12), -1) if found[n].size >= body * 0.93), -1)
    if at < 0:
        return
    before, after = found[at], made[0]
    if (
        before.kind not in ("text", "item")
        or after.kind != "text"
        or abs(before.size - after.size) > 0.08 * before.size
        or before.rows[-1].bold != after.rows[0].bold
        or after.pages[0] - before.pages[1] > 1
    ):
        return
    ending, beginning = before.rows[-1].text, after.rows[0].text
    if ending[-1:] in HYPHENS or (_CLOSED.search(ending) is None and (before.full or beginning[:1].islower())):
        before.rows += after.rows
        before.full = after.full
        del made[0]


# Text


class KnownWords:
    """The words of a document, by which what is divided at the ends of lines is joined."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._known: set[str] = set()
        for row in rows:
            self._known.update(word.casefold() for word in _WORDS.findall(row.text))

    def text_of(self, passage: Passage) -> str:
        """The text of a passage; of a table a line for each row, and a bar between its cells."""
        if passage.kind == "table":
            return "\n".join(" | ".join(_plain(strip.text) for strip in row.strips) for row in passage.rows)
        if passage.kind == "code":
            return "\n".join(_plain(row.text) for row in passage.rows)
        text = ""
        for row in passage.rows:
            for strip in row.strips:
                text = self._joined(text, strip.text) if text else strip.text
        return _plain(text)

    def _joined(self, text: str, following: str) -> str:
        if _UNSPACED.match(following) and _UNSPACED.match(text[-1]):
            return text + following
        divided = _ENDS_IN_WORD.search(text)
        if divided is None:
            return f"{text} {following}"
        second = _WORD.match(following)
        if second is None:
            return text + following
        whole = divided[1] + second[0]
        # "Franco-American", "2019-2020"; and what stands so elsewhere.
        if not second[0][0].islower() or (
            f"{divided[1]}-{second[0]}".casefold() in self._known and whole.casefold() not in self._known
        ):
            return f"{text[:-1]}-{following}" if text[-1] != "\u2010" else text + following
        return text[:-1] + following


def _plain(text: str) -> str:
    """Text with the hyphens that are left as hyphens."""
    return text.replace("\x02", "-").replace("\u00ad", "")
