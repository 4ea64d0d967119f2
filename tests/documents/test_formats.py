"""What documents come out of each format."""

from __future__ import annotations

import csv
import gzip
import json
from typing import Any

import pytest

from searchlib.documents import LoadOptions, Seed
from searchlib.documents.registry import find, suffix_of
from searchlib.documents.tables.csvrows import load_csv
from searchlib.errors import SeedError
from searchlib.model.records import Block, Document, Paragraph
from searchlib.paragraphs import split


def load(name: str, data: str | bytes, notes: list[tuple[int, str]] | None = None, **options: Any) -> list[Document]:
    data = data.encode() if isinstance(data, str) else data
    told: list[tuple[int, str]] = [] if notes is None else notes

    def tell(line: int, reason: str) -> None:
        told.append((line, reason))

    seed = Seed(name, data, None, LoadOptions(**options), tell, tell)
    return list(find(suffix_of(name), name)(seed))


def one(name: str, data: str | bytes, **options: Any) -> Document:
    (document,) = load(name, data, **options)
    return document


def shown(document: Document) -> list[tuple[str, str, tuple[str, ...], int]]:
    return [(p.text, p.kind, p.headings, p.line) for p in paragraphs(document)]


def paragraphs(document: Document) -> list[Paragraph]:
    found = split(document)
    assert all(document.text[p.start : p.end] == p.text for p in found)
    return found


# -- plain text


def test_text_is_named_by_its_title_line_or_else_by_its_file() -> None:
    assert one("a/notes.txt", "A Title\n\nText.").title == "A Title"
    assert (
        one("a/notes.txt", "Only text.").title == one("a/notes.txt.gz", gzip.compress(b"Only text.")).title == "notes"
    )
    assert one("a/README", "Only text.").title == "README"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_is_read_in_the_encoding_it_has(encoding: str) -> None:
    text = "Déjà vu\n\nLes élèves étaient très gênés à l’école où la forêt brûlait.\n\nOù est-ce?"
    assert one("a.txt", text.replace("\n", "\r\n").encode(encoding)).text == text


def test_without_charset_normalizer_bytes_that_are_not_utf_8_are_windows_1252(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "charset_normalizer", None)
    assert one("a.txt", b"caf\xe9 \x93hot\x94").text == "café “hot”"


def test_an_encoding_can_be_given() -> None:
    assert one("a.txt", "привет".encode("koi8-r"), encoding="koi8-r").text == "привет"
    with pytest.raises(SeedError, match="not utf-8"):
        load("a.txt", b"\xff", encoding="utf-8")


def test_binary_files_are_said_to_be() -> None:
    for name in ("a.txt", "a.md", "a.html", "a.jsonl", "a.csv", "a.json"):
        with pytest.raises(SeedError, match="binary file"):
            load(name, b"PK\x03\x04\x00\x00\x00")


def test_lone_surrogates_and_nuls_never_come_out() -> None:
    text = one("a.jsonl", '{"text": "a\\ud800b\\u0000c \\ud83d\\ude00"}').text
    assert text == "a\ufffdb\ufffdc 😀"


# -- Markdown

MARKDOWN = """\
---
title: The Handbook
lang: en-GB
date: 2024-05-01
tags: [one, two]
author: {name: Ada}
---
# Head *one*

Some **bold** text with [a link](http://example.org/x), ![a picture](p.png) and `code`,
wrapped<br>and <b>inline</b> HTML &amp; more.

## Sub
- first
  - nested
- second

> quoted

```py
def f():

    return 1
```

| a | b |
|---|---|
| 1 | **2** |

### Empty

## Last
The end.
"""


def test_markdown_is_what_its_reader_sees_in_blocks_under_their_headings() -> None:
    document = one("handbook.md", MARKDOWN)
    assert shown(document) == [
        (
            "Some bold text with a link, a picture and code,\nwrapped\nand inline HTML & more.",
            "text",
            ("Head one",),
            10,
        ),
        ("first", "item", ("Head one", "Sub"), 14),
        ("nested", "item", ("Head one", "Sub"), 15),
        ("second", "item", ("Head one", "Sub"), 16),
        ("quoted", "quote", ("Head one", "Sub"), 18),
        ("def f():\n\n    return 1", "code", ("Head one", "Sub"), 21),
        ("a | b\n1 | 2", "table", ("Head one", "Sub"), 26),
        ("Empty", "heading", ("Head one", "Sub"), 30),
        ("The end.", "text", ("Head one", "Last"), 33),
    ]


