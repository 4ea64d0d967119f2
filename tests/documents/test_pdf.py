"""PDF: paragraphs as a reader sees them, on the pages where they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdfs import Line, lines, pdf

import searchlib
from searchlib import Document, Paragraph, SeedError
from searchlib.documents import LoadOptions, Report, Seed, load, walk
from searchlib.documents.pdf.loader import load_pdf
from searchlib.guards.limits import LIMITS
from searchlib.paragraphs import split

FILES = Path(__file__).parent / "files"
NOTED: list[str] = []


def read(data: bytes, *passwords: str) -> Document:
    NOTED.clear()
    options = LoadOptions(passwords=passwords)
    (document,) = load_pdf(Seed("a.pdf", data, options=options, notes=lambda line, remark: NOTED.append(remark)))
    return document


def paragraphs(data: bytes) -> list[Paragraph]:
    document = read(data)
    found = split(document)
    for one in found:
        assert document.text[one.start : one.end] == one.text
        assert one.line == 0
    return found


def texts(data: bytes) -> list[str]:
    return [one.text for one in paragraphs(data)]


FIRST = (
    "The quick brown fox jumps over the lazy dog and then it\nruns along the river until the evening comes to the\n"
    "valley."
)
SECOND = "  Another paragraph begins with an indented line, as it is\nusual in books of all sorts and sizes."


def test_lines_are_paragraphs_told_by_indents_and_gaps() -> None:
    page = [*lines(f"{FIRST}\n{SECOND}", 70, 700), *lines("A third stands below a gap.", 70, 620)]
    assert texts(pdf([page])) == [
        " ".join(FIRST.split()),
        " ".join(SECOND.split()),
        "A third stands below a gap.",
    ]


def test_a_heading_is_larger_or_bold_and_stands_above() -> None:
    page = [
        Line(70, 740, "A History of Foxes", 20, "bold"),
        Line(70, 700, "1 Introduction", 14, "bold"),
        *lines(FIRST, 70, 680),
        Line(70, 630, "Early years", 10, "bold"),
        *lines(FIRST, 70, 615),
    ]
    document = read(pdf([page]))
    assert document.title == "A History of Foxes"
    assert [one.headings for one in split(document)] == [
        ("A History of Foxes", "1 Introduction"),
        ("A History of Foxes", "1 Introduction", "Early years"),
    ]


def test_words_divided_at_line_ends_are_joined_unless_the_document_has_the_hyphen() -> None:
    text = "A well-known fox was re-\nported by an inter-\nnational and well-\nknown Franco-\nAmerican in 2019-\n2020."
    (found,) = texts(pdf([lines(text, 70, 700)]))
    assert found == "A well-known fox was reported by an international and well-known Franco-American in 2019-2020."


def test_two_columns_are_read_one_after_the_other_below_what_spans_them() -> None:
    left = "\n".join(f"left column line number {number} of it" for number in range(12))
    right = "\n".join(f"right column line number {number} too" for number in range(12))
    both = zip(lines(left, 60, 650), lines(right, 320, 650), strict=True)
    rows = [line for pair in both for line in pair]  # drawn line by line, as some programs do
    page = [Line(60, 740, "A title that spans both of the columns of this page here", 18), *rows]
    found = texts(pdf([page]))
    assert found == [" ".join(left.split()) + " " + " ".join(right.split())]
    assert read(pdf([page])).title.startswith("A title that spans")


def two_columns(above: float) -> tuple[list[Line], list[str]]:
    left = "\n".join(f"left column line number {number} of it" for number in range(8))
    right = "\n".join(f"right column line number {number} too" for number in range(8))
    return [*lines(left, 60, above), *lines(right, 320, above)], [" ".join(left.split()), " ".join(right.split())]


def test_columns_are_columns_also_where_one_has_a_figure_with_words_in_it() -> None:
    rows, texts_of_columns = two_columns(400)
    labels = [Line(330 + 40 * (number % 5), 640 - 14 * number, f"B{number}") for number in range(14)]
    beside = lines("\n".join(f"left column above number {number}" for number in range(14)), 60, 640)
    found = " ".join(" ".join(texts(pdf([[*beside, *labels, *rows]]))).split())
    assert all(text in found for text in texts_of_columns)
    assert found.index("left column line number 7") < found.index("B0") < found.index("right column line")


def test_columns_below_what_is_as_wide_as_the_page_are_read_one_after_the_other() -> None:
    rows, texts_of_columns = two_columns(300)
    wide = [f"a line that goes over the whole width of the page, with number {number}" for number in range(14)]
    found = texts(pdf([[*lines("\n".join(wide), 60, 640, size=14, leading=16), *rows]]))
    assert " ".join(found).endswith(" ".join(texts_of_columns))


def test_a_table_above_columns_keeps_its_rows() -> None:
    rows, texts_of_columns = two_columns(300)
    cells = [Line(60 + 90 * column, 640 - 14 * row, f"c{row}{column}") for row in range(5) for column in range(6)]
    caption = Line(60, 500, "Figure 1. What was counted in each of the rows and columns of the table above.", 10)
    found = texts(pdf([[*cells, caption, *rows]]))
    assert found[0].split("\n")[1] == " | ".join(f"c1{column}" for column in range(6))
    assert found[-1] == " ".join(texts_of_columns)


def page_of(number: int, body: str, of: int) -> list[Line]:
    return [
        Line(70, 780, f"Chapter {1 + number // 2}: Foxes", 9),
        *lines(body, 70, 650),
        Line(290, 30, f"- {number} -", 9),
        Line(70, 18, "Copyright by the foxes", 7),
    ]


def test_running_heads_footers_and_page_numbers_are_left_out() -> None:
    bodies = [f"Body number {word} of the text.\nIt ends here." for word in ("one", "two", "three", "four")]
    data = pdf([page_of(number, body, 4) for number, body in enumerate(bodies, 1)])
    assert texts(data) == [" ".join(body.split()) for body in bodies]
    # Of two pages only the numbers can be told.
    two = pdf([[*lines(body, 70, 650), Line(290, 30, str(number))] for number, body in enumerate(bodies[:2], 1)])
    assert texts(two) == [" ".join(body.split()) for body in bodies[:2]]


def test_a_year_at_the_edge_of_one_page_stays() -> None:
    assert texts(pdf([[Line(70, 740, "1984"), *lines(FIRST, 70, 700)]]))[0] == "1984"


def test_a_paragraph_over_a_page_break_is_one_and_is_found_on_both() -> None:
    begun = "A sentence that begins on this page and goes on over to the"
    note = Line(70, 60, "1 A note that stands below.", 7)
    data = pdf(
        [[*lines(FIRST, 70, 740), *lines(begun, 70, 100), note], lines("page that follows.\n  Then the next.", 70, 740)]
    )
    found = paragraphs(data)
    whole = next(one for one in found if one.text.startswith("A sentence"))
    assert whole.text == f"{begun} page that follows."
    assert (whole.locators[0].number, whole.locators[0].end) == (1, 2)
    assert [one.text for one in found][2:] == ["1 A note that stands below.", "Then the next."]


def test_items_code_and_tables_are_of_their_kinds() -> None:
    page = [
        *lines("These are the points to keep in mind when foxes are met:", 70, 740),
        *lines("\x95 the first of them goes on over\n  a second line\n\x95 the second", 80, 715),
        *lines("def fox():\n    return 7", 80, 660, font="code"),
        *[Line(left, above, text) for above, row in ((600, "Name Age Place"), (588, "Ann 7 Berne"), (576, "Bo 9 Rome"))
          for left, text in zip((70, 200, 330), row.split(), strict=True)],
    ]  # fmt: skip
    found = [(one.kind, one.text) for one in paragraphs(pdf([page]))]
    assert found == [
        ("text", "These are the points to keep in mind when foxes are met:"),
        ("item", "• the first of them goes on over a second line"),
        ("item", "• the second"),
        ("code", "def fox():\nreturn 7"),
        ("table", "Name | Age | Place\nAnn | 7 | Berne\nBo | 9 | Rome"),
    ]


def test_the_mark_of_a_note_and_a_power_are_raised() -> None:
    text = [Line(70, 700, "salinity"), Line(70 + 36.7, 704, "1", 6), Line(120, 700, "of 10"), Line(146, 704, "6", 6)]
    (found,) = texts(pdf([text]))
    assert "salinity1" not in found
    assert "106" not in found


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("日本の首都である東\n京は人口が多い。", "日本の首都である東京は人口が多い。"),
        ("한국어 문장은\n띄어쓰기가 있다.", "한국어 문장은 띄어쓰기가 있다."),
        ("Ελληνικά και\nрусский текст.", "Ελληνικά και русский текст."),
    ],
)
def test_other_scripts_are_read(written: str, read_as: str) -> None:
    data = pdf([[*lines(written, 70, 700, font="any", leading=14)]], wide="本" in written or "국" in written)
    assert texts(data) == [read_as]


def test_arabic_is_in_the_order_of_reading_and_without_shapes_of_letters() -> None:
    shaped = "\ufee3\ufeae\ufea3\ufe92\ufe8e"  # as it is drawn, letter by letter, from right to left
    data = pdf([[Line(70, 700, shaped[::-1], 12, "any")]])
    assert texts(data) == ["مرحبا"]


def test_columns_of_arabic_are_read_from_the_right() -> None:
    left, right = "\n".join(["\u0634\u0645\u0633 " * 6] * 8), "\n".join(["\u0642\u0645\u0631 " * 6] * 8)
    page = [
        Line(left_edge, 700 - 14 * number, one.strip()[::-1], 10, "any")
        for number in range(8)
        for left_edge, one in ((60, left.split("\n")[number]), (330, right.split("\n")[number]))
    ]
    (found,) = texts(pdf([page]))
    assert found.index("\u0642\u0645\u0631") < found.index("\u0634\u0645\u0633")


def test_labels_metadata_and_title() -> None:
    info = "/Title(Of Foxes)/Author(Ann Poe)/Keywords(fox, dog; river)/CreationDate(D:20200517120000Z)"
    data = pdf([lines(FIRST, 70, 700)] * 3, info=info, labels="/PageLabels<</Nums[0<</S/r>>2<</S/D/St 1>>]>>")
    document = read(data)
    assert document.title == "Of Foxes"
    about = {"author": "Ann Poe", "keywords": ("fox", "dog", "river"), "date": "2020-05-17", "pages": 3}
    assert document.metadata == about
    assert [str(one.locators[0]) for one in split(document)] == ["page 1 “i”", "page 2 “ii”", "page 3 “1”"]
    assert read(pdf([lines(FIRST, 70, 700)], info="/Title(Microsoft Word - fox.doc)")).title == "a"


@pytest.mark.parametrize("turned", ["0 -1 1 0 0 800", "0 1 -1 0 600 0"])
def test_a_page_that_is_turned_is_read_along_its_lines(turned: str) -> None:
    page = [Line(60 + 90 * column, 400, f"cell {column}") for column in range(3)]
    page += [Line(60 + 90 * column, 388, f"more {column}") for column in range(3)] + lines(FIRST, 60, 300)
    assert texts(pdf([page], turned=turned)) == texts(pdf([page]))


def test_what_is_filled_into_a_page_is_read_where_it_stands() -> None:
    page = [Line(70, 540, "Name:"), Line(70, 460, "Signed below.")]
    assert texts(pdf([page], filled="Ann Poe")) == ["Name:", "Ann Poe", "Signed below."]


def test_pictures_of_pages_need_ocr() -> None:
    told: list[str] = []
    assert list(load_pdf(Seed("a.pdf", pdf([[], []], picture=(0, 1)), textless=told.append))) == []
    (said,) = told
    assert said.startswith("has no text, only pictures of 2 pages: needs OCR, as by: ocrmypdf --skip-text a")
    pages = [lines(FIRST, 70, 700), [], [], lines(FIRST, 70, 700), []]
    read(pdf(pages, picture=(1, 2, 4)))
    assert NOTED[0].startswith("3 of 5 pages have no text (page 2-3, 5): where they are scans, it needs OCR")
    assert read(pdf([[], []])).text == ""
    assert NOTED == []


def test_an_encrypted_file_is_opened_with_a_password_that_is_given() -> None:
    data = (FILES / "encrypted.pdf").read_bytes()
    with pytest.raises(SeedError, match="encrypted: give the file of its password with --password-file"):
        read(data)
    with pytest.raises(SeedError, match="encrypted, and none of the passwords opens it"):
        read(data, "wrong")
    assert "quick brown fox" in read(data, "wrong", "secret").text


@pytest.mark.parametrize("size", [1, 100, 900])
def test_a_damaged_file_is_told_with_what_mends_it(size: int) -> None:
    data = pdf([lines(FIRST, 70, 700)])[:size]
    with pytest.raises(SeedError, match=r"no PDF, or a damaged one .*repair it with: qpdf a\.pdf repaired\.pdf"):
        read(data)


def test_of_very_many_pages_the_first_are_read() -> None:
    NOTED.clear()
    seed = Seed(
        "a.pdf",
        pdf([lines(f"Page of the number {number}.", 70, 700) for number in range(9)]),
        notes=lambda line, remark: NOTED.append(remark),
        limits=LIMITS.with_(pages=4),
    )
    (document,) = load_pdf(seed)
    assert split(document)[-1].locators[0].number == 4
    assert document.metadata["pages"] == 9
    assert NOTED[0].startswith("has 9 pages, of which the first 4 are read; raise it by pages of searchlib.Limits")


def test_an_index_has_pdfs_and_says_what_it_could_not_read(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "fox.pdf").write_bytes(pdf([lines(FIRST, 70, 700), lines("On the second page a heron waits.", 70, 700)]))
    (seeds / "scan.pdf").write_bytes(pdf([[]], picture=(0,)))
    (seeds / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (seeds / "closed.pdf").write_bytes((FILES / "encrypted.pdf").read_bytes())
    index = searchlib.build(seeds, tmp_path / "index")
    assert index.changes is not None
    assert [(name, reason.partition(":")[0]) for name, reason in index.changes.skipped] == [
        ("seeds/broken.pdf", "no PDF, or a damaged one (Failed to load document (PDFium"),
        ("seeds/closed.pdf", "encrypted"),
        ("seeds/scan.pdf", "has no text, only pictures of 1 pages"),
    ]
    (hit,) = index.search("page:2 heron")
    assert str(hit.citation) == "fox, ¶ 2 (seeds/fox.pdf, page 2)"
    options = LoadOptions(passwords=("secret",))
    again = searchlib.build(seeds, tmp_path / "index", options=options)
    assert again.changes is not None
    assert (again.changes.added, again.changes.rebuilt) == (1, "")
    assert "secret" not in (tmp_path / "index" / "searchlib.json").read_text()


def test_pictures_of_pages_are_told_at_every_run_and_read_at_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    seeds.mkdir()
    (seeds / "scan.pdf").write_bytes(pdf([[]], picture=(0,)))
    (seeds / "fox.txt").write_text("The fox.")
    (seeds / "empty.txt").write_text(" \n")
    first = searchlib.build(seeds, index, processes=1).changes
    with monkeypatch.context() as patch:
        patch.setattr("searchlib.update.indexing.load", None)
        again = searchlib.build(seeds, index, processes=1).changes
    assert first is not None and again is not None
    assert (again.skipped, again.notes) == (first.skipped, first.notes)
    assert [name for name, _ in first.skipped] == ["seeds/scan.pdf"]
    assert [name for name, _ in first.notes] == ["seeds/empty.txt"]
    (seeds / "scan.pdf").write_bytes(pdf([lines(FIRST, 70, 700)], picture=(0,)))
    later = searchlib.build(seeds, index, processes=1).changes
    assert later is not None and (later.added, later.skipped) == (1, [])


def test_a_gzipped_pdf_is_read(tmp_path: Path) -> None:
    import gzip

    (tmp_path / "a.pdf.gz").write_bytes(gzip.compress(pdf([lines(FIRST, 70, 700)])))
    (file,) = walk([tmp_path / "a.pdf.gz"])
    report = Report()
    assert [one.title for one in load(file, report=report)] == ["a"]
    assert report.skipped == []
