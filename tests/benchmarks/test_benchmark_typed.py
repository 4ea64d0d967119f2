"""What is timed, and the benchmark of CI."""

import random

from benchmarks import check
from benchmarks.engines.base import ASKS, Asked
from benchmarks.queries import Query
from benchmarks.typed import texts_of, warm

QUERIES = [Query("word", (letter,)) for letter in "abc"] + [Query("fuzzy", ("d",))]


class Recording:
    """An engine that notes what it is asked."""

    kinds = frozenset({"word"})
    shown = kinds
    asks = ASKS

    def __init__(self, slow=0):
        self.asked = []
        self.slow = slow

    def text(self, query):
        return query.words[0]

    def __getattr__(self, ask):
        def note(asked):
            self.asked.append((ask, asked))
            return sum(range(self.slow))

        return note


def timed(engines, rounds, budget):
    noise = []
    times = warm(engines, texts_of(engines, QUERIES), rounds, budget, random.Random(1), noise)
    assert len(noise) == 5 * (rounds + 1)
    return times


def test_each_text_is_asked_in_each_round_and_never_twice_the_same():
    engine, other = Recording(), Recording()
    times = timed({"one": engine, "other": other}, rounds=3, budget=60)
    assert {ask: {number: len(pairs) for number, pairs in found.items()} for ask, found in times["one"].items()} == {
        ask: {0: 3, 1: 3, 2: 3} for ask in ASKS
    }
    every = [asked.text for _, asked in engine.asked + other.asked]
    assert len(every) == len(set(every)) == 2 * 4 * 4 * 3
    assert {text.strip() for text in every} == {"a", "b", "c"}
    assert all(asked == Asked("word", asked.text) for _, asked in engine.asked)


def test_what_is_over_its_budget_is_asked_for_fewer_queries_each_as_often():
    times = timed({"slow": Recording(slow=100_000)}, rounds=2, budget=0)
    assert all([len(pairs) for pairs in found.values()] == [2] for found in times["slow"].values())


def test_only_what_is_above_its_limit_is_told():
    limits = {"ids": 2.0, "snippets": 3.0}
    assert check.above({"ids": 1.9, "snippets": 3.1, "new": 0.1}, limits) == ["snippets", "new"]


def test_the_check_fails_only_for_what_is_late_twice(monkeypatch, capsys):
    limits = {"ids": 2.0, "snippets": 3.0}
    measured = [{"ids": 2.5, "snippets": 3.5}, {"ids": 1.5, "snippets": 3.2}]
    monkeypatch.setattr(check, "measure", lambda folder: measured.pop(0))
    assert check.main([], limits) == 1
    assert "slower than it was: snippets." in capsys.readouterr().out
    measured += [{"ids": 2.5, "snippets": 1.0}, {"ids": 1.5, "snippets": 3.2}]
    assert check.main([], limits) == 0
