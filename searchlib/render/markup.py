"""From ranges to markup: the one place where snippets get marks and escapes.

=========  =============================================================================
plain      the text alone
ansi       matches bold and red, for a terminal
html       escaped, matches in ``<mark>``
markdown   escaped so that it renders literally (CommonMark and GitHub's), matches bold
=========  =============================================================================

An ellipsis shows where text was left out. Every format is free of control characters (see `cleaning`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Literal, get_args

from searchlib.analysis.words import unshown_breaks, without_breaks
from searchlib.concurrency.lazily import lazy_expression
from searchlib.errors import SettingsError
from searchlib.frozen import frozen
from searchlib.guards.cleaning import clean
from searchlib.highlight import Fragment, Snippet
from searchlib.highlight.spans import Spans
from searchlib.model.jsonable import JsonObject, as_json
from searchlib.model.records import KEEPS_LINES

Format = Literal["plain", "ansi", "html", "markdown"]
FORMATS: tuple[str, ...] = get_args(Format)
ELLIPSIS = "…"


@frozen
class _Markup:
    """``special`` are the only characters that ``escape`` changes; "" if that is more than to look for them."""

    on: str
    off: str
    escape: Callable[[str], str]
    special: str = ""


def render(snippet: Snippet, text: str, format: Format = "plain", kind: str = "code") -> str:
    """The ``snippet`` of ``text``, with its matches marked. Raises SettingsError for a format that is none.

    Lines of a paragraph of a ``kind`` that is not in KEEPS_LINES are `flowed`.
    """
    markup = _MARKUPS.get(format)
    if markup is None:
        raise SettingsError(f'there is no format "{format}": choose one of {", ".join(FORMATS)}')
    if kind not in KEEPS_LINES:
        snippet, text = flowed(snippet, text)
    fragments, escape = snippet.fragments, markup.escape
    shown = text[fragments[0].start : fragments[-1].end] if fragments else ""
    if clean(shown) != shown:
        text = clean(text)
    if markup.special and not any([one in shown for one in markup.special]):  # noqa: C419 - five looks, no generator
        escape = str
    rendered = "".join(
        [markup.on + escape(part) + markup.off if marked else escape(part) for part, marked in parts(snippet, text)]
    )
    return _MARKDOWN_LINE.sub(_escape_line, rendered) if format == "markdown" else rendered


def text_as_html(text: str) -> str:
    """A text for HTML: cleaned and escaped, in an attribute too."""
    return _escape_html(clean(text))


def as_dicts(snippet: Snippet, text: str) -> list[JsonObject]:
    """The ``snippet`` of ``text`` for JSON: its fragments, each with text, start, end and spans.

    All ranges are code points of ``text``, as pairs of start and end; so are the spans, which lie within the fragment.
    The text is as it stands, not cleaned.
    """
    return [{"text": text[fragment.start : fragment.end], **as_json(fragment)} for fragment in snippet.fragments]


def parts(snippet: Snippet, text: str) -> list[tuple[str, bool]]:
    """The snippet as pieces of text, each marked or not, with ellipses where text is left out."""
    found: list[tuple[str, bool]] = []
    shown = 0
    for fragment in snippet.fragments:
        if shown < fragment.start and not text[shown : fragment.start].isspace():
            found.append((ELLIPSIS if shown == 0 else f" {ELLIPSIS} ", False))
        at = fragment.start
        for start, end in _merged(fragment.spans):
            if at < start:
                found.append((text[at:start], False))
            found.append((text[start:end], True))
            at = end
        if at < fragment.end:
            found.append((text[at : fragment.end], False))
        shown = fragment.end
    if found and shown < len(text) and not text[shown:].isspace():
        found.append((ELLIPSIS, False))
    return found


def flowed(snippet: Snippet, text: str) -> tuple[Snippet, str]:
    """The snippet and its text, without the ends of lines where a reader sees no space."""
    breaks = unshown_breaks(text)
    if not breaks:
        return snippet, text

    def moved(place: int) -> int:
        return place - sum(min(end, place) - start for start, end in breaks if start < place)

    def moved_all(spans: Spans) -> Spans:
        return tuple((moved(start), moved(end)) for start, end in spans)

    fragments = tuple(
        Fragment(*moved_all(((one.start, one.end),))[0], moved_all(one.spans)) for one in snippet.fragments
    )
    text = without_breaks(text)
    return Snippet(fragments, len(text)), text


def _merged(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Spans that touch as one: two marks side by side are none in Markdown."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


# What means something to CommonMark or GitHub anywhere in a line.
_MARKDOWN = lazy_expression(r"[\\`*_{}\[\]<>|~&$#@]|(?<=\bwww)\.|:(?=//)")
# Only at the beginning of a line: lists, quotes, headings, rules, and white space, which would make code of it.
_MARKDOWN_LINE = lazy_expression(r"^[ \t\v\f]*(?:([+\-=])|(\d{1,9})([.)]))?|[ \t]+$", re.MULTILINE)


def _escape_markdown(text: str) -> str:
    return _MARKDOWN.sub(lambda match: "\\" + match[0], text.replace("\t", " "))


def _escape_line(match: re.Match[str]) -> str:
    if match[1]:
        return "\\" + match[1]
    return f"{match[2]}\\{match[3]}" if match[2] else ""


def _escape_html(text: str) -> str:
    return _of_html()(text)


@cache
def _of_html() -> Callable[[str], str]:
    from html import escape  # which brings all named entities with it

    return escape


_MARKUPS: dict[str, _Markup] = {
    "plain": _Markup("", "", str),
    "ansi": _Markup("\x1b[1;31m", "\x1b[22;39m", str),
    "html": _Markup("<mark>", "</mark>", _escape_html, "&<>\"'"),
    "markdown": _Markup("**", "**", _escape_markdown),
}
