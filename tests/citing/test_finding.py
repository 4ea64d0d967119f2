"""What is a citation in a file, where it ends, and what only looks like one."""

from __future__ import annotations

import json
import time

import pytest

from searchlib.citing import Citation, cite
from searchlib.citing.finding import find_in_text
from searchlib.citing.jsonfinding import find_in_json
from searchlib.citing.mending import check_text, find, mended
from searchlib.citing.sources import SourceLibrary
from searchlib.errors import SeedError
from searchlib.model.records import Document
from searchlib.paragraphs.identifying import records_of

from .texts import record_of

BEFORE = Document("a.txt", "One paragraph that is the first.\n\nAnother paragraph, the second one.\n")
AFTER = Document("a.txt", "New.\n\n" + BEFORE.text)
ID = "4f8m0c2k9x1pt7aw"


def citations(document: Document = BEFORE) -> list[Citation]:
    return [cite(record) for record in records_of(document)]


# Where the definition of a footnote ends


@pytest.mark.parametrize("lead", ["", "> ", "- ", "* ", "# ", "// ", " " * 12, "> - "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_of_two_definitions_has_its_own_numbers_behind_any_lead(lead: str, end: str) -> None:
    first, second = citations()
    text = end.join(lead + one.markdown() for one in (first, second)) + end
    found = [(one.id, one.quote, one.paragraph, one.line) for one in find_in_text(text)]
    assert found == [(one.id, one.quote, one.paragraph, one.line) for one in (first, second)]
    new, _ = mended(text, check_text(text, SourceLibrary([AFTER])))
    assert new == end.join(lead + one.markdown() for one in citations(AFTER)[1:]) + end


@pytest.mark.parametrize("lead", ["> ", "# ", "// "])
def test_an_empty_line_behind_the_same_lead_ends_a_definition(lead: str) -> None:
    other = "As in ¶ 9 (other.txt, line 99)."
    text = f"{lead}[^{ID}]: A note without a place.\n{lead.rstrip()}\n{lead}{other}\n"
    (found,) = find_in_text(text)
    assert (found.paragraph, found.path) == (None, None)


def test_a_text_form_after_a_definition_keeps_its_own_numbers() -> None:
    first, second = citations()
    note, form = find_in_text(f"{first.markdown()}\n{second.text()}\n")
    assert (note.form, note.paragraph, note.line) == ("markdown", 1, 1)
    assert (form.form, form.paragraph, form.line) == ("text", 2, 3)
    note, form = find_in_text(f"[^{ID}]: A note without a place.\n{second.text()}\n")
    assert (note.form, note.paragraph, form.paragraph) == ("markdown", None, 2)


def test_of_two_places_in_a_definition_the_first_one_counts() -> None:
    (first, _) = citations()
    for more in ("; see ¶ 7 (b.txt, line 70)", "\n  and ¶ 7 (b.txt, line 70)."):
        (found,) = find_in_text(first.markdown() + more + "\n")
        assert (found.path, found.paragraph, found.line) == ("a.txt", 1, 1)


def test_a_path_may_look_like_the_end_of_a_place() -> None:
    (citation,) = (cite(one) for one in records_of(Document("x, line 7).txt", "Some words.")))
    (found,) = find_in_text(citation.markdown() + "\n")
    assert (found.path, found.line) == (citation.path, 1)


def test_a_quote_above_is_bounded() -> None:
    text = "> some words of a quote\n" * 20_000 + f"— Title\n  ¶ 1 (a.txt, line 1), searchlib:{ID}\n"
    (found,) = find_in_text(text)
    assert found.quote is not None and len(found.quote) <= 110_000


# What only looks like a reference


@pytest.mark.parametrize(
    "text",
    ["http://searchlib:8080/", "docker run -p searchlib:8080", "//searchlib:80ab/", "searchlib:2024 searchlib:pages"],
)
def test_a_host_with_a_port_is_no_reference(text: str) -> None:
    assert find_in_text(text) == []


def test_digits_alone_are_a_reference_where_a_place_is_given() -> None:
    (found,) = find_in_text("> words\n— Title\n  ¶ 1 (a.txt, line 1), searchlib:8080\n")
    assert (found.id, found.quote) == ("8080", "words")


def test_a_reference_in_json_may_be_the_beginning_of_an_id() -> None:
    (citation, _) = citations()
    annotation = citation.annotation()
    annotation["id"] = f"searchlib:{citation.id[:6]}"
    text = json.dumps(annotation)
    (found,) = find_in_json(text)
    assert (found.form, found.id) == ("json", citation.id[:6])
    new, _ = mended(text, check_text(text, SourceLibrary([AFTER]), "a.json"))
    assert json.loads(new)["id"] == annotation["id"]


# JSON that is broken


def test_a_broken_line_of_json_lines_does_not_hide_the_others() -> None:
    first, second = citations()
    broken = f'{{"see": "searchlib:{ID}", "unclosed": "\n'
    text = "".join((json.dumps(first.annotation()), "\n", broken, json.dumps(second.as_dict()), "\n"))
    for name in ("a.jsonl", "a.ndjson"):
        found = find(text, name)
        assert [(one.form, one.id) for one in found] == [
            ("json", first.id),
            ("reference", ID),
            ("json", second.id),
        ]
        new, _ = mended(text, check_text(text, SourceLibrary([AFTER]), name))
        lines = new.splitlines()
        assert lines[1] + "\n" == broken
        assert (json.loads(lines[0])["citation"]["line"], json.loads(lines[2])["line"]) == (3, 5)


def test_many_broken_lines_take_no_longer() -> None:
    began = time.process_time()
    find(f"searchlib:{ID}\n" + '[{"a":\n' * 50_000, "a.jsonl")
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    ("text", "line"), [('{\n"a": 1,\n"b": searchlib:4f8m\n}', 3), ('[\n1,,\n"searchlib:4f8m"]', 2), ('"[^', 1)]
)
@pytest.mark.parametrize("suffix", [".json", ".ipynb", ".JSON"])
def test_a_file_of_json_that_is_none_is_an_error(text: str, line: int, suffix: str) -> None:
    with pytest.raises(SeedError, match=rf"^a{suffix}: line {line} is no JSON: mend it"):
        find(text, f"a{suffix}")


@pytest.mark.parametrize("begin", ['{"a":', "[1, 2,,", "{", '{"a": "'])
@pytest.mark.parametrize("name", ["", "a.md", "a.txt"])
def test_what_only_begins_like_json_is_read_as_text(begin: str, name: str) -> None:
    assert [found.id for found in find(f"{begin} searchlib:4f8m0c2k9x1pt7aw }}", name)] == ["4f8m0c2k9x1pt7aw"]


# Slots


def test_a_path_that_holds_a_label_is_mended_as_a_path() -> None:
    """The label moves too, with the definition of its note."""
    inner, _ = citations()
    record = record_of("These are the words that moved.", f"b [^{inner.id}] c.txt")
    text = f"{inner.markdown()}\n\n{cite(record).text()}\n"
    library = SourceLibrary([Document("renamed.txt", record.paragraph.text), Document("moved.txt", BEFORE.text)])
    new, count = mended(text, check_text(text, library))
    assert count == 2
    label = f"[^{citations(Document('moved.txt', BEFORE.text))[0].id}]"
    now = cite(record_of(record.paragraph.text, "renamed.txt"))
    assert new.splitlines()[0].startswith(f"{label}: ")
    assert new.splitlines()[2:] == [*now.text().splitlines()[:1], f"— b {label} c.txt", *now.text().splitlines()[2:]]


def test_what_has_been_read_as_a_path_is_not_searched_for_citations() -> None:
    inner, _ = citations()
    citation = cite(record_of("These are the words that moved.", inner.markdown()))
    text = json.dumps(citation.as_dict())
    assert [(one.form, one.id) for one in find_in_json(text)] == [("json", citation.id)]


def test_objects_of_others_that_look_like_citations_keep_what_is_no_reference() -> None:
    first, _ = citations()
    value = {**first.as_dict(), "reference": "Smith 2001", "length": "12 pages"}
    text = json.dumps(value)
    new, _ = mended(text, check_text(text, SourceLibrary([AFTER]), "a.json"))
    assert json.loads(new)["line"] == 3
    assert (json.loads(new)["reference"], json.loads(new)["length"]) == ("Smith 2001", "12 pages")


@pytest.mark.parametrize("key", [r"\x", r"\u12", "\\ud800"])
def test_a_key_with_an_escape_that_is_none_hides_no_citation(key: str) -> None:
    text = f'{{"{key}": 1, "note": "searchlib:{ID}"}}'
    assert [found.id for found in find_in_json(text)] == [ID]


def test_spans_of_an_object_around_a_citation_are_its_own() -> None:
    cited = citations()[1]
    text = json.dumps({**cited.annotation(), "spans": [[0, 5]]})
    new, count = mended(text, check_text(text, SourceLibrary([AFTER])))
    assert count == 1
    assert json.loads(new)["spans"] == [[0, 5]]
    assert json.loads(new)["selector"][1]["start"] == citations(AFTER)[2].start


@pytest.mark.parametrize(
    ("text", "quote", "path"),
    [
        ("It says [searchlib:4f8m0c2k9x1pt7aw] “boats go”, and more “quoted”.", "boats go", None),
        (
            "[searchlib:4f8m0c2k9x1pt7aw] “He said “no” twice.” — T, ¶ 3 (a (b).md, line 4)",
            "He said “no” twice.",
            "a (b).md",
        ),
        ("[searchlib:4f8m0c2k9x1pt7aw] “Er sagte „nein“ dazu.” — T, ¶ 3 (a.md)", "Er sagte „nein“ dazu.", "a.md"),
        ("[searchlib:4f8m0c2k9x1pt7aw]\n“on the next line”", "on the next line", None),
        ("[searchlib:4f8m0c2k9x1pt7aw] no quote, and “another thing”", None, None),
        ("(searchlib:4f8m0c2k9x1pt7aw) “not in brackets”", None, None),
        ("[searchlib:4f8m0c2k9x1pt7aw] “never closed\n\n and so on”", None, None),
        ("[searchlib:4f8m0c2k9x1pt7aw] “never closed [searchlib:70d6ndac4095q2qa] “other”", None, None),
    ],
)
def test_an_inline_citation_has_the_quote_behind_its_reference(text: str, quote: str | None, path: str | None) -> None:
    found = find_in_text(text)[0]
    assert (found.id, found.quote, found.path) == ("4f8m0c2k9x1pt7aw", quote, path)


def test_inline_citations_are_found_in_linear_time() -> None:
    text = "[searchlib:4f8m0c2k9x1pt7aw] “" + "“ ” " * 4000
    began = time.process_time()
    find_in_text(text)
    once = time.process_time() - began
    began = time.process_time()
    find_in_text(text * 8)
    assert time.process_time() - began < 40 * once + 0.5
