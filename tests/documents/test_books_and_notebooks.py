"""E-books, notebooks and subtitles: where people find what is in them."""

from __future__ import annotations

import json

import pytest
from packing import packed
from reading import one, placed, shown, texts

from searchlib import SeedError

# -- EPUB

CONTAINER = '<container><rootfiles><rootfile full-path="O/c.opf"/></rootfiles></container>'
OPF = """<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>The Sea</dc:title><dc:creator>Ann Poe</dc:creator><dc:language>de-AT</dc:language></metadata>
<manifest><item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="a" href="t/a%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="b" href="t/b.xhtml" media-type="application/xhtml+xml"/>
<item id="p" href="p.png" media-type="image/png"/></manifest>
<spine><itemref idref="n"/><itemref idref="p"/><itemref idref="b"/><itemref idref="a"/></spine></package>"""
NAV = '<nav epub:type="toc"><ol><li><a href="t/a%20b.xhtml#x">Chapter One</a></li></ol></nav>'


def page(body: str) -> str:
    return (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>x</title></head><body>{body}</body></html>"
    )


def book(**parts: str) -> bytes:
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "O/c.opf": OPF,
            "O/nav.xhtml": page(NAV),
            "O/t/a b.xhtml": page("<h1>One</h1><h2>Sub</h2><p>Text<a href='#n1'>1</a> one.</p>"),
            "O/t/b.xhtml": page("<p>A preface.</p>"),
            **{f"META-INF/{name}.xml": inner for name, inner in parts.items()},
        }
    )


def test_a_book_has_its_chapters_in_the_order_of_reading_with_places_that_readers_can_open() -> None:
    found = one("a.epub", book())
    assert (found.title, found.language, found.metadata["author"]) == ("The Sea", "de", "Ann Poe")
    assert placed(found) == [("chapter 1", "A preface."), ("chapter 2 “Chapter One”", "Text¹ one.")]
    assert shown(found)[1] == ("text", "One > Sub", "Text¹ one.")
    assert found.blocks is not None
    assert found.blocks[0].locators[0].address[0] == "epubcfi(/6/6!/4)"


def test_a_book_that_its_seller_locked_is_told_and_one_with_hidden_fonts_is_read() -> None:
    def encrypted(algorithm: str, part: str) -> str:
        return (
            f'<encryption><EncryptedData><EncryptionMethod Algorithm="{algorithm}"/>'
            f'<CipherData><CipherReference URI="{part}"/></CipherData></EncryptedData></encryption>'
        )

    fonts = encrypted("http://www.idpf.org/2008/embedding", "O/font.otf")
    assert one("a.epub", book(encryption=fonts)).title == "The Sea"
    with pytest.raises(SeedError, match="locked by its seller"):
        one("a.epub", book(encryption=encrypted("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "O/t/b.xhtml")))
    with pytest.raises(SeedError, match="no EPUB: does not say"):
        one("a.epub", packed({"a.xhtml": page("x")}))


# -- notebooks


def test_cells_of_a_notebook_are_text_code_and_what_it_printed() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Tides\n", "\n", "Text *here*.\n", "\n", "## Data"]},
        {
            "cell_type": "code",
            "execution_count": 3,
            "source": "x = 1\nprint(x)",
            "outputs": [
                {"output_type": "stream", "text": ["\x1b[31m1\x1b[0m\n"]},
                {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}},
                {"output_type": "error", "ename": "ValueError", "evalue": "no tide", "traceback": ["long"]},
            ],
        },
        {"cell_type": "raw", "source": "Raw."},
    ]
    found = one("a.ipynb", json.dumps({"nbformat": 4, "cells": cells, "metadata": {"kernelspec": {"language": "R"}}}))
    assert (found.title, dict(found.metadata)) == ("Tides", {"code": "R"})
    assert placed(found) == [
        ("cell 1", "Text here."),
        ("cell 2 “In [3]”", "x = 1\nprint(x)"),
        ("cell 2 “In [3]”", "1"),
        ("cell 2 “In [3]”", "ValueError: no tide"),
        ("cell 3", "Raw."),
    ]
    assert shown(found)[1] == ("code", "Tides > Data", "x = 1\nprint(x)")


def test_notebooks_of_before_are_read_and_what_is_none_is_told() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Tides"]},
        {"cell_type": "code", "input": ["x = 1"], "prompt_number": 1, "outputs": [{"text": ["one"]}]},
    ]
    assert shown(one("a.ipynb", json.dumps({"worksheets": [{"cells": cells}]}))) == [
        ("code", "Tides", "x = 1"),
        ("code", "Tides", "one"),
    ]
    for data, told in (("{", "is not JSON"), ('{"a": 1}', "has no cells"), ("[" * 100_000, "is not JSON")):
        with pytest.raises(SeedError, match=told):
            one("a.ipynb", data)


# -- subtitles

SRT = """1
00:00:01,000 --> 00:00:03,000
<i>The quick brown fox</i>

2
00:00:03,100 --> 00:00:05,500
{\\an8}jumps over.

3
00:01:00,000 --> 00:01:02,000
- Who?
- Me.
4
00:01:02,000 --> 00:01:03,000
The end.
"""


def test_what_is_said_goes_on_over_cues_and_says_when() -> None:
    assert placed(one("a.srt", SRT)) == [
        ("time 0:00:01–0:00:05.5, line 3", "The quick brown fox\njumps over."),
        ("time 0:01:00–0:01:03, line 11", "- Who?\n- Me.\nThe end."),
    ]


def test_speakers_are_named_and_what_stays_on_the_screen_is_said_once() -> None:
    source = (
        "WEBVTT - x\n\nNOTE\nnothing\n\n00:01.000 --> 00:03.000 align:start\n<v.loud Ann>Salt &amp; sea\n\n"
        "00:03.000 --> 00:04.000\n<v Bo>Yes.\n\n00:04.000 --> 00:05.000\nrolling text\n\n"
        "00:05.000 --> 00:06.000\nrolling text\ngoes<00:05.500> on\n"
    )
    assert placed(one("a.vtt", source)) == [
        ("time 0:00:01–0:00:03, line 7", "Ann: Salt & sea"),
        ("time 0:00:03–0:00:06, line 10", "Bo: Yes.\nrolling text\ngoes on"),
    ]


def test_what_is_said_again_is_there_again() -> None:
    source = "00:00:01,000 --> 00:00:02,000\nNo!\n\n00:00:02,200 --> 00:00:03,000\nNo!\n"
    assert texts("a.srt", source) == ["No!\nNo!"]


def test_what_has_no_times_is_no_subtitles() -> None:
    with pytest.raises(SeedError, match="no subtitles"):
        one("a.srt", "Dear Bo,")
    assert texts("a.vtt", "WEBVTT\n\n") == []
