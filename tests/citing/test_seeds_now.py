"""Checks speak of the seeds as they are now, and what shows a paragraph says where the index is older."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import searchlib
from searchlib import Index
from searchlib.cli.main import program
from searchlib.model.records import Document

TALKS = (
    "Talks\n\nThe visit included discussions with the defense industry.\n\nEnergy supplies were the second subject.\n"
)
BEES = "Bees\n\nThe industry of bees needs no defense, as everybody knows.\n"
ROWS = (
    '{"id": "a", "text": "A row about pipelines and their keepers."}\n{"id": "b", "text": "Another row of harbours."}\n'
)
INDEX = Path("indexes/default")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, list(arguments), prog_name="searchlib")


def statuses(*arguments: str) -> list[str]:
    """What became of the citations of notes.txt."""
    return [
        one["status"] for one in json.loads(run("cite", "--check", "notes.txt", "--json", *arguments).stdout)["checks"]
    ]


def id_of(words: str) -> str:
    with searchlib.open(INDEX) as index:
        return index.search(words)[0].id


def edit(name: str, before: str, after: str, *, seen: bool = True) -> None:
    """Edit a seed; unless it is ``seen``, the file is no newer than the index."""
    seed = Path("seeds") / name
    text = seed.read_text(encoding="utf-8")
    assert before in text
    seed.write_text(text.replace(before, after, 1), encoding="utf-8")
    manifest = INDEX / "searchlib.json"
    later = manifest.stat().st_mtime_ns + 10**9
    if seen:
        os.utime(seed, ns=(later, later))
    else:
        os.utime(manifest, ns=(later + 10**10, later + 10**10))


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an index and a file that cites a paragraph of each of its seeds."""
    for name in [name for name in os.environ if name.startswith("SEARCHLIB_") or name in ("NO_COLOR", "FORCE_COLOR")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("seeds").mkdir()
    for name, text in (("talks.txt", TALKS), ("bees.txt", BEES), ("rows.jsonl", ROWS)):
        (Path("seeds") / name).write_text(text, encoding="utf-8")
    assert run("index").exit_code == 0
    notes = [run("cite", id_of(words)).stdout for words in ("visit", "bees", "pipelines")]
    Path("notes.txt").write_text("\n".join(notes), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("seen", [True, False], ids=["newer", "no newer than the index"])
def test_an_edited_source_is_not_unchanged_though_the_index_says_so(seen: bool) -> None:
    assert statuses() == ["unchanged"] * 3
    edit("talks.txt", "discussions", "long talks", seen=seen)
    done = run("cite", "--check", "notes.txt")
    assert done.exit_code == 1
    assert "[-discussions-]{+long talks+}" in done.stdout
    assert statuses() == ["edited", "unchanged", "unchanged"]
    edit("rows.jsonl", "keepers", "owners", seen=seen)
    assert statuses() == ["edited", "unchanged", "edited"], "a row of a file, too"


def test_what_moved_in_the_sources_is_mended_without_an_update_of_the_index() -> None:
    edit("talks.txt", "The visit", "New.\n\nThe visit")
    before = {path.name: path.read_bytes() for path in INDEX.iterdir()}
    assert statuses() == ["moved", "unchanged", "unchanged"]
    assert run("cite", "--update", "notes.txt").exit_code == 0
    assert "¶ 2 (seeds/talks.txt, line 5)" in Path("notes.txt").read_text(encoding="utf-8")
    assert statuses() == ["unchanged"] * 3
    assert {path.name: path.read_bytes() for path in INDEX.iterdir()} == before


def test_words_are_followed_to_a_seed_that_the_index_does_not_know() -> None:
    Path("seeds/bees.txt").rename("seeds/wasps.txt")
    done = run("cite", "--check", "notes.txt")
    assert done.exit_code == 1
    assert "seeds/bees.txt → seeds/wasps.txt" in done.stdout


def test_a_seed_that_was_removed_is_gone() -> None:
    Path("seeds/bees.txt").unlink()
    assert statuses() == ["unchanged", "gone", "unchanged"]


def test_what_cannot_be_seen_is_unknown(tmp_path: Path) -> None:
    Path("seeds").rename("elsewhere")
    for _ in range(2):  # without the folder, and with an empty one, as when a disk is not mounted
        done = run("cite", "--check", "notes.txt")
        assert done.exit_code == 1
        assert [line.split()[1] for line in done.stdout.splitlines()] == ["unknown"] * 3
        assert "seeds/talks.txt:3  ¶ 1 when it was indexed; its seed cannot be seen" in done.stdout
        assert "--sources PATH" in done.stderr
        assert run("cite", "--update", "notes.txt").exit_code == 1
        Path("seeds").mkdir(exist_ok=True)
    Path("seeds").rmdir()
    (tmp_path / "deep").mkdir()
    Path("elsewhere").rename("deep/seeds")
    assert statuses("--sources", "deep/seeds") == ["unchanged"] * 3


def test_another_folder_of_the_same_name_is_not_taken_for_the_seeds(tmp_path: Path) -> None:
    """One above the index in which none of the seeds is."""
    below = tmp_path / "below"
    below.mkdir()
    Path("indexes").rename(below / "indexes")
    Path("notes.txt").rename(below / "notes.txt")
    os.chdir(below)
    assert statuses() == ["unchanged"] * 3, "it is found above"
    for seed in (tmp_path / "seeds").iterdir():
        seed.unlink()
    (tmp_path / "seeds" / "other.txt").write_text("Other.\n", encoding="utf-8")
    assert statuses() == ["unknown"] * 3


def test_a_reference_that_is_nowhere_is_gone_only_where_all_can_be_seen() -> None:
    Path("notes.txt").write_text("searchlib:0000000000000000\n", encoding="utf-8")
    assert statuses() == ["gone"]
    Path("seeds").rename("elsewhere")
    assert statuses() == ["unknown"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_seed_that_may_not_be_read_is_unknown() -> None:
    edit("talks.txt", "discussions", "talks")
    Path("seeds/talks.txt").chmod(0)
    assert statuses() == ["unknown", "unchanged", "unchanged"]
    assert statuses("--sources", "seeds") == ["unknown", "unchanged", "unchanged"]
    with searchlib.open(INDEX) as index:
        assert index.is_stale(index.search("visit")[0]) is None


def test_a_seed_that_became_a_fifo_is_unknown() -> None:
    """Nothing waits for it."""
    Path("seeds/talks.txt").unlink()
    os.mkfifo("seeds/talks.txt")
    assert statuses() == ["unknown", "unchanged", "unchanged"]
    assert statuses("--sources", "seeds") == ["unknown", "unchanged", "unchanged"]
    assert run("show", id_of("visit")).exit_code == 0


def test_documents_that_came_by_a_writer_are_as_the_index_says() -> None:
    with searchlib.open(INDEX) as index:
        with index.writer() as writer:
            writer.add(Document("by/hand", "A paragraph about lighthouses on the coast."))
        hit = index.search("lighthouses")[0]
        text = hit.citation.text()
        edit("talks.txt", "discussions", "talks")
        assert [check.status for check in index.check_citations(text)] == ["unchanged"]
        assert index.is_stale(hit) is False


def test_seeds_are_read_as_they_were_indexed() -> None:
    """With the options and patterns of the index, not with those of today."""
    Path("table.csv").write_text("name,body\nx,A body of water and its shores.\n", encoding="utf-8")
    assert run("index", "table.csv", "--text-column", "body", "--id-column", "name").exit_code == 0
    Path("notes.txt").write_text(run("cite", id_of("shores")).stdout, encoding="utf-8")
    Path("table.csv").write_text("name,body\nw,New.\nx,A body of water and its shores.\n", encoding="utf-8")
    assert statuses() == ["moved"]
    assert "line 2 → 3" in run("cite", "--check", "notes.txt").stdout


def test_options_that_are_none_are_said_to_be_damage() -> None:
    from dataclasses import replace

    from searchlib.engines.whoosh.manifest import read_manifest

    manifest = read_manifest(INDEX)
    edit("talks.txt", "discussions", "talks")
    forged = replace(manifest, settings={**manifest.settings, "loading": {"nosuch": 1}})
    (INDEX / "searchlib.json").write_bytes(forged.encode())
    os.utime(INDEX / "searchlib.json", ns=(0, 0))
    done = run("cite", "--check", "notes.txt")
    assert done.exit_code == 2
    assert "build it again with: searchlib index" in done.stderr


def test_roots_of_a_hostile_manifest_lead_nowhere(tmp_path: Path) -> None:
    from searchlib.update.comparing import locate_roots

    for folder in ("secret", "stdin"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").write_text("x", encoding="utf-8")
    names = ("../secret", "/etc", "", ".", "..", "stdin", "a\0b", "seeds")
    found = locate_roots(INDEX, names, [], lambda: [f"{name}/x" for name in names] + ["seeds/bees.txt"])
    assert [name for name, place in found.items() if place is not None] == ["seeds"]


# What shows a paragraph


@pytest.mark.parametrize("command", ["query", "all", "show", "similar", "cite"])
def test_what_shows_a_paragraph_says_that_its_document_changed(command: str) -> None:
    id = id_of("visit")
    arguments = {
        "query": ["query", "visit"],
        "all": ["query", "visit", "--all"],
        "show": ["show", id],
        "similar": ["similar", id, "--within-document"],
        "cite": ["cite", id],
    }[command]
    said = "Changed since indexes/default was built: seeds/talks.txt. Bring it up to date with: searchlib index\n"
    assert "Changed since" not in run(*arguments).stderr
    edit("rows.jsonl", "keepers", "owners")
    assert "Changed since" not in run(*arguments).stderr, "another document is none of its business"
    edit("talks.txt", "discussions", "talks")
    assert run(*arguments).stderr.endswith(said)
    Path("seeds/talks.txt").unlink()
    assert run(*arguments).stderr.endswith(said), "gone"
    Path("seeds/talks.txt").write_text(TALKS, encoding="utf-8")
    assert "Changed since" not in run(*arguments).stderr, "it was changed back"


def test_json_says_whether_a_paragraph_is_stale() -> None:
    id = id_of("visit")

    def said() -> list[object]:
        hits = json.loads(run("query", "visit OR bees", "--json").stdout)["hits"]
        hits += [json.loads(line) for line in run("query", "visit OR bees", "--all", "--jsonl").stdout.splitlines()]
        stale = [hit["stale"] for hit in hits if hit["id"] == id]
        assert not any(hit["stale"] for hit in hits if hit["id"] != id)
        similar = json.loads(run("similar", id, "--within-document", "--json").stdout)["hits"]
        stale += [hit["stale"] for hit in similar if hit["document"]["path"] == "seeds/talks.txt"]
        stale.append(json.loads(run("show", id, "--json").stdout)["stale"])
        return [*stale, json.loads(run("cite", id, "--json").stdout)["citation"].get("stale", False)]

    assert not any(said())
    edit("talks.txt", "discussions", "talks")
    assert all(said())
    shutil.rmtree("seeds")
    assert set(said()) == {None, False}, "nobody can say, and an annotation says nothing"


def test_python_says_it_too() -> None:
    def stale(index: Index) -> list[bool | None]:
        hit = index.search("visit")[0]
        return [index.is_stale(one) for one in (hit, hit.record, hit.citation)]

    with searchlib.open(INDEX) as index:
        assert stale(index) == [False] * 3
        edit("talks.txt", "discussions", "talks")
        assert stale(index) == [True] * 3
        assert [check.status for check in index.check_file("notes.txt")] == ["edited", "unchanged", "unchanged"]
        old = index.search("visit")[0]
        run("index")
        assert index.is_stale(old) is True, "the hit is of a generation before the edit"
        assert [check.status for check in index.check_file("notes.txt")] == ["edited", "unchanged", "unchanged"]
        index.refresh()
        assert stale(index) == [False] * 3
        Path("seeds").rename("moved")
        assert stale(index) == [None] * 3
        Path("other").mkdir()
        Path("moved").rename("other/seeds")
        assert index.is_stale(index.search("visit")[0], ["other/seeds"]) is False


def test_names_that_are_not_utf_8_are_found_again() -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (Path("seeds") / name).write_text("Cafe\n\nTables and chairs of the terrace.\n", encoding="utf-8")
    assert run("index").exit_code == 0
    with searchlib.open(INDEX) as index:
        hit = index.search("terrace")[0]
        assert index.is_stale(hit) is False
        edit(name, "chairs", "stools")
        assert index.is_stale(hit) is True


def test_sources_mean_the_seeds_everywhere() -> None:
    """Those that the index remembers, or those that are given."""
    edit("talks.txt", "discussions", "talks")
    for given in ([], ["seeds"]):
        assert "changed: seeds/talks.txt" in run("verify", "--sources", *given).stdout
        assert run("cite", "--check", "notes.txt", "--sources", *given).stdout.count("edited") == 1


# Files whose citations are checked


def test_only_regular_files_are_checked_and_nothing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo("fifo")
    Path("large.txt").write_text("x" * 200_000, encoding="utf-8")
    monkeypatch.setenv("SEARCHLIB_LIMITS_FILE_BYTES", "100000")
    for option in ("--check", "--update"):
        done = run("cite", option, "fifo", "/dev/zero", "large.txt", "notes.txt")
        assert done.exit_code == 2
        assert done.stdout.count("unchanged") == 3, "the others are checked"
        for said in (
            "fifo is a FIFO",
            "/dev/zero is a device",
            "large.txt is larger than 100,000 bytes",
        ):
            assert f"Error: {said}" in done.stderr
    with searchlib.open(INDEX) as index, pytest.raises(searchlib.SeedError, match="fifo is a FIFO"):
        index.check_file("fifo")


def test_standard_input_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHLIB_LIMITS_FILE_BYTES", "1000")
    done = CliRunner().invoke(program, ["cite", "--check", "-"], prog_name="searchlib", input="x" * 2000)
    assert done.exit_code == 2
    assert "standard input is larger than 1,000 bytes" in done.stderr


@pytest.mark.parametrize("taken_by", ["link", "fifo", "nothing"])
def test_a_file_whose_place_is_taken_while_it_is_mended_is_left(taken_by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that took its place is neither followed nor replaced, and no copy is left behind."""
    from searchlib.citing import mending

    edit("talks.txt", "The visit", "New.\n\nThe visit")
    victim = Path("victim.txt")
    victim.write_bytes(Path("notes.txt").read_bytes())
    like = mending._like

    def swap(descriptor: int, name: str, status: os.stat_result) -> None:
        like(descriptor, name, status)
        Path("notes.txt").unlink()
        if taken_by == "link":
            Path("notes.txt").symlink_to(victim)
        elif taken_by == "fifo":
            os.mkfifo("notes.txt")

    monkeypatch.setattr(mending, "_like", swap)
    before = victim.read_bytes()
    done = run("cite", "--update", "notes.txt")
    assert done.exit_code == 2
    assert "was changed meanwhile" in done.stderr
    assert victim.read_bytes() == before
    assert not list(Path().glob(".searchlib-*"))
