"""Markup: what each format makes of a snippet, and what it lets through of the text (nothing)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.errors import SettingsError
from searchlib.highlight import Fragment, Snippet, snippet, whole
from searchlib.render import FORMATS, as_dicts, clean, render

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
    assert as_dicts(Snippet((Fragment(4, 7, ((4, 7),)),), len(text)), text) == [
        {"text": "two", "start": 4, "end": 7, "spans": [[4, 7]]}
    ]


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
    """The text and the bold parts of what a CommonMark parser makes of ``source``; anything but paragraphs fails."""
    markdown_it = pytest.importorskip("markdown_it")
    return read_html(markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(source), "strong", ("p", "br"))


def read_html(page: str, mark: str, others: tuple[str, ...] = ()) -> tuple[str, list[str]]:
    """The text and the marked parts of a page, as an HTML parser reads it; a tag of any other kind fails."""
    reader = Reader(mark, others)
    reader.feed(page)
    reader.close()
    return "".join(reader.text), reader.marked


class Reader(HTMLParser):
    def __init__(self, mark: str, others: tuple[str, ...]) -> None:
        super().__init__(convert_charrefs=True)
        self.mark, self.others = mark, others
        self.text: list[str] = []
        self.marked: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in (self.mark, *self.others) and not attributes, tag
        if tag == self.mark:
            assert not self.inside
            self.inside = True
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != self.mark

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.inside:
            self.marked[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


@pytest.mark.parametrize("text", LITERAL)
def test_markdown_renders_literally(text: str) -> None:
    assert read_markdown(render(whole(text), text, "markdown"))[0].split() == text.split()


characters = st.sampled_from(
    [*"ab1 \n\t<>&\"'*_`~#+-=.!()[]{}|\\:/@$^%…", "é", "東", "\x1b", "\x00", "\x9b", "\u202e", "\ud800", "😀", "\r"]
)
hostile_texts = st.lists(characters, max_size=60).map("".join) | st.text(max_size=40)


Marked = tuple[str, tuple[tuple[int, int], ...]]


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, tuple[tuple[int, int], ...]]:
    text = draw(hostile_texts)
    words = [match.span() for match in re.finditer(r"[^\W_]+", text)]
    return text, tuple(sorted(draw(st.lists(st.sampled_from(words), max_size=4, unique=True)))) if words else ()


def spans_shown(found: Snippet, text: str) -> list[str]:
    return [text[a:b] for fragment in found.fragments for a, b in fragment.spans]


@examples(150)
@given(marked_texts(), st.integers(20, 60), st.integers(1, 3))
def test_html_shows_the_text_and_the_marks_and_nothing_else(marked: Marked, length: int, count: int) -> None:
    """text(html(snippet)) == plain(snippet); the marks are the spans."""
    text, spans = marked
    found = snippet(text, spans, length, count)
    page = render(found, text, "html")
    assert "<" not in page.replace("<mark>", "").replace("</mark>", "")
    assert read_html(page, "mark") == (render(found, text, "plain"), spans_shown(found, text))


@examples(150)
@given(marked_texts(), st.integers(20, 60), st.integers(1, 3))
def test_ansi_has_no_controls_but_its_own(marked: Marked, length: int, count: int) -> None:
    """ansi(snippet) without SGR == plain(snippet), in which there are no controls; the marks are the spans."""
    text, spans = marked
    found = snippet(text, spans, length, count)
    shown = render(found, text, "ansi")
    shown.encode("utf-8")
    plain = re.sub(r"\x1b\[(1;31|22;39)m", "", shown)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", plain)
    assert plain == render(found, text, "plain")
    assert re.findall(r"\x1b\[1;31m(.*?)\x1b\[22;39m", shown, re.DOTALL) == spans_shown(found, text)


@examples(200)
@given(marked_texts(), st.integers(20, 60), st.integers(1, 3))
def test_markdown_shows_the_text_and_the_marks_and_nothing_else(marked: Marked, length: int, count: int) -> None:
    """text(markdown(snippet)) == plain(snippet), white space apart; what is bold are the spans."""
    text, spans = marked
    for found in (whole(text, spans), snippet(text, spans, length, count)):
        shown, bold = read_markdown(render(found, text, "markdown"))
        assert shown.split() == render(found, text, "plain").split()
        assert bold == spans_shown(found, text)


@examples(80)
@given(marked_texts(), st.integers(20, 60), st.integers(1, 3))
def test_json_has_the_text_of_every_range(marked: Marked, length: int, count: int) -> None:
    """text[start:end] is the text of each snippet, and its spans lie in it."""
    text, spans = marked
    for part in as_dicts(snippet(text, spans, length, count), text):
        assert part["text"] == text[part["start"] : part["end"]]
        assert all(part["start"] <= start < end <= part["end"] for start, end in part["spans"])
        assert {tuple(span) for span in part["spans"]} <= set(spans)