def test_front_matter_is_title_language_and_metadata() -> None:
    document = one("handbook.md", MARKDOWN)
    assert (document.title, document.language, document.type) == ("The Handbook", "en", "markdown")
    assert document.metadata == {"date": "2024-05-01", "tags": ("one", "two"), "author.name": "Ada"}
    toml = one("a.md", '+++\ntitle = "T"\ndate = 2024-05-01T10:00:00\n+++\nText.')
    assert (toml.title, toml.metadata, toml.text) == ("T", {"date": "2024-05-01T10:00:00"}, "Text.")


def test_front_matter_that_does_not_parse_is_noted_and_kept_as_text() -> None:
    notes: list[tuple[int, str]] = []
    (document,) = load("a.md", "---\n[: broken\n---\nText.", notes)
    assert "broken" in document.text and "Text." in document.text
    assert notes[0][1].startswith("front matter")


def test_marks_that_mean_nothing_and_line_breaks_stay_as_they_are_seen_in_markdown() -> None:
    assert one("a.md", "5 > 3! (so) ]\n  it is #1  \nand a\\*b &lt; c\n").text == "5 > 3! (so) ]\nit is #1\nand a*b < c"
    assert one("a.md", "5 > 3! (so) ]\n  it is #1  \nas it was\n").text == "5 > 3! (so) ]\nit is #1\nas it was"


def test_markdown_without_front_matter_is_named_by_its_first_heading_or_its_file() -> None:
    assert one("a.md", "intro\n\n# The Name\n\ntext").title == "The Name"
    assert one("a.md", "text").title == "a"


# -- HTML

PAGE = """\
<!doctype html>
<html lang="en-US">
<head><title>The   page</title>
<meta name="author" content="Ada"><meta name="keywords" content="one, two">
<meta property="og:description" content="What it is."><link rel="canonical" href="https://example.org/p">
<style>p { color: red }</style></head>
<body>
<header>Site name</header>
<nav><ul><li><a href="/">Home</a></li></ul></nav>
<div class="body" role="main">
<h1>Bisection<a class="headerlink" href="#b">¶</a></h1>
<p>Find an inser<b>tion</b> point,
quickly.<br>Next line.</p>
<dl><dt id="f">bisect(<em>a</em>, <em>x</em>)<a class="headerlink" href="#f">¶</a></dt>
<dd><p>Locate <i>x</i>.</p></dd></dl>
<ul><li>outer <ul><li>inner</li></ul> tail</li></ul>
<pre>def f():

    return 1</pre>
<blockquote><p>Quoted.</p></blockquote>
<table><caption>Data</caption><tr><th>a</th><th>b</th></tr><tr><td>1</td><td></td></tr></table>
<figure><img src="i.png" alt="A tree"><figcaption>Below it</figcaption></figure>
<p hidden>Hidden.</p><p style="display: none">Hidden too.</p><script>var hidden;</script>
<h2>Notes</h2>
<div>bare <span>text</span><p>and a paragraph</p>after it</div>
</div>
<footer>Copyright</footer>
</body></html>
"""


def test_html_is_its_main_text_in_blocks_under_their_headings() -> None:
    found = shown(one("p.html", PAGE))
    assert [(text, kind) for text, kind, _, _ in found] == [
        ("Find an insertion point, quickly.\nNext line.", "text"),
        ("bisect(a, x)", "item"),
        ("Locate x.", "item"),
        ("outer", "item"),
        ("inner", "item"),
        ("tail", "item"),
        ("def f():\n\n    return 1", "code"),
        ("Quoted.", "quote"),
        ("Data\na | b\n1 |", "table"),
        ("A tree", "text"),
        ("Below it", "text"),
        ("bare text", "text"),
        ("and a paragraph", "text"),
        ("after it", "text"),
    ]
    assert {headings for _, _, headings, _ in found} == {("Bisection",), ("Bisection", "Notes")}


def test_html_blocks_are_found_again_on_their_lines() -> None:
    lines = PAGE.split("\n")
    for text, _, _, line in shown(one("p.html", PAGE)):
        if text not in ("A tree",):
            assert text.split()[0].split("(")[0][:5] in lines[line - 1], (text, line)


def test_html_says_its_title_language_and_metadata() -> None:
    document = one("p.html", PAGE)
    assert (document.title, document.language, document.type) == ("The page", "en", "html")
    assert document.metadata == {
        "author": "Ada",
        "keywords": ("one", "two"),
        "description": "What it is.",
        "url": "https://example.org/p",
    }


