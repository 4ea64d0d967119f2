"""What is timed around the top ten."""

from pathlib import Path

from benchmarks.around import measure
from benchmarks.engines.base import Helps, Shows
from benchmarks.queries import Query

QUERIES = [
    Query("term", ("harbour",)),
    Query("term", ("tax",)),
    Query("or", ("ship", "road")),
    Query("prefix", ("har",)),
]
TASK = {"index": "nowhere", "runs": 2, "budget": 10.0, "seed": 1, "kinds": ["term", "or", "prefix"]}


class Searching:
    """An engine with ten hits for every query but one, which notes what it is asked."""

    def __init__(self):
        self.asked = []

    def open(self, index):
        assert index == Path("nowhere")

    def prepare(self, query):
        return query.words

    def search(self, prepared):
        return list(range(10)) if prepared != ("tax",) else [1]


class Showing(Searching):
    def snippets(self, prepared, found):
        self.asked.append(prepared)
        return ["<b>a</b>"] * len(found)


class Helping(Showing):
    def everything(self):
        return "everything"

    def facets(self, prepared):
        self.asked.append(prepared)

    def suggestion(self, text):
        self.asked.append(text)

    def complete(self, prefix):
        self.asked.append(prefix)


def test_an_engine_is_asked_for_what_it_has():
    assert not isinstance(Searching(), Shows) and isinstance(Showing(), Shows) and not isinstance(Showing(), Helps)
    assert measure(Searching(), TASK, QUERIES) == {}
    assert set(measure(Showing(), TASK, QUERIES)) == {"snippets"}
    assert set(measure(Helping(), TASK, QUERIES)) == {"snippets", "facets-all", "facets", "suggestion", "completion"}


def test_snippets_are_of_words_with_ten_hits_and_the_first_time_warms():
    engine = Showing()
    times = measure(engine, TASK, QUERIES)["snippets"]
    assert {number: len(runs) for number, runs in times.items()} == {0: 2, 2: 2}
    assert engine.asked.count(("harbour",)) == 3
    assert ("har",) not in engine.asked


def test_a_misspelt_word_has_two_neighbours_swapped_and_is_completed_from_its_first_letters():
    engine = Helping()
    times = measure(engine, TASK, QUERIES)
    (misspelt,) = {text for text in engine.asked if isinstance(text, str) and len(text) == len("harbour")}
    assert misspelt != "harbour" and sorted(misspelt) == sorted("harbour")
    assert misspelt[0] in engine.asked
    assert set(times["suggestion"]) == set(times["completion"]) == {0}
    assert set(times["facets"]) == {2}
