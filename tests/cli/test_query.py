"""``searchlib query``: what it prints, where, and how it exits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .commands import Done, Run, in_process


def test_a_hit_is_title_citation_and_snippet(run: Run) -> None:
    done = run("query", '"defense industry"')
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "1. Talks on security in Istanbul"
    assert re.fullmatch(r"   seeds/meeting\.txt:3  ¶ \d  [0-9a-z]{16}", lines[1])
    assert lines[2].startswith("   The visit included discussions with representatives of the defense industry.")
    assert len(lines) == 3
    assert re.fullmatch(r"\n1 paragraph in \d+ ms\n", done.err)


def test_piped_output_has_no_colour_and_no_wrapping(run: Run) -> None:
    out = run("query", "energy", "supplies").out
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) > 90


def test_the_words_are_joined(run: Run) -> None:
    assert run("query", "defense", "industry").out == run("query", "defense industry").out


def test_search_is_another_name_of_it(run: Run) -> None:
    assert run("search", "pipelines").out == run("query", "pipelines").out != ""


def test_headings_below_the_title_are_part_of_the_citation(run: Run) -> None:
    out = run("query", "bees").out
    assert "  Setting up  " in out
    assert "Guide › Setting up" not in out, "the title stands above"


def test_code_keeps_its_lines(run: Run) -> None:
    assert '   for line in lines:\n       print("defense", line)\n' in run("query", "print").out


def test_no_hits_exit_1_with_nothing_on_stdout(run: Run) -> None:
    done = run("query", "zebra")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("No hits.")


def test_limit_and_page_cut_the_hits(run: Run) -> None:
    first = run("query", "defense OR industry OR pipelines", "--limit", "1")
    second = run("query", "defense OR industry OR pipelines", "-n", "1", "--page", "2")
    assert (first.out[:3], second.out[:3]) == ("1. ", "2. ")
    assert re.search(r"^1-1 of \d paragraphs in .*; next: --page 2$", first.err, re.MULTILINE)


def test_a_page_past_the_end_is_said_so(run: Run) -> None:
    done = run("query", "zebra OR bees", "--page", "9")
    assert (done.code, done.out, done.err) == (1, "", "Page 9 is past the last, which is 1\n")


def test_a_limit_of_0_only_counts(run: Run) -> None:
    done = run("query", "pipelines", "-n", "0")
    assert (done.code, done.out) == (0, "")
    assert "2 paragraphs in" in done.err


def test_json_is_one_object_with_all_that_is_known(run: Run) -> None:
    done = run("query", "--json", '"defense industry"')
    found = json.loads(done.out)
    told = {"query", "offset", "total", "documents", "took", "warnings", "suggestion", "cursor", "facets", "hits"}
    assert set(found) == told
    assert (found["query"], found["total"], found["warnings"]) == ('"defense industry"', 1, [])
    (hit,) = found["hits"]
    assert {"rank", "score", "id", "document", "paragraph", "text", "spans", "snippet", "citation"} <= set(hit)
    assert [hit["text"][start:end] for start, end in hit["spans"]] == ["defense", "industry"]


def test_json_without_hits_is_whole_too(run: Run) -> None:
    done = run("query", "--json", "zebra")
    assert done.code == 1
    assert json.loads(done.out)["hits"] == []


def test_jsonl_is_a_hit_a_line(run: Run) -> None:
    done = run("query", "--jsonl", "pipelines")
    hits = [json.loads(line) for line in done.out.splitlines()]
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert {hit["document"]["path"] for hit in hits} == {"seeds/meeting.txt", "seeds/rows.jsonl#a"}


def test_a_filter_leaves_scores_alone(run: Run) -> None:
    def scores(*arguments: str) -> dict[str, float]:
        found = json.loads(run("query", "--json", "pipelines", *arguments).out)
        return {hit["document"]["path"]: hit["score"] for hit in found["hits"]}

    assert scores("--filter", "energy") == {"seeds/meeting.txt": scores()["seeds/meeting.txt"]}


def test_explain_says_where_a_score_came_from(run: Run) -> None:
    plain, explained = run("query", "bees"), run("query", "bees", "--explain")
    assert explained.out.startswith(plain.out.rstrip("\n"))
    assert len(explained.out.splitlines()) > len(plain.out.splitlines())
    assert "explanation" in json.loads(run("query", "bees", "--explain", "--json").out)["hits"][0]


def test_full_shows_the_whole_paragraph(fresh: Path) -> None:
    text = "needle " + "some words that go on and on. " * 40 + "end"
    (fresh / "seeds" / "long.txt").write_text(f"Long\n{text}\nNext line\n", encoding="utf-8")
    assert in_process("index").code == 0
    assert "and end" not in in_process("query", "needle").out.replace("on. end", "and end")
    assert text in in_process("query", "needle", "--full").out


def test_colour_is_there_when_asked_for(run: Run) -> None:
    out = run("query", "bees", "--color", "always").out
    assert "\x1b[1m1. Guide\x1b[0m" in out
    assert "\x1b[1;31mbees\x1b[0m" in out


def test_what_matched_stands_out_in_titles_and_headings_too(fresh: Path) -> None:
    """And nothing else: not the word of a phrase that does not stand there."""
    page = "# Trade in peace\n\n## War and peace\n\nPeace talks failed, and the talks of war went on.\n"
    (fresh / "seeds" / "peace.md").write_text(page, encoding="utf-8")
    assert in_process("index").code == 0
    out = in_process("query", "peace AND talks -absent", "--color", "always").out
    assert re.findall(r"\x1b\[1;31m(.*?)\x1b\[0m", out) == ["peace", "peace", "Peace", "talks", "talks"]
    out = in_process("query", '"peace talks"', "--color", "always").out
    assert re.findall(r"\x1b\[1;31m(.*?)\x1b\[0m", out) == ["Peace", "talks"]
    hit = json.loads(in_process("query", "peace", "--json").out)["hits"][0]
    assert (hit["title_spans"], hit["heading_spans"], hit["spans"]) == (
        [[9, 14]],
        [[[9, 14]], [[8, 13]]],
        [[0, 5]],
    )
    (shown,) = hit["snippets"]
    assert shown == {"text": hit["text"], "start": 0, "end": len(hit["text"]), "spans": [[0, 5]]}


@pytest.mark.parametrize(
    ("variables", "colour"),
    [
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "0"}, False),
        ({"NO_COLOR": "1", "SEARCHLIB_COLOR": "always"}, True),
        ({"SEARCHLIB_COLOR": "never", "FORCE_COLOR": "1"}, False),
        ({}, False),
    ],
)
def test_colour_follows_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], colour: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("query", "bees").out) is colour


def test_a_width_wraps(run: Run) -> None:
    lines = run("query", "industry", "--width", "40").out.splitlines()
    assert max(map(len, lines)) <= 40
    assert len(lines) > 4


def test_what_a_document_says_cannot_steer_the_terminal(fresh: Path) -> None:
    (fresh / "seeds" / "evil.txt").write_text(
        "Bad \x1b]0;owned\x07 title\nneedle \x1b[31mred\x1b[0m\n", encoding="utf-8"
    )
    assert in_process("index").code == 0
    out = in_process("query", "needle").out
    assert "needle" in out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", out)


def test_a_mistake_in_the_query_is_a_warning(run: Run) -> None:
    done = run("query", '"defense industry')
    assert done.code == 0
    assert done.err.startswith("Warning: ")
    assert "^" in done.err


def test_a_mistake_is_an_error_with_strict(run: Run) -> None:
    done = run("query", "--strict", '"defense industry')
    assert (done.code, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[0].startswith("Error: ")
    assert lines[1] == '    "defense industry'
    assert lines[2].strip() == "^"


def test_without_words_it_says_how_it_is_used(run: Run) -> None:
    done = run("query")
    assert (done.code, done.out) == (2, "")
    assert "Missing argument" in done.err


def test_words_that_look_like_options_get_advice(run: Run) -> None:
    done = run("query", "-xyz")
    assert done.code == 2
    assert "put -- before them" in done.err
    assert run("query", "--", "-energy", "pipelines").out.splitlines()[0] == "1. First row"


@pytest.mark.parametrize(
    "words", ["", " ", "\x00", "🐝", '"', "((((", "a" * 10_000, "AND", "~", "*", "[ TO ]", "x:y:z"]
)
def test_what_people_type_never_fails(run: Run, words: str) -> None:
    done = run("query", words)
    assert done.code in (0, 1)
    assert "Error" not in done.err


def test_without_an_index_it_builds_one_and_says_so(fresh: Path) -> None:
    done = in_process("query", "bees")
    assert done.code == 0
    assert done.out.startswith("1. Guide\n")
    assert done.err.startswith("No index at indexes/default yet: building it from seeds/\n3 added, 0 changed,")
    assert "building" not in in_process("query", "bees").err


def test_an_index_asked_for_by_name_is_not_built(fresh: Path) -> None:
    done = in_process("query", "--index", "indexes/x", "bees")
    assert done == Done(
        2, "", "Error: No index at indexes/x. Build one with: searchlib index --index indexes/x seeds/\n"
    )
    assert not (fresh / "indexes").exists()


def test_without_index_and_seeds_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = in_process("query", "bees")
    assert done == Done(2, "", "Error: No index at indexes/default. Build one with: searchlib index PATH...\n")
    assert list(tmp_path.iterdir()) == []


def test_a_stale_index_answers_and_is_said_to_be_stale(fresh: Path) -> None:
    assert in_process("index").code == 0
    assert "changed since" not in in_process("query", "bees").err
    (fresh / "seeds" / "new.txt").write_text("More about bees.\n", encoding="utf-8")
    done = in_process("query", "bees")
    assert done.code == 0
    assert "The seeds changed since indexes/default was built. Bring it up to date with: searchlib index\n" in done.err
    assert in_process("index").code == 0
    assert "changed since" not in in_process("query", "bees").err


def test_an_index_of_other_seeds_is_not_called_stale(fresh: Path) -> None:
    (fresh / "other").mkdir()
    (fresh / "other" / "a.txt").write_text("About bees.\n", encoding="utf-8")
    assert in_process("index", "other").code == 0
    assert "changed since" not in in_process("query", "bees").err
    Path("seeds").rename("elsewhere")
    assert in_process("query", "bees").code == 0


def test_synonyms_come_from_a_file_that_a_flag_or_a_setting_names(run: Run) -> None:
    Path("words.txt").write_text("# what people call it\narms, defense\n", encoding="utf-8")
    plain = run("query", "arms industry", "--json").out
    found = json.loads(run("query", '"arms industry"', "--synonyms", "words.txt", "--json").out)
    assert found["total"] == 1
    assert found["total"] > json.loads(run("query", '"arms industry"', "--json").out)["total"] == 0
    Path("searchlib.toml").write_text('synonyms = "words.txt"\n', encoding="utf-8")
    assert json.loads(run("query", '"arms industry"', "--json").out)["total"] == 1
    Path("searchlib.toml").unlink()
    assert run("query", "arms industry", "--json").out.split("hits")[1] == plain.split("hits")[1]


def test_names_are_found_by_a_flag_or_a_setting_and_told(fresh: Path) -> None:
    pytest.importorskip("anyascii", reason="names take the extra of that name")
    Path("seeds/names.txt").write_text(
        "Selenskyj war gestern in Berlin und sprach mit der Regierung.\n", encoding="utf-8"
    )
    in_process("index")
    assert in_process("query", "Zelensky").code == 1
    done = in_process("query", "Zelensky", "--names")
    assert (done.code, done.out.count("Selenskyj")) == (0, 1)
    assert "Warning: Also by name, for Zelensky: Selenskyj.\n" in done.err
    assert in_process("query", "Zelensky", "--all", "--names").code == 0
    Path("searchlib.toml").write_text("names = true\n", encoding="utf-8")
    assert in_process("query", "Zelensky").code == 0
    assert in_process("query", "Zelensky", "--no-names").code == 1
    Path("searchlib.toml").write_text('names = "perhaps"\n', encoding="utf-8")
    assert in_process("query", "Zelensky").err == 'Error: searchlib.toml: names is "perhaps": give true or false\n'


def test_a_bad_line_of_synonyms_is_named(run: Run) -> None:
    Path("words.txt").write_text("car, automobile\ncar\n", encoding="utf-8")
    done = run("query", "arms", "--synonyms", "words.txt")
    assert (done.code, done.out) == (2, "")
    assert "words.txt, line 2 has a single entry: put a comma between synonyms" in done.err
    missing = run("query", "arms", "--synonyms", "none.txt")
    assert (missing.code, missing.out) == (2, "")
    assert "none.txt cannot be read" in missing.err


def test_warnings_in_json_have_their_place(run: Run) -> None:
    found = json.loads(run("query", "energy autor:smith", "--json").out)
    assert [(warning["start"], warning["end"]) for warning in found["warnings"]] == [(7, 13)]
    assert set(found["warnings"][0]) == {"message", "start", "end", "advice"}


def test_a_search_that_takes_too_long_is_an_error(run: Run) -> None:
    done = run("query", "energy", "--timeout", "1e-9")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "Error: The search took longer than 1e-09 seconds, its timeout: ask for less, or give it"
    )
    assert run("query", "energy", "--timeout", "1000").code == 0
    assert run("query", "energy", "--timeout", "0").err == "Error: --timeout is 0.0: give a number of seconds above 0\n"
    id = json.loads(run("query", "energy", "--json").out)["hits"][0]["id"]
    assert run("similar", id, "--timeout", "1e-9").code == 2


def test_limits_of_a_query_are_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHLIB_LIMITS_QUERY_CLAUSES", "1")
    assert run("query", "energy").code == 0
    done = run("query", "energy supplies")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "Error: The query asks for too much: the limit query_clauses is 1, where a word counts 1"
    )
    assert "SEARCHLIB_LIMITS_QUERY_CLAUSES" in done.err