def test_html_in_another_encoding_says_so_itself() -> None:
    page = '<meta charset="iso-8859-9"><p>İstanbul’da ağaç</p>'.replace("’", "'")
    assert one("p.html", page.encode("iso-8859-9")).text == "İstanbul'da ağaç"


def test_texts_that_were_said_before_are_found_on_their_own_lines() -> None:
    page = "<p>one</p>\n<p>&amp;</p>\n<p>one</p>\n<p>it is &#39;one&#39;</p>\n<p><a title='x > two'>two</a></p>"
    assert [line for _, _, _, line in shown(one("p.html", page))] == [1, 2, 3, 4, 5]


def test_a_page_that_is_all_navigation_is_kept() -> None:
    assert one("p.html", "<nav><a>Contents</a></nav>").text == "Contents"


def page_texts(body: str) -> list[str]:
    return [p.text for p in paragraphs(one("p.html", f"<title>T</title><body>{body}"))]


@pytest.mark.parametrize("region", ["main", "article", 'div class="a body b"', 'section role="main"'])
@pytest.mark.parametrize(("inside", "outside", "is_main"), [(50, 50, True), (49, 50, False), (50, 49, True)])
def test_a_region_with_half_of_a_page_is_its_main_text(region: str, inside: int, outside: int, is_main: bool) -> None:
    tag = region.partition(" ")[0]
    found = page_texts(f"<p>{'o' * outside}</p><{region}><p>{'i' * inside}</p></{tag}>")
    assert found == ["i" * inside] if is_main else found == ["o" * outside, "i" * inside]


def test_regions_of_one_sort_count_together_and_main_comes_before_article() -> None:
    assert page_texts(f"<article>{'a' * 30}</article><p>{'o' * 50}</p><article>{'b' * 30}</article>") == [
        "a" * 30,
        "b" * 30,
    ]
    assert page_texts(f"<article>{'a' * 50}</article><main>{'m' * 50}</main>") == ["m" * 50]
    assert page_texts(f"<article>{'a' * 51}</article><main>{'m' * 50}</main>") == ["a" * 51]


@pytest.mark.parametrize("name", ["headerlink", "anchor", "permalink", "anchorjs-link", "header-anchor", "x anchor y"])
@pytest.mark.parametrize(
    ("text", "seen"), [("¶", ""), ("#", ""), (" # ", ""), ("", ""), ("§2", "§2"), ("Link", "Link")]
)
def test_a_permalink_of_one_character_is_left_out(name: str, text: str, seen: str) -> None:
    assert page_texts(f'<p>Words <a class="{name}" href="#w">{text}</a></p>') == [f"Words {seen}".rstrip()]


def test_one_character_that_is_no_permalink_is_read() -> None:
    assert page_texts('<p>See <a href="#w">B</a> <a class="link" href="#w">C</a> <i class="anchor">D</i></p>') == [
        "See B C D"
    ]


def test_a_table_that_lays_out_a_page_is_not_read_as_data() -> None:
    page = "<table><tr><td><h1>T</h1><p>one</p><p>two</p></td><td>side</td></tr></table>"
    assert [kind for _, kind, _, _ in shown(one("p.html", page))] == ["text", "text", "text"]


# -- rows


def test_a_line_of_json_lines_is_a_document_by_the_usual_names() -> None:
    rows = [
        {"_id": "a1", "title": "T", "text": "One.\n\nTwo.", "lang": "de", "year": 1999, "tags": ["x"], "deep": {"a": 1}}
    ]
    (document,) = load("c.jsonl", "\n" + "\n".join(map(json.dumps, rows)))
    assert (document.path, document.title, document.language, document.line) == ("c.jsonl#a1", "T", "de", 2)
    assert document.metadata == {"year": 1999, "tags": ("x",), "deep.a": 1}
    assert [p.line for p in paragraphs(document)] == [2, 2]


def test_a_row_without_text_is_found_by_its_title_and_one_without_either_is_noted() -> None:
    notes: list[tuple[int, str]] = []
    found = load("c.jsonl", '{"id": 1, "title": "T", "text": ""}\n{"id": 2, "text": " "}\n', notes)
    assert [(d.path, d.text) for d in found] == [("c.jsonl#1", "T")]
    assert notes == [(2, "row without text")]


def test_bad_rows_are_noted_with_their_lines_and_the_others_are_read() -> None:
    notes: list[tuple[int, str]] = []
    data = b'{"text": "one"}\nnonsense\n[1]\n' + b"[" * 100_000 + b'\n{"text": "caf\xc3\xa9 \xff"}\n'
    found = load("c.jsonl", data, notes)
    assert [d.text for d in found] == ["one", "café \ufffd"]
    assert [line for line, _ in notes] == [2, 3, 4, 5]


