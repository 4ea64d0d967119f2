"""The small indexes that the fuzzers damage, and what is asked of an index.

* `SAMPLES`: by name, a function that builds an index in a folder; together they have every kind of file, posting list
  and value.
* `answers`: all that an index says, as plain data, so that two indexes can be compared.
* `outcome`: what came of asking: the answers, or the error that names the file.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import searchlib
from searchlib import IndexProblem
from searchlib.errors import IndexCorrupt, IndexIncompatible, IndexMissing

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = 20.0  # for all that is asked of a damaged index

QUERIES = (
    "harbour",
    "winter AND harbour",
    "winter -ships",
    '"defense industry"',
    '"the harbour"~3',
    "harbour NEAR/4 winter",
    "har*",
    "h?rb*",
    "habrour~",
    "erdoğan",
    "ERDOGAN",
    "東京",
    '"東京大学"',
    "京",
    "title:harbour",
    "author:smith",
    "author:s*",
    "year:[1990 TO 1999]",
    "price:[5 TO]",
    "date:[2019-01-01 TO 2021-01-01]",
    "type:csv",
    "language:tr",
    "number:[1 TO 2]",
    "common w7",
    '"common common"',
    "*",
    "* -common",
)
BEGINNINGS = ("h", "the win", "erdog", "w3", "東", "zz")
SORTS = ("-year", "title", "kind", "-number")
FACETS = ("type", "kind", "title", "author", "tags", "document")
MISSPELT = ("habrour", "+wintr ships", "erdogn", "theharbour", "har bour")

# -- the indexes


def build_seeds(work: Path, index: Path) -> None:
    """The document of the repository."""
    searchlib.build(REPOSITORY / "seeds", index, processes=1)


def build_scripts(work: Path, index: Path) -> None:
    """Chinese, Japanese, Thai, accents and marks, under headings."""
    seeds = work / "scripts"
    seeds.mkdir()
    (seeds / "letter.md").write_text(
        "---\ntitle: Naïve harbour\nlanguage: tr\n---\n# Erdoğan\n\nErdoğan wrote to the harbour.\n\n"
        "## Kış\n\nErdogan wrote again in winter: the defense industry.\n",
        "utf-8",
    )
    (seeds / "tokyo.txt").write_text(
        "私は東京に行く。\n\n東京大学は東京にある。\n\nภาษาไทย ฤดูหนาว\n\ne\u0301te\u0301 été\n", "utf-8"
    )
    searchlib.build(seeds, index, processes=1)


def build_metadata(work: Path, index: Path) -> None:
    """Rows with numbers, dates and lists, and words in hundreds of records: block tables and exceptions."""
    seeds = work / "metadata"
    seeds.mkdir()
    chance = random.Random(7)
    rows = []
    for number in range(420):
        words = [f"w{int(chance.paretovariate(0.7)) % 40}" for _ in range(chance.randrange(1, 12))]
        often = " ".join(["common"] * (300 if number in (3, 200) else chance.randrange(1, 4)))
        rows.append(
            {
                "id": f"r{number}",
                "title": "Winter harbour" if number % 50 == 0 else "",
                "text": f"{often} {' '.join(words)}",
                "author": chance.choice(["Jane Smith", "Ali Şahin", "林"]),
                "year": chance.randrange(1985, 2005),
                "price": chance.random() * 10,
                "date": f"20{chance.randrange(10, 24)}-05-17",
                "tags": ["a", "b"][: chance.randrange(3)],
            }
        )
    (seeds / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (seeds / "rows.csv").write_text("id,text,year\n1,The harbour in winter,1995\n2,Ships,2001\n", "utf-8")
    searchlib.build(seeds, index, processes=1)


def build_segments(work: Path, index: Path) -> None:
    """Several segments, some of whose records are deleted."""
    seeds = work / "segments"
    seeds.mkdir()
    for number in range(40):
        text = f"Note {number}\n\nThe harbour of {number} is closed in winter.\n\nShips wait, w{number % 8} common.\n"
        (seeds / f"n{number}.txt").write_text(text, "utf-8")
    searchlib.build(seeds, index, processes=1)
    for number in range(3):
        (seeds / f"n{number}.txt").write_text(f"Changed {number}\n\nThe harbour is open: w{number}.\n", "utf-8")
    (seeds / "n9.txt").unlink()
    searchlib.build(seeds, index, processes=1)
    (seeds / "later.txt").write_text("Later\n\nWinter in the harbour, common.\n", "utf-8")
    searchlib.build(seeds, index, processes=1)


SAMPLES: dict[str, Callable[[Path, Path], None]] = {
    "seeds": build_seeds,
    "scripts": build_scripts,
    "metadata": build_metadata,
    "segments": build_segments,
}


class Samples:
    """The indexes, each with its answers and the bytes of its files."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.folders: dict[str, Path] = {}
        self.answers: dict[str, Any] = {}
        self.files: dict[str, dict[str, bytes]] = {}
        for name, make in SAMPLES.items():
            folder = self.folders[name] = work / "indexes" / name
            make(work, folder)
            self.files[name] = {path.name: path.read_bytes() for path in folder.iterdir() if path.name[0] != "."}
            self.answers[name] = answers(folder)

    def copy(self, name: str) -> Path:
        """A copy of an index, in a folder of its own, to be damaged."""
        target = self.work / "damaged"
        remove(target)
        target.mkdir()
        for file, data in self.files[name].items():
            (target / file).write_bytes(data)
        return target


