"""Copying: make one index hold what another one holds, whatever engine each is of, without its seeds.

Records are taken as they are: their ids, texts, places, languages, locators and metadata, the digests of their
documents; so are the settings, the sources and what is remembered of each seed. So an update of the copy loads what an
update of the original would have loaded, and no more.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path

from searchlib.engine.locations import Single, engine_at
from searchlib.engine.readers import Digested, Reader
from searchlib.engine.writers import Remembered, Writer, WriterOptions
from searchlib.errors import IndexLocked, IndexProblem, SettingsError
from searchlib.model.records import Record
from searchlib.query.nodes import Everything
from searchlib.update.beginning import refuse_among_others
from searchlib.update.changes import Changes, Progress

_TRIES = 5
_AT_ONCE = 256  # records that are read together where a stream does not have them


def copy(
    old: Single,
    new: Single,
    *,
    replace: bool = False,
    processes: int | None = None,
    memory: int | None = None,
    wait: float = 0,
    progress: Callable[[Progress], None] | None = None,
    tuning: object = None,
) -> Changes:
    """Make ``new`` hold what ``old`` holds, and nothing else. What it did to the documents of ``new``.

    An index that is there already is an IndexProblem, unless ``replace``: then what differs is replaced. So is a folder
    in which there is anything else.
    """
    if _is_same(old, new):
        raise SettingsError(f"{old} cannot be copied onto itself: give another location")
    refuse_among_others(new)
    began = time.perf_counter()
    reader, remembered = _opened(old)
    try:
        options = WriterOptions(processes, memory, remembered.settings, remembered.sources, wait, tuning=tuning)
        writer = engine_at(new).open_writer(new, options)
        try:
            if writer.before.generation and not replace:
                raise IndexProblem(
                    f"there is an index at {new}: give another location, or --replace (replace=True)",
                    new,
                )
            copying = _Copying(writer, progress, began)
            copying.run(reader, writer.before.settings == remembered.settings)
            changes = copying.changes
            changes.paragraphs = writer.commit(remembered.seeds).paragraphs
        except BaseException:
            writer.cancel()
            raise
    finally:
        reader.close()
    changes.seconds = time.perf_counter() - began
    return changes


class _Copying:
    """From the records of a reader to a writer."""

    def __init__(self, writer: Writer, progress: Callable[[Progress], None] | None, began: float) -> None:
        self.changes = Changes()
        self._writer = writer
        self._progress = progress
        self._began = began

    def run(self, reader: Reader, alike: bool) -> None:
        """Copy all; documents of before that are the same stay, if both were built ``alike``."""
        writer, changes = self._writer, self.changes
        before = {state.path: state for state in writer.documents()}
        if before and not alike:
            changes.rebuilt = "it was built with other settings"
            writer.start_over()
        states = {state.path: state for state in reader.documents()}
        for path, group in groupby(_records(reader), lambda record: record.document.path):
            records, was = list(group), before.pop(path, None)
            changes.bytes += sum(len(record.paragraph.text) for record in records)
            changes.unchanged += alike and was == states[path]
            changes.changed += was is not None and not (alike and was == states[path])
            changes.added += was is None
            if not alike or was != states[path]:
                writer.add_records(records, states[path])
            self._tell("copying")
        for path in before:
            writer.remove(path)
            changes.removed += 1
        self._tell("writing")

    def _tell(self, phase: str) -> None:
        changes = self.changes
        if self._progress is not None and (phase == "writing" or changes.documents % 64 == 0):
            seconds = time.perf_counter() - self._began
            self._progress(Progress(changes.documents, changes.bytes, 0, seconds, phase))


def _opened(location: Single) -> tuple[Reader, Remembered]:
    """The newest generation and what it remembers, both of one generation."""
    engine = engine_at(location)
    for _ in range(_TRIES):
        reader, remembered = engine.open_reader(location), engine.remembered(location)
        if not isinstance(reader, Digested) or reader.digest == remembered.digest:
            return reader, remembered
        reader.close()
    raise IndexLocked(f"{location} is written again and again: copy it when that has ended", location)


def _records(reader: Reader) -> Iterator[Record]:
    """Every record, in the order of the index."""
    found = reader.stream(Everything())
    while some := list(islice(found, _AT_ONCE)):
        known = [one.record for one in some if one.record is not None]
        yield from known if len(known) == len(some) else reader.records([one.handle for one in some])


def _is_same(old: Single, new: Single) -> bool:
    both: Sequence[Single] = (old, new)
    if all(isinstance(one, Path) for one in both):
        return os.path.realpath(old) == os.path.realpath(new)
    return str(old).rstrip("/") == str(new).rstrip("/")
