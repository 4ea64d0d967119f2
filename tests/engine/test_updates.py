"""An update equals a rebuild, after any sequence of changes, merges, failures and writers.

``SEARCHLIB_EXAMPLES`` says how many sequences are tried; ``nox -s soak`` tries hundreds.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from unwaited import UnwaitedDisk

import searchlib
from searchlib import Document
from searchlib.documents import LoadOptions
from searchlib.engines.whoosh import disk
from searchlib.engines.whoosh.building.portions import Portions
from searchlib.engines.whoosh.locking import LOCK
from searchlib.update import indexing

from .answers import answers
from .folders import contents

FEW = 8
EXAMPLES = int(os.environ.get("SEARCHLIB_EXAMPLES", FEW))

WORDS = ("harbour", "ship", "winter", "Erdoğan", "Erdogan", "the", "港の船", "Straße")
NAMES = [f"{stem}{suffix}" for stem in ("a1", "a2", "a10", "b1") for suffix in (".txt", ".md")]
names = st.sampled_from(NAMES)
paragraphs = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=0, max_size=4)


class Stopped(BaseException):
    """The process is no more."""


class StoppingDisk(UnwaitedDisk):
    """Stops at the first rename of a name that ends so."""

    def __init__(self, ending: str) -> None:
        self._ending = ending
        self._stopped = False

    def _go_on(self) -> None:
        if self._stopped:
            raise Stopped

    def rename(self, source: Path, target: Path) -> None:
        self._go_on()
        if target.name.endswith(self._ending):
            self._stopped = True
        self._go_on()
        super().rename(source, target)

    def remove(self, path: Path) -> None:
        self._go_on()
        super().remove(path)

    def sync_folder(self, path: Path) -> None:
        self._go_on()


class Updates(RuleBasedStateMachine):
    """Seeds change, the index follows; at every step it is compared with one built from nothing."""

    above: str | None = None  # the folder to make another in

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp(dir=self.above))
        self.seeds, self.index = self.root / "seeds", self.root / "index"
        self.seeds.mkdir()
        self.added: dict[str, Document] = {}
        self.current = False

    def teardown(self) -> None:
        if hasattr(self, "root"):
            shutil.rmtree(self.root)

    @rule(name=names, texts=paragraphs, by=st.sampled_from(["", "by: Ann", "by: Bo", "in: 1912"]))
    def write(self, name: str, texts: list[str], by: str) -> None:
        front = f"---\n{by}\n---\n" if by and name.endswith("md") else ""
        (self.seeds / name).write_text(front + "\n\n".join(["# A ship", *texts]) + "\n", encoding="utf-8")
        self.current = False

    @rule(rows=st.lists(st.tuples(st.sampled_from(["a", "b", "a#2", ""]), st.sampled_from(WORDS)), max_size=6))
    def write_rows(self, rows: list[tuple[str, str]]) -> None:
        lines = [json.dumps({"id": id, "text": f"The {word}.", "by": "Ann"}) for id, word in rows]
        (self.seeds / "rows.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        self.current = False

    @rule(name=names)
    def remove(self, name: str) -> None:
        (self.seeds / name).unlink(missing_ok=True)
        self.current = False

    @rule(name=names, other=names)
    def rename(self, name: str, other: str) -> None:
        if (self.seeds / name).exists():
            (self.seeds / name).rename(self.seeds / other)
            self.current = False

    @rule(
        ending=st.sampled_from([".trm", ".col", ".toc", ".seeds", ".del", ".voc", "searchlib.json"]),
        compact=st.booleans(),
    )
    def crash(self, ending: str, compact: bool) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(disk, "DISK", StoppingDisk(ending))
            try:
                self.build(self.index, compact=compact)
            except Stopped:
                return
        self.current = True

    @rule()
    def update(self) -> None:
        self.build(self.index)
        self.current = True

    @rule()
    def compact(self) -> None:
        self.build(self.index, compact=True)
        self.current = True
        made, clean = contents(self.index), contents(self.clean())
        assert made.keys() - {LOCK} == clean.keys() - {LOCK}
        assert [name for name in clean if made[name] != clean[name]] == []

    def build(self, index: Path, compact: bool = False) -> searchlib.Index:
        how: Any = {"tuning": Portions(segments=3), "sampled": 2}  # rows are read, whether they are known or not
        return searchlib.build(self.seeds, index, processes=1, compact=compact, **how)

    def clean(self) -> Path:
        shutil.rmtree(self.root / "clean", ignore_errors=True)
        self.build(self.root / "clean")
        return self.root / "clean"

    @invariant()
    def it_answers_as_one_built_from_nothing(self) -> None:
        if getattr(self, "current", False):
            opened = searchlib.open(self.index)
            assert opened.verify() == []
            found, clean = answers(opened), answers(searchlib.open(self.clean()))
            differing = {key: (found[key], clean[key]) for key in clean if found[key] != clean[key]}
            assert not differing, differing


Updates.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=12 if EXAMPLES == FEW else 40,
    deadline=None,
    derandomize=EXAMPLES == FEW,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestUpdates = Updates.TestCase


def test_documents_of_a_writer_survive_updates_and_merges(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("A\n\nA harbour.\n", encoding="utf-8")
    index = searchlib.build(tmp_path / "seeds", tmp_path / "index")
    for number in range(12):
        with index.writer() as w:
            w.add(Document(f"memo{number}", f"A ship {number}.", metadata={"by": "Ann"}))
            w.remove(f"memo{number - 2}")
    assert [hit.document.path for hit in searchlib.build(tmp_path / "seeds", tmp_path / "index").search("ship")] == [
        "memo10",
        "memo11",
    ]
    compact = searchlib.build(tmp_path / "seeds", tmp_path / "index", compact=True)
    assert compact.search("by:ann").total == 2
    assert compact.verify() == []


def test_what_a_writer_did_to_documents_of_seeds_is_undone_by_the_next_update(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    for name in ("a", "b"):
        (tmp_path / "seeds" / f"{name}.txt").write_text(f"{name}\n\nA harbour.\n", encoding="utf-8")
    index = searchlib.build(tmp_path / "seeds", tmp_path / "index")
    with index.writer() as w:
        w.remove("seeds/a.txt")
        w.add(Document("seeds/b.txt", "A ship."))
    assert index.search("harbour").total == 0
    assert len(index.verify(tmp_path / "seeds")) == 2
    updated = searchlib.build(tmp_path / "seeds", tmp_path / "index", compact=True)
    assert updated.digest == searchlib.build(tmp_path / "seeds", tmp_path / "clean").digest


def test_a_metadata_field_that_no_document_has_any_more_is_unknown_again(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a.txt").write_text("A\n\nA harbour.\n", encoding="utf-8")
    (seeds / "b.md").write_text("---\nby: Ann\n---\n# B\n\nA ship.\n", encoding="utf-8")
    assert searchlib.build(seeds, tmp_path / "index").search("by:ann").warnings == ()
    (seeds / "b.md").write_text("# B\n\nA ship.\n", encoding="utf-8")
    assert searchlib.build(seeds, tmp_path / "index").search("by:ann").warnings != ()


def test_an_index_that_is_damaged_is_built_anew_and_says_so(tmp_path: Path) -> None:
    seeds, path = tmp_path / "seeds", tmp_path / "index"
    seeds.mkdir()
    (seeds / "a.txt").write_text("A\n\nA harbour.\n", encoding="utf-8")
    sound = searchlib.build(seeds, path).digest
    for file in sorted(path.iterdir()):
        if not (data := file.read_bytes()):
            continue
        for damaged in (None, b"", data[:-1], bytes([data[0] ^ 1]) + data[1:]):
            file.unlink()
            if damaged is not None:
                file.write_bytes(damaged)
            index = searchlib.build(seeds, path)
            assert index.changes is not None
            assert index.changes.rebuilt, file.name
            assert index.digest == sound
            assert index.verify() == []


def test_after_a_change_of_settings_all_is_built_anew_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,body,note\n1,A harbour.,x\n", encoding="utf-8")
    options = LoadOptions(text=("body",))
    for expected in ("", ""):
        index = searchlib.build(tmp_path / "rows.csv", tmp_path / "index", options=options)
        assert index.changes is not None and index.changes.rebuilt == expected
    changes = searchlib.build(tmp_path / "rows.csv", tmp_path / "index").changes
    assert changes is not None and "other settings" in changes.rebuilt


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.json"])
def test_progress_moves_within_a_file_of_rows(tmp_path: Path, name: str) -> None:
    seeds, told = tmp_path / "seeds", list[indexing.Progress]()
    seeds.mkdir()
    rows = [{"id": number, "text": f"The harbour of row {number}."} for number in range(2_000)]
    if name == "rows.csv":
        text = "id,text\n" + "".join(f"{row['id']},{row['text']}\n" for row in rows)
    else:
        text = json.dumps(rows) if name == "rows.json" else "".join(json.dumps(row) + "\n" for row in rows)
    (seeds / name).write_text(text)
    searchlib.build(seeds, tmp_path / "index", processes=1, progress=told.append).close()
    seen = [one.bytes for one in told]
    assert seen == sorted(seen)
    assert len({size for size in seen if 0 < size < len(text)}) >= 5
    assert seen[-1] == len(text)
