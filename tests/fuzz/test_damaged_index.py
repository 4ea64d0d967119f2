"""Whatever happened to the files of an index, it says what it always said, or which file is damaged.

*Accidents* (bits, lengths, files mixed up or replaced) are found by sizes and checksums: the answers are those of the
undamaged index, or there are none. ``verify`` finds every one that changed a file.

*Forgeries* have all checksums right, so they can say other things, and no reader can know: a signed digest of the index
can. But they cannot do other things. What the executor and the reader go by is checked where it is read:

* documents of a term increase and are below the number of documents, frequencies are at least 1 and no greater than
  cf allows, no term is in more documents than there are, positions are as many as frequencies say;
* lengths are unsigned, their sum between their least and their greatest (averages divide scores);
* a segment has the columns and stored fields of records, a record has texts where it should, metadata that is an object
  of scalars, and the id that its path and text give: a text put in another's place is found;
* the records of a document are neighbours and numbered in order, and every record is of one document;
* a dictionary and the blocks that need it become no more than they may.

Harmless by construction, for whoever forges only makes the index answer otherwise: terms out of order (look-ups miss
them), positions in any order, lengths, ``start`` and ``line`` (numbers that are shown), titles, headings and metadata
(texts that are shown, escaped by render), counts and settings in the manifest. ``verify`` recomputes most of these.

``run.py`` does the same for as long as it is told to.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

import searchlib
from searchlib.engines.whoosh.format.container import Container
from searchlib.errors import IndexCorrupt, IndexMissing
from searchlib.files.names import MANIFEST

from . import damages
from .damages import forge_file, restamp, stored_as
from .indexes import SAMPLES, Samples, answers, is_problem, outcome, pages_only, verified
from .manifests import forge
from .manifests import put as put_value


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return Samples(tmp_path_factory.mktemp("fuzz"))


def names() -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(SAMPLES))


@examples(40)
@given(names(), st.integers(0, 2**32), st.booleans())
def test_an_accident_is_found_or_changes_no_answer(samples: Samples, name: str, seed: int, pages: bool) -> None:
    folder, chance = samples.copy(name), random.Random(seed)
    what = chance.choice(damages.ACCIDENTS)(folder, chance)
    with pages_only(pages):
        found = outcome(answers, folder)
    assert is_problem(found) or found == samples.answers[name], what
    if outcome(verified, folder) is True:
        for path in damages.files_of(folder):
            assert path.read_bytes() == samples.files[name].get(path.name), f"{what}, and verify is content"


@examples(25)
@given(names(), st.integers(0, 2**32))
def test_a_forgery_gives_answers_or_names_a_file_and_does_nothing_else(samples: Samples, name: str, seed: int) -> None:
    folder, chance = samples.copy(name), random.Random(seed)
    chance.choice(damages.FORGERIES)(folder, chance)
    outcome(answers, folder)
    outcome(verified, folder)


def test_memory_stays_bounded_whatever_an_index_says(tmp_path: Path) -> None:
    script = Path(__file__).with_name("run.py")
    done = subprocess.run(
        [sys.executable, script, "--seconds", "1", "--seed", "7", "--only", "index", "--memory", "1500"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# -- what was found once


def test_a_small_file_that_is_sound_but_another_is_found_although_its_size_is_right(samples: Samples) -> None:
    folder = samples.copy("segments")
    path = max(folder.glob("*.trm"), key=lambda path: path.stat().st_size)
    written = path.read_bytes()
    for letter in b"abcdefghijklmnopqrstuvwxyz":  # the first whose checksums take as many digits
        path.write_bytes(written)
        forge_file(path, put("terms:text", lambda data, letter=letter: data.replace(b"w", bytes([letter]), 1)), dict)
        if path.stat().st_size == len(written) and path.read_bytes() != written:
            break
    assert corrupt(folder) == path.name


def corrupt(folder: Path) -> str:
    """The name of the file that is said to be damaged."""
    found = outcome(answers, folder)
    assert isinstance(found, IndexCorrupt), found
    return Path(found.path).name


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def put(section: str, change: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes | None]:
    return lambda name, data: change(data) if name == section else data


@pytest.mark.parametrize("target", [MANIFEST, "*.seeds", "*.pst"])
@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "device", "socket", "loop"])
def test_what_is_no_file_is_neither_followed_nor_waited_for(samples: Samples, target: str, kind: str) -> None:
    folder = samples.copy("scripts")
    path = only(folder, target)

    class Chosen(random.Random):
        def choice(self, options):  # type: ignore[no-untyped-def]
            return kind if kind in options else path

    damages.replace(folder, Chosen())
    assert corrupt(folder) == path.name
    assert outcome(verified, folder) is not True


@pytest.mark.parametrize("number", ["records", "documents", "deleted"])
def test_a_manifest_that_counts_otherwise_than_its_segment_is_named(samples: Samples, number: str) -> None:
    folder = samples.copy("segments")
    forge(folder, put_value("segments", 0, number, value=1))
    found = outcome(answers, folder)
    assert isinstance(found, IndexCorrupt) and found.path == str(folder / MANIFEST), found


def test_an_index_without_its_manifest_is_missing(samples: Samples) -> None:
    folder = samples.copy("seeds")
    (folder / MANIFEST).unlink()
    assert isinstance(outcome(answers, folder), IndexMissing)


def test_a_compound_file_beside_the_files_of_a_segment_is_not_read(samples: Samples) -> None:
    folder = samples.copy("seeds")
    only(folder, "*.trm").with_suffix(".seg").write_bytes(b"a stranger")
    assert outcome(answers, folder) == samples.answers["seeds"]


def rewrite(folder: Path, stream: str, change: Callable[[str, list[Any]], list[Any]]) -> Path:
    """Change values of a stream of stored fields, with blocks, index and checksums in order."""
    path = only(folder, "*.sto")
    container = Container(path.read_bytes(), str(path), b"STOR")
    new = stored_as(container, "stored:" + stream, change)
    forge_file(path, new.get, lambda meta: meta)
    restamp(folder)
    return path


def test_texts_put_in_the_place_of_others_are_found_by_their_ids(samples: Samples) -> None:
    folder = samples.copy("metadata")
    path = rewrite(folder, "records", lambda name, values: values[::-1] if name == "text" else values)
    assert corrupt(folder) == path.name


def test_what_is_stored_of_a_document_in_the_place_of_another_is_found_by_their_ids(samples: Samples) -> None:
    folder = samples.copy("metadata")
    path = rewrite(folder, "documents", lambda name, values: values[::-1])
    assert corrupt(folder) == path.name


@pytest.mark.parametrize("column", ["_id", "_id2", "_id3"])
def test_an_id_of_which_any_bit_is_another_is_found_where_its_record_is_read(samples: Samples, column: str) -> None:
    folder = samples.copy("scripts")
    path = only(folder, "*.col")
    forge_file(path, put(column, lambda data: bytes([data[0] ^ 1]) + data[1:]), lambda meta: meta)
    restamp(folder)
    assert corrupt(folder) == only(folder, "*.sto").name


@pytest.mark.parametrize("firsts", [[1, 2], [0, 0], [0, 2, 1], [0], [], [2**32 - 1, 0]])
def test_documents_that_do_not_cover_the_records_are_found(samples: Samples, firsts: list[int]) -> None:
    folder = samples.copy("scripts")
    path = only(folder, "*.sto")
    whole = np.array(firsts, "<u4")
    forge_file(path, put("firsts", lambda data: whole.tobytes() + data[whole.nbytes :]), lambda meta: meta)
    if firsts in ([0], []):
        forge_file(path, put("firsts", lambda data: whole.tobytes()), lambda meta: meta)
    restamp(folder)
    assert corrupt(folder) == path.name


@pytest.mark.parametrize("missing", ["number", "start", "line", "_id", "_id2", "_id3"])
def test_a_segment_without_a_column_of_records_is_none(samples: Samples, missing: str) -> None:
    folder = samples.copy("scripts")
    path = only(folder, "*.col")

    def without(meta: dict[str, dict[str, object]]) -> object:
        del meta["columns"][missing]
        return meta

    forge_file(path, lambda name, data: None if name == missing else data, without)
    restamp(folder)
    assert corrupt(folder) == path.name


@pytest.mark.parametrize("value", [10**400, -1, 0.5, float("inf"), float("nan"), None, True, "9", 2**40])
def test_a_sum_of_lengths_that_cannot_be_is_found(samples: Samples, value: object) -> None:
    folder = samples.copy("scripts")
    path = only(folder, "*.col")

    def change(meta: dict[str, dict[str, dict[str, object]]]) -> object:
        meta["columns"]["length:text"]["sum"] = value
        return meta

    forge_file(path, lambda name, data: data, change)
    restamp(folder)
    assert corrupt(folder) == path.name


@pytest.mark.parametrize("number", [0, 200, 255])
def test_paragraphs_numbered_as_they_cannot_be_have_no_context(samples: Samples, number: int) -> None:
    folder = samples.copy("scripts")
    path = only(folder, "*.col")
    forge_file(path, put("number", lambda data: bytes([number]) * len(data)), lambda meta: meta)
    restamp(folder)
    assert corrupt(folder) in {path.name, only(folder, "*.sto").name}


def test_numbers_that_would_be_documents_beyond_the_last_are_found(samples: Samples) -> None:
    folder = samples.copy("metadata")
    path = only(folder, "*.pst")
    forge_file(path, put("text", lambda data: b"\xff" * len(data)), lambda meta: meta)
    restamp(folder)
    assert corrupt(folder) == path.name


@pytest.mark.parametrize("value", ["[" * 5000, "null", '{"a": {"b": 1}}', '{"a": null}', "9" * 5000, '"x"', ""])
def test_metadata_that_is_no_object_of_scalars_is_found(samples: Samples, value: str) -> None:
    folder = samples.copy("scripts")
    path = rewrite(folder, "documents", lambda name, values: [value] * len(values) if name == "metadata" else values)
    assert corrupt(folder) == path.name


def test_a_segment_cannot_claim_more_documents_than_its_file_has_room_for(samples: Samples) -> None:
    for claimed in (2**31, 2**40, 10**400, -1):
        folder = samples.copy("scripts")
        path = only(folder, "*.col")
        forge_file(path, lambda name, data: None, lambda meta, claimed=claimed: {"documents": claimed, "columns": {}})
        restamp(folder)
        assert corrupt(folder) in {path.name, only(folder, "*.sto").name}


def test_an_index_that_was_damaged_is_built_again_without_anything_deleted_by_hand(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a.txt").write_text("The harbour is closed in winter.\n", "utf-8")
    index = tmp_path / "index"
    searchlib.build(seeds, index, processes=1)
    sound = answers(index)
    for number in range(12):
        chance = random.Random(number)
        what = chance.choice(damages.ACCIDENTS)(index, chance)
        assert searchlib.build(seeds, index, processes=1).verify() == [], what
        said = answers(index)
        assert {query: said[query] for query in said if query != "stats"} == {
            query: sound[query] for query in sound if query != "stats"
        }, what


def test_frequencies_and_block_tables_are_checked_in_part_too() -> None:
    """`TermRecord` alone: what a list says of blocks that are read without the others."""
    from searchlib.engines.whoosh.format.postings import TermRecord
    from searchlib.engines.whoosh.format.unpacking import StreamDamaged

    df, blocks = 300, 3
    table = np.array([1, 1, 9], "<u4").tobytes() + np.array([127, 90, 299], "<u4").tobytes() + bytes(2 * blocks)
    record = TermRecord(np.frombuffer(b"\0" + table, np.uint8), df, df, False)  # width 0: documents 0 to 299
    with pytest.raises(StreamDamaged):
        record.blocks(np.ones(df, np.uint8))
    with pytest.raises(StreamDamaged):
        record.docs(299)
    with pytest.raises(StreamDamaged):
        record.decode(np.array([2]), 100)


# -- files that are sound, and of the right size, but others


def large(folder: Path, word: str, deleted: str) -> Path:
    """An index whose files are too large to be compared whole on opening, of sizes that do not depend on the word."""
    seeds = folder / "seeds"
    if not seeds.exists():
        seeds.mkdir(parents=True)
        chance = random.Random(3)
        texts = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(9_000)]
        (seeds / "words.txt").write_text("Words\n\n" + "\n\n".join(texts) + "\n", "utf-8")
        for name in ("x", "y"):
            (seeds / f"{name}.txt").write_text(f"Note\n\nA ship of {name}.\n", "utf-8")
    (seeds / "last.txt").write_text(f"Last\n\nThe {word} is closed.\n", "utf-8")
    searchlib.build(seeds, folder / "index", processes=1)
    (seeds / f"{deleted}.txt").unlink()
    searchlib.build(seeds, folder / "index", processes=1)
    return folder / "index"


@pytest.fixture(scope="module")
def two_large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("large")
    return large(folder / "one", "harbour", "x"), large(folder / "other", "markets", "y")


@pytest.mark.parametrize("suffix", [".trm", ".pst", ".sto", ".col", ".del"])
def test_a_file_of_another_index_that_is_sound_and_of_the_same_size_is_found_when_it_is_opened(
    two_large: tuple[Path, Path], suffix: str
) -> None:
    one, other = two_large
    path, strange = only(one, f"*{suffix}"), only(other, f"*{suffix}")
    sound = path.read_bytes()
    for replacement in (strange.read_bytes(), same_size_but_another(path, sound)):
        path.write_bytes(replacement)
        if path.stat().st_size == len(sound) and replacement != sound:
            with pages_only():
                found = outcome(verified, one)
            assert isinstance(found, IndexCorrupt) and Path(found.path).name == path.name
    path.write_bytes(sound)
    with pages_only():
        assert outcome(verified, one) is True


def same_size_but_another(path: Path, written: bytes) -> bytes:
    """A file with right checksums in which one byte of one section is another, and that is no longer or shorter."""
    names = Container(written, str(path), damages.KINDS[path.suffix]).names()
    for place in range(200):
        path.write_bytes(written)
        forge_file(
            path,
            put(names[-1], lambda data, place=place: data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]),
            lambda meta: meta,
        )
        if path.stat().st_size == len(written) and path.read_bytes() != written:
            return path.read_bytes()
    raise AssertionError("every such file has another size")
