"""Citations of paragraphs that have a page, a sheet or a time: written, found again, checked and mended."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib import Block, Citation, Document, Locator
from searchlib.citing import cite
from searchlib.citing.mending import check_text, find, mended
from searchlib.citing.normal import same_line
from searchlib.citing.sources import SourceLibrary
from searchlib.model.locators import KINDS, where
from searchlib.paragraphs.identifying import records_of

from .texts import AWKWARD, NAMES

TEXT = "The first paragraph of all.\n\nThe second one, which is cited."
PAGE = (Locator("page", 2, "ii"),)


def document(locators: tuple[Locator, ...], path: str = "a.pdf", url: str = "", line: int = 0) -> Document:
    blocks = (Block(0, 27, line=line), Block(29, len(TEXT), line=line, locators=locators))
    return Document(path, TEXT, "Title", "pdf", "en", {"url": url} if url else {}, blocks, line=0)


def citation(locators: tuple[Locator, ...], path: str = "a.pdf", url: str = "", line: int = 0) -> Citation:
    return cite(list(records_of(document(locators, path, url, line)))[1])


def forms(cited: Citation) -> dict[str, str]:
    return {
        "text": cited.text(),
        "markdown": cited.markdown(),
        "json": json.dumps(cited.annotation(), indent=1),
        "flat": json.dumps(cited.as_dict()),
    }


def test_each_form_says_the_place_as_people_know_it() -> None:
    cited = citation((Locator("sheet", 2, "Costs"), Locator("row", 7)), "a.xlsx")
    assert str(cited) == "Title, ¶ 2 (a.xlsx, sheet 2 “Costs”, row 7)"
    assert cited.text().splitlines()[-1] == f"  ¶ 2 (a.xlsx, sheet 2 “Costs”, row 7), searchlib:{cited.id}"
    assert cited.markdown().endswith("— Title, ¶ 2 (a.xlsx, sheet 2 “Costs”, row 7)")
    assert str(citation((), "a.docx")) == "Title, ¶ 2 (a.docx)"
    assert str(citation((Locator("cell", 3),), "a.ipynb", line=9)) == "Title, ¶ 2 (a.ipynb, cell 3, line 9)"


@pytest.mark.parametrize(
    ("locators", "value", "conforms"),
    [
        (PAGE, "page=2", "http://tools.ietf.org/rfc/rfc3778"),
        ((Locator("time", 83.5, end=86),), "t=83.5,86", "http://www.w3.org/TR/media-frags/"),
        (
            (Locator("chapter", 3, fragment="epubcfi(/6/4!/4/2)"),),
            "epubcfi(/6/4!/4/2)",
            "http://www.idpf.org/epub/linking/cfi/epub-cfi.html",
        ),
    ],
)
def test_an_annotation_has_a_fragment_selector(locators: tuple[Locator, ...], value: str, conforms: str) -> None:
    selectors = citation(locators).annotation()["selector"]
    assert {"type": "FragmentSelector", "conformsTo": conforms, "value": value} in selectors
    assert [one["type"] for one in citation((Locator("slide", 3),)).annotation()["selector"]] == [
        "TextQuoteSelector",
        "TextPositionSelector",
    ]


def test_a_link_to_a_page_leads_to_the_page() -> None:
    link = citation(PAGE, url="https://example.org/a.pdf").link
    assert link.startswith("https://example.org/a.pdf#page=2:~:text=The%20second")


@pytest.mark.parametrize("form", ["text", "markdown", "json", "flat"])
def test_a_citation_stands_moves_to_another_page_and_is_mended(form: str) -> None:
    cited = citation(PAGE)
    (check,) = check_text(forms(cited)[form], SourceLibrary([document(PAGE)]))
    assert (check.status, check.changes) == ("unchanged", ())
    moved = document((Locator("page", 5, end=6),))
    (check,) = check_text(forms(cited)[form], SourceLibrary([moved]))
    assert (check.status, check.changes) == ("moved", (("locators", "page 2 “ii”", "page 5–6"),))
    new, count = mended(forms(cited)[form], [check])
    assert count == 1
    now = cite(list(records_of(moved))[1])
    if form in ("text", "markdown"):
        assert new == forms(now)[form]
    else:
        stands, meant = json.loads(new), json.loads(forms(now)[form])
        assert stands.get("locators") == meant.get("locators")
        assert stands.get("citation", {}).get("locators") == meant.get("citation", {}).get("locators")
        assert stands.get("selector", [])[1:] == meant.get("selector", [])[1:]
    (check,) = check_text(new, SourceLibrary([moved]))
    assert check.status == "unchanged"
    assert mended(new, [check]) == (new, 0)


def test_a_citation_that_says_less_than_is_known_now_stands() -> None:
    text = f"> The second one, which is cited.\n— Title\n  ¶ 2 (a.pdf), searchlib:{citation(()).id}\n"
    (check,) = check_text(text, SourceLibrary([document(PAGE)]))
    assert check.status == "unchanged"


LABELS = st.lists(st.sampled_from([*AWKWARD, "ii", " (", ", page 3", "”, line 3)"]), max_size=5).map("".join)
NUMBERS = st.integers(0, 10**6) | st.integers(0, 10**6).map(lambda number: number / 8)
LOCATORS = st.lists(st.builds(Locator, st.sampled_from(KINDS), NUMBERS, LABELS, st.none() | NUMBERS), max_size=3).map(
    tuple
)


@given(LOCATORS, st.sampled_from([0, 12]), NAMES)
def test_whatever_the_labels_a_citation_is_found_with_its_place(
    locators: tuple[Locator, ...], line: int, path: str
) -> None:
    cited = replace(citation(locators, path, line=line))
    for name, text in forms(cited).items():
        (found,) = find(text + "\n", "a.json" if name in ("json", "flat") else "a.md")
        assert found.id == cited.id
        if not locators and not line:
            continue  # a path that ends like a place is read as one: it says nothing else
        assert (found.locators or "") == same_line(where(cited.locators))
        assert found.line == (line or (0 if name == "flat" else None))
        assert same_line(found.path or "") == same_line(path)
