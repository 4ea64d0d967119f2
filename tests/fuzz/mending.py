"""Indexes that are damaged, forged, and visited by strangers, and mended by ``searchlib index``.

`check` does such things to one of the samples, to which documents were added by hand and foreign files put beside, and
builds it again: it answers as it did, the documents by hand are kept or named as lost, and nothing else was touched.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import Any

import searchlib
from searchlib import Document
from searchlib.engines.whoosh.locking import LOCK, PRIVATE
from searchlib.errors import IndexReadOnly
from tests.engine import strangers
from tests.engine.strangers import by_hand

from . import damages
from .indexes import QUERIES, SAMPLES, limited
from .manifests import FORGERIES, forge

SECONDS = 240.0  # nothing waits so long, but on a busy machine
BY_HAND = tuple(Document(f"hand/{number}", f"Letter {number} of the harbour.") for number in range(3))


class Mending:
    """The samples, with documents that no seed has."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.said: dict[str, Any] = {}
        self.outside = strangers.make_outside(work)
        for name in ("scripts", "segments", "metadata"):
            index = work / "sound" / name
            SAMPLES[name](work, index)
            with searchlib.open(index) as opened, opened.writer(processes=1) as writer:
                for document in BY_HAND:
                    writer.add(document)
            searchlib.build(work / name, index, processes=1)
            self.said[name] = said(index)

    def check(self, chance: random.Random) -> str:
        """Do one or two things to a copy, and mend it; in a word what became of it."""
        name = chance.choice(sorted(self.said))
        index = self.work / "index"
        shutil.rmtree(index, ignore_errors=True)
        shutil.copytree(self.work / "sound" / name, index)
        is_forged, done = False, []
        for _ in range(chance.choice((1, 1, 2))):
            what, forged = self._harm(index, chance)
            done.append(what)
            is_forged |= forged
        strangers.put_foreign(index)
        try:
            return self._mend(name, index, is_forged)
        except BaseException as error:
            error.add_note(f"{name}: {'; then '.join(done)}")
            raise

    def _harm(self, index: Path, chance: random.Random) -> tuple[str, bool]:
        how = chance.choice(("accident", "forgery", "manifest", "stranger", "stranger"))
        files = damages.files_of(index)
        sound = all(path.is_file() and not path.is_symlink() and path.stat().st_nlink == 1 for path in files)
        try:
            if how == "accident" and sound:
                return chance.choice(damages.ACCIDENTS)(index, chance), False
            if how == "forgery" and sound:
                return chance.choice(damages.FORGERIES)(index, chance), True
            if how == "manifest" and sound:
                name = chance.choice(sorted(FORGERIES))
                forge(index, FORGERIES[name])
                return f"forge {name}", True
        except Exception:
            return f"{how} that came to nothing", True
        place, kind = strangers.anywhere(index, chance), chance.choice(strangers.KINDS)
        strangers.put(kind, index / place, self.outside, chance)
        return f"{place} is now {kind}", False

    def _mend(self, name: str, index: Path, is_forged: bool) -> str:
        seeds = self.work / name
        with limited(SECONDS):
            strangers.refused(lambda: said(index))
            strangers.refused(lambda: searchlib.open(index).verify())
            built = _build(seeds, index)
            changes = built.changes
            assert changes is not None
            there = by_hand(built)
            if is_forged and not (built.verify() == [] and changes.rebuilt):
                built = searchlib.build(seeds, index, processes=1, rebuild=True)
                assert built.changes is not None
                lost = [*changes.lost, *built.changes.lost]
                there &= by_hand(built)
            else:
                lost = changes.lost
            assert built.verify() == []
            gone = {document.path for document in BY_HAND} - there
            assert not gone or lost or is_forged, f"{gone} are gone without a word"
            found = said(index)
        assert strangers.is_untouched(self.outside), "something outside was touched"
        assert strangers.foreign_kept(index), "a file of somebody else was touched"
        if not gone and not is_forged:
            assert found == self.said[name], "it does not answer as it did"
        for query, hits in self.said[name].items():
            wanted = {hit[0] for hit in hits if not hit[1].startswith("hand/")}
            assert wanted <= {hit[0] for hit in found[query]}, f"{query}: paragraphs of seeds are gone"
        return "lost some" if gone else "rebuilt" if changes.rebuilt else "unharmed"


def _build(seeds: Path, index: Path) -> searchlib.Index:
    """As an owner does who removes what is in the way."""
    for name in (LOCK, PRIVATE, ""):
        try:
            return searchlib.build(seeds, index, processes=1)
        except IndexReadOnly as error:
            assert strangers.said_well(error) and (LOCK in str(error) or PRIVATE in str(error)), repr(error)
            in_the_way = index / (LOCK if LOCK in str(error) else PRIVATE)
            assert os.path.lexists(in_the_way) and name
            strangers.put("gone", in_the_way, index)
    raise AssertionError("it goes on being refused")


def said(folder: Path) -> dict[str, list[tuple[str, str, str]]]:
    """What an index says of its paragraphs, whatever segments they are in."""
    with searchlib.open(folder) as index:
        return {
            query: sorted((hit.id, hit.document.path, hit.text) for hit in index.search(query, limit=1000))
            for query in QUERIES
        }
