"""What a person who reads a page sees of it: raised digits, ruby, front matter of articles, tables; and XHTML."""

from __future__ import annotations

import pytest

from searchlib.analysis import split_words
from searchlib.documents import Seed, registry
from searchlib.model.records import Document
from searchlib.paragraphs import split


def load(name: str, source: str | bytes) -> Document:
    data = source if isinstance(source, bytes) else source.encode()
    (document,) = registry.find(registry.suffix_of(name), name)(Seed(name, data))
    return document


def paragraphs(source: str, name: str = "a.html") -> list[str]:
    return [paragraph.text for paragraph in split(load(name, source))]


XML = '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'


@pytest.mark.parametrize("empty", ['<script src="b.js"/>', "<title/>", "<style/>", '<a id="x"/>', "<textarea />"])
@pytest.mark.parametrize("name", ["a.xhtml", "a.html"])
def test_what_closes_itself_in_xhtml_does_not_hide_what_follows(empty: str, name: str) -> None:
    assert paragraphs(f"{XML}<head></head><body>{empty}<p>One<br/>line.</p><p>Two.</p></body></html>", name) == [
        "One\nline.",
        "Two.",
    ]


def test_a_character_section_of_xhtml_is_text_and_lines_stay() -> None:
    document = load("a.xhtml", f"{XML}\n<body>\n<p>a <![CDATA[<b> & c]]></p>\n<p>second</p></body></html>")
    assert document.text == "a <b> & c\n\nsecond"
    assert [block.line for block in document.blocks or ()] == [4, 5]


def test_an_xml_declaration_names_the_encoding() -> None:
    source = XML.replace("utf-8", "koi8-r") + "<body><p>Погода</p></body></html>"
    assert load("a.xhtml", source.encode("koi8-r")).text == "Погода"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('salinity<a href="#fn1"><sup>1</sup></a> rose', "salinity¹ rose"),
        ('salinity<sup><a href="#fn1">12</a></sup> rose', "salinity¹² rose"),
        ("salinity<sup>1,2</sup> rose<sup>[3]</sup>", "salinity¹,² rose[3]"),
        ('salinity<a href="#n3">3</a> rose', "salinity³ rose"),
        ('salinity<a href="#n3" role="doc-noteref">4</a> rose', "salinity⁴ rose"),
        ('salinity<a href="#na"><sup>a</sup></a> rose', "salinity a rose"),
        ("10<sup>6</sup> and 10<sup>-6</sup>", "10⁶ and 10⁻⁶"),
        ("the 1<sup>st</sup> of M<sup>me</sup> Curie", "the 1st of Mme Curie"),
        ("H<sub>2</sub>O", "H2O"),
        ('chapter <a href="#c1">1</a> and <a href="#c2">2</a>', "chapter 1 and 2"),
    ],
)
def test_a_mark_ends_the_word_that_it_stands_at(source: str, text: str) -> None:
    assert paragraphs(f"<p>{source}</p>") == [text]


def test_markdown_has_the_marks_and_ruby_of_its_html() -> None:
    source = "note<sup>2</sup> of 10<sup>6</sup>, <ruby>東<rp>(</rp><rt>とう</rt>京<rt>きょう</rt></ruby>\n\n"
    assert load("a.md", source + "<div>10<sup>6</sup> <ruby>漢<rt>かん</rt>字</ruby></div>\n").text == (
        "note² of 10⁶, 東京\n\n10⁶ 漢字"
    )


@pytest.mark.parametrize("digit", "⁰¹²³⁴⁵⁶⁷⁸⁹")
@pytest.mark.parametrize("beside", ["", "ж", "東", "𐐀"])
def test_raised_digits_are_words_of_their_own(digit: str, beside: str) -> None:
    assert split_words(f"{beside} pelican{digit} 10{digit}m")[-5:] == ["pelican", digit, "10", digit, "m"]
    assert split_words("H₂O") == ["H₂O"]


