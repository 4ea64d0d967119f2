"""Which of several places that say the same is taken for the one that was cited, as far as the rest of it tells."""

from __future__ import annotations

from typing import Any

import pytest

from searchlib.citing.checking import Check, check
from searchlib.citing.found import Form, WrittenCitation
from searchlib.citing.sources import SourceLibrary
from searchlib.model.records import Document

SAID = "The very same words stand in several places."
UNKNOWN_ID = "4f8m0c2k9x1pt7aw"


def checked(texts: dict[str, str], id: str = UNKNOWN_ID, url: str = "", quote: str = SAID, **cited: Any) -> Check:
    """What is said of a citation of `SAID` whose id is not there; of ``url`` is the last of the documents."""
    last = list(texts)[-1]
    library = SourceLibrary(
        Document(path, text, metadata={"url": url} if url and path == last else {}) for path, text in texts.items()
    )
    (only,) = check([WrittenCitation("json", 0, id, quote, **cited)], library)
    return only


def place(found: Check) -> tuple[str, int, int]:
    assert found.now is not None
    return found.now.path, found.now.paragraph, found.places


BEFORE, AFTER, BETWEEN = "What comes first.", "What comes last.", "Other words."
TWICE = {"a.txt": f"{BETWEEN}\n\n{SAID}\n\n{BETWEEN}\n\n{BEFORE}\n\n{SAID}\n\n{AFTER}"}
IN_TWO = {"x/a.txt": SAID, "y/b.txt": SAID}


@pytest.mark.parametrize("cited", [{"prefix": f"{BEFORE} "}, {"suffix": f" {AFTER}"}])
def test_the_one_between_the_words_that_were_around_it(cited: dict[str, str]) -> None:
    assert place(checked(TWICE, path="a.txt", paragraph=2, **cited)) == ("a.txt", 5, 1)


@pytest.mark.parametrize(("paragraph", "expected"), [(1, 2), (3, 2), (4, 5), (9, 5)])
def test_the_one_whose_number_is_nearest_to_the_one_cited(paragraph: int, expected: int) -> None:
    assert place(checked(TWICE, path="a.txt", paragraph=paragraph)) == ("a.txt", expected, 1)


def test_none_is_surer_without_a_number() -> None:
    assert place(checked(TWICE, path="a.txt")) == ("a.txt", 2, 2)
    assert checked(TWICE, path="a.txt").status == "moved"


def test_numbers_of_another_document_say_nothing() -> None:
    texts = {"x/a.txt": f"{BETWEEN}\n\n{SAID}", "y/b.txt": f"{SAID}"}
    assert place(checked(texts, path="z/c.txt", paragraph=1)) == ("x/a.txt", 2, 2)


@pytest.mark.parametrize("name", ["x/a.txt", "y/b.txt"])
def test_the_one_in_a_document_of_the_same_name_in_another_folder(name: str) -> None:
    cited = f"very/old/{name.rpartition('/')[2]}"
    assert place(checked(IN_TWO, path=cited)) == (name, 1, 1)
    assert place(checked(IN_TWO, path="old/c.txt")) == ("x/a.txt", 1, 2)


@pytest.mark.parametrize("source", ["https://example.org/a b", "https://example.org/a%20b", "y/b.txt"])
def test_the_one_in_the_document_that_is_the_source_of_an_annotation(source: str) -> None:
    found = checked(IN_TWO, id="", url="https://example.org/a b", source=source)
    assert place(found) == ("y/b.txt", 1, 1)
    assert place(checked(IN_TWO, id="", source="https://example.org/other")) == ("x/a.txt", 1, 2)


def test_an_address_that_is_none_is_no_source() -> None:
    library = SourceLibrary(Document(path, text, metadata={"url": 7}) for path, text in IN_TWO.items())
    (found,) = check([WrittenCitation("annotation", 0, "", SAID, source="7")], library)
    assert place(found) == ("x/a.txt", 1, 2)


@pytest.mark.parametrize(
    ("form", "path", "other"), [("text", "a%C2%B6.txt", "b.txt"), ("json", "a¶.txt", "a%C2%B6.txt")]
)
def test_a_pilcrow_in_a_path_is_read_as_the_form_writes_it(form: Form, path: str, other: str) -> None:
    """Words that changed that much are looked for in their own document only."""
    library = SourceLibrary([Document("a¶.txt", "The very same words now stand where nobody would have looked.")])
    for cited, status in ((path, "edited"), (other, "gone")):
        (found,) = check([WrittenCitation(form, 0, UNKNOWN_ID, SAID, path=cited)], library)
        assert found.status == status


@pytest.mark.parametrize(("start", "expected"), [(0, 2), (30, 2), (90, 5), (500, 5)])
def test_an_annotation_without_an_id_means_the_one_nearest_to_its_start(start: int, expected: int) -> None:
    assert place(checked(TWICE, id="", start=start)) == ("a.txt", expected, 1)


def test_of_two_parts_of_a_paragraph_the_one_nearest_to_the_start() -> None:
    text = f"Once: {SAID} And once more: {SAID} So it is."
    for start, expected in ((0, text.index(SAID)), (200, text.rindex(SAID))):
        found = checked({"a.txt": text}, id="", start=start)
        assert found.now is not None and found.now.part is not None
        assert (found.now.part[0], found.places) == (expected, 1)


def test_words_around_tell_more_than_the_name_and_the_number() -> None:
    texts = {"x/a.txt": f"{SAID}\n\n{BETWEEN}", "y/b.txt": f"{BEFORE}\n\n{SAID}\n\n{AFTER}"}
    assert place(checked(texts, path="old/a.txt", paragraph=1, prefix=f"{BEFORE} ")) == ("y/b.txt", 2, 1)


@pytest.mark.parametrize(("length", "status"), [(7, "gone"), (8, "moved")])
def test_a_short_part_is_known_by_eight_characters_around_it(length: int, status: str) -> None:
    """They have to stand next to it: no more are counted than are the same from there on."""
    texts = {"a.txt": "Nothing of it.", "b.txt": "abcdefgh Yes. ijklmnop"}
    suffix = " ijklmnop"[:length] + "#########"
    assert checked(texts, quote="Yes.", part=(9, 13), path="a.txt", suffix=suffix).status == status
    prefix = "#########" + "abcdefgh "[-length:]
    assert checked(texts, quote="Yes.", part=(9, 13), path="a.txt", prefix=prefix).status == status
