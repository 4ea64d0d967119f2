"""The formula by which records are ranked, against numbers worked out by hand.

All else that tests scores computes them with the same formula, so that what is wrong with it is wrong there too.
"""

from __future__ import annotations

import pickle
from math import log
from typing import Any

import numpy as np
import pytest

from searchlib.model.ranking import BM25F, DEFAULT_RANKING, RANKING_RANGES, idf


@pytest.mark.parametrize(
    ("records", "df", "expected"), [(10, 3, log(1 + 7.5 / 3.5)), (10, 10, log(1 + 0.5 / 10.5)), (1, 0, log(4))]
)
def test_rarity_is_that_of_robertson_kept_above_zero(records: int, df: int, expected: float) -> None:
    assert idf(records, df) == pytest.approx(expected, rel=1e-15)


def test_a_field_longer_than_average_counts_less_as_far_as_b_says() -> None:
    assert BM25F(b=0.75).norm(20, 10.0) == 1.75
    assert BM25F(b=0.75).norm(5, 10.0) == 0.625
    assert BM25F(b=0.0).norm(20, 10.0) == 1.0
    assert BM25F(b=1.0).norm(np.array([20, 1]), 0.5).tolist() == [40.0, 2.0]


def test_a_short_text_counts_as_the_longer_the_shorter_it_is() -> None:
    ranking = BM25F(b=1.0, short=8.0)
    assert ranking.norm(np.array([16, 8, 4, 2, 1, 0]), 16.0, 8.0).tolist() == [1.0, 0.5, 1.0, 2.0, 4.0, 4.0]
    assert ranking.norm(4, 16.0, 8.0) == 1.0
    assert ranking.norm(4, 16.0) == 0.25


def test_few_words_are_short_where_texts_have_few_and_none_where_half_of_that_is_usual() -> None:
    ranking = BM25F(short=12.0)
    assert [ranking.short_below("text", average) for average in (100.0, 12.0, 10.0, 6.0, 1.0)] == [12, 12, 8, 0, 0]
    assert ranking.short_below("title", 100.0) == 0
    assert BM25F(short=0.0).short_below("text", 100.0) == 0


def test_a_field_without_lengths_is_as_long_as_any() -> None:
    assert BM25F().norm(np.array([0.0, 7.0]), 0.0).tolist() == [1.0, 1.0]


def test_a_words_score_saturates() -> None:
    """scale * (k1 + 1) * tf / (k1 + tf): one occurrence counts 1, endlessly many k1 + 1."""
    ranking = BM25F(k1=1.0)
    assert ranking.score(2.0, np.array([1.0, 3.0])).tolist() == [2.0, 3.0]
    assert ranking.score(2.0, 1e300) == 4.0
    assert BM25F(k1=0.0).score(2.0, 3.0) == 2.0


def test_a_match_is_worth_delta_more_however_often_the_word_stands() -> None:
    assert BM25F(k1=1.0, delta=0.5).score(2.0, np.array([1.0, 3.0])).tolist() == [3.0, 4.0]


def test_a_field_without_a_weight_weighs_one() -> None:
    ranking = BM25F(weights={"text": 0.25})
    assert (ranking.weight("text"), ranking.weight("title")) == (0.25, 1.0)
    assert BM25F().weight("title") == 3.0


@pytest.mark.parametrize(
    "given",
    [
        *({"k1": 0.0}, {"b": 0.0}, {"b": 1.0}, {"short": 0.0}, {"delta": 0.0}, {"accent": 0.0}, {"accent": 1.0}),
        *({"form": 0.0}, {"form": 1.0}, {"function": 0.0}, {"function": 1.0}, {"letters": 0.0}, {"near": 0.0}),
        {"document": 0.0},
        {"weights": {"text": 0.0}},
    ],
)
def test_the_ends_of_what_parameters_may_be_are_allowed(given: dict[str, Any]) -> None:
    BM25F(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"k1": -0.1},
        {"b": -0.1},
        {"b": 1.1},
        {"delta": -0.1},
        {"accent": -0.1},
        {"accent": 1.1},
        *({"form": -0.1}, {"form": 1.1}, {"function": -0.1}, {"function": 1.1}),
        *({"short": -0.1}, {"letters": -0.1}, {"near": -0.1}, {"document": -0.1}),
        {"weights": {"text": 1.0, "title": -0.1}},
    ],
)
def test_parameters_out_of_range_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"out of range|negative"):
        BM25F(**given)


def test_some_parameters_and_weights_are_changed_by_name_and_the_others_stay() -> None:
    ranking = BM25F(k1=0.9, weights={"text": 2.0, "title": 5.0}).with_({"b": 0.1, "title": 0.5})
    assert (ranking.k1, ranking.b, ranking.weights) == (0.9, 0.1, {"text": 2.0, "title": 0.5})
    assert ranking.as_dict().items() >= {"k1": 0.9, "b": 0.1, "form": 0.8, "text": 2.0, "title": 0.5}.items()
    assert DEFAULT_RANKING.as_dict().keys() == RANKING_RANGES.keys()
    assert DEFAULT_RANKING.with_(ranking.as_dict()).as_dict() == {**DEFAULT_RANKING.as_dict(), **ranking.as_dict()}


def test_a_ranking_is_the_same_in_another_process() -> None:
    ranking = BM25F(k1=0.9, weights={"text": 2.0})
    again = pickle.loads(pickle.dumps(ranking))
    assert (again, again.as_dict()) == (ranking, ranking.as_dict())
