"""Word processors, presentations, spreadsheets: files as their libraries write them, and what these would not write."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from packing import ODF, docx, odf, packed, relations
from reading import one, placed, shown, texts

import searchlib
from searchlib import SeedError
from searchlib.documents import LoadOptions, Seed
from searchlib.documents.office.docx import load_docx
from searchlib.guards.limits import LIMITS


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# -- DOCX


def test_a_word_document_has_title_headings_items_tables_and_what_it_says_of_itself() -> None:
    import docx as library

    made = library.Document()
    made.add_heading("The Tides", 0)
    made.add_heading("Methods", 1)
    line = made.add_paragraph("We counted 10")
    line.add_run("6").font.superscript = True
    line.add_run(" waves.")
    made.add_paragraph("first", style="List Number")
    made.add_paragraph("second", style="List Number")
    made.add_paragraph("a dot", style="List Bullet")
    made.add_paragraph("Be wise.", style="Quote")
    table = made.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("Name", "Age", "Ann\nPoe", "7"), strict=True):
        cell.text = text
    made.add_heading("Details", 2)
    made.add_paragraph("More.")
    made.sections[0].header.paragraphs[0].text = "Running head"
    made.core_properties.author = "Ann Poe"
    made.core_properties.keywords = "sea, moon"
    found = one("a.docx", saved(made))
    assert found.title == "The Tides"
    assert found.metadata["author"] == "Ann Poe"
    assert found.metadata["keywords"] == ("sea", "moon")
    assert shown(found) == [
        ("text", "The Tides > Methods", "We counted 10⁶ waves."),
        ("item", "The Tides > Methods", "1. first"),
        ("item", "The Tides > Methods", "2. second"),
        ("item", "The Tides > Methods", "a dot"),
        ("quote", "The Tides > Methods", "Be wise."),
        ("table", "The Tides > Methods", "Name | Age\nAnn Poe | 7"),
        ("text", "The Tides > Methods > Details", "More."),
    ]


def p(text: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_what_was_inserted_is_there_and_what_was_deleted_moved_or_hidden_is_not() -> None:
    body = (
        "<w:p><w:r><w:t>The </w:t></w:r><w:del><w:r><w:delText>old </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>new </w:t></w:r></w:ins><w:moveFrom><w:r><w:t>gone </w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden </w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>harbour</w:t><w:noBreakHyphen/><w:t>wall</w:t></w:r>"
        "<w:hyperlink><w:r><w:t> link</w:t></w:r></w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t> field</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    )
    assert texts("a.docx", docx(body)) == ["The new harbour-wall link field"]


def test_notes_comments_and_text_boxes_follow_the_paragraph_that_they_belong_to() -> None:
    box = "<w:drawing><w:txbxContent>" + p("In a box.") + "</w:txbxContent></w:drawing>"
    body = (
        '<w:p><w:r><w:t>Salt</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t> of the sea</w:t></w:r>'
        '<w:r><w:commentReference w:id="0"/></w:r>'
        f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
        "</w:r></w:p>" + p("Next.")
    )
    notes = '<w:footnote w:id="0" w:type="separator">' + p("x") + '</w:footnote><w:footnote w:id="2">' + p("A note.")
    comments = '<w:comment w:id="0" w:author="Ann">' + p("Sure?") + "</w:comment>"
    data = docx(body, footnotes=notes + "</w:footnote>", comments=comments)
    assert texts("a.docx", data) == ["Salt¹ of the sea", "¹ A note.", "Ann: Sure?", "In a box.", "Next."]


def test_headings_are_told_by_outline_levels_and_by_styles_that_styles_are_based_on() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="berschrift1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="V1"><w:name w:val="toc 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="HTML Preformatted"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>'
    )
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        "<w:sdtContent>" + p("Sea 3") + "</w:sdtContent></w:sdt>"
    )
    body = (
        contents
        + p("Sea 3", '<w:pStyle w:val="V1"/>')
        + p("Sea", '<w:pStyle w:val="Mine"/>')
        + p("Shore", '<w:outlineLvl w:val="1"/>')
        + p("Sand.", '<w:pStyle w:val="Loop"/>')
        + p("x = 1", '<w:pStyle w:val="C"/>')
        + p("y = 2", '<w:pStyle w:val="C"/>')
    )
    assert shown(one("a.docx", docx(body, styles=styles))) == [
        ("text", "Sea > Shore", "Sand."),
        ("code", "Sea > Shore", "x = 1\ny = 2"),
    ]


def test_numbers_of_lists_are_counted_as_word_does() -> None:
    def level(number: int, form: str, text: str, first: int = 1) -> str:
        return (
            f'<w:lvl w:ilvl="{number}"><w:start w:val="{first}"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
        )

    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "upperRoman", "Article %1.")}'
        f"{level(1, 'lowerLetter', '(%2)', 3)}"
        f"{level(2, 'decimal', '%1.%2.%3')}</w:abstractNum>"
        '<w:num w:numId="4"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="6"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"/></w:num>'
        '<w:num w:numId="7"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="7"/></w:lvlOverride></w:num>'
    )

    def item(text: str, depth: int, id: int = 4) -> str:
        return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{id}"/></w:numPr>')

    body = item("One", 0) + item("sub", 1) + item("sub", 1) + item("deep", 2) + item("Two", 0, 5) + item("none", 0, 0)
    body += item("Three", 0, 6) + item("skips one", 2) + item("sub", 1) + item("Seven", 0, 7) + item("Eight", 0, 7)
    assert texts("a.docx", docx(body, numbering=numbering)) == [
        "Article I. One",
        "(c) sub",
        "(d) sub",
        "I.d.1 deep",
        "Article II. Two",
        "none",
        "Article III. Three",
        "III.c.1 skips one",
        "(d) sub",
        "Article VII. Seven",
        "Article VIII. Eight",
    ]


def test_cells_that_go_down_over_rows_are_said_once_and_a_frame_is_no_table() -> None:
    def cell(text: str, merged: str = "") -> str:
        return f"<w:tc><w:tcPr>{merged}</w:tcPr>{p(text)}</w:tc>"

    rows = (
        "<w:tr>" + cell("Ann", '<w:vMerge w:val="restart"/>') + cell("1") + "</w:tr>"
        "<w:tr>" + cell("Ann", "<w:vMerge/>") + cell("2") + "</w:tr>"
    )
    body = f"<w:tbl><w:tblPr/>{rows}</w:tbl><w:tbl><w:tr><w:tc>{p('A frame.')}{p('Its second.')}</w:tc></w:tr></w:tbl>"
    assert texts("a.docx", docx(body)) == ["Ann | 1\n | 2", "A frame.", "Its second."]


# -- PPTX


def test_slides_have_titles_items_tables_and_notes_and_say_their_numbers() -> None:
    import pptx

    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "Tides"
    slide.placeholders[1].text = "spring\nneap"
    slide.notes_slide.notes_text_frame.text = "Speak slowly."
    slide = made.slides.add_slide(made.slide_layouts[6])
    low = slide.shapes.add_textbox(0, 3_000_000, 100, 100)
    low.text_frame.text = "Below."
    slide.shapes.add_textbox(0, 1_000_000, 100, 100).text_frame.text = "Above."
    table = slide.shapes.add_table(2, 2, 0, 5_000_000, 100, 100).table
    for place, text in enumerate(("Name", "Age", "Ann", "7")):
        table.cell(place // 2, place % 2).text = text
    found = one("a.pptx", saved(made))
    assert (found.title, found.metadata["slides"]) == ("Tides", 2)
    assert placed(found) == [
        ("slide 1", "spring"),
        ("slide 1", "neap"),
        ("slide 1", "Speak slowly."),
        ("slide 2", "Above."),
        ("slide 2", "Below."),
        ("slide 2", "Name | Age\nAnn | 7"),
    ]
    assert [headings for _, headings, _ in shown(found)] == ["Tides"] * 3 + [""] * 3
    assert shown(found)[0][0] == "item"


# -- XLSX


def test_rows_of_sheets_are_kept_together_and_shown_as_they_are_formatted() -> None:
    import openpyxl
    from openpyxl.comments import Comment

    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Costs"
    sheet.append(["What", "When", "Share", "Price", "Paid"])
    sheet.append(["Boat  hire", datetime.date(2020, 5, 1), 0.125, 1234.5, True])
    sheet["C2"].number_format = "0.0%"
    sheet["A2"].comment = Comment("A note.", "Ann")
    hidden = made.create_sheet("Secret")
    hidden.append(["hidden"])
    hidden.sheet_state = "hidden"
    other = made.create_sheet("Other")
    other["B7"] = datetime.datetime(2020, 1, 2, 3, 4, 5)
    other["C7"] = datetime.time(4, 5)
    other["D7"] = 0.1 + 0.2
    found = one("costs.xlsx", saved(made))
    assert found.title == "costs"
    assert placed(found) == [
        ("sheet 1 “Costs”, row 1", "What | When | Share | Price | Paid"),
        ("sheet 1 “Costs”, row 2", "Boat hire | 2020-05-01 | 12.5% | 1234.5 | TRUE"),
        ("sheet 1 “Costs”, row 2", "A2: A note."),
        ("sheet 3 “Other”, row 7", "2020-01-02 03:04:05 | 4:05 | 0.3"),
    ]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", "day"),
        ('d. mmmm yyyy "Uhr"', "day"),
        ("[h]:mm:ss", "time"),
        ("h:mm AM/PM", "time"),
        ("mmm-yy", "day"),
        ("#,##0.00 [$€-407]", ""),
        ('0 "days"', ""),
        ("[Red]-0.00%", "%2"),
        ("General", ""),
        ("@", ""),
    ],
)
def test_a_format_says_whether_a_number_is_a_day(code: str, kind: str) -> None:
    from searchlib.documents.office.xlsx import _kind_of

    assert _kind_of(code) == kind


# -- OpenDocument


def test_an_opendocument_text_has_headings_items_tables_and_notes() -> None:
    from odf import table as tables
    from odf import text
    from odf.opendocument import OpenDocumentText

    made = OpenDocumentText()
    made.text.addElement(text.H(outlinelevel=1, text="Tides"))
    line = text.P(text="Salt")
    note = text.Note(noteclass="footnote")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="A note."))
    note.addElement(body)
    line.addElement(note)
    line.addText(" of the sea")
    made.text.addElement(line)
    items = text.List()
    item = text.ListItem()
    item.addElement(text.P(text="an item"))
    items.addElement(item)
    made.text.addElement(items)
    table = tables.Table(name="t")
    for row in (("Name", "Age"), ("Ann", "7")):
        added = tables.TableRow()
        table.addElement(added)
        for content in row:
            cell = tables.TableCell()
            cell.addElement(text.P(text=content))
            added.addElement(cell)
    made.text.addElement(table)
    assert shown(one("a.odt", saved(made))) == [
        ("text", "Tides", "Salt¹ of the sea"),
        ("text", "Tides", "¹ A note."),
        ("item", "Tides", "an item"),
        ("table", "Tides", "Name | Age\nAnn | 7"),
    ]


def test_of_an_opendocument_text_what_is_deleted_hidden_or_a_table_of_contents_is_left_out() -> None:
    automatic = (
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="S"><style:text-properties style:text-position="super 58%"/></style:style>'
        '<style:style style:name="P1" style:parent-style-name="Title"/>'
    )
    body = (
        "<office:text><text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:table-of-content><text:p>Sea 3</text:p></text:table-of-content>"
        '<text:p text:style-name="P1">The   Title</text:p><text:h text:outline-level="1">Sea</text:h>'
        '<text:p>a<text:s text:c="2"/>b<text:tab/>10<text:span text:style-name="S">6</text:span>'
        '<text:span text:style-name="H">hidden</text:span><text:line-break/>c</text:p></office:text>'
    )
    found = one("a.odt", odf(body, automatic))
    assert found.title == "The Title"
    assert shown(found) == [("text", "The Title > Sea", "a  b 10⁶\nc")]


def test_sheets_and_slides_of_opendocument_say_where_they_are() -> None:
    rows = (
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>a</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    hidden = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    body = (
        f'<office:spreadsheet><table:table table:name="Z" table:style-name="h">{rows}</table:table>'
        f'<table:table table:name="Costs">{rows}</table:table></office:spreadsheet>'
    )
    assert placed(one("a.ods", odf(body, hidden))) == [("sheet 2 “Costs”, row 1048571", "a | a")]
    body = (
        '<office:presentation><draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>Tides</text:p>'
        "</draw:text-box></draw:frame><draw:frame><draw:text-box><text:list><text:list-item><text:p>spring</text:p>"
        "</text:list-item></text:list></draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box>"
        "<text:p>Slowly.</text:p></draw:text-box></draw:frame></presentation:notes></draw:page></office:presentation>"
    )
    found = one("a.odp", odf(body))
    assert placed(found) == [("slide 1", "spring"), ("slide 1", "Slowly.")]
    assert (found.title, shown(found)[0]) == ("Tides", ("item", "Tides", "spring"))


def test_opendocument_in_one_file_is_read_too() -> None:
    body = "<office:body><office:text><text:p>Flat.</text:p></office:text></office:body>"
    data = f"<office:document {ODF}>{body}</office:document>"
    assert texts("a.fodt", data) == ["Flat."]


# -- what is damaged, or made to hurt


DOCX = docx(p("Text."))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04 and no more", "no DOCX, or a damaged one"),
        (DOCX[: len(DOCX) // 2], "have it mended, and save it anew"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted, or of an older program"),
        (packed({"a.txt": "x"}), "no DOCX: has no text of a document in it"),
        (packed({"word/document.xml": "<w:document"}), "no XML, or damaged"),
        (
            packed({"word/document.xml": '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'}),
            "declares the entity .b.",
        ),
        (docx("<w:p>" * 5000 + "</w:p>" * 5000), "nested more than 200 deep"),
    ],
)
def test_a_document_that_cannot_be_read_says_why_and_what_to_do(data: bytes, told: str) -> None:
    with pytest.raises(SeedError, match=told):
        one("a.docx", data)


def test_entities_of_other_files_are_not_read(tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    body = f'<!DOCTYPE d [<!ENTITY s SYSTEM "{secret.as_uri()}">]><d><body><p><r><t>Sea &s;</t></r></p></body></d>'
    assert texts("a.docx", packed({"word/document.xml": body})) == ["Sea"]


def test_targets_outside_of_the_package_are_not_read() -> None:
    data = packed(
        {
            "word/document.xml": "<d><body><p><r><t>Sea.</t></r></p></body></d>",
            "word/_rels/document.xml.rels": relations(footnotes="../../../../etc/passwd", styles="file:///etc/passwd"),
        }
    )
    assert texts("a.docx", data) == ["Sea."]


def test_what_unpacks_to_too_much_is_refused() -> None:
    for limits, size, told in (
        (LIMITS.with_(unpacked_small=1 << 16), 700_000, "unpacks to more than 200 times its size"),
        (LIMITS.with_(file_bytes=1000), 2000, "unpacks to more than 1,000 bytes"),
    ):
        with pytest.raises(SeedError, match=told):
            list(load_docx(Seed("a.docx", docx(p("a" * size)), None, LoadOptions(), limits=limits)))


def test_a_damaged_document_costs_itself_alone_and_what_it_says_can_be_searched(tmp_path: Any) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a.docx").write_bytes(DOCX)
    (seeds / "b.xlsx").write_bytes(b"damaged")
    (seeds / "c.odp").write_bytes(
        odf("<office:presentation><draw:page/><draw:page><text:p>tide</text:p></draw:page></office:presentation>")
    )
    with searchlib.build(seeds, tmp_path / "index") as index:
        (hit,) = index.search("slide:2")
        assert str(hit.citation) == "c, ¶ 1 (seeds/c.odp, slide 2)"
        assert index.stats().paragraphs == 2
