"""Text on a terminal: how wide it is, where its lines break, how it is styled.

* The *columns* of a text are the cells it takes: two for a character that East Asian fonts make wide and for emoji,
  none for marks and joiners (Unicode Standard Annex 11); one for a control character, which is shown as its picture.
* *Styles* are ranges with the parameters of SGR (ECMA-48): bold and the first eight colours, which every theme,
  light or dark, makes readable. They are applied last, when the lines are known, so that they never count as columns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from searchlib.analysis.graphemes import SPACING_LETTERS, boundaries, is_regional
from searchlib.guards.cleaning import Harmless, clean, escape
from searchlib.highlight import Snippet
from searchlib.render.markup import flowed, parts

Style = tuple[int, int, str]  # start, end, SGR parameters

MATCH = "1;31"  # bold and red
_RESET = "\x1b[0m"
_EMOJI_STYLE = "\ufe0f"
_SHORTEST_LINE = 10


def columns(text: str) -> int:
    """How many cells of a terminal ``text`` takes; it has no line breaks."""
    if text.isascii():
        return len(text)
    return sum(width for _, _, width in clusters(text))


def clusters(text: str) -> Iterator[tuple[int, int, int]]:
    """The characters that a reader sees: (start, end, columns)."""
    start = 0
    for end in boundaries(text):
        yield start, end, _cluster_width(text[start:end])
        start = end


@lru_cache(4096)
def _cluster_width(cluster: str) -> int:
    widest = max(_width(character) for character in cluster)
    is_flag = len(cluster) == 2 and all(map(is_regional, cluster))
    if _EMOJI_STYLE in cluster or is_flag:
        return 2
    return widest + sum(letter in SPACING_LETTERS for letter in cluster[1:])


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def line_ranges(text: str, width: int) -> list[tuple[int, int]]:
    """The lines of ``text`` wrapped to ``width`` columns, as ranges without the white space at their ends.

    Lines break at line breaks, at white space, before and after wide characters, and within a word that is wider than
    a line. A ``width`` of 0 breaks at line breaks only.
    """
    ranges = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if width > 0 and (len(line) > width or not line.isascii()):
            ranges += _wrapped(text, start, end, max(width, _SHORTEST_LINE))
        else:
            ranges.append((start, end))
        start = end + 1
    # What begins a line of the text keeps its indentation; what was wrapped needs none.
    return [_trimmed(text, begin, end, leading=begin > 0 and text[begin - 1] != "\n") for begin, end in ranges]


def _wrapped(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    lines = []
    line = start
    taken = 0  # columns since the line began
    break_at = break_taken = -1  # the last place where the line could end, and the columns up to it
    for first, last, cells in clusters(text[start:end]):
        begin, stop = first + start, last + start
        if text[begin].isspace():
            break_at, break_taken = stop, taken + 1
            taken += 1
            continue
        if cells == 2 and begin > line:
            break_at, break_taken = begin, taken
        if taken + cells > width and begin > line:
            if break_at > line:
                lines.append((line, break_at))
                line, taken = break_at, taken - break_taken
            else:
                lines.append((line, begin))
                line, taken = begin, 0
            break_at = break_taken = -1
        taken += cells
        if cells == 2:
            break_at, break_taken = stop, taken
    lines.append((line, end))
    return lines


def _trimmed(text: str, start: int, end: int, leading: bool) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    while leading and start < end and text[start].isspace():
        start += 1
    return start, end


def styled(text: str, styles: Iterable[Style], start: int = 0, end: int | None = None) -> Harmless:
    """``text[start:end]``, which is one line, with its ``styles``, which are sorted and do not overlap."""
    end = len(text) if end is None else end
    out = []
    for begin, stop, parameters in styles:
        first, last = max(begin, start), min(stop, end)
        if first < last:
            out += [escape(text[start:first]), f"\x1b[{parameters}m", escape(text[first:last]), _RESET]
            start = last
    return Harmless("".join([*out, escape(text[start:end])]))


def filled(styles: Iterable[Style], length: int, parameters: str) -> list[Style]:
    """``styles``, and everywhere else up to ``length`` the style of these ``parameters``."""
    found: list[Style] = []
    at = 0
    for style in (*styles, (length, length, parameters)):
        if at < style[0]:
            found.append((at, style[0], parameters))
        if style[0] < style[1]:
            found.append(style)
        at = style[1]
    return found


def wrap(text: str, width: int, indent: str = "", styles: Sequence[Style] = ()) -> list[Harmless]:
    """``text``, cleaned, as lines of at most ``width`` columns, each after ``indent``, with its ``styles``."""
    text = clean(text).replace("\t", " ")
    room = max(width - columns(indent), 1) if width > 0 else 0
    return [indent + styled(text, styles, start, end) for start, end in line_ranges(text, room)]


def snippet_lines(
    snippet: Snippet, text: str, width: int, indent: str = "", color: bool = True, flowing: bool = True
) -> list[Harmless]:
    """The ``snippet`` of ``text`` as lines for a terminal, its matches standing out where there is ``color``.

    ``flowing`` has line breaks and other runs of white space count as one space; otherwise they are kept, as code and
    tables want.
    """
    shown, styles = flattened(snippet, text, flowing)
    return wrap(shown, width, indent, styles if color else ())


def flattened(snippet: Snippet, text: str, flowing: bool = True) -> tuple[str, list[Style]]:
    """The ``snippet`` as one string with ellipses, and the places of its matches in it."""
    shown = ""
    styles: list[Style] = []
    if flowing:
        snippet, text = flowed(snippet, text)
    for part, is_match in parts(snippet, text):
        began = len(shown)
        shown += _flow(part, flowing)
        if is_match:
            styles.append((began, len(shown), MATCH))
    return shown, styles


def _flow(text: str, flowing: bool) -> str:
    if not flowing:
        return text.expandtabs(4)
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + words + (" " if text[-1].isspace() else "")
