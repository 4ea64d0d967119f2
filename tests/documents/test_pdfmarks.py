"""Rectangles of words on a page, for whoever draws it."""

from __future__ import annotations

import pytest
from pdfs import Line, lines, pdf

from searchlib import SeedError
from searchlib.documents import Seed
from searchlib.documents.pdf.loader import load_pdf
from searchlib.documents.pdf.marks import rectangles
from searchlib.paragraphs import split

HEIGHT = 800


def marked(data: bytes, word: str, page: int = 1) -> list[tuple[float, float, float, float, int]]:
    seed = Seed("a.pdf", data)
    (document,) = load_pdf(seed)
    paragraph = next(one for one in split(document) if word in one.text)
    start = paragraph.text.index(word)
    marks = rectangles(seed, page, paragraph.text, [(start, start + len(word))])
    assert (marks.width, marks.height) == (600, HEIGHT)
    return [(one.left, one.top, one.right, one.bottom, one.span) for one in marks.rectangles]


def test_a_word_is_where_it_is_drawn() -> None:
    data = pdf([[Line(70, 740, "Other text."), *lines("Some foxes run along\nthe river bank.", 100, 700)]])
    ((left, top, right, bottom, span),) = marked(data, "river")
    assert 100 < left < right < 160
    assert top < HEIGHT - 688 < bottom + 1
    assert (bottom - top < 14, span) == (True, 0)


def test_a_divided_word_has_a_rectangle_on_each_line() -> None:
    data = pdf([lines("Some foxes run inter-\nnational races.", 100, 700)])
    first, second = marked(data, "international")
    assert first[1] < second[1]
    assert second[0] == pytest.approx(100, abs=1)


def test_a_paragraph_over_pages_is_marked_on_each() -> None:
    data = pdf(
        [lines("A sentence that begins on this page and goes on over", 70, 100), lines("to the next one.", 70, 740)]
    )
    ((_, top, *_),) = marked(data, "begins on this page")
    assert top == pytest.approx(HEIGHT - 100, abs=12)
    ((_, top, *_),) = marked(data, "next one", 2)
    assert top == pytest.approx(HEIGHT - 740, abs=12)
    assert marked(data, "next one") == []


def test_what_is_not_on_the_page_has_no_rectangle_and_a_page_has_to_be_there() -> None:
    data = pdf([lines("Some foxes run.", 70, 100)])
    assert rectangles(Seed("a.pdf", data), 1, "Entirely other words of another document", [(0, 8)]).rectangles == ()
    with pytest.raises(SeedError, match="has no page 2: it has 1"):
        rectangles(Seed("a.pdf", data), 2, "Some", [(0, 4)])
