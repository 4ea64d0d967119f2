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
from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal, get_args

from searchlib.concurrency.lazily import lazy_expression
from searchlib.errors import SettingsError
from searchlib.frozen import frozen
from searchlib.guards.cleaning import clean
from searchlib.highlight import Fragment, Snippet
from searchlib.model.jsonable import JsonObject, as_json

Format = Literal["plain", "ansi", "html", "markdown"]
FORMATS: tuple[str, ...] = get_args(Format)
ELLIPSIS = "…"


@frozen
class _Markup:
    on: str
    off: str
    escape: Callable[[str], str]


def render(snippet: Snippet, text: str, format: Format = "plain") -> str:
    """The ``snippet`` of ``text``, with its matches marked. Raises SettingsError for a format that is none."""
    markup = _MARKUPS.get(format)
    if markup is None:
        raise SettingsError(f'there is no format "{format}": choose one of {", ".join(FORMATS)}')
    rendered = "".join(
        markup.on + markup.escape(part) + markup.off if marked else markup.escape(part)
        for part, marked in parts(snippet, clean(text))
    )
    return _MARKDOWN_LINE.sub(_escape_line, rendered) if format == "markdown" else rendered


def as_dicts(snippet: Snippet, text: str) -> list[JsonObject]:
    """The ``snippet`` of ``text`` for JSON: its fragments, each with text, start, end and spans.

    All ranges are code points of ``text``, as pairs of start and end; so are the spans, which lie within the fragment.
    The text is as it stands, not cleaned.
    """
    return [{"text": text[fragment.start : fragment.end], **as_json(fragment)} for fragment in snippet.fragments]


def parts(snippet: Snippet, text: str) -> Iterator[tuple[str, bool]]:
    """The snippet as pieces of text, each marked or not, with ellipses where text is left out."""
    shown = 0
    for fragment in snippet.fragments:
        if text[shown : fragment.start].strip():
            yield (ELLIPSIS if shown == 0 else f" {ELLIPSIS} "), False
        yield from _pieces(fragment, text)
        shown = fragment.end
    if text[shown:].strip() and snippet.fragments:
        yield ELLIPSIS, False


def _pieces(fragment: Fragment, text: str) -> Iterator[tuple[str, bool]]:
    at = fragment.start
    for start, end in _merged(fragment.spans):
        if at < start:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < fragment.end:
        yield text[at : fragment.end], False


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
    "html": _Markup("<mark>", "</mark>", _escape_html),
    "markdown": _Markup("**", "**", _escape_markdown),
}