def remove(folder: Path) -> None:
    """Remove a folder with whatever a damage has put in it."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


# -- the questions


def answers(folder: Path) -> dict[str, Any]:
    """All that the index in ``folder`` says: hits, contexts, explanations, figures, documents, seeds."""
    from searchlib.engines.whoosh import remembered

    found: dict[str, Any] = {}
    with searchlib.open(folder) as index:
        for query in QUERIES:
            results = index.search(query, limit=5)
            hits = [{**hit.as_dict(), "snippet": hit.snippet("html")} for hit in results]
            found[query] = json.dumps([results.total, hits])
            for hit in results[:1]:
                found[query, "explained"] = str(hit.explain())
                found[query, "context"] = [record.paragraph.text for record in index.context(hit.id, 2, 2)]
                found[query, "again"] = index.paragraph(hit.id).paragraph.text
        for text in BEGINNINGS:
            found[text, "completed"] = index.complete(text, 5)
        for query in MISSPELT:
            found[query, "suggestion"] = index.search(query, limit=5).suggestion
        for key in SORTS:
            results = index.search("*", limit=3, sort=key, facets=FACETS)
            found[key, "sorted"] = [hit.id for hit in results]
            found[key, "counted"] = [list(results.facets[name]) for name in FACETS]
        stats = index.stats()
        found["stats"] = (stats.documents, stats.paragraphs, stats.tokens, stats.segments, stats.deleted, stats.digest)
        found["documents"] = list(index._opened.documents())
    found["seeds"] = remembered(folder).seeds
    return found


def verified(folder: Path) -> bool:
    """Whether the index opens and ``verify`` finds it sound; what it reports it says in words."""
    with searchlib.open(folder) as index:
        problems = index.verify()
    assert all(problem.message for problem in problems), problems
    return not problems


def outcome(ask: Callable[[Path], Any], folder: Path) -> Any:
    """What ``ask`` says of the index in ``folder``, or the IndexProblem that names one of its files.

    Any other exception, and taking longer than `SECONDS`, is a failure.
    """
    try:
        with limited(SECONDS):
            return ask(folder)
    except (IndexCorrupt, IndexIncompatible, IndexMissing) as error:
        named = Path(error.path)
        assert named == folder or named.parent == folder, f"{error!r} names {error.path!r}"
        assert str(named) in str(error) or isinstance(error, IndexMissing), f"{error!r} does not say {named}"
        return error


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what takes longer."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def pages_only(wanted: bool = True) -> Iterator[None]:
    """Open without comparing the digests of small files (and all of these are), as large files are opened."""
    from searchlib.engines.whoosh import segments

    before = segments.SMALL
    segments.SMALL = -1 if wanted else before
    try:
        yield
    finally:
        segments.SMALL = before


def is_problem(found: Any) -> bool:
    """Whether an outcome is an error."""
    return isinstance(found, IndexProblem)
