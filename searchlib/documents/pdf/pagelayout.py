"""The layout of a page: what stands on every page, columns, and lines in the order in which people read them.

* *Furniture* is what pages repeat: running heads, footers, numbers of pages.
* A *gutter* is the blank between two columns. What crosses it (a title, a wide figure's caption) stands above or below.
* A *row* is what stands on one line of a column: usually one strip, several where there are wide gaps, as in a table.
* A *column* is rows from the top down; a page that has no gutter is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from searchlib.documents.pdf.glyphs import Strip

_AT_EDGES: Final = 3  # rows at either end of a page that may be furniture,
_EDGE: Final = 0.12  # if they are so near to it, in heights of the page
_FEW: Final = 3  # pages on which it has to stand
_NUMBER: Final = re.compile(r"\d+|\b[ivxlcdm]+\b", re.IGNORECASE)
_PAGE_NUMBER: Final = re.compile(
    r"[^\w]*(?:(?:page|seite|p\.|página|стр\.)\s*)?(\d{1,5}|[ivxlcdm]{1,8})(?:\s*(?:/|of|von|de|из)\s*\d{1,5})?[^\w]*",
    re.IGNORECASE,
)
_NEAR: Final = 64  # strips of a row that another may stand over: a page may be made to have very many
_LEAST, _MOST = 8, 5_000  # strips of a page with columns
_GUTTER: Final = 0.7  # times the size of the letters
_CROSSING: Final = 0.4  # of the strips at most
_LETTERS: Final = 12  # of a line of a column, at the mean
_CELLS: Final = 6  # beside one another that may be a table
_MOST_BLANKS: Final = 6  # that are looked at, where a page may have columns in a part


class Row:
    """What stands on one line of a column, in the order of reading."""

    __slots__ = ("base", "bottom", "left", "page", "right", "size", "strips", "top")

    def __init__(self, page: int, strips: list[Strip]) -> None:
        self.page = page
        self.strips = strips
        self.left = min(strip.left for strip in strips)
        self.right = max(strip.right for strip in strips)
        self.bottom = min(strip.bottom for strip in strips)
        self.top = max(strip.top for strip in strips)
        longest = max(strips, key=lambda strip: len(strip.text))
        self.size = longest.size
        self.base = longest.bottom

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(strip.bold for strip in self.strips)

    @property
    def fixed(self) -> bool:
        """Whether all of it is in letters of one width."""
        return all(strip.fixed for strip in self.strips)

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(strip.text for strip in self.strips)


def rows_of(page: int, strips: Iterable[Strip]) -> list[Row]:
    """Strips in rows, from the top down."""
    rows: list[list[Strip]] = []
    for strip in sorted(strips, key=lambda one: (-one.middle, one.left)):
        if rows and _on_one_line(rows[-1], strip):
            rows[-1].append(strip)
        else:
            rows.append([strip])
    return [Row(page, _in_reading_order(row)) for row in rows]


def _in_reading_order(row: list[Strip]) -> list[Strip]:
    """The strips of a row from left to right, or from right to left where its script is written so."""
    return sorted(row, key=lambda one: one.left, reverse=len(row) > 1 and goes_left(row))


def goes_left(strips: Iterable[Strip]) -> bool:
    """Whether most letters are of scripts that are written from right to left."""
    left = right = 0
    for strip in strips:
        if not strip.text.isascii():
            kinds = Counter(map(unicodedata.bidirectional, strip.text))
            left += kinds["R"] + kinds["AL"]
            right += kinds["L"]
        else:
            right += len(strip.text)
    return left > right


def _on_one_line(row: list[Strip], strip: Strip) -> bool:
    """Whether a strip stands beside those of a row: half as high as either at least, and over none of them."""
    first = row[0]
    shared = min(first.top, strip.top) - max(first.bottom, strip.bottom)
    if shared < 0.5 * min(first.top - first.bottom, strip.top - strip.bottom):
        return False
    return all(strip.left >= one.right - 1 or strip.right <= one.left + 1 for one in row[-_NEAR:])


# Furniture


def without_furniture(
    pages: Sequence[list[Strip]], heights: Sequence[float], labels: Sequence[str]
) -> list[list[Strip]]:
    """The pages without what they repeat at their upper and lower edges.

    A row goes that stands, but for its numbers, on three pages or more at the same height; and at a height where half
    of the pages have such a row, one that has the page's own number.
    """
    edges = [_edges(number, *page) for number, page in enumerate(zip(pages, heights, strict=True))]
    said: Counter[tuple[int, str]] = Counter()
    usual: Counter[int] = Counter()  # heights of what is repeated
    for rows in edges:
        found = {(_height(row), _alike(row.text)) for row in rows}
        said.update(found)
        said.update({(height + 1, text) for height, text in found} - found)
    for rows in edges:
        usual.update({_height(row) for row in rows if said[_height(row), _alike(row.text)] >= _FEW})
    kept = []
    for number, (strips, rows) in enumerate(zip(pages, edges, strict=True)):
        gone: set[int] = set()
        for row in rows:
            height, text = _height(row), _alike(row.text)
            is_usual = usual[height] * 2 >= len(pages) >= _FEW
            if (
                said[height, text] >= _FEW
                or (is_usual and _has_number(row.text, number + 1, labels[number]))
                or _is_page_number(row.text, number + 1, labels[number], len(pages))
            ):
                gone.update(map(id, row.strips))
        kept.append([strip for strip in strips if id(strip) not in gone] if gone else strips)
    return kept


def _edges(number: int, strips: list[Strip], height: float) -> list[Row]:
    """The rows at the upper and lower edges of a page: whole ones, over all columns."""
    near = [one for one in strips if not _EDGE * height < one.middle < (1 - _EDGE) * height]
    rows = rows_of(number, near)
    upper = [row for row in rows if row.bottom > height / 2]
    lower = [row for row in rows if row.bottom <= height / 2]
    return upper[:_AT_EDGES] + lower[-_AT_EDGES:]


def _height(row: Row) -> int:
    return round(row.bottom / 4)


def _alike(text: str) -> str:
    return _NUMBER.sub("#", text).casefold()


def _has_number(text: str, number: int, label: str) -> bool:
    return bool({str(number), label} & set(_NUMBER.findall(text)))


def _is_page_number(text: str, number: int, label: str, pages: int) -> bool:
    found = _PAGE_NUMBER.fullmatch(text)
    return found is not None and pages > 1 and found[1] in (str(number), label)


# Columns


def columns_of(page: int, strips: list[Strip]) -> list[list[Row]]:
    """The columns of a page in the order in which they are read, each as rows."""
    return [rows_of(page, column) for column in _columns(strips, 0)]


def _columns(strips: list[Strip], depth: int) -> list[list[Strip]]:
    gutter = _gutter(strips) if depth < 4 else None
    if gutter is None:
        bands = _bands(strips) if depth < 2 else None
        return [*_columns(bands[0], depth + 1), *_columns(bands[1], depth + 1)] if bands else [strips] if strips else []
    found: list[list[Strip]] = []
    crossing: list[Strip] = []
    beside: list[Strip] = []

    def flush() -> None:
        if _is_table(beside):
            found.append([*beside])
            beside.clear()
            return
        sides = [one for one in beside if one.right <= gutter + 1], [one for one in beside if one.right > gutter + 1]
        for side in reversed(sides) if goes_left(beside) else sides:
            found.extend(_columns(side, depth + 1))
        beside.clear()

    for strip in sorted(strips, key=lambda one: -one.middle):
        if strip.left < gutter - 1 and strip.right > gutter + 1:
            if beside:
                found.extend([crossing] if crossing else [])
                crossing = []
                flush()
            crossing.append(strip)
        else:
            if crossing:
                found.append(crossing)
                crossing = []
            beside.append(strip)
    found.extend([crossing] if crossing else [])
    flush()
    return found


def _is_table(strips: list[Strip]) -> bool:
    """Whether strips beside one another are cells, and no lines of columns."""
    return len(strips) >= _CELLS and sum(len(one.text) for one in strips) < _LETTERS * len(strips)


def _bands(strips: list[Strip]) -> tuple[list[Strip], list[Strip]] | None:
    """What is above and below one of the widest blanks across the page, if one of them has columns; None otherwise."""
    if len(strips) < 2 * _LEAST:
        return None
    middle = (min(one.left for one in strips) + max(one.right for one in strips)) / 2
    beside = sum(one.left > middle for one in strips), sum(one.right < middle for one in strips)
    if min(beside) < _LEAST // 2:
        return None
    ordered = sorted(strips, key=lambda one: -one.top)
    floor = ordered[0].bottom
    blanks: list[tuple[float, int]] = []
    for number, strip in enumerate(ordered):
        if floor - strip.top > 0.3 * strip.size:
            blanks.append((floor - strip.top, number))
        floor = min(floor, strip.bottom)
    for _, number in sorted(blanks, reverse=True)[:_MOST_BLANKS]:
        above, below = ordered[:number], ordered[number:]
        if _gutter(below) is not None or _gutter(above) is not None:
            return above, below
    return None


def _gutter(strips: list[Strip]) -> float | None:
    """Where there is a gutter, from left to right: in the widest blank that few strips cross; None if there is none."""
    if not _LEAST <= len(strips) <= _MOST:
        return None
    size = Counter(round(strip.size) for strip in strips).most_common(1)[0][0] or 1
    first = int(min(strip.left for strip in strips))
    last = int(max(strip.right for strip in strips)) + 1
    if not 0 < last - first < 20_000:
        return None
    changes = [0] * (last - first + 2)
    for strip in strips:
        changes[max(0, int(strip.left) - first)] += 1
        changes[max(0, int(strip.right + 0.5) - first)] -= 1
    best: tuple[float, float] | None = None
    covered, begin = 0, 0
    allowed = _CROSSING * len(strips)
    runs: list[tuple[int, int, int]] = []  # from, to, how many cross
    for place, change in enumerate(changes):
        before = covered
        covered += change
        if covered != before:
            runs.append((begin, place, before))
            begin = place
    for start, stop, crossed in runs:
        if start == 0 or crossed > allowed or stop - start < _GUTTER * size:
            continue
        middle = first + (start + stop) / 2
        if _are_columns(strips, middle):
            worth = (stop - start) / (1 + crossed)
            if best is None or worth > best[0]:
                best = worth, middle
    return None if best is None else best[1]


def _are_columns(strips: list[Strip], middle: float) -> bool:
    """Whether there are lines of text on both sides: those that fill their column have more than a word in each, and
    most of its letters; the others may be the words of a figure.
    """
    for side in (
        [one for one in strips if one.right <= middle + 1],
        [one for one in strips if one.left >= middle - 1],
    ):
        width = max((one.right for one in side), default=0.0) - min((one.left for one in side), default=0.0)
        lines = [len(one.text) for one in side if one.right - one.left >= 0.6 * width]
        if len(lines) < 4 or sum(lines) < _LETTERS * len(lines):
            return False
        if 2 * sum(lines) < sum(len(one.text) for one in side):
            return False
    return True


def leadings_of(columns: Iterable[Sequence[Row]]) -> dict[float, float]:
    """The usual distance of a row from the next, for each size of letters in which there are such."""
    counts: dict[float, Counter[float]] = {}
    for rows in columns:
        for upper, lower in pairwise(rows):
            distance = round(2 * (upper.base - lower.base)) / 2
            if upper.size == lower.size and 0.9 * upper.size < distance < 2.2 * upper.size:
                counts.setdefault(upper.size, Counter())[distance] += 1
    return {size: min(found.items(), key=lambda item: (-item[1], item[0]))[0] for size, found in counts.items()}
