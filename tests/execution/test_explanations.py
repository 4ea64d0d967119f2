"""What a score is made of, shown to people: shares that add up to the digit, in words."""

from __future__ import annotations

import json
import random
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from exploring import examples, seeds
from hypothesis import given
from hypothesis import strategies as st

from searchlib.engine.explaining import Explanation, apportioned
from searchlib.engine.requests import Request
from searchlib.engines.whoosh import open_reader, open_writer
from searchlib.engines.whoosh.execution import Snapshot, explain, search
from searchlib.model.ranking import BM25F
from searchlib.model.records import Block, Document
from searchlib.query import parse

from . import generate
from .memory import MemorySegment

NUMBER = re.compile(r"( *)(-?\d+\.\d{4})  (.*)")


def adds_up(lines: list[str]) -> int:
    """Check that the numbers at each depth add up to the one above them; how many sums there were."""
    entries = [(len(found[1]) // 2, Decimal(found[2])) for line in lines if (found := NUMBER.fullmatch(line))]
    sums = 0
    for place, (depth, amount) in enumerate(entries):
        below = []
        for deeper, part in entries[place + 1 :]:
            if deeper <= depth:
                break
            if deeper == depth + 1:
                below.append(part)
        if below:
            sums += 1
            assert sum(below) == amount, lines
    return sums


def json_adds_up(node: dict[str, Any]) -> None:
    below = node.get("parts", []) + node.get("occurrences", [])
    if below:
        assert sum(Decimal(str(part["share"])) for part in below) == Decimal(str(node["share"]))
    for part in node.get("parts", []):
        json_adds_up(part)


@pytest.mark.parametrize("seed", seeds(40))
def test_what_is_shown_adds_up_to_the_digit(seed: int) -> None:
    """For trees of every class, nested, with boosts (negative ones too), constants, phrases, tiebreaks."""
    rng = random.Random(seed)
    ranking = BM25F(k1=rng.choice([1.2, 0.9]), delta=rng.choice([0.0, 0.5]))
    snapshot = Snapshot([MemorySegment(generate.corpus(rng, 60))], compiled=False)
    sums = 0
    for _ in range(12):
        tree = generate.tree(rng, rng.randint(0, 3))
        top = search(snapshot, tree, 5, ranking=ranking)
        for doc, score in zip(top.docs.tolist(), top.scores.tolist(), strict=True):
            made = explain(snapshot, tree, 0, doc, ranking=ranking)
            assert made is not None
            lines = str(made).splitlines()
            assert lines[0].startswith(f"{score:.4f}  ")
            sums += adds_up(lines)
            assert adds_up(made.lines(0)) == adds_up(lines)
            found = json.loads(json.dumps(made.as_dict()))
            assert found["score"] == made.score
            assert f"{found['share']:.4f}".lstrip("-") == f"{score:.4f}".lstrip("-")
            json_adds_up(found)
    assert sums > 2


@examples(200)
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=9))
def test_shares_are_rounded_so_that_they_add_up(values: list[float]) -> None:
    """sum(apportioned(amount, values)) == amount, and none is a unit away from its value."""
    amount = round(sum(values) * 10_000)
    found = apportioned(amount, values)
    assert sum(found) == amount
    assert all(abs(part - value * 10_000) <= 1.0001 for part, value in zip(found, values, strict=True))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("explained") / "index"
    writer = open_writer(folder)
    text = "The defense industries of many countries. Erdoğan praised the industry, and industries praised him."
    block = Block(0, len(text), "text", ("Industry", "Peace"))
    writer.add(Document("a.md", text, "Trade and industry", language="en", metadata={"year": 1995}, blocks=(block,)))
    for number in range(9):
        writer.add(Document(f"{number}.txt", f"Nothing of note on day {number}.", language="en"))
    writer.commit()
    return open_reader(folder)


def explained(reader: Any, source: str) -> Explanation:
    tree = parse(source, reader.fields, reader.lexicon).query
    (best,) = reader.search(Request(tree, limit=1)).hits
    (found,) = reader.explain(tree, [best.handle])
    assert isinstance(found, Explanation)
    return found