def test_ruby_is_its_base() -> None:
    source = "<ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>の<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>"
    assert paragraphs(source) == ["東京の漢字"]


BODY = "<p>" + "The tide was measured. " * 20 + "</p>"
ABSTRACT = '<header><h1>Tides</h1><div class="abstract"><p>We studied estuaries.</p></div></header>'


@pytest.mark.parametrize("wrapped", [BODY, f"<main>{BODY}</main>", f"<article>{BODY}</article>"])
def test_the_header_of_an_article_is_text(wrapped: str) -> None:
    found = split(load("a.html", f"<body>{ABSTRACT}{wrapped}</body>"))
    assert [(paragraph.text[:21], paragraph.headings) for paragraph in found] == [
        ("We studied estuaries.", ("Tides",)),
        ("The tide was measured", ("Tides",)),
    ]


@pytest.mark.parametrize("around", ["blockquote", "figure", "section"])
def test_a_footer_within_the_text_is_text(around: str) -> None:
    assert paragraphs(f"<body>{BODY}<{around}><p>Quote it</p><footer>Ann Poe</footer></{around}></body>")[1:] == [
        "Quote it",
        "Ann Poe",
    ]


def test_notes_in_the_footer_and_remarks_at_the_side_are_text() -> None:
    note = "1. A note of some length on how the instrument was calibrated, which a reader of the text will want."
    found = paragraphs(f"<body>{BODY}<aside><p>A remark.</p></aside><footer><ol><li>{note}</li></ol></footer></body>")
    assert found[1:] == ["A remark.", note]


@pytest.mark.parametrize(
    "chrome",
    [
        '<header><a href="/">Example</a></header>',
        '<div role="banner"><a href="/">Example</a></div>',
        '<aside><ul><li><a href="/a">Other pages</a></li><li><a href="/b">More of them</a></li></ul></aside>',
        "<footer><p>© 2020 Example. All rights reserved.</p></footer>",
        '<div role="search"><p>Find</p></div>',
        "<nav><p>Contents</p></nav>",
    ],
)
def test_navigation_is_left_out(chrome: str) -> None:
    assert len(paragraphs(f"<body>{chrome}{BODY}</body>")) == 1


HEADS = "<tr><th>Name</th><th>Likes</th></tr>"
CELLS = (
    "<tr><td>Ann</td><td><ul><li>tea</li><li>rain</li></ul></td></tr><tr><td>Bob</td><td><p>one</p><p>two</p></td></tr>"
)


@pytest.mark.parametrize("heads", [HEADS, f"<thead>{HEADS.replace('th>', 'td>')}</thead>", ""])
def test_a_row_stays_together_whatever_is_in_its_cells(heads: str) -> None:
    rows = (["Name | Likes"] if heads else []) + ["Ann | tea rain", "Bob | one two"]
    (table,) = split(load("a.html", f"<table>{heads}{CELLS}</table>"))
    assert (table.kind, table.text.split("\n")) == ("table", rows)


@pytest.mark.parametrize(
    "layout",
    [
        "<table><tr><td colspan=2><h1>Top</h1></td></tr><tr><td><p>left</p><p>more</p></td><td>right</td></tr></table>",
        "<table role=presentation><tr><td><p>left</p><p>x</p></td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
        "<table><tr><td><p>left</p><p>x</p></td><td>b</td></tr></table>",
        f"<table><tr><td>{BODY}{BODY}</td><td>{BODY}</td></tr><tr><td>{BODY}</td><td>{BODY}</td></tr></table>",
    ],
)
def test_a_table_that_lays_out_a_page_is_no_table(layout: str) -> None:
    assert "table" not in {paragraph.kind for paragraph in split(load("a.html", layout))}


def test_a_page_without_text_is_found_by_its_title() -> None:
    assert paragraphs("<title>A map of the bay</title><body><img src=a.png></body>") == ["A map of the bay"]
