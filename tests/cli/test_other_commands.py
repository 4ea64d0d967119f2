"""``show``, ``stats``, ``verify``, ``completion``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .commands import Run, in_process


def id_of(run: Run, *words: str) -> str:
    return str(json.loads(run("query", "--json", "-n", "1", *words).out)["hits"][0]["id"])


def test_show_prints_the_paragraph_among_its_neighbours(run: Run) -> None:
    id = id_of(run, "pipelines", "energy")
    done = run("show", id)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "Talks on security in Istanbul"
    assert lines[1].startswith("seeds/meeting.txt:5  ¶ ") and lines[1].endswith(id)
    texts = [line for line in lines[2:] if line]
    assert len(texts) == 3
    assert [line[0] for line in texts] == [" ", ">", " "]
    assert "Energy supplies" in texts[1]


def test_show_takes_the_beginning_of_an_id(run: Run) -> None:
    id = id_of(run, "bees")
    assert run("show", id[:10]).out == run("show", id).out


def test_show_takes_as_much_context_as_asked_for(run: Run) -> None:
    id = id_of(run, "pipelines", "energy")
    assert len(json.loads(run("show", id, "--json", "-C", "0").out)["context"]) == 1
    assert len(json.loads(run("show", id, "--json", "-C", "1").out)["context"]) == 3


def test_show_gives_the_citation_as_json(run: Run) -> None:
    id = id_of(run, "bees")
    shown = json.loads(run("show", id, "--json").out)
    assert (shown["id"], shown["path"], shown["headings"]) == (id, "seeds/guide.md", ["Guide", "Setting up"])
    assert shown["quote"] == "The industry of bees needs no defense."
    assert shown["metadata"] == {"author": "Ada"}


@pytest.mark.parametrize("id", ["zzzzzzzzzzzzzzzz", "", "no such id at all", "é"])
def test_show_says_what_to_do_about_an_id_that_is_none(run: Run, id: str) -> None:
    done = run("show", id)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: ")
    assert len(done.err.splitlines()) == 1


def test_stats_are_figures(run: Run) -> None:
    out = run("stats").out
    assert "documents   3\n" in out
    found = json.loads(run("stats", "--json").out)
    assert found["documents"] == 3
    assert found["index"] == "indexes/default"
    assert found["paragraphs"] > 3
    assert found["bytes"] > 0


def test_verify_of_a_sound_index_exits_0(run: Run) -> None:
    done = run("verify")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("indexes/default is sound: 3 documents, ")
    found = json.loads(run("verify", "--json").out)
    assert len(found.pop("digest")) == 32
    assert found == {"index": "indexes/default", "sound": True, "problems": []}


def test_verify_of_a_damaged_index_exits_1_and_names_the_file(fresh: Path) -> None:
    assert in_process("index").code == 0
    for file in sorted(Path("indexes/default").rglob("*")):
        content = file.read_bytes() if file.is_file() else b""
        if not content:
            continue
        place = len(content) // 2
        file.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        done = in_process("verify")
        found = json.loads(in_process("verify", "--json").out)
        file.write_bytes(content)
        assert done.code == 1, file
        assert file.name in done.out, file
        assert not found["sound"]
        assert found["problems"]


@pytest.mark.parametrize("command", ["show x", "stats", "verify"])
def test_without_an_index_the_others_say_how_to_build_one(fresh: Path, command: str) -> None:
    done = in_process(*command.split())
    assert (done.code, done.out) == (2, "")
    assert done.err == "Error: No index at indexes/default. Build one with: searchlib index seeds/\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(run: Run, shell: str) -> None:
    done = run("completion", shell)
    assert done.code == 0
    assert "_SEARCHLIB_COMPLETE" in done.out


def test_the_shell_is_given_commands_and_options(spawn: Run) -> None:
    done = spawn(_SEARCHLIB_COMPLETE="bash_complete", COMP_WORDS="searchlib que", COMP_CWORD="1")
    assert done.out == "plain,query\n"
    done = spawn(_SEARCHLIB_COMPLETE="bash_complete", COMP_WORDS="searchlib query --jso", COMP_CWORD="2")
    assert done.out == "plain,--json\nplain,--jsonl\n"