def test_rows_are_numbered_where_they_have_no_id_and_an_id_said_twice_is_told_apart() -> None:
    notes: list[tuple[int, str]] = []
    found = load("c.csv", "id,text\nx,one\nx,two\n,three\n", notes)
    assert [d.path for d in found] == ["c.csv#x", "c.csv#x#2", "c.csv#3"]
    assert notes == [(3, "id x was there before; indexed as x#2")]


def test_csv_cells_may_have_line_breaks_and_a_row_knows_the_line_its_text_begins_on() -> None:
    found = load("c.csv", 'id,title,text\n1,"a\nb","one\n\ntwo"\n2,c,three\n')
    assert [(d.title, d.line) for d in found] == [("a b", 3), ("c", 6)]
    assert [p.line for p in paragraphs(found[0])] == [3, 5]


@pytest.mark.parametrize(
    "data", ["id;text\n1;a, b\n", "id\ttext\n1\ta, b\n", "id|text\n1|a, b\n", 'id,text\r1,"a, b"\r']
)
def test_csv_may_be_separated_by_other_things(data: str) -> None:
    assert one("c.csv", data).text == "a, b"
    if "\t" in data:
        assert one("c.tsv", data).text == "a, b"


def test_columns_can_be_named() -> None:
    document = one(
        "c.csv",
        "Nr,Frage,Antwort,Jahr,Rest\n7,Q,A,1999,x\n",
        id="Nr", title="Frage", text=("Frage", "Antwort"), metadata=("Jahr",),
    )  # fmt: skip
    assert (document.path, document.title, document.text, document.metadata) == (
        "c.csv#7",
        "Q",
        "Q\n\nA",
        {"Jahr": "1999"},
    )


def test_rows_without_a_text_column_are_found_by_all_their_cells() -> None:
    assert one("c.csv", "year,president\n1819,Monroe\n").text == "year: 1819\npresident: Monroe"


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".json"])
def test_a_row_without_a_text_column_is_one_paragraph_and_its_columns_are_metadata(suffix: str) -> None:
    row = {"id": "7", "year": "1819", "remark": "- an item\n\n1. Another one.", "president": "Monroe", "empty": ""}
    data = json.dumps(row)
    if suffix == ".csv":
        data = 'id,year,remark,president,empty\n7,1819,"- an item\n\n1. Another one.",Monroe,\n'
    document = one("c" + suffix, data)
    text = "year: 1819\nremark: - an item 1. Another one.\npresident: Monroe"
    line = 2 if suffix == ".csv" else 1
    assert shown(document) == [(text, "table", (), line)]
    assert document.blocks == (Block(0, len(text), "table", (), line),)
    assert document.metadata == {"year": "1819", "remark": row["remark"], "president": "Monroe"}


def test_paragraphs_of_a_csv_row_know_their_lines_in_one_cell_and_are_on_the_row_s_line_in_several() -> None:
    data = 'title,abstract,text\nT,,"one\n\ntwo"\n"T\nU","a\n\nb",c\nv,v,w\n'
    assert [[(p.text, p.line) for p in paragraphs(d)] for d in load("c.csv", data)] == [
        [("one", 2), ("two", 4)],
        [("a", 5), ("b", 5), ("c", 5)],
        [("w", 9)],
    ]
    long = one("c.csv", "a,b\n" + ",".join(['"' + "word " * 300 + '"'] * 2) + "\n")
    assert [(p.kind, p.line) for p in paragraphs(long)] == [("table", 2)] * 2


def test_paragraphs_of_a_json_object_are_on_the_line_it_begins_on() -> None:
    data = '\n[\n  {"text": "a\\n\\nb"}, {"x": "y"},\n\n 3,\n  {\n "text": "c"}\n]\n'
    notes: list[tuple[int, str]] = []
    found = load("c.json", data, notes)
    assert [[p.line for p in paragraphs(d)] for d in found] == [[3, 3], [3], [6]]
    assert notes == [(5, "item 3 is not a JSON object")]
    assert [p.line for p in paragraphs(one("c.json", '\n{"text":\n "a\\n\\nb"}'))] == [2, 2]
    assert load("c.json", " [ ] ") == []
    for bad in ('[{"text": "a"},]', '[{"text": "a"}', '[{"text": "a"}] x', "[", "[,]", '[{"text": "a"} {}]', ""):
        with pytest.raises(SeedError, match="not JSON"):
            load("c.json", bad)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("swe", "sv"), ("German", "de"), ("deu", "de"), ("ger", "de"), ("EN", "en"), ("pt-BR", "pt"), ("en_US", "en"),
        (" jpn ", "ja"), ("Vietnamese", "vi"), ("ces", "cs"), ("nb", "no"), ("zho-Hant", "zh"), ("la", "la"),
        ("und", ""), ("unknown", ""), ("?", ""), ("Klingon", ""), ("日本語", ""),
    ],
)  # fmt: skip
def test_a_language_column_may_have_tags_iso_639_2_codes_or_english_names(said: str, code: str) -> None:
    assert one("c.jsonl", json.dumps({"text": "a", "lang": said})).language == code