def wording(reader: Any, source: str) -> str:
    """Without numbers with many digits, which other tests look at."""
    return re.sub(r"-?\d+\.\d{4}", "#", str(explained(reader, source)))


def test_a_word_is_shown_as_it_was_typed_and_as_it_was_found(reader: Any) -> None:
    assert wording(reader, "industries") == (
        "#  “industries”, found as “industries” and “industry”: "
        "rarity # (in 1 of 10 paragraphs) × frequency # (of at most 2.2)\n"
        "  #  twice in the text of 14 words (6.8 on average)\n"
        "  #  once as “industry” in the text of 14 words (6.8 on average), each counting 0.8\n"
        "  #  once as “industry” in the title of 3 words (0.3 on average), each counting 2.4\n"
        "  #  once as “Industry” in the headings of 2 words (0.2 on average), each counting 1.6"
    )


def test_another_accent_and_a_boost_are_said(reader: Any) -> None:
    assert wording(reader, "erdogan^2").splitlines() == [
        "#  “erdogan”, found as “Erdoğan”: rarity # (in 1 of 10 paragraphs) × frequency # (of at most 2.2) × boost 2",
        "  #  once as “Erdoğan” in the text of 14 words (6.8 on average), each counting 0.3",
    ]


def test_groups_phrases_and_patterns_are_said_in_words(reader: Any) -> None:
    shown = wording(reader, '"defense industries" AND (indus* OR absent) year:1995 -war').splitlines()
    summaries = [line.strip() for line in shown if " times " not in line and " once " not in line]
    assert summaries[0] == "#  the score, the sum of:"
    assert "#  “defense industries”: the words stand as asked, and add up:" in summaries
    assert "#  “indus*”: whatever it finds counts the same" in summaries
    assert not any("text:" in line or "\x1f" in line for line in shown)


def test_lines_are_wrapped_under_their_text(reader: Any) -> None:
    from searchlib.render.terminal import columns

    found = explained(reader, "industries defense^2")
    for width in (40, 80, 200):
        lines = found.lines(width)
        assert max(map(columns, lines)) <= width
        assert " ".join(" ".join(lines).split()) == " ".join(str(found).split())
    narrow = found.lines(40)
    assert all(NUMBER.fullmatch(line) or line.startswith(" " * 8) for line in narrow)


def test_what_the_text_holds_cannot_steer_a_terminal(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "index")
    writer.add(Document("a.txt", "war co\u00adop\u202ewar \x1b[31mred", language="en"))
    writer.commit()
    reader = open_reader(tmp_path / "index")
    shown = str(explained(reader, "coop red war"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)


def test_the_structure_for_json_has_every_factor(reader: Any) -> None:
    found = explained(reader, "industries defense").as_dict()
    assert found["made"] == "sum"
    word = found["parts"][0]
    assert word["text"] == "“industries”"
    assert {"idf", "df", "records", "frequency", "boost", "occurrences", "share", "score"} <= word.keys()
    assert word["score"] == pytest.approx(word["boost"] * word["idf"] * word["frequency"])
    first = word["occurrences"][0]
    assert (first["field"], first["found_as"], first["frequency"], first["length"]) == (
        "text",
        ["industries"],
        2,
        14,
    )


def test_a_part_that_is_not_the_greatest_says_so() -> None:
    made = Explanation(
        2.3,
        "max",
        "“a” or “b”",
        (Explanation(2.0, "constant", "“a”"), Explanation(1.0, "constant", "“b”")),
        tiebreak=0.3,
    )
    assert str(made).splitlines() == [
        "2.3000  “a” or “b”, of which the greatest counts:",
        "  2.0000  “a”: whatever it finds counts the same",
        "  0.3000  “b”: 1.0000, which is not the greatest and 0.3 of it counts",
    ]


def test_a_text_without_spaces_is_as_long_as_its_words_and_pairs(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "index")
    writer.add(Document("a", "東京都の港は冬に閉まる。"))
    writer.commit()
    reader = open_reader(tmp_path / "index")
    query = parse("東京").query
    (hit,) = reader.search(Request(query)).hits
    (found,) = reader.explain(query, [hit.handle])
    reader.close()
    assert "in the text of 11 words and pairs of characters (11.0 on average)" in str(found)
