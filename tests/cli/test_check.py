"""``searchlib verify --sources``, ``index --check`` and ``--digest``: what CI asks of an index."""

from __future__ import annotations

import json
import os
from pathlib import Path

from searchlib.update.comparing import is_stale

from .commands import Run, in_process


def change_all(project: Path) -> None:
    (project / "seeds" / "guide.md").write_text("# Guide\n\nAnother text.\n", encoding="utf-8")
    (project / "seeds" / "rows.jsonl").unlink()
    (project / "seeds" / "new.txt").write_text("New.\n", encoding="utf-8")


def test_an_index_that_is_current_passes_the_check(fresh: Path) -> None:
    in_process("index")
    done = in_process("index", "--check")
    assert (done.code, done.out, done.err) == (0, "", "")
    found = json.loads(in_process("index", "--check", "--json").out)
    assert found["current"] and found["changed"] == found["vanished"] == found["new"] == found["settings"] == []


def test_the_check_says_what_differs_and_builds_nothing(fresh: Path) -> None:
    in_process("index")
    change_all(fresh)
    before = {path.name: path.read_bytes() for path in Path("indexes/default").iterdir()}
    done = in_process("index", "--check")
    assert done.code == 1
    assert done.out == "changed: seeds/guide.md\nvanished: seeds/rows.jsonl\nnew: seeds/new.txt\n"
    assert done.err.endswith("Build it again with: searchlib index seeds/\n")
    assert {path.name: path.read_bytes() for path in Path("indexes/default").iterdir()} == before
    assert in_process("index").code == 0
    assert in_process("index", "--check").code == 0, "an update is as good as a build"


def test_the_check_of_an_index_that_is_not_there_fails(fresh: Path) -> None:
    done = in_process("index", "--check")
    assert done.code == 1
    assert done.out == "indexes/default: there is no index\n"
    assert not Path("indexes").exists()


def test_the_check_compares_settings_and_options(fresh: Path) -> None:
    in_process("index")
    for flags, said in (
        (["--language", "de"], "setting: language is auto, not de\n"),
        (["--text-column", "body"], "setting: loading is {}, not {'text': ['body']}\n"),
        (["--exclude", "*.md"], "vanished: seeds/guide.md\nsetting: exclude is [], not ['*.md']\n"),
    ):
        done = in_process("index", "--check", *flags)
        assert (done.code, done.out) == (1, said)


def test_the_check_finds_a_damaged_index(fresh: Path) -> None:
    in_process("index")
    victim = next(Path("indexes/default").glob("*.sto"))
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    done = in_process("index", "--check")
    assert done.code == 1 and victim.name in done.out
    assert "rm " not in done.err and "Remove" not in done.err, "searchlib puts it right itself"
    assert "was built anew" in in_process("index").err
    assert in_process("index", "--check").code == 0


def test_an_index_of_another_format_fails_the_check_and_is_built_anew(fresh: Path) -> None:
    in_process("index")
    Path("indexes/default/searchlib.json").write_text('{"format": 99}', encoding="utf-8")
    assert in_process("index", "--check").code == 1
    assert in_process("verify").code == 1
    assert in_process("index").code == 0
    assert in_process("verify").code == 0


def test_the_digest_is_that_of_the_index(fresh: Path) -> None:
    digest = in_process("index", "--digest").out.strip()
    assert len(digest) == 32
    assert in_process("index", "--check", "--digest").out == digest + "\n"
    assert f"digest      {digest}\n" in in_process("stats").out
    assert json.loads(in_process("index", "--json").out)["digest"] == digest
    assert json.loads(in_process("verify", "--json").out)["digest"] == digest


def test_verify_compares_the_sources_too(fresh: Path) -> None:
    in_process("index")
    assert in_process("verify", "--sources").code == 0
    change_all(fresh)
    assert in_process("verify").code == 0, "the index itself is sound"
    done = in_process("verify", "--sources")
    assert done.code == 1
    assert done.out.splitlines()[1:] == ["changed: seeds/guide.md", "vanished: seeds/rows.jsonl", "new: seeds/new.txt"]
    found = json.loads(in_process("verify", "--sources", "--json").out)
    assert found["sound"] and found["sources"]["changed"] == ["seeds/guide.md"]


def test_the_sources_are_found_by_the_settings_or_above_the_index_or_are_named(fresh: Path) -> None:
    (fresh / "papers").mkdir()
    (fresh / "papers" / "a.txt").write_text("A\n\nWords.\n", encoding="utf-8")
    in_process("index", "papers", "--index", "deep/down/ix")
    assert in_process("verify", "--sources", "--index", "deep/down/ix").code == 0
    (fresh / "papers").rename(fresh / "away")
    done = in_process("verify", "--sources", "--index", "deep/down/ix")
    assert done.code == 2
    assert "papers" in done.err and "give the paths" in done.err
    done = in_process("verify", "--sources", "away", "--index", "deep/down/ix")
    assert done.code == 1 and "new: away/a.txt" in done.out
    (fresh / "elsewhere").mkdir()
    (fresh / "away").rename(fresh / "elsewhere" / "papers")
    assert in_process("verify", "--sources", "elsewhere/papers", "--index", "deep/down/ix").code == 0


def test_what_was_excluded_makes_no_index_stale(fresh: Path) -> None:
    in_process("index", "--exclude", "*.md")
    later = (Path("indexes/default/searchlib.json").stat().st_mtime_ns + 10**9,) * 2
    (fresh / "seeds" / "guide.md").write_text("# Other\n", encoding="utf-8")
    os.utime(fresh / "seeds" / "guide.md", ns=later)
    assert not is_stale(["seeds"], Path("indexes/default"))
    assert "changed since" not in in_process("query", "bees").err
    assert in_process("verify", "--sources").code == 0
    (fresh / "seeds" / "meeting.txt").write_text("Other\n\nWords.\n", encoding="utf-8")
    os.utime(fresh / "seeds" / "meeting.txt", ns=later)
    assert is_stale(["seeds"], Path("indexes/default"))


def test_a_second_writer_is_named_and_waiting_for_it_is_advised(fresh: Path, spawn: Run) -> None:
    import searchlib

    in_process("index")
    with searchlib.open("indexes/default").writer():
        done = spawn("index", "--wait", "0.1")
    assert done.code == 2
    assert f"process {os.getpid()} on " in done.err and "--wait" in done.err
