"""Files that the command line is given or finds: only regular ones of some size are read, and none is waited for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .commands import Run, in_process


@pytest.mark.parametrize("what", ["device", "fifo", "folder", "large", "gone"])
def test_synonyms_are_a_regular_file_of_some_size(fresh: Path, what: str, spawn: Run) -> None:
    assert in_process("index").code == 0
    path = Path("/dev/zero") if what == "device" else fresh / "synonyms.txt"
    if what == "fifo":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    elif what == "large":
        with path.open("wb") as file:
            file.truncate((16 << 20) + 1)
    done = spawn("query", "--synonyms", str(path), "defense")
    reasons = {
        "device": "a device, not a file",
        "fifo": "a FIFO, not a file",
        "folder": "a folder, not a file",
        "large": "larger than 16,777,216 bytes",
        "gone": "No such file or directory",
    }
    assert done.code == 2
    assert done.err == f"Error: the synonyms {path} cannot be read ({reasons[what]}): give another file\n"


@pytest.mark.parametrize("name", ["searchlib.toml", "pyproject.toml"])
@pytest.mark.parametrize("what", ["device", "fifo", "large"])
def test_a_settings_file_is_a_regular_file_of_some_size(fresh: Path, name: str, what: str, spawn: Run) -> None:
    if what == "device":
        (fresh / name).symlink_to("/dev/zero")
    elif what == "fifo":
        os.mkfifo(fresh / name)
    else:
        (fresh / name).write_bytes(b"#" * ((1 << 20) + 1))
    done = spawn("query", "defense")
    reason = {"device": "a device, not a file", "fifo": "a FIFO, not a file", "large": "larger than 1,048,576 bytes"}
    assert (done.code, done.out) == (2, "")
    assert done.err == f"Error: {fresh / name} cannot be read ({reason[what]}): make it readable or move it\n"


def test_a_folder_of_the_name_of_a_settings_file_is_passed_over(fresh: Path) -> None:
    (fresh / "searchlib.toml").mkdir()
    assert in_process("index").code == 0


def test_settings_with_keys_of_any_depth_are_refused(fresh: Path) -> None:
    (fresh / "searchlib.toml").write_text(".".join("a" * 100_000) + " = 1\n")
    done = in_process("index")
    assert done.code == 2
    assert done.err == "Error: searchlib.toml is not TOML: keys of more than 64 parts; correct it there\n"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system has no /proc")
def test_a_file_system_of_no_files_ends_and_names_what_it_left_out(fresh: Path, spawn: Run) -> None:
    done = spawn("index", "/proc/self", "--index", "ix", "--json")
    assert done.code == 2, done.err
    assert "Nothing of this could be read" in done.err
    assert json.loads(done.out)["skipped_count"] > 0  # links out of it, at least


def test_most_documents_go_only_where_that_is_allowed(fresh: Path) -> None:
    assert in_process("index").code == 0
    for path in (fresh / "seeds").iterdir():
        path.unlink()
    done = in_process("index")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "Error: 3 of 3 documents would be removed, since nothing can be read any more of seeds/; nothing was changed: "
        "see that it is there (a disk may not be mounted), or give --allow-removal (in Python allow_removal=True)\n"
    )
    assert in_process("query", "defense").code == 0
    done = in_process("index", "--allow-removal", "--json")
    assert done.code == 0 and json.loads(done.out)["removed"] == 3


def test_folders_of_one_name_get_names_of_their_own(fresh: Path) -> None:
    for place in ("a", "b"):
        (fresh / place / "notes").mkdir(parents=True)
        (fresh / place / "notes" / "one.txt").write_text("The harbour.")
    done = in_process("index", "a/notes", "b/notes", "--index", "ix")
    assert done.code == 2
    assert "both have a notes/one.txt: give them names of their own, as in one=PATH another=PATH" in done.err
    named = ("work=a/notes", "home=b/notes", "--index", "ix")
    assert in_process("index", *named).code == 0
    hits = json.loads(in_process("query", "harbour", "--index", "ix", "--json").out)["hits"]
    assert [hit["document"]["path"] for hit in hits] == ["home/one.txt", "work/one.txt"]
    assert in_process("index", "--check", *named).code == 0
    sources = [text for name in named[:2] for text in ("--sources", name)]
    assert in_process("verify", *sources, *named[2:]).code == 0
    assert in_process("index", "work=a/nothing", "--index", "ix").err == (
        "Error: There is no a/nothing. Give files and folders to index: searchlib index PATH...\n"
    )


def test_the_settings_can_name_seeds_too_and_their_paths_are_relative_to_the_file(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fresh / "searchlib.toml").write_text('seeds = ["work=seeds"]\n')
    (fresh / "below").mkdir()
    monkeypatch.chdir(fresh / "below")
    assert in_process("index").code == 0
    done = in_process("query", "pipelines", "--json")
    assert json.loads(done.out)["hits"][0]["document"]["path"].startswith("work/")
    assert "The seeds changed" not in done.err
    (fresh / "seeds" / "new.txt").write_text("New.")
    assert "The seeds changed since" in in_process("query", "pipelines").err
    assert in_process("verify", "--sources").code == 1


def test_what_is_left_out_is_counted_and_names_with_their_root_exclude(fresh: Path) -> None:
    (fresh / "seeds" / ".hidden.txt").touch()
    (fresh / "seeds" / "log.txt").write_text("text")
    (fresh / "seeds" / ".gitignore").write_text("log.txt\n")
    done = in_process("index", "--exclude", "seeds/guide.md")
    assert done.code == 0
    assert done.err.endswith("Left out: excluded 1, hidden 2, ignored by .gitignore 1\n")
    assert json.loads(in_process("index", "--json", "--exclude", "seeds/guide.md").out)["left_out"] == {
        "excluded": 1,
        "hidden": 2,
        "ignored by .gitignore": 1,
    }