def test_a_quote_that_is_never_closed_costs_one_field_and_not_the_file() -> None:
    before = csv.field_size_limit(10_000)
    notes: list[tuple[int, str]] = []
    text = 'id,text\n1,"open\n' + "2,some more text\n" * 2000
    try:
        seed = Seed("c.csv", text.encode(), skips=lambda line, reason: notes.append((line, reason)))
        found = list(load_csv(seed, max_field=10_000))
    finally:
        csv.field_size_limit(before)
    assert "not CSV" in notes[0][1]
    assert len(found) > 1000


def test_json_is_a_list_of_objects_or_one() -> None:
    assert [d.path for d in load("c.json", '[{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]')] == [
        "c.json#1",
        "c.json#2",
    ]
    assert one("c.json", '{"text": "a"}').text == "a"
    with pytest.raises(SeedError, match="not JSON"):
        load("c.json", "{")


def test_a_legacy_csv_is_read_in_its_encoding_from_the_first_line_that_needs_it() -> None:
    found = load(
        "c.csv", "id,text\n1,plain\n2,Les élèves étaient très gênés à l'école où la forêt brûlait\n".encode("cp1252")
    )
    assert found[1].text == "Les élèves étaient très gênés à l'école où la forêt brûlait"


# -- rows: what is nested, what is not closed, what Excel is told


def rows_of(name: str, text: str) -> tuple[list[Document], list[tuple[int, str]]]:
    """The documents of a seed, and what was noted of its lines."""
    notes: list[tuple[int, str]] = []
    return load(name, text, notes), notes


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.md"])
def test_what_is_nested_far_is_no_metadata_and_told(name: str) -> None:
    nested = {"a": {"b": {"c": 1, "d": {"e": 2}, "f": {}}, "g": {"h": {"i": 3}}}, "text": "A harbour."}
    source = json.dumps(nested)
    (document,), notes = rows_of(name, f"---\n{source}\n---\nA harbour.\n" if name == "a.md" else source)
    assert {key: value for key, value in document.metadata.items() if key != "text"} == {"a.b.c": 1}
    ((_, said),) = notes
    assert said.startswith("what is nested in 'a.b.d' and 1 more is no metadata: keys have up to 3 names, as in a.b.c")


def test_nested_values_of_json_rows_are_kept_as_those_of_front_matter_are() -> None:
    nested = {"author": {"name": "Ann", "born": {"year": 1912}}, "tags": ["a", {"b": 1}], "empty": {}, "none": None}
    (row,), _ = rows_of("a.jsonl", json.dumps({"text": "A harbour.", **nested}))
    (page,), _ = rows_of("a.md", f"---\n{json.dumps(nested)}\n---\nA harbour.\n")
    assert row.metadata == page.metadata
    assert row.metadata == {"author.name": "Ann", "author.born.year": 1912, "tags": ("a", "b: 1")}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id,text\n1,"never closed\n2,harbour\n3,winter\n', 2),
        ('id,text\n1,harbour\n2,"one ""word"" \nnever closed\n', 3),
        ('id,text\n1,harbour\n2,"closed\nhere"\n', 0),
        ('id,text\n1,"harbour"\n', 0),
    ],
)
def test_a_quote_that_is_not_closed_is_noted_with_its_line(text: str, line: int) -> None:
    _, noted = rows_of("a.csv", text)
    assert noted == ([(line, "a quote that opens here is not closed: all that follows is one row")] if line else [])


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
def test_a_first_line_that_names_the_delimiter_is_no_header(first: str) -> None:
    (document,), _ = rows_of("a.csv", f"{first}\nid;text;year\nx;A harbour, closed.;1912\n")
    assert (document.path, document.text, document.metadata) == ("a.csv#x", "A harbour, closed.", {"year": "1912"})
    assert document.line == 3
