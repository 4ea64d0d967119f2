"""Whether answers have what they must have in them, and why a rank moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import searchlib
from searchlib import Document, Index
from searchlib.errors import SettingsError
from searchlib.expectations import (
    AnswerCheck,
    Expectation,
    Outcome,
    Target,
    Verdict,
    check_answers,
    read_baseline,
    write_baseline,
)
from searchlib.expectations.baselines import Live
from searchlib.expectations.movements import Movement, _share

HARBOUR = "The gates open at six and close when the last boat is in."
FEES = "A berth is twelve a night and the gates cost nothing."
DOGS = "Dogs are free on every boat that is in the harbour."
TEXTS = {"harbour.md": HARBOUR, "fees.md": FEES, "dogs.md": DOGS, "rest.md": "Nothing is said here of that."}

Make = Callable[..., Index]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    made: list[Index] = []

    def build(texts: Mapping[str, str], **options: object) -> Index:
        path = tmp_path / f"index{len(made)}"
        with searchlib.build([], path) as empty, empty.writer() as writer:
            for name, text in texts.items():
                writer.add(Document(name, text, title=name.partition(".")[0], language="en"))
        made.append(searchlib.open(path, **options))  # type: ignore[arg-type]
        return made[-1]

    return build


def check(query: str, *expectations: Expectation, **options: object) -> AnswerCheck:
    return AnswerCheck(query, query, expectations, options, "checks.toml, line 1")


def outcome(index: Index, one: AnswerCheck, before: Index | None = None) -> Outcome:
    return check_answers(index, [one], Live(before) if before is not None else None).outcomes[0]


def verdict(index: Index, query: str, one: Expectation, **options: object) -> Verdict:
    return outcome(index, check(query, one, **options)).verdicts[0]


def wanted(target: Target, within: int = 1) -> Expectation:
    return Expectation(target, within)


def absent(target: Target, within: int | None = None) -> Expectation:
    return Expectation(target, within, True)


@pytest.mark.parametrize(
    "target", [Target("harbour.md"), Target(quote="the  last\nboat"), Target("harbour.md", quote="six")]
)
def test_a_target_is_a_document_or_what_it_says(make: Make, target: Target) -> None:
    found = verdict(make(TEXTS), "gates open", wanted(target))
    assert (found.held, found.rank, found.said) == (True, 1, "rank 1")


def test_a_target_is_a_paragraph_by_the_beginning_of_its_id(make: Make) -> None:
    index = make(TEXTS)
    id = index.search("gates open")[0].id
    assert verdict(index, "gates open", wanted(Target(paragraph=id[:6]))).held
    assert not verdict(index, "gates open", wanted(Target("fees.md", paragraph=id))).held


def test_the_name_of_a_file_of_rows_is_each_of_them(make: Make) -> None:
    assert verdict(make({**TEXTS, "rows.csv#7": "A row of zebras."}), "zebras", wanted(Target("rows.csv"))).held


def test_what_is_too_far_behind_is_missed(make: Make) -> None:
    index = make(TEXTS)
    missed = verdict(index, "gates open", wanted(Target("fees.md")))
    assert (missed.held, missed.rank, missed.said) == (False, 2, "rank 2, and not first")
    assert verdict(index, "gates open", wanted(Target("fees.md"), 2)).held


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target("nowhere.md"), "it is not in the index"),
        (Target(paragraph="0000000000000000"), "it is not in the index"),
        (Target(quote="entirely unheard of"), "nothing in the index says that"),
        (Target("rest.md"), "it is in the index, and does not match the query"),
        (Target("rest.md", quote="Nothing is said"), "it is in the index, and does not match the query"),
    ],
)
def test_why_a_target_is_no_hit_is_said(make: Make, target: Target, said: str) -> None:
    missed = verdict(make(TEXTS), "gates open", wanted(target, 5))
    assert (missed.held, missed.rank, missed.said) == (False, None, said)


def test_a_quote_that_was_edited_is_shown_as_it_is(make: Make) -> None:
    index = make({**TEXTS, "harbour.md": HARBOUR.replace("boat is in", "ship has come in")})
    missed = verdict(index, "gates open", wanted(Target(quote="close when the last boat is in")))
    assert missed.said.startswith("it is no more in the index; closest is harbour.md:1 ¶ 1")
    assert [change.text for change in missed.diff if change.op != "="] == ["boat is", "ship has come"]


def test_what_must_not_be_found_is_looked_for_among_all_hits(make: Make) -> None:
    many = {f"{number:03}.md": "The gates open, open, open." for number in range(120)}
    index = make({**TEXTS, **many})
    late = verdict(index, "gates open", absent(Target("fees.md")))
    assert (late.held, late.rank, late.said) == (False, None, "found, after the first 100")
    assert verdict(index, "gates open", absent(Target("fees.md"), 100)).held
    assert not verdict(index, "gates open", absent(Target(quote="berth is twelve"))).held
    assert verdict(index, "gates open", absent(Target("rest.md"))).held
    assert verdict(index, "gates open", wanted(Target("fees.md"))).said == "found, but after the first 100"
    early = verdict(index, "berth", absent(Target("fees.md"), 3))
    assert (early.held, early.said) == (False, "rank 1, and it should be not within 3")


def test_a_query_is_asked_with_its_options(make: Make) -> None:
    index = make(TEXTS)
    assert verdict(index, "gates", absent(Target("fees.md")), filter=["document:harbour.md"]).held
    assert verdict(index, "boat", wanted(Target("harbour.md")), sort=["-document"]).held
    assert not verdict(index, "boat", wanted(Target("harbour.md")), sort=["document"]).held


@pytest.mark.parametrize("options", [{"filter": ["nosuch:1"]}, {"sort": ["text"]}])
def test_what_cannot_be_asked_is_said_with_its_line(make: Make, options: Mapping[str, object]) -> None:
    with pytest.raises(SettingsError, match=r"^checks\.toml, line 1: "):
        outcome(make(TEXTS), check("gates", wanted(Target("fees.md")), **options))


# Why a rank moved


def moved(before: Index, after: Index, query: str = "gates open", target: str = "harbour.md") -> Movement:
    found = outcome(after, check(query, wanted(Target(target))), before).verdicts[0].moved
    assert found is not None
    return found


def test_a_rank_that_stayed_is_no_movement(make: Make) -> None:
    found = outcome(make({**TEXTS, "new.md": "Else."}), check("gates open", wanted(Target("harbour.md"))), make(TEXTS))
    assert (found.held, found.moved) == (True, False)


def test_a_paragraph_that_came_between_is_named_with_the_words_that_count_more_in_it(make: Make) -> None:
    found = moved(make(TEXTS), make({**TEXTS, "new.md": "Gates open. The gates open early."}))
    assert (found.before, found.after) == (1, 2)
    (rival,) = found.came
    assert (rival.place, rival.was, rival.now, rival.state) == ("new.md:1 ¶ 1", None, 1, "new, rank 1")
    assert set(rival.words) == {"“gates”", "“open”"}
    assert all(own > other for own, other in rival.words.values())


def test_one_that_went_is_named_too(make: Make) -> None:
    found = moved(make({**TEXTS, "new.md": "Gates open. The gates open early."}), make(TEXTS))
    assert (found.before, found.after, found.came) == (2, 1, ())
    assert [(one.place, one.state) for one in found.left] == [("new.md:1 ¶ 1", "rank 1 then, gone now")]


def test_whose_statistics_changed_is_told_and_adds_up(make: Make) -> None:
    long = {f"{number}.md": "Gates and gates of iron, of wood, of stone. " * 9 for number in range(20)}
    found = moved(make(TEXTS), make({**TEXTS, **long, "new.md": "Open, open, open gates."}))
    words = {one.word: one for one in found.words}
    gates = words["“gates”"]
    rarity, length = gates.effects[:2]
    assert rarity.what == "in 2 of 4 paragraphs then, in 23 of 25 now"
    assert rarity.by < 0
    assert length.what == "text 10.2 → 66.6 words long on average"
    assert length.by > 0, "beside longer texts it counts for more"
    for one in found.words:
        assert sum(effect.by for effect in one.effects) == pytest.approx(one.after - one.before, abs=0.002)
    change = found.score_after - found.score_before  # type: ignore[operator]
    assert sum(one.after - one.before for one in found.words) == pytest.approx(change, abs=0.002)


def test_that_its_own_text_changed_is_told(make: Make) -> None:
    shorter = {**TEXTS, "harbour.md": "The gates close when the last boat is in.", "fees.md": FEES + " They open."}
    found = moved(make(TEXTS), make(shorter), target="fees.md")
    told = {one.word: [effect.what for effect in one.effects] for one in found.words}
    assert told["“open”"] == ["is in it now"]
    assert "1 of 11 words in the text → 1 of 13 words in the text" in told["“gates”"][-1]
    assert found.instead.startswith("by fees.md:1 ¶ 1  ") and " then, by fees.md:1 ¶ 1  " in found.instead


def test_another_ranking_is_told(make: Make) -> None:
    texts = {
        "a.md": "Gates of iron.",
        "b.md": "Gates, gates and gates " + "of iron " * 30,
    }
    usual, flat = make(texts, ranking={"short": 0}), make(texts, ranking={"short": 0, "b": 0})
    (word,) = moved(usual, flat, query="gates", target="a.md").words
    assert [effect.what for effect in word.effects] == ["b 0.75 → 0"]
    (word,) = moved(usual, make(texts), query="gates", target="a.md").words
    assert [effect.what for effect in word.effects] == ["short 0 → 12"]


def test_the_formula_is_that_of_the_explanation(make: Make) -> None:
    live = Live(make(TEXTS))
    one = check("gates boats", wanted(Target("harbour.md")))
    hit = live.hit(one, 1)
    assert hit is not None
    for word in hit.words:
        assert _share(word, live.ranking) == pytest.approx(word.share, abs=1e-4)


def test_a_baseline_says_what_the_index_would(make: Make, tmp_path: Path) -> None:
    before, after = make(TEXTS), make({**TEXTS, "new.md": "Gates open. The gates open early."})
    checks = [check("gates open", wanted(Target("harbour.md"))), check("dogs", wanted(Target(quote="Dogs are free")))]
    write_baseline(tmp_path / "base.json", before, checks)
    found = check_answers(after, checks, read_baseline(tmp_path / "base.json")).outcomes
    live = check_answers(after, checks, Live(before)).outcomes
    mine, theirs = (one[0].verdicts[0].moved for one in (found, live))
    assert mine is not None and theirs is not None
    assert mine.words == theirs.words
    assert [one.state for one in mine.came] == ["not among the first 2 then, rank 1 now"]
    assert not found[1].moved
    write_baseline(tmp_path / "again.json", before, checks)
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "base.json").read_bytes()


def test_a_baseline_of_another_query_is_none_of_this_one(make: Make, tmp_path: Path) -> None:
    index = make(TEXTS)
    write_baseline(tmp_path / "base.json", index, [check("gates", wanted(Target("fees.md")))])
    baseline = read_baseline(tmp_path / "base.json")
    assert baseline.knows(check("gates", wanted(Target("harbour.md"))))
    assert not baseline.knows(check("gates", wanted(Target("fees.md")), filter=["lang:en"]))
    assert not baseline.knows(check("boat", wanted(Target("fees.md"))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"searchlib": 1}',
        '{"searchlib": 9}',
        "[" * 100_000,
        '{"searchlib": 1, "digest": "", "ranking": {}, "checks": {"a": {"asked": 1, "targets": 1, "hits": [{}]}}}',
        '{"searchlib": 1, "digest": 1, "ranking": {}, "checks": {}}',
        '{"searchlib": 1, "digest": "", "ranking": [], "checks": {}}',
        '{"searchlib": 1, "digest": "", "ranking": {"k1": "much"}, "checks": {}}',
        '{"searchlib": 1, "digest": "", "ranking": {}, "checks": {"a":'
        ' {"asked": {}, "targets": {"t": "x"}, "hits": []}}}',
        '{"searchlib": 1, "digest": "", "ranking": {}, "checks": {"a": {"asked": {}, "targets": {}, "hits":'
        ' [{"rank": 1, "id": "a", "path": 3, "paragraph": 1, "line": 1, "score": 1, "words": []}]}}}',
    ],
)
def test_what_is_no_baseline_is_said(tmp_path: Path, text: str) -> None:
    file = tmp_path / "base.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="write one with: searchlib check"):
        read_baseline(file)
