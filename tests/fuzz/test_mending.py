"""``searchlib index`` mends whatever is wrong with an index, and keeps the documents that no seed has."""

from __future__ import annotations

import contextlib
import random
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from exploring import seeds, some

import searchlib
from searchlib.errors import IndexCorrupt, IndexIncompatible
from searchlib.files.names import MANIFEST
from searchlib.model.records import Block, Document

from . import damages
from .manifests import FORGERIES, forge, put
from .mending import Mending

LONG = " ".join(f"word{number}" for number in range(900))
TEXT = "A letter\n\nThe harbour is closed.\n\n\n   The harbour is closed.\n\n" + LONG
BY_HAND = (
    Document("hand/letter", TEXT, "A letter", metadata={"by": "Ann", "year": 1912, "tags": ("a", "b")}),
    Document("hand/brief", "Ein Brief aus dem Hafen.", language="de"),
    Document(
        "hand/row", "Winter. Spring.", "Row", "csv", "en", blocks=(Block(0, 7, "text", ("Row",), 7), Block(8, 15))
    ),
    Document("hand/page", "Top\nunder", "Page", "html", blocks=(Block(0, 3, "heading"), Block(4, 9, "text", ("Top",)))),
    Document("hand/東京", "私は東京に行く。\n\nภาษาไทย", line=9),
)
QUERIES = ("harbour", "*", '"is closed"', "by:ann", "hafen", "東京", "word7 word8", "year:1912")
SECONDS = 20.0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds; and an index of two segments, one with deletions, and documents by hand in either."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "seeds").mkdir()
    for name in ("one", "two", "three"):
        (folder / "seeds" / f"{name}.txt").write_text(f"Note {name}\n\nThe harbour of {name}.\n", "utf-8")
    with searchlib.build(folder / "seeds", folder / "index", processes=1).writer(processes=1) as writer:
        for document in (*BY_HAND[:3], Document("hand/page", "As it was."), Document("hand/gone", "Not any more.")):
            writer.add(document)
    with searchlib.open(folder / "index").writer(processes=1) as writer:
        for document in BY_HAND[3:]:
            writer.add(document)
        writer.remove("hand/gone")
    searchlib.build(folder / "seeds", folder / "index", processes=1)
    return folder


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "place")
    return tmp_path / "place"


def said(index: searchlib.Index) -> Any:
    """All that an index says of its paragraphs, whatever segments they are in."""
    found = {}
    for query in QUERIES:
        results = index.search(query, limit=100)
        found[query] = sorted((hit.id, hit.document, hit.paragraph, hit.text, round(hit.score, 6)) for hit in results)
    return found


def mend(place: Path) -> searchlib.Index:
    began = time.monotonic()
    index = searchlib.build(place / "seeds", place / "index", processes=1)
    assert time.monotonic() - began < SECONDS
    assert index.verify() == []
    return index


@pytest.fixture(scope="module")
def sound(built: Path) -> Any:
    return said(searchlib.open(built / "index"))


def test_a_forged_manifest_is_damage(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "index", tmp_path / "index")
    manifest = (tmp_path / "index" / MANIFEST).read_bytes()
    for name, forgery in FORGERIES.items():
        forge(tmp_path / "index", forgery)
        try:
            searchlib.open(tmp_path / "index").search("harbour")
        except (IndexCorrupt, IndexIncompatible):
            (tmp_path / "index" / MANIFEST).write_bytes(manifest)
        else:
            pytest.fail(f"{name} is not noticed")


@pytest.mark.parametrize("name", some(FORGERIES, 30))
def test_a_forged_manifest_is_mended_and_nothing_is_lost(place: Path, name: str, sound: Any) -> None:
    forge(place / "index", FORGERIES[name])
    index = mend(place)
    assert index.changes is not None
    assert index.changes.rebuilt or name == "field ['no']", "which needs no more than another manifest"
    assert index.changes.kept == (len(BY_HAND) if index.changes.rebuilt else 0)
    assert not [lost for lost, _ in index.changes.lost if not lost.startswith("MAIN_0000")], "which were never there"
    assert said(index) == sound


@pytest.mark.parametrize("value", ["!", "a\\", "[", "**", "\x00", "*a" * 5000])
@pytest.mark.parametrize("name", ["exclude", "include", "roots"])
def test_patterns_that_a_stranger_put_into_a_manifest_do_no_harm(place: Path, name: str, value: str) -> None:
    from searchlib.update.comparing import compare, find_roots, is_stale

    forge(place / "index", put("sources", name, value=[value]))
    for ask in (
        lambda: is_stale([place / "seeds"], place / "index"),
        lambda: compare([place / "seeds"], place / "index"),
        lambda: find_roots(place / "index"),
    ):
        with contextlib.suppress(searchlib.SearchlibError):
            ask()
    assert mend(place).search("letter").total
    assert not is_stale([place / "seeds"], place / "index")


