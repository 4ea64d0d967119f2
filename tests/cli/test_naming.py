"""What a paragraph is called by at a terminal: a rank of the last query, a file and a line, the beginning of an id."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import searchlib

from .commands import Done, in_process

pty = pytest.importorskip("pty", reason="Windows has no such terminals")

Terminal = Callable[..., Done]


@contextmanager
def terminal_of(folder: Path) -> Iterator[Terminal]:
    """Run a command, whose standard input is a terminal; that of the same ``with`` is the same."""
    controller, device = pty.openpty()
    environment = {**os.environ, "PYTHONUTF8": "1", "XDG_STATE_HOME": str(folder / "state")}

    def run(*arguments: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "searchlib", *arguments],
            stdin=device,
            capture_output=True,
            encoding="utf-8",
            env=environment,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    try:
        yield run
    finally:
        os.close(controller)
        os.close(device)


@pytest.fixture
def built_here(fresh: Path) -> Path:
    assert in_process("index").code == 0
    return fresh


@pytest.fixture
def terminal(built_here: Path) -> Iterator[Terminal]:
    with terminal_of(built_here) as run:
        yield run


def kept(fresh: Path) -> list[Path]:
    folder = fresh / "state" / "searchlib" / "terminals"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_rank_is_one_of_the_last_query(terminal: Terminal, fresh: Path) -> None:
    first, second, *_ = terminal("query", "defense", "--format", "{id}").out.split()
    assert json.loads(terminal("show", "2", "--json").out)["id"] == second
    assert terminal("cite", "1", "-f", "{id}").out == first + "\n"
    assert terminal("similar", "1").code == terminal("similar", first).code
    (file,) = kept(fresh)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert not [one for one in (fresh / "indexes").rglob("*") if "terminal" in one.name], "nothing is in the index"


def test_a_rank_on_a_later_page_is_one_that_was_shown(terminal: Terminal) -> None:
    shown = terminal("query", "defense", "-n", "1", "--page", "2", "--format", "{id}").out
    assert terminal("cite", "2", "-f", "{id}").out == shown
    done = terminal("show", "1")
    assert done.err == "Error: the last query in this terminal, defense, showed no rank 1, but 2\n"


def test_the_index_that_was_asked_is_asked_again(
    terminal: Terminal, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fresh / "other").mkdir()
    (fresh / "other" / "a.txt").write_text("Zebras\n\nZebras are striped.\n", encoding="utf-8")
    assert in_process("index", "other", "--index", "ix").code == 0
    assert terminal("query", "zebras", "--index", "ix").code == 0
    monkeypatch.chdir("other")
    assert "Zebras are striped." in terminal("show", "1", "-C", "0").out
    done = terminal("show", "1", "--index", "../indexes/default")
    assert "the last query in this terminal, zebras, was of " in done.err
    assert "leave --index out, or give ids" in done.err


def test_that_the_index_has_changed_since_is_said(terminal: Terminal) -> None:
    assert terminal("query", "bees").code == 0
    guide = Path("seeds/guide.md")
    guide.write_text(guide.read_text(encoding="utf-8") + "\nAnother one.\n", encoding="utf-8")
    assert in_process("index").code == 0
    done = terminal("show", "1", "-C", "0")
    said = "The index has changed since the query bees: this is what had the rank 1.\n"
    assert done.err == said
    assert "The industry of bees needs no defense." in done.out
    guide.write_text("# Guide\n", encoding="utf-8")
    assert in_process("index").code == 0
    lost = "Error: what had the rank 1 for bees is no more in the index: search again\n"
    assert terminal("show", "1").err == said + lost


def test_a_terminal_has_a_last_query_of_its_own(terminal: Terminal, fresh: Path) -> None:
    assert terminal("query", "bees").code == 0
    with terminal_of(fresh) as another:
        assert another("show", "1").err == (
            "Error: 1 is a rank of the last query in this terminal, and no query in this terminal has shown any"
            " hits yet: give an id, or file:line\n"
        )


def test_where_there_is_no_terminal_nothing_is_kept(built_here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(built_here / "state"))
    for words, code in ((["query", "bees"], 0), (["show", "1"], 2)):
        done = subprocess.run(
            [sys.executable, "-m", "searchlib", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code
    assert "there is no terminal here" in done.stderr
    assert not kept(built_here)


BROKEN = ("", "[]", "{", "[" * 100_000, '{"query": 1}', '{"query":"a","indexes":[1],"digest":"","first":1,"ids":[]}')


def test_what_cannot_be_read_is_no_last_query(terminal: Terminal, fresh: Path) -> None:
    assert terminal("query", "bees").code == 0
    (file,) = kept(fresh)
    for content in BROKEN:
        file.write_text(content, encoding="utf-8")
        done = terminal("show", "1")
        assert (done.code, len(done.err.splitlines())) == (2, 1)


def test_that_it_cannot_be_kept_is_no_error_of_a_query(terminal: Terminal, fresh: Path) -> None:
    (fresh / "state").write_text("a file", encoding="utf-8")
    assert terminal("query", "bees").code == 0


# Places


def shown(name: str) -> str:
    done = in_process("show", name, "-C", "0", "--json")
    assert done.code == 0, done.err
    return str(json.loads(done.out)["quote"])


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("seeds/meeting.txt:5", "Energy supplies"),
        ("seeds/meeting.txt:6", "Energy supplies"),
        ("seeds/meeting.txt:99", "The parties"),
        ("seeds/guide.md:1", "Read this first."),
        ("./seeds/guide.md:10", "The industry of bees"),
        ("seeds/rows.jsonl:1", "A row about pipelines."),
    ],
)
def test_a_line_of_a_file_is_the_paragraph_there(built_here: Path, name: str, begins: str) -> None:
    assert shown(name).startswith(begins)


def test_a_file_is_known_from_wherever_it_is_seen(built_here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHLIB_INDEX", str(built_here / "indexes" / "default"))
    monkeypatch.chdir(built_here / "seeds")
    assert shown("meeting.txt:5").startswith("Energy supplies")
    assert shown(f"{built_here}/seeds/meeting.txt:5").startswith("Energy supplies")


def test_a_file_without_lines_has_the_number_of_its_page(built_here: Path) -> None:
    page = (searchlib.Block(0, 5, line=0, locators=(searchlib.Locator("page", 1),)),)
    more = (searchlib.Block(6, 12, line=0, locators=(searchlib.Locator("page", 2),)),)
    with searchlib.open("indexes/default") as index, index.writer() as writer:
        writer.add(searchlib.Document("seeds/a.pdf", "First\nSecond", blocks=page + more))
    assert shown("seeds/a.pdf:2") == "Second"
    done = in_process("show", "seeds/a.pdf:3")
    assert (done.code, done.out) == (2, "")
    assert "nothing of seeds/a.pdf stands on a line, page, slide or the like of number 3" in done.err


def test_a_file_that_is_not_there_is_said(built_here: Path) -> None:
    done = in_process("show", "seeds/nowhere.txt:3")
    assert done.err == ("Error: no document is called seeds/nowhere.txt: give its name as searchlib query prints it\n")


# Beginnings of ids


def test_the_candidates_of_a_short_id_are_listed(fresh: Path) -> None:
    text = "".join(f"Paragraph number {number} of many.\n\n" for number in range(40))
    (fresh / "seeds" / "many.txt").write_text(text, encoding="utf-8")
    assert in_process("index").code == 0
    ids = in_process("query", "paragraph", "--all", "--format", "{id}").out.split()
    begin = next(id[0] for id in ids if id[0].isalpha() and sum(other[0] == id[0] for other in ids) > 1)
    done = in_process("show", begin)
    assert (done.code, done.out) == (2, "")
    head, *rows = done.err.splitlines()
    assert head == f"Error: several paragraphs have ids that begin with {begin}: give more of one of these:"
    assert len(rows) >= 2
    assert all(row.startswith(f"  {begin}") for row in rows if row != "  …")
    assert in_process("cite", begin).err == done.err
    assert in_process("similar", begin).err == done.err


def test_a_reference_is_taken_as_it_stands(built_here: Path) -> None:
    id = in_process("query", "bees", "--format", "{id}").out.strip()
    assert shown(f"searchlib:{id}") == "The industry of bees needs no defense."


# Several indexes


@pytest.fixture
def several(built_here: Path) -> tuple[str, ...]:
    (built_here / "other").mkdir()
    (built_here / "other" / "bees.txt").write_text("Bees\n\nBees are striped.\n", encoding="utf-8")
    assert in_process("index", "other", "--index", "ix").code == 0
    return "--index", "indexes/default", "--index", "ix"


def test_several_indexes_are_searched_as_one(several: tuple[str, ...]) -> None:
    paths = in_process("query", "bees", "--sort", "document", "--format", "{path}", *several).out.splitlines()
    assert set(paths) == {"other/bees.txt", "seeds/guide.md"}
    id = in_process("query", "striped", "--format", "{id}", "--index", "ix").out.strip()
    assert in_process("show", id, *several).out == in_process("show", id, "--index", "ix").out
    assert in_process("cite", id, *several).out == in_process("cite", id, "--index", "ix").out
    assert in_process("show", "other/bees.txt:3", *several).code == 0
    assert "striped\t1\n" in in_process("complete", "stri", *several).out
    notes = in_process("cite", id, *several).out
    Path("notes.txt").write_text(notes, encoding="utf-8")
    assert in_process("cite", "--check", "notes.txt", *several).code == 0


def test_which_of_several_indexes_is_missing_is_said(several: tuple[str, ...]) -> None:
    done = in_process("query", "bees", *several, "--index", "nowhere")
    assert done.err == "Error: No index at nowhere. Build one with: searchlib index --index PATH SEEDS...\n"
    assert in_process("query", "bees", *several, "--index", "ix").err.startswith("Error: the index ix is given twice")


def test_a_rank_is_of_all_indexes_that_were_asked(several: tuple[str, ...], fresh: Path) -> None:
    with terminal_of(fresh) as run:
        ids = run("query", "bees", "--format", "{id}", *several).out.split()
        assert run("cite", "1", "2", "-f", "{id}").out.split() == ids
        assert run("cite", "1", "-f", "{id}", *several).out.split() == ids[:1]
