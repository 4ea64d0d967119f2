"""What is said of citations after their sources were edited: against an index, and against the sources alike."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

import searchlib
from searchlib import Index
from searchlib.citing import Citation, cite
from searchlib.citing.checking import Check
from searchlib.citing.library import Library
from searchlib.citing.likeness import Change, difference
from searchlib.citing.mending import check_text, mended
from searchlib.citing.normal import normal
from searchlib.citing.sources import SourceLibrary, load_sources
from searchlib.model.records import Document

SEED = Path(__file__).parents[2] / "seeds" / "000_f866135ebe9f29a8.txt"
GUIDE = """\
---
url: https://example.org/guide
---
# Guide

Read this first, before anything else.

## Setting up

The industry of bees needs no defense, as everybody knows.

Yes.

## Taking down

Yes.

Everything that was set up is taken down again, in reverse.
"""


class Project:
    """A folder of seeds with an index, and both ways to check what cites them."""

    def __init__(self, folder: Path) -> None:
        self.seeds = folder / "seeds"
        self._index = folder / "index"
        self.seeds.mkdir()

    def write(self, name: str, text: str) -> None:
        (self.seeds / name).write_text(text, encoding="utf-8")

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        text = (self.seeds / name).read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text
            text = text.replace(before, after, 1)
        self.write(name, text)

    def build(self) -> Index:
        return searchlib.build(self.seeds, self._index)

    def cite(self, words: str, quote: str = "", document: str = "") -> Citation:
        index = self.build()
        (hit,) = index.search(f'"{words}"' + (f" document:*{document}" if document else ""), 1)
        return index.citation(hit.id, quote)

    def libraries(self) -> Iterator[Library]:
        yield self.build().library()
        yield load_sources([self.seeds])

    def check(self, text: str) -> Check:
        """The check of the only citation; the same from index and sources."""
        checks = [check_text(text, library) for library in self.libraries()]
        found = [[(one.status, one.changes, one.diff, one.places, one.now) for one in some] for some in checks]
        assert found[0] == found[1]
        (only,) = checks[0]
        return only

    def mend(self, text: str) -> str:
        return mended(text, check_text(text, self.build().library()))[0]


FORMS: dict[str, Callable[[Citation], str]] = {
    "text": lambda citation: citation.text(),
    "wrapped": lambda citation: citation.text(40),
    "markdown": lambda citation: citation.markdown() + "\n",
    "annotation": lambda citation: json.dumps(citation.annotation(), indent=1),
    "flat": lambda citation: json.dumps(citation.as_dict(), ensure_ascii=False),
}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    shutil.copy(SEED, made.seeds / "talks.txt")
    made.write("guide.md", GUIDE)
    return made


def sides(diff: Sequence[Change]) -> tuple[str, str]:
    """What a difference is between."""
    before, after = ("".join(text for op, text in diff if op != other) for other in "+-")
    return before, after


def assert_mended(project: Project, text: str) -> str:
    """Mending makes a citation that moved one that is unchanged, and mending again changes nothing."""
    new = project.mend(text)
    assert new != text
    assert project.check(new).status == "unchanged"
    assert project.mend(new) == new
    return new


@every_form
def test_it_is_unchanged_if_nothing_changed(project: Project, form: Callable[[Citation], str]) -> None:
    text = form(project.cite("defense industry"))
    checked = project.check(text)
    assert (checked.status, checked.changes, checked.edited_around) == ("unchanged", (), False)
    assert project.mend(text) == text


@every_form
def test_an_edit_further_down_leaves_it_unchanged(project: Project, form: Callable[[Citation], str]) -> None:
    text = form(project.cite("defense industry"))
    project.edit("talks.txt", ("Overall, the Istanbul gathering", "All in all, the gathering"))
    checked = project.check(text)
    assert checked.status == "unchanged"
    assert checked.edited_around == ("digest" in text)


@every_form
def test_a_paragraph_above_moves_it(project: Project, form: Callable[[Citation], str]) -> None:
    text = form(project.cite("defense industry"))
    project.edit("talks.txt", ("\n", "\nA paragraph that is new.\n"))
    checked = project.check(text)
    assert checked.status == "moved"
    assert checked.changes[:2] == (("paragraph", 3, 4), ("line", 4, 5))
    assert_mended(project, text)


@every_form
def test_it_is_followed_to_another_place_in_its_document(project: Project, form: Callable[[Citation], str]) -> None:
    text = form(project.cite("defense industry"))
    lines = (project.seeds / "talks.txt").read_text(encoding="utf-8").split("\n")
    lines.insert(1, lines.pop(3))
    project.write("talks.txt", "\n".join(lines))
    checked = project.check(text)
    assert (checked.status, checked.now and checked.now.paragraph) == ("moved", 1)
    assert_mended(project, text)


@every_form
def test_a_document_that_was_renamed_is_found(project: Project, form: Callable[[Citation], str]) -> None:
    """Though ids are made of the path too."""
    citation = project.cite("defense industry")
    text = form(citation)
    (project.seeds / "talks.txt").rename(project.seeds / "renamed_é.txt")
    checked = project.check(text)
    assert checked.status == "moved"
    assert {name: after for name, _, after in checked.changes}["path"] == "seeds/renamed_é.txt"
    new = assert_mended(project, text)
    assert citation.id not in new


@every_form
def test_an_edited_paragraph_is_shown_with_what_changed(project: Project, form: Callable[[Citation], str]) -> None:
    text = form(project.cite("defense industry"))
    project.edit("talks.txt", ("planned discussions", "some talks"), ("technology transfer, ", ""))
    checked = project.check(text)
    assert (checked.status, checked.now and checked.now.paragraph) == ("edited", 3)
    assert [change for change in checked.diff if change.op != "="] == [
        ("-", "planned discussions"),
        ("+", "some talks"),
        ("-", "technology transfer, "),
    ]
    assert project.mend(text) == text


@every_form
def test_a_deleted_paragraph_is_gone(project: Project, form: Callable[[Citation], str]) -> None:
    text = form(project.cite("industry of bees"))
    project.edit("guide.md", ("The industry of bees needs no defense, as everybody knows.\n\n", ""))
    checked = project.check(text)
    assert (checked.status, checked.now) == ("gone", None)
    assert project.mend(text) == text


@every_form
def test_an_edited_paragraph_of_a_renamed_document_is_found(project: Project, form: Callable[[Citation], str]) -> None:
    text = form(project.cite("defense industry"))
    project.edit("talks.txt", ("planned discussions", "some talks"))
    (project.seeds / "talks.txt").rename(project.seeds / "renamed.txt")
    checked = project.check(text)
    assert (checked.status, checked.now and checked.now.path) == ("edited", "seeds/renamed.txt")


@every_form
def test_a_part_stands_while_its_own_words_do(project: Project, form: Callable[[Citation], str]) -> None:
    """An edit elsewhere in the paragraph gives it another id; the words only moved within it."""
    text = form(project.cite("defense industry", "joint defense projects and opportunities"))
    project.edit("talks.txt", ("Beyond the high-level exchanges", "Beyond these exchanges"))
    checked = project.check(text)
    assert checked.status == "moved"
    assert "part" in {name for name, _, _ in checked.changes}
    assert_mended(project, text)


def test_of_a_part_only_its_own_words_are_compared(project: Project) -> None:
    text = project.cite("defense industry", "joint defense projects and opportunities").text()
    project.edit("talks.txt", ("joint defense projects", "joint projects"))
    checked = project.check(text)
    assert checked.status == "edited"
    assert (
        "".join(change.text for change in checked.diff if change.op != "+")
        == "joint defense projects and opportunities"
    )
    assert "".join(change.text for change in checked.diff if change.op != "-") == "joint projects and opportunities"


def test_an_edited_part_of_a_long_paragraph_is_compared_with_that_and_not_with_a_short_one_like_it(
    project: Project,
) -> None:
    rest = "Of all this nothing is remembered but what was written down at the time. " * 15
    project.write(
        "port.txt", f"Port\n\n{rest}The old harbour office was closed by the council in winter. {rest}\n\nThe office."
    )
    text = project.cite("old harbour office", "The old harbour office was closed by the council in winter.").text()
    project.edit("port.txt", ("closed by the council", "shut by the council"))
    checked = project.check(text)
    assert checked.status == "edited"
    assert [(change.op, change.text) for change in checked.diff if change.op != "="] == [("-", "closed"), ("+", "shut")]


def test_a_part_that_is_all_of_its_paragraph_now_is_told_with_all_of_it(project: Project) -> None:
    text = project.cite("taken down", "set up is taken down again").text()
    project.edit(
        "guide.md", ("Everything that was set up is taken down again, in reverse.", "set up is taken down again")
    )
    checked = project.check(text)
    assert checked.status == "moved"
    assert {name: now for name, _, now in checked.changes}["part"] == (0, len("set up is taken down again"))
    assert_mended(project, text)


def test_white_space_is_no_change_but_can_move_a_part(project: Project) -> None:
    text = project.cite("defense industry", "joint defense projects and opportunities").text()
    project.edit("talks.txt", ("Beyond the high-level", "Beyond  the  high-level"))
    checked = project.check(text)
    assert [name for name, _, _ in checked.changes] == ["part"]
    assert_mended(project, text)


# Paragraphs that say the same


def test_a_copy_in_front_does_not_take_the_citation_along(project: Project) -> None:
    """By its id it would be the first of the two; context and number say which it is."""
    for form in (FORMS["annotation"], FORMS["text"]):
        project.write("guide.md", GUIDE)
        citation = next(one for one in _citations(project, "guide.md") if one.paragraph == 2)
        project.edit("guide.md", ("Read this first", citation.quote + "\n\nRead this first"), ("else.\n", "else.\n\n"))
        checked = project.check(form(citation))
        assert checked.now is not None
        assert checked.now.paragraph == (3 if form is FORMS["annotation"] else 1)


def test_each_of_two_alike_is_followed(project: Project) -> None:
    first, second = (one for one in _citations(project, "guide.md") if one.quote == "Yes.")
    assert first.id != second.id
    for citation in (first, second):
        for form in FORMS.values():
            assert project.check(form(citation)).status == "unchanged"
    project.edit("guide.md", ("Yes.\n\n", ""))  # the first
    checked = project.check(FORMS["annotation"](second))
    assert (checked.status, checked.now and checked.now.headings) == ("moved", ("Guide", "Taking down"))


def test_what_is_short_is_not_looked_for_in_other_documents(project: Project) -> None:
    project.write("other.txt", "Yes.\n\nThe words of another document.\n")
    first = next(one for one in _citations(project, "guide.md") if one.quote == "Yes.")
    project.write("guide.md", GUIDE.replace("Yes.\n\n", ""))
    assert project.check(first.text()).status == "gone"


def test_what_could_be_in_several_places_is_not_mended(project: Project) -> None:
    text = project.cite("defense industry").text()
    for name in ("a.txt", "b.txt"):
        shutil.copy(project.seeds / "talks.txt", project.seeds / name)
    (project.seeds / "talks.txt").unlink()
    checked = project.check(text)
    assert (checked.status, checked.places, checked.mendable) == ("moved", 2, False)
    assert project.mend(text) == text


def _citations(project: Project, name: str) -> list[Citation]:
    records = load_sources([project.seeds]).document(f"seeds/{name}")
    return [cite(record, records[max(0, place - 2) : place + 3]) for place, record in enumerate(records)]


# Little to go by


def test_an_id_alone_is_checked(project: Project) -> None:
    """It is made of the text: while it is there, the text is."""
    citation = project.cite("defense industry")
    text = f"See {citation.reference}."
    assert project.check(text).status == "unchanged"
    assert project.check(f"See searchlib:{citation.id[:6]}.").status == "unchanged"
    project.edit("talks.txt", ("planned discussions", "some talks"))
    assert project.check(text).status == "gone"


def test_a_range_past_the_end_of_the_paragraph_is_gone(project: Project) -> None:
    citation = project.cite("defense industry")
    checked = project.check(f"searchlib:{citation.id}#char=0,9999")
    assert (checked.status, checked.now, checked.mendable) == ("gone", None, False)
    assert checked.changes == (("part", (0, 9999), (0, citation.length)),)


def test_the_beginning_of_several_ids_is_ambiguous_unless_the_rest_tells(project: Project) -> None:
    project.write("many.txt", "\n\n".join(f"Paragraph number {number}." for number in range(9000)))
    ids: dict[str, list[Citation]] = {}
    for citation in _citations(project, "many.txt"):
        ids.setdefault(citation.id[:4], []).append(citation)
    prefix, (one, *others) = next(
        (key, found) for key, found in ids.items() if len(found) > 1 and any(map(str.isdigit, key))
    )
    library = load_sources([project.seeds])
    (checked,) = check_text(f"searchlib:{prefix}", library)
    assert (checked.status, checked.places) == ("ambiguous", 1 + len(others))
    (checked,) = check_text(one.text().replace(one.id, prefix), library)
    assert (checked.status, checked.now and checked.now.id) == ("unchanged", one.id)


def test_a_quote_may_be_shortened_with_an_ellipsis(project: Project) -> None:
    text = project.cite("defense industry").text()
    head, _, tail = text.partition("The aim was")
    short = head + "[…] " + tail[tail.index("industrial partnerships") :]
    assert project.check(short).status == "unchanged"
    assert project.check(short.replace("industrial partnerships", "industrial disputes")).status == "edited"


def test_a_quote_that_was_tampered_with_is_edited(project: Project) -> None:
    text = project.cite("industry of bees").text().replace("no defense", "a defense")
    checked = project.check(text)
    assert (checked.status, [change for change in checked.diff if change.op != "="]) == (
        "edited",
        [("-", "a"), ("+", "no")],
    )


def test_annotations_of_other_programs_are_checked_by_their_quote(project: Project) -> None:
    project.build()
    selector = [{"type": "TextQuoteSelector", "exact": "industry of bees needs no defense"}]
    text = json.dumps({"target": {"source": "https://example.org/guide", "selector": selector}})
    checked = project.check(text)
    assert (checked.status, checked.now and checked.now.path) == ("unchanged", "seeds/guide.md")
    project.edit("guide.md", ("needs no defense", "needs a defense"))
    assert project.check(text).status == "edited"


# Any text


def test_no_text_takes_long(project: Project) -> None:
    """Time is linear in the text, whatever it is made of."""
    library = load_sources([project.seeds])
    id = project.cite("industry of bees").id
    hostile = [
        "searchlib:" * 20_000,
        f"searchlib:{id[:4]}" * 20_000,
        f"[^{id}]: “" * 3_000,
        "> " * 100_000 + f"\n— a\n  ¶ 1 (a, line 1), searchlib:{id}",
        "> x\n" * 50_000 + f"  ¶ 1 (a, line 1), searchlib:{id}\n",
        ("¶ 1 (" * 1000 + f", line 1), searchlib:{id}\n") * 20,
        "[" * 200_000,
        '{"selector":' * 50_000,
        '{"selector":{"type":"TextQuoteSelector","exact":' + json.dumps("a b " * 200_000) + "}}",
        '"' + "\\" * 300_001,
    ]
    for text in hostile:
        began = time.process_time()
        check_text(text, library)
        assert time.process_time() - began < 4, text[:40]


def test_a_quote_that_is_cited_often_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def counting(text: str) -> str:
        compared.append(text)
        return normal(text)

    monkeypatch.setattr("searchlib.citing.sources.normal", counting)
    texts = "\n\n".join(f"The same words, with {number} after them." for number in range(50))
    library = SourceLibrary([Document("a.txt", texts)])
    note = "> The same words, with\n— Title\n  ¶ 1 (b.txt, line 1), searchlib:4f8m0c2k9x1pt7aw\n\n"
    check_text(note * 20, library)
    assert 0 < len(compared) <= 50


def test_the_difference_gives_both_texts_back(project: Project) -> None:
    for before, after in (
        ("a b c", "a x c"),
        ("東京は大きい。", "京都は古い。"),
        ("", "a"),
        ("one", ""),
        ("a  b", "a b"),
    ):
        diff = difference(before, after)
        assert "".join(change.text for change in diff if change.op != "+") == before
        assert "".join(change.text for change in diff if change.op != "-") == after
    assert [change.text for change in difference("東京は大きい", "東京は古い") if change.op == "-"] == ["大き"]
    assert normal(" a\n b\x1b") == "a b␛"
