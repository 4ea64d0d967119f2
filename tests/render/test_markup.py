"""Markup: what each format makes of a snippet, and what it lets through of the text (nothing)."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.errors import SettingsError
from searchlib.highlight import Fragment, Snippet, snippet, whole
from searchlib.render import FORMATS, as_dict, clean, render

TEXT = "War & <peace>, *war* again"
SPANS = ((0, 3), (15, 18))
EXPECTED = {
    "plain": "War & <peace>, *war* again",
    "ansi": "\x1b[1;31mWar\x1b[22;39m & <peace>, *\x1b[1;31mwar\x1b[22;39m* again",
    "html": "<mark>War</mark> &amp; &lt;peace&gt;, *<mark>war</mark>* again",
    "markdown": r"**War** \& \<peace\>, \***war**\* again",
}


@pytest.mark.parametrize("format", FORMATS)
def test_matches_are_marked_and_the_text_is_escaped(format: str) -> None:
    shift = 1  # the second match stands behind its star
    spans = (SPANS[0], (SPANS[1][0] + shift, SPANS[1][1] + shift))
    assert render(whole(TEXT, spans), TEXT, format) == EXPECTED[format]


def test_an_ellipsis_shows_where_text_is_left_out() -> None:
    text = "one two three four five"
    found = Snippet((Fragment(4, 7, ((4, 7),)), Fragment(14, 18)), len(text))
    assert render(found, text, "html") == "…<mark>two</mark> … four…"
    assert render(Snippet((Fragment(1, 4),), 5), " one ", "plain") == "one"


def test_an_unknown_format_is_an_error_that_names_the_others() -> None:
    with pytest.raises(SettingsError, match='no format "latex": choose one of plain, ansi, html, markdown'):
        render(whole("a"), "a", "latex")  # type: ignore[arg-type]


def test_json_has_ranges_of_the_text() -> None:
    text = "one two three"
    assert as_dict(Snippet((Fragment(4, 7, ((4, 7),)),), len(text)), text) == {
        "fragments": [{"start": 4, "end": 7, "text": "two", "spans": [[4, 7]]}]
    }


def test_spans_that_touch_are_one_mark() -> None:
    assert render(whole("abcd", ((0, 2), (2, 4))), "abcd", "markdown") == "**abcd**"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("a\x9bb", "a\ufffdb"),
        ("a\u202eb", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("a\r\nb\rc", "a \nb␍c"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x00\x7f", "␀␡"),
    ],
)
def test_controls_are_shown_not_obeyed(text: str, shown: str) -> None:
    assert clean(text) == shown
    assert render(whole(text), text, "plain") == shown
    assert render(whole(text), text, "ansi") == shown


LITERAL = [
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "1) item",
    "> quote",
    "    code",
    "***",
    "---",
    "a\n===",
    "a\n---",
    "~~~",
    "```",
    "`code`",
    "*a* _b_ __c__ ~~d~~",
    "[a](b)",
    "![a](b)",
    "<b>a</b>",
    "<!-- a -->",
    "&amp; &#65;",
    "\\*",
    "| a | b |\n| - | - |",
    "http://example.org",
    "www.example.org",
    "a@example.org",
    "[^1]: note",
    "a  \nb",
    "\ta",
    "$x$",
    "- [ ] a",
    "Term\n: definition",
    "* * *",
    "=",
    "12. x\n13. y",
]


def read_markdown(source: str) -> tuple[str, list[str]]:
    """The text and the bold parts of what Markdown makes of ``source``; anything else but paragraphs fails."""
    markdown_it = pytest.importorskip("markdown_it")
    page = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(source)
    left = re.sub(r"</?(p|strong)>|<br ?/?>", "", page)
    assert "<" not in left, page
    return html.unescape(left), [html.unescape(part) for part in re.findall(r"<strong>(.*?)</strong>", page, re.DOTALL)]


@pytest.mark.parametrize("text", LITERAL)
def test_markdown_renders_literally(text: str) -> None:
    assert read_markdown(render(whole(text), text, "markdown"))[0].split() == text.split()


characters = st.sampled_from(
    [*"ab1 \n\t<>&\"'*_`~#+-=.!()[]{}|\\:/@$^%…", "é", "東", "\x1b", "\x00", "\x9b", "\u202e", "\ud800", "😀", "\r"]
)
hostile_texts = st.lists(characters, max_size=60).map("".join) | st.text(max_size=40)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, tuple[tuple[int, int], ...]]:
    text = draw(hostile_texts)
    words = [match.span() for match in re.finditer(r"[^\W_]+", text)]
    return text, tuple(sorted(draw(st.lists(st.sampled_from(words), max_size=4, unique=True)))) if words else ()


@settings(max_examples=80, deadline=None)
@given(marked_texts(), st.integers(20, 60))
def test_html_has_no_markup_but_the_marks(marked: tuple[str, tuple[tuple[int, int], ...]], length: int) -> None:
    text, spans = marked
    found = snippet(text, spans, length)
    page = render(found, text, "html")
    assert "<" not in page.replace("<mark>", "").replace("</mark>", "")
    parts = [html.unescape(part) for part in re.findall(r"<mark>(.*?)</mark>", page, re.DOTALL)]
    assert parts == [text[a:b] for fragment in found.fragments for a, b in fragment.spans]
    assert html.unescape(page.replace("<mark>", "").replace("</mark>", "")) == render(found, text, "plain")


@settings(max_examples=80, deadline=None)
@given(marked_texts(), st.integers(20, 60))
def test_ansi_has_no_controls_but_its_own(marked: tuple[str, tuple[tuple[int, int], ...]], length: int) -> None:
    text, spans = marked
    found = snippet(text, spans, length)
    shown = render(found, text, "ansi")
    shown.encode("utf-8")
    plain = shown.replace("\x1b[1;31m", "").replace("\x1b[22;39m", "")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", plain)
    assert plain == render(found, text, "plain")


@settings(max_examples=80, deadline=None)
@given(marked_texts())
def test_markdown_shows_the_text_and_the_marks_and_nothing_else(
    marked: tuple[str, tuple[tuple[int, int], ...]],
) -> None:
    text, spans = marked
    shown, bold = read_markdown(render(whole(text, spans), text, "markdown"))
    assert shown.split() == clean(text).split()
    assert list(bold) == [text[a:b] for a, b in spans]
