"""Several posting lists as one: what they hold together is what is counted one by one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import pytest
from exploring import seeds

from searchlib.analysis import Form
from searchlib.engines.whoosh.execution import Snapshot, Tuning, search
from searchlib.engines.whoosh.execution.postinglist import PostingList, Postings, PostingUnion
from searchlib.model.ranking import BM25F
from searchlib.query.nodes import Phrase, Word

from .memory import Doc, MemorySegment

WAYS = [False, True] if find_spec("numba") else [False]
RANKING = BM25F()
LETTERS = "abcdefghijklmnopqrstuv"


def united(docs: Sequence[Doc], letters: str, compiled: bool, tuning: Tuning) -> tuple[PostingUnion, Snapshot]:
    snapshot = Snapshot([MemorySegment(docs)], compiled=compiled, tuning=tuning)
    lists = [snapshot.views[0].postings("text", letter.encode()) for letter in letters]
    there = [one for one in lists if isinstance(one, PostingList)]
    return PostingUnion(there, snapshot.primitives), snapshot


def positions_of(postings: Postings, numbers: Sequence[int]) -> list[list[int]]:
    under, (positions, offsets) = postings.positions(np.array(numbers, np.int64))
    return [positions[offsets[one] : offsets[one + 1]].tolist() for one in under.tolist()]


@pytest.mark.parametrize("compiled", WAYS)
@pytest.mark.parametrize("tuning", [Tuning(), Tuning(partly=3, per_block=1, few_positions=20, many_positions=60)])
@pytest.mark.parametrize("seed", seeds(8))
def test_a_union_holds_the_docs_frequencies_and_positions_of_all_its_lists(
    seed: int, tuning: Tuning, compiled: bool
) -> None:
    rng = random.Random(seed)
    docs = [Doc({"text": rng.choices(LETTERS, k=rng.choice([0, 1, 2, 9, 40]))}) for _ in range(rng.choice([1, 9, 300]))]
    letters = LETTERS[: rng.choice([2, 3, 6, 22])]
    places = [[at for at, key in enumerate(doc.prose["text"]) if key in letters] for doc in docs]
    expected = [number for number, here in enumerate(places) if here]
    if not expected:
        return
    union, snapshot = united(docs, letters, compiled, tuning)

    asked = np.array(sorted(rng.sample(range(len(docs)), rng.randint(0, len(docs)))), np.int32)
    found, freqs = union.in_blocks(asked)
    assert asked[found].tolist() == [doc for doc in asked.tolist() if places[doc]]
    assert freqs.tolist() == [len(places[doc]) for doc in asked[found].tolist()]

    whole = union.whole()
    assert whole.docs.tolist() == expected
    assert whole.freqs.tolist() == [len(places[doc]) for doc in expected]
    assert union.cf == sum(map(len, places))
    for _ in range(3):  # read again, they may be kept
        numbers = sorted(rng.sample(range(len(expected)), rng.randint(0, len(expected))))
        assert positions_of(union, numbers) == [places[expected[number]] for number in numbers]
    average = snapshot.average_length("text")
    assert union.most_over(snapshot.views[0].norm("text", RANKING)) >= max(
        len(here) / float(RANKING.norm(len(doc.prose["text"]), average, RANKING.short_below("text", average)))
        for here, doc in zip(places, docs, strict=True)
    ) * (1 - 1e-9)


@pytest.mark.parametrize("compiled", WAYS)
@pytest.mark.parametrize("seed", seeds(8))
def test_places_in_a_union_add_values_up_by_doc(seed: int, compiled: bool) -> None:
    rng = random.Random(seed)
    primitives = Snapshot([], compiled=compiled).primitives
    lists = [sorted(rng.sample(range(50), rng.randint(0, 50))) for _ in range(rng.choice([1, 2, 3, 20]))]
    docs, places = primitives.united([np.array(one, np.int32) for one in lists])
    together = Counter(doc for one in lists for doc in one)
    assert docs.tolist() == sorted(together)
    assert docs[places].tolist() == [doc for one in lists for doc in one]
    assert np.bincount(places, minlength=len(docs)).tolist() == [together[doc] for doc in docs.tolist()]


def test_a_form_that_weighs_more_comes_first_and_all_forms_make_a_phrase() -> None:
    texts = ["weapons stay", "weapon stays", "weaponry stay", "stay weapon"]
    snapshot = Snapshot([MemorySegment([Doc({"text": text.split()}) for text in texts])])
    weights = {"weapon": 1.0, "weapons": 0.8, "weaponry": 0.8}
    word = Word("weapon", tuple(Form(one, one, None, weight) for one, weight in weights.items()), (("text", 1.0),))
    stay = Word("stay", tuple(Form(one, one, None) for one in ("stay", "stays")), (("text", 1.0),))
    assert search(snapshot, word).docs.tolist() == [1, 3, 0, 2]
    assert sorted(search(snapshot, Phrase((word, stay))).docs.tolist()) == [0, 1, 2]
