"""docs/query-language.md: every example on the page does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lexicons import lexicon_of

from searchlib.highlight import Highlighter
from searchlib.model.locators import Locator
from searchlib.model.records import DocumentInfo, Paragraph, Record
from searchlib.query import Parsed, parse
from searchlib.query.mistakes import left_out, too_many_words
from searchlib.query.synonyms import parse_synonyms

PAGE = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text(encoding="utf-8")
FIELDS = ["author", "year", "date", "page", "page_label"]
ROW = re.compile(r"^\| `(?P<query>.+?)` \| (?P<finds>.*?) ?\| (?P<misses>.*?) ?\|$", re.MULTILINE)
EXAMPLES = [(row["query"], row["finds"].strip(), row["misses"].strip()) for row in ROW.finditer(PAGE)]
BLOCKS = re.findall(r"```text\n(.+?)\n```", PAGE, re.DOTALL)
SYNONYMS = parse_synonyms(BLOCKS[0])
MESSAGES = BLOCKS[1:-2]
HINT = BLOCKS[-2]
COSTLY = BLOCKS[-1]
PLACE = (Locator("page", 12, "xii"),)
METADATA = {"author": "Jane Smith", "year": 1995, "date": "2020-05-17"}


def record(text: str) -> Record:
    document = DocumentInfo("reports/trade.md", "Trade in peace", "markdown", "en", METADATA)
    return Record("0" * 16, document, Paragraph(3, 0, len(text), text, headings=("Markets",), locators=PLACE))


WORDS = lexicon_of(*(text.replace("**", "") for _, *texts in EXAMPLES for text in texts), languages=["de", "en"])


def parsed(source: str) -> Parsed:
    # The title has words of its own; where an example is about the text, only the text is searched.
    return parse(source, FIELDS, WORDS, {"text": 1.0}, synonyms=SYNONYMS)


def marked(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]}**{text[start:end]}**{text[end:]}"
    return text


def highlights_joined(text: str) -> str:
    """Neighbouring highlights as one: the page writes a phrase as a reader sees it."""
    return re.sub(r"\*\*([ '.,-])\*\*", r"\1", text)


def test_the_page_has_examples_of_everything() -> None:
    assert len(EXAMPLES) > 60
    assert len(MESSAGES) == 8


@pytest.mark.parametrize(("source", "finds", "misses"), EXAMPLES)
def test_an_example_finds_and_highlights_what_the_page_says(source: str, finds: str, misses: str) -> None:
    found = parsed(source)
    assert found.warnings == ()
    if finds:
        text = finds.replace("**", "")
        assert Highlighter(found.query).match(record(text))[0].matched
        assert highlights_joined(marked(text, Highlighter(found.query).spans(record(text)))) == highlights_joined(finds)
    if misses:
        assert not Highlighter(found.query).match(record(misses))[0].matched
        assert Highlighter(found.query).spans(record(misses)) == ()


@pytest.mark.parametrize("message", MESSAGES)
def test_a_mistake_is_told_as_the_page_says(message: str) -> None:
    source = message.splitlines()[1][4:]
    assert str(parsed(source).warnings[0]) == message


def test_what_is_left_out_is_hinted_at_as_the_page_says() -> None:
    source = HINT.splitlines()[1][4:]
    (warning,) = left_out(source, parsed(source).query, True)
    assert str(warning) == HINT


def test_what_stands_for_very_many_words_is_told_as_the_page_says() -> None:
    (warning,) = too_many_words("*a*", [(0, 3), (0, 3)])
    assert str(warning) == COSTLY