@pytest.mark.parametrize("suffix", [".trm", ".pst", ".col", ".del", ".voc", ".seeds", ".toc", MANIFEST])
@pytest.mark.parametrize("how", ["gone", "empty", "cut", "noise"])
def test_documents_that_no_seed_has_survive_damage_to_any_file_that_does_not_hold_them(
    place: Path, suffix: str, how: str, sound: Any
) -> None:
    for path in (place / "index").glob(f"*{suffix}"):
        data = path.read_bytes()
        if how == "gone":
            path.unlink()
        else:
            path.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "noise": data[::-1]}[how])
    index = mend(place)
    found = said(index)
    assert index.changes is not None and index.changes.kept >= len(BY_HAND)
    if suffix in (".del", MANIFEST):  # which say what is removed
        for query in QUERIES:
            ids = {one[0] for one in found[query]}
            assert {one[0] for one in sound[query]} <= ids
    elif suffix == ".col":  # which says where a paragraph stood
        assert {query: [(one[0], one[3]) for one in found[query]] for query in QUERIES} == {
            query: [(one[0], one[3]) for one in sound[query]] for query in QUERIES
        }
    else:
        assert found == sound


def test_what_is_lost_is_said_by_name(place: Path) -> None:
    from click.testing import CliRunner

    from searchlib.cli.main import program

    for path in (place / "index").glob("*.sto"):
        data = bytearray(path.read_bytes())
        data[64:400] = bytes(336)
        path.write_bytes(data)
    done = CliRunner().invoke(program, ["index", str(place / "seeds"), "--index", str(place / "index")])
    assert done.exit_code == 0, done.stderr
    assert "was built anew: MAIN_" in done.stderr
    assert "Lost, and nowhere in the seeds, " in done.stderr
    assert searchlib.open(place / "index").verify() == []


def test_an_index_with_other_settings_keeps_the_documents_that_no_seed_has(place: Path, sound: Any) -> None:
    index = searchlib.build(place / "seeds", place / "index", processes=1, language="nowhere=de,auto")
    assert index.changes is not None and index.changes.rebuilt == "it was built with other settings"
    assert index.changes.kept == len(BY_HAND) and not index.changes.lost
    assert said(index) == sound


@pytest.mark.parametrize("seed", seeds(20))
def test_a_forged_file_is_mended_too(place: Path, seed: int) -> None:
    chance = random.Random(seed)
    what = chance.choice(damages.FORGERIES)(place / "index", chance)
    index = searchlib.build(place / "seeds", place / "index", processes=1)
    assert index.changes is not None
    # Where all digests are right, what is wrong may show only to whoever asks for it; then one can say so.
    index = searchlib.build(place / "seeds", place / "index", processes=1, rebuild=True)
    assert index.verify() == [] and index.search("harbour").total >= 3, what


def test_an_index_that_is_rebuilt_on_request_is_as_it_was(place: Path, sound: Any) -> None:
    from click.testing import CliRunner

    from searchlib.cli.main import program

    done = CliRunner().invoke(program, ["index", str(place / "seeds"), "--index", str(place / "index"), "--rebuild"])
    assert done.exit_code == 0, done.stderr
    assert "was built anew: that was asked for" in done.stderr
    assert f"Kept {len(BY_HAND)} documents that no seed has" in done.stderr
    assert said(searchlib.open(place / "index")) == sound


def test_an_index_that_is_forged_is_mended_while_standard_input_is_read(place: Path) -> None:
    import io
    import sys

    class Input(io.TextIOWrapper):
        pass

    forge(place / "index", put("segments", 0, "tokens", value=1))
    before, sys.stdin = sys.stdin, Input(io.BytesIO(b"What is read once.\n"))
    try:
        index = searchlib.build([place / "seeds", "-"], place / "index", processes=1)
    finally:
        sys.stdin = before
    assert index.search("once").total == 1 and index.search("letter").total
    assert index.changes is not None and "tokens, the manifest says 1" in index.changes.rebuilt


def test_the_figures_of_an_index_that_was_updated_are_those_of_a_clean_build(place: Path, tmp_path: Path) -> None:
    seeds = place / "seeds"
    (seeds / "long.txt").write_text("Long\n\n" + LONG, "utf-8")
    (seeds / "many.txt").write_text("Many\n\n" + "\n\n".join(f"Ship {number}." for number in range(50)), "utf-8")
    searchlib.build(seeds, tmp_path / "updated", processes=1)
    (seeds / "long.txt").write_text("Short\n\nNow it is short.\n", "utf-8")
    (seeds / "one.txt").unlink()
    updated = searchlib.build(seeds, tmp_path / "updated", processes=1).stats()
    clean = searchlib.build(seeds, tmp_path / "clean", processes=1).stats()
    assert updated.deleted and not clean.deleted
    assert (updated.tokens, updated.documents, updated.paragraphs) == (clean.tokens, clean.documents, clean.paragraphs)


def test_what_strangers_do_to_indexes_of_all_kinds_is_mended(tmp_path: Path) -> None:
    """``nox -s fuzz -- --only mending`` goes on for a time."""
    mending = Mending(tmp_path)
    for seed in seeds(5):
        mending.check(random.Random(seed))
