"""XML: DocBook, TEI and JATS by their own structure, any other as text."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import one, placed, shown, texts

from searchlib import SeedError

DOCBOOK = """<?xml version="1.0"?>
<!DOCTYPE book PUBLIC "-//OASIS//DTD DocBook XML V4.5//EN" "http://example.org/docbookx.dtd" [<!ENTITY sea "Sea">]>
<book lang="en"><bookinfo><title>The &sea;</title><author><firstname>Ann</firstname><surname>Poe</surname></author>
<pubdate>2020-05</pubdate></bookinfo>
<chapter><title>One</title><para>Text &mdash; with <emphasis>em</emphasis><footnote><para>A note.</para></footnote> and
<itemizedlist><listitem><para>an item</para></listitem></itemizedlist>after.<indexterm><primary>x</primary></indexterm>
</para>
<section><title>Sub</title><programlisting>x = 1
  y</programlisting><table><title>Costs</title><tgroup><tbody><row><entry>a</entry><entry>b</entry></row></tbody></tgroup>
</table><figure><title>A boat</title><mediaobject/></figure></section></chapter>
<chapter><title>Two</title><note><para>More.</para></note></chapter></book>"""


def test_docbook_has_chapters_notes_items_code_and_tables() -> None:
    found = one("a.xml", DOCBOOK)
    assert (found.title, found.type, found.language) == ("The Sea", "docbook", "en")
    assert dict(found.metadata) == {"author": "Ann Poe", "date": "2020-05"}
    assert shown(found) == [
        ("text", "The Sea > One", "Text — with em¹ and"),
        ("text", "The Sea > One", "¹ A note."),
        ("item", "The Sea > One", "an item"),
        ("text", "The Sea > One", "after."),
        ("code", "The Sea > One > Sub", "x = 1\n  y"),
        ("text", "The Sea > One > Sub", "Costs"),
        ("table", "The Sea > One > Sub", "a | b"),
        ("text", "The Sea > One > Sub", "A boat"),
        ("text", "The Sea > Two", "More."),
    ]


def test_tei_has_pages_verses_speakers_and_the_text_as_it_was_corrected() -> None:
    source = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>A Play</title>
    <author>Poe</author></titleStmt></fileDesc></teiHeader><text><body><div><head>Act 1</head><pb n="iv"/>
    <sp><speaker>ANN</speaker><p>Hello <choice><sic>wrld</sic><corr>world</corr></choice>.<note>Note.</note></p></sp>
    <lg><l>Line one</l><l>line two</l></lg><pb n="5"/><p>Page<lb/>five.</p></div></body></text></TEI>"""
    found = one("a.xml", source)
    assert (found.title, found.type, found.metadata["author"]) == ("A Play", "tei", "Poe")
    assert placed(found) == [
        ("page 1 “iv”", "ANN"),
        ("page 1 “iv”", "Hello world.¹"),
        ("page 1 “iv”", "¹ Note."),
        ("page 1 “iv”", "Line one\nline two"),
        ("page 2 “5”", "Page five."),
    ]
    assert {headings for _, headings, _ in shown(found)} == {"A Play > Act 1"}


def test_jats_has_abstract_sections_captions_tables_and_references() -> None:
    source = """<article><front><journal-meta><journal-title>J</journal-title></journal-meta><article-meta>
    <title-group><article-title>On <italic>Tides</italic></article-title></title-group><contrib-group>
    <contrib contrib-type="author"><name><surname>Poe</surname><given-names>Ann</given-names></name></contrib>
    </contrib-group><pub-date><year>2020</year><month>5</month></pub-date><abstract><p>We studied.</p></abstract>
    </article-meta></front><body><sec><title>Methods</title><p>We measured 10<sup>6</sup> (<xref>Fig 1</xref>).</p>
    <fig><label>Figure 1</label><caption><p>A caption.</p></caption></fig><table-wrap><label>Table 1</label><caption>
    <title>Costs</title></caption><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></table-wrap>
    </sec></body><back><ref-list><title>References</title><ref><label>1</label>
    <mixed-citation>Poe. Sea.</mixed-citation></ref></ref-list></back></article>"""
    found = one("a.nxml", source)
    assert (found.title, found.type) == ("On Tides", "jats")
    assert dict(found.metadata) == {"author": "Ann Poe", "date": "2020-05"}
    assert shown(found) == [
        ("text", "On Tides", "We studied."),
        ("text", "On Tides > Methods", "We measured 10⁶ (Fig 1)."),
        ("text", "On Tides > Methods", "Figure 1 A caption."),
        ("text", "On Tides > Methods", "Table 1 Costs"),
        ("table", "On Tides > Methods", "a | b\n1 | 2"),
        ("item", "On Tides > References", "1 Poe. Sea."),
    ]


def test_other_xml_is_text_and_pages_in_xml_are_pages() -> None:
    source = (
        '<catalog><item id="1"><name>Boat</name><desc>A <b>red</b> boat.</desc></item><!-- no --><x>Sea</x></catalog>'
    )
    assert texts("a.xml", source) == ["Boat", "A red boat.", "Sea"]
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><h1>T</h1><p>x</p></body></html>'
    assert one("a.xml", page).type == "html"
    assert (
        one("a.xml", '<?xml version="1.0" encoding="iso-8859-1"?><a>Stra\xdfe</a>'.encode("latin-1")).text == "Straße"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("<a>", "no XML, or damaged"),
        ("no xml", "no XML, or damaged"),
        ("<!DOCTYPE a [<!ENTITY x 'xxxxxxxx'><!ENTITY y '&x;&x;&x;'>]><a>&y;</a>", "declares the entity 'y'"),
        (f"<!DOCTYPE a [<!ENTITY x '{'x' * 5000}'>]><a>&x;</a>", "declares the entity 'x'"),
        ("<a>" * 3000 + "x" + "</a>" * 3000, "nested more than 200 deep"),
        ("<?xml version='1.0' encoding='nonsense'?><a/>", "no XML, or damaged"),
    ],
)
def test_xml_that_cannot_be_read_says_why(data: str, told: str) -> None:
    with pytest.raises(SeedError, match=told):
        one("a.xml", data)


def test_nothing_outside_of_the_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    source = f'<!DOCTYPE a SYSTEM "{secret.as_uri()}" [<!ENTITY s SYSTEM "{secret.as_uri()}">]><a>Sea &s; &t;</a>'
    assert "secret" not in one("a.xml", source).text


def test_bytes_that_are_written_down_in_xml_are_no_text() -> None:
    data = "\n".join(["0M8R4KGxGuEAAAAAAAAAAAAAAAAAAAAAPgADAP7/CQAGAAAAAAAAAAAAAAACAAAAAQAAAAAAAAAA"] * 40)
    long = "a word " * 60 + "https://example.org/" + "x" * 90
    unspaced = "潮は満ちて引く。" * 40
    source = f"<r><p>A tide.</p><binData>{data}</binData><p>{long}</p><p>{unspaced}</p></r>"
    assert texts("a.xml", source) == ["A tide.", long, unspaced]
