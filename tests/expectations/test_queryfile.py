"""Files of checks: what they say, and what is said of those that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchlib.errors import SettingsError
from searchlib.expectations import AnswerCheck, Expectation, Target, load_checks

TOML = """\
# What readers ask.
[defaults]
within = 3
filter = "lang:en"

[[check]]
query = "opening hours"
first = "seeds/harbour.md"
expect = [
    { quote = "the last boat", within = 5 },   # a comment
    "searchlib:4F8M0C2K9X1PT7AW",
]
absent = { document = "seeds/old.md", quote = "closed" }

[[check]]
name = "fees, in any language"
query = "fees"
filter = []
within = 20
sort = ["-year"]
per-document = 2
distinct = true
synonyms = "words.txt"
names = true
ranking = { title = 5 }
expect = "seeds/fees.md"
absent = [{ paragraph = "4f8m", within = 2 }]
"""
LINES = """\
# What readers ask.
{"defaults": {"within": 3, "filter": "lang:en"}}

{"query": "opening hours", "first": "seeds/harbour.md", "expect": [{"quote": "the last boat", "within": 5}, "searchlib:4f8m0c2k9x1pt7aw"], "absent": {"document": "seeds/old.md", "quote": "closed"}}
{"name": "fees, in any language", "query": "fees", "filter": [], "within": 20, "sort": ["-year"], "per-document": 2, "distinct": true, "synonyms": "words.txt", "names": true, "ranking": {"title": 5}, "expect": "seeds/fees.md", "absent": [{"paragraph": "4f8m", "within": 2}]}
"""  # noqa: E501


def loaded(folder: Path, text: str, name: str = "checks.toml") -> list[AnswerCheck]:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return load_checks(file)


@pytest.mark.parametrize(("name", "text", "lines"), [("c.toml", TOML, (6, 15)), ("c.jsonl", LINES, (4, 5))])
def test_a_file_says_queries_and_what_is_expected(tmp_path: Path, name: str, text: str, lines: tuple[int, int]) -> None:
    hours, fees = loaded(tmp_path, text, name)
    assert (hours.name, hours.query, hours.options) == ("opening hours", "opening hours", {"filter": ["lang:en"]})
    assert hours.expectations == (
        Expectation(Target("seeds/harbour.md"), 1),
        Expectation(Target(quote="the last boat"), 5),
        Expectation(Target(paragraph="4f8m0c2k9x1pt7aw"), 3),
        Expectation(Target("seeds/old.md", quote="closed"), None, True),
    )
    assert fees.expectations == (
        Expectation(Target("seeds/fees.md"), 20),
        Expectation(Target(paragraph="4f8m"), 2, True),
    )
    assert fees.options == {
        "filter": [],
        "sort": ["-year"],
        "per_document": 2,
        "distinct": True,
        "synonyms": str(tmp_path / "words.txt"),
        "names": True,
        "ranking": {"title": 5},
    }
    assert fees.depth == 20
    assert [one.where for one in (hours, fees)] == [f"{tmp_path / name}, line {line}" for line in lines]
    assert [str(one) for one in hours.expectations] == ["first", "within 5", "within 3", "not at all"]


def test_ten_hits_are_looked_at_where_nothing_else_is_said(tmp_path: Path) -> None:
    (check,) = loaded(tmp_path, '[[check]]\nquery = "a"\nexpect = "b"\n')
    assert check.expectations[0].within == 10


HEAD = '[[check]]\nquery = "a"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", " has no checks: write one, as [[check]] with query and first, or expect"),
        ("x = [", " is no TOML: "),
        (
            'within = 3\n[[check]]\nquery = "a"',
            ", line 1: within stands outside of any check: write [[check]] above it",
        ),
        ('[check]\nquery = "a"', ", line 1: write [[check]], in two brackets"),
        ("[[check]]\nexpect = []", ", line 1: no query: write query ="),
        ("[[check]]\n\nquery = 3", ", line 3: no query"),
        (HEAD, ", line 1: nothing is expected of a: add first, expect or absent"),
        (HEAD + 'frist = "b"', ", line 3: frist is not a key of a check: did you mean first?"),
        (HEAD + 'first = { document = "b", within = 2 }', ", line 3: first is within 1: leave within out"),
        (HEAD + 'expect = { document = "b", within = 0 }', ", line 3: within is 0: give a whole number"),
        (HEAD + "expect = 3", ", line 3: 3 is no target: write a path, a reference, or a table"),
        (HEAD + 'expect = [{ path = "b" }]', ", line 3: path is nothing of a target: give some of document, paragraph"),
        (HEAD + "expect = [{ within = 3 }]", ", line 3: there is no target beside within"),
        (HEAD + 'expect = [{ quote = "" }]', ", line 3: quote is '': give a text"),
        (HEAD + 'expect = "searchlib:4f8m0c2k9x1pt7aw#char=1,2"', ", line 3: a range of a paragraph is no target"),
        (HEAD + 'first = "b"\nfilter = 3', ", line 4: filter is 3: give a text, or a list of texts"),
        (
            HEAD + 'first = "b"\nper_document = 1',
            ", line 4: per_document is not a key of a check: did you mean per-document?",
        ),
        (HEAD + 'first = "b"\nranking = { k3 = 1 }', ", line 4: ranking is {'k3': 1}: give a table of k1, b,"),
        (HEAD + 'first = "b"\n\n' + HEAD + 'first = "b"', "line 5: a is checked at "),
        ("[defaults]\nfirst = 3\n" + HEAD, ", line 2: first is not a default: there are within, filter"),
        ('defaults = 3\n[[check]]\nquery = "a"\nfirst = "b"', "defaults are no table"),
    ],
)
def test_a_mistake_is_said_with_its_line_and_what_to_do(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path, text)
    assert said in str(error.value)
    assert str(error.value).startswith(str(tmp_path / "checks.toml"))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n{", "line 2: no JSON"),
        ("[]", "line 1: no object"),
        ('# a comment\n{"query": "a", "expect": "b", "x": 1}', "line 2: x is not a key of a check"),
        ("[" * 100_000, "line 1: no JSON"),
    ],
)
def test_so_is_one_in_a_line_of_json(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path, text, "c.jsonl")
    assert said in str(error.value)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"\xff")
    for name, said in (("nowhere.toml", "No such file"), ("latin.toml", "not UTF-8"), (".", "a folder, not a file")):
        with pytest.raises(SettingsError, match=said):
            load_checks(tmp_path / name)
