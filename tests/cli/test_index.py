"""``searchlib index``: what it reports, and which files it takes."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from searchlib.cli import progress
from searchlib.cli.progress import ProgressBar, describe

from .commands import Run, in_process


def report(*arguments: str) -> dict[str, object]:
    done = in_process("index", "--json", *arguments)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert isinstance(found, dict)
    return found


def counts(found: dict[str, object]) -> tuple[object, ...]:
    return tuple(found[name] for name in ("added", "changed", "removed", "unchanged"))


def test_the_report_goes_to_stderr(fresh: Path) -> None:
    done = in_process("index")
    assert (done.code, done.out) == (0, "")
    assert re.fullmatch(
        r"indexes/default: 3 added, 0 changed, 0 removed, 0 unchanged; 3 documents, \d+ paragraphs in [\d.]+ m?s\n"
        r"Files: 1 .jsonl, 1 .md, 1 .txt\n",
        done.err,
    )


def test_a_second_time_nothing_changes_and_then_only_what_did(fresh: Path) -> None:
    assert counts(report()) == (3, 0, 0, 0)
    assert counts(report()) == (0, 0, 0, 3)
    (fresh / "seeds" / "guide.md").write_text("# Guide\n\nAnother text.\n", encoding="utf-8")
    (fresh / "seeds" / "rows.jsonl").unlink()
    (fresh / "seeds" / "new.txt").write_text("New.\n", encoding="utf-8")
    assert counts(report()) == (1, 1, 1, 1)


def test_seeds_can_be_named(fresh: Path) -> None:
    found = report("seeds/meeting.txt", "seeds/rows.jsonl", "--index", "ix")
    assert (found["documents"], found["index"]) == (2, "ix")


def test_include_and_exclude_choose_files(fresh: Path) -> None:
    assert report("--include", "*.md", "--include", "*.txt")["documents"] == 2
    assert report("--exclude", "*.md")["documents"] == 2


def test_columns_of_rows_are_settable(fresh: Path) -> None:
    (fresh / "t.csv").write_text("key2,head,body2,note\n7,Hello,Some words,kept\n", encoding="utf-8")
    columns = ["--id-column", "key2", "--title-column", "head", "--text-column", "body2", "--metadata-columns", "note"]
    report("t.csv", *columns)
    (hit,) = json.loads(in_process("query", "--json", "words").out)["hits"]
    assert hit["document"]["path"] == "t.csv#7"
    assert hit["document"]["title"] == "Hello"
    assert hit["document"]["metadata"] == {"note": "kept"}


def test_standard_input_is_a_seed(fresh: Path, spawn: Run) -> None:
    done = spawn("index", "-", "--index", "ix", stdin="A title\nSomething about zebras.\n")
    assert done.code == 0, done.err
    assert spawn("query", "--index", "ix", "zebras").code == 0


def test_what_is_skipped_is_named_with_the_reason(fresh: Path) -> None:
    (fresh / "seeds" / "broken.txt").write_bytes(b"\x00\x01\x02\xff" * 100)
    done = in_process("index")
    assert done.code == 0
    assert re.search(r"Skipped 1:\n  seeds/broken.txt: .+\n$", done.err)
    assert report()["documents"] == 3


def test_strict_stops_at_it(fresh: Path) -> None:
    (fresh / "seeds" / "broken.txt").write_bytes(b"\x00\x01\x02\xff" * 100)
    done = in_process("index", "--strict")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: ")
    assert len(done.err.splitlines()) == 1
    assert not Path("indexes/default").exists() or in_process("verify").code == 2


def test_seeds_that_are_not_there_are_an_error(fresh: Path) -> None:
    done = in_process("index", "nowhere")
    assert done.code == 2
    assert done.err == "Error: There is no nowhere. Give files and folders to index: searchlib index PATH...\n"


def test_a_language_can_be_given(fresh: Path) -> None:
    report("--language", "tr")
    assert set(json.loads(in_process("stats", "--json").out)["languages"]) == {"tr"}
    assert in_process("index", "--language", "turkish").code == 2


def test_languages_whose_words_are_to_be_found_can_be_given(fresh: Path) -> None:
    done = in_process("index", "--segment", "zh,en")
    assert (done.code, done.out) == (2, "")
    assert done.err == "Error: no segmenter finds the words of 'en': give some of ja, ko, th, zh\n"
    pytest.importorskip("rjieba", reason='rjieba is not installed: pip install "searchlib[segment]"')
    key = in_process("index", "--key").out
    Path("searchlib.toml").write_text('segment = ["zh"]')
    assert in_process("index", "--key").out != key
    report()
    assert set(json.loads(in_process("stats", "--json").out)["settings"]["segment"]) == {"zh"}
    assert in_process("index", "--check").code == 0
    Path("searchlib.toml").unlink()
    assert "segment is {'zh': 'rjieba " in in_process("index", "--check").out


@pytest.mark.parametrize(
    "flag", [("--memory", "64M"), ("--processes", "1"), ("-j", "2"), ("--compact",), ("--wait", "1")]
)
def test_resources_can_be_given_and_change_nothing_found(fresh: Path, flag: tuple[str, ...]) -> None:
    assert counts(report(*flag)) == (3, 0, 0, 0)


@pytest.mark.parametrize("flag", [("--memory", "lots"), ("--memory", "1k"), ("-j", "0"), ("-j", "x"), ("--wait", "-1")])
def test_resources_that_cannot_be_are_usage_errors(fresh: Path, flag: tuple[str, ...]) -> None:
    done = in_process("index", *flag)
    assert done.code == 2
    assert "Error: " in done.err


def test_settings_name_the_seeds_and_the_index(fresh: Path) -> None:
    (fresh / "searchlib.toml").write_text('seeds = ["texts"]\nindex = "ix"\n')
    Path("seeds").rename("texts")
    (fresh / "below").mkdir()
    os.chdir("below")
    assert report()["index"] == "../ix"
    assert in_process("query", "bees").code == 0


def test_a_wrong_setting_stops_every_command(fresh: Path) -> None:
    (fresh / "searchlib.toml").write_text("limti = 3\n")
    for command in (["index"], ["query", "x"], ["show", "x"], ["stats"], ["verify"]):
        done = in_process(*command)
        assert (done.code, done.out) == (2, "")
        assert done.err == "Error: searchlib.toml: limti is no setting: did you mean limit?\n"


def test_a_folder_of_other_files_is_no_place_for_an_index(fresh: Path) -> None:
    before = sorted(path.name for path in (fresh / "seeds").iterdir())
    done = in_process("index", "seeds", "--index", "seeds")
    assert (done.code, done.err) == (
        2,
        "Error: seeds has other files in it, and no index: give a folder for it that is empty or not there yet\n",
    )
    assert sorted(path.name for path in (fresh / "seeds").iterdir()) == before
    assert in_process("index", "seeds", "--index", "seeds/index").code == 0
    (fresh / "seeds" / "index" / "notes.txt").write_text("A file of somebody's.\n")
    assert in_process("index", "seeds", "--index", "seeds/index").code == 0, "there is an index already"


def test_no_progress_bar_without_a_terminal(fresh: Path, spawn: Run) -> None:
    assert "\r" not in spawn("index").err
    assert not ProgressBar().shown


def test_progress_is_drawn_where_somebody_watches_for_long_enough_and_wiped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "is_terminal", lambda stream: True)
    seen: Any = SimpleNamespace(documents=1, bytes=10, total_bytes=20, seconds=1.0, phase="reading")
    for show_after, drawn in ((0, [describe(seen, 79), ""]), (3600, [])):
        with ProgressBar(show_after) as bar:
            bar(seen)
        assert capsys.readouterr().err.split("\r\x1b[K")[1:] == drawn


def test_progress_says_documents_bytes_and_rate() -> None:
    seen: Any = SimpleNamespace(documents=1234, bytes=5_000_000, total_bytes=10_000_000, seconds=2.0, phase="reading")
    line = describe(seen, 200)
    assert line == f"reading  {'━' * 12}{'─' * 12}  50%  1,234 documents  5.0 MB  2.5 MB/s  2.0 s left"
    assert describe(seen, 60) == f"reading  {'━' * 12}{'─' * 12}  50%  1,234 documents"
    assert describe(seen, 5) == "readi"
