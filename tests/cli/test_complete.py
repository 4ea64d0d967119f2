"""``complete``, and the other words that ``query`` proposes."""

from __future__ import annotations

import json

from .commands import Run


def test_complete_lists_the_commonest_words_that_begin_so(run: Run) -> None:
    done = run("complete", "indu")
    assert done.code == 0
    assert done.err == ""
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert rows[0][0] == "industry"
    assert [int(count) for _, count in rows] == sorted((int(count) for _, count in rows), reverse=True)
    assert run("complete", "a", "--limit", "1").out.count("\n") == 1


def test_complete_completes_the_last_of_several_words(run: Run) -> None:
    assert run("complete", "The", "defense", "indu", "-n", "1").out.startswith("The defense industry\t")
    (found,) = json.loads(run("complete", "defense indu", "-n", "1", "--json").out)
    assert (found["text"], found["word"]) == ("defense industry", "industry")
    assert found["count"] > 0


def test_complete_without_words_exits_1(run: Run) -> None:
    done = run("complete", "zzz")
    assert (done.code, done.out, done.err) == (1, "", "")
    assert json.loads(run("complete", "zzz", "--json").out) == []
    assert run("complete").code == 2
    assert run("complete", "a", "--limit", "0").code == 2


def test_query_proposes_other_words_on_stderr_where_there_are_no_hits(run: Run) -> None:
    done = run("query", "indutsry")
    assert (done.code, done.out) == (1, "")
    assert "No hits. Did you mean: industry" in done.err
    assert json.loads(run("query", "indutsry", "--json").out)["suggestion"] == "industry"


def test_query_proposes_other_words_where_there_are_few_hits(run: Run) -> None:
    done = run("query", "bees", "OR", "indutsry")
    assert done.code == 0
    assert "Did you mean" not in done.out
    assert "Did you mean: bees OR industry" in done.err


def test_query_proposes_nothing_where_nothing_is_wrong(run: Run) -> None:
    assert "Did you mean" not in run("query", "bees").err
    assert run("query", "zzzzzzzz").err.strip() == "No hits."
