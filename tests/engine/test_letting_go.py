"""A generation is let go of with the last who needs it: its files are closed then, without a collection of cycles."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import whoosh.query as wq

import searchlib
from searchlib import Document
from searchlib.engines.whoosh.format import access

TEXT = "Notes\n\nThe harbour is closed in winter.\n\nShips wait outside the harbour until spring.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds, and an index of them."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "notes.txt").write_text(TEXT, encoding="utf-8")
    (folder / "seeds" / "other.txt").write_text(TEXT.replace("Notes", "Others"), encoding="utf-8")
    searchlib.build(folder / "seeds", folder / "index").close()
    return folder


@pytest.fixture
def path(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path / "index"


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def commit(path: Path, text: str) -> None:
    with searchlib.open(path) as index, index.writer() as writer:
        writer.add(Document("memo", text))


def mapped() -> int:
    """How many files are mapped, of any index."""
    return len(access._MAPPED)


class Users(wq.Term):  # type: ignore[misc]
    """A query of a class that searchlib does not know, which Whoosh's matchers answer."""


def _ask(query: Any, **options: Any) -> Callable[[searchlib.Index], object]:
    return lambda index: [hit.snippet() for hit in index.search(query, **options)]


USES: dict[str, Callable[[searchlib.Index], object]] = {
    "nothing": lambda index: None,
    "words": _ask("harbour winter"),
    "compiled words": lambda index: [hit.text for hit in searchlib.open(index.path, compiled=True).search("harbour")],
    "a phrase, a pattern, a mistake": _ask('"harbour is" harb* h?rbour harbor~ -rope'),
    "nearness": _ask("NEAR(ships harb*) NEAR(outside spring)"),
    "patterns in spans": _ask(wq.SpanNear2([wq.Prefix("text", "shi"), wq.Term("text", "wait")])),
    "a class of somebody else's": _ask(Users("text", "harbour")),
    "a filter": _ask("harbour", filter={"language": "en", "line": (1, 100)}),
    "order": _ask("harbour", sort=["-line", "title", "relevance"], per_document=1),
    "facets": lambda index: index.search("harbour", facets=["type", "title"]).facets,
    "pages": lambda index: list(index.search("harbour", 1, after=index.search("harbour", 1).cursor)),
    "totals": lambda index: (index.search("harbour").total, index.search("harbour").documents),
    "an explanation": lambda index: str(index.search("harbour")[0].explain()),
    "a citation": lambda index: str(index.search("harbour")[0].citation),
    "checked citations": lambda index: index.check_citations(f"searchlib:{index.search('harbour')[0].id}"),
    "a suggestion": lambda index: index.search("harbur").suggestion,
    "a completion": lambda index: index.complete("har"),
    "several": lambda index: [list(results) for results in index.search_many(["harbour", "ships"])],
    "similar ones": lambda index: list(index.similar(index.search("harbour")[0].id)),
    "context": lambda index: index.context(index.search("harbour")[0].id),
    "all": lambda index: list(index.all("harbour")),
    "a part of all": lambda index: next(index.all("harbour")),
    "the library": lambda index: index.library().document("seeds/notes.txt"),
    "verification": lambda index: index.verify(),
    "figures": lambda index: index.stats(),
    "errors": lambda index: (_error(index, "paragraph", "zz"), _error(index, "search", "harbour(", strict=True)),
}


def _error(index: searchlib.Index, method: str, *arguments: Any, **options: Any) -> None:
    with pytest.raises(searchlib.SearchlibError):
        getattr(index, method)(*arguments, **options)


@pytest.mark.parametrize("use", USES)
@pytest.mark.usefixtures("uncollected")
def test_whatever_was_asked_of_it_no_cycle_keeps_a_generation(path: Path, use: str) -> None:
    if use.startswith("compiled"):
        pytest.importorskip("numba")
    with searchlib.open(path) as first:
        USES[use](first)
    gc.collect()  # numba compiles operations when they are first used, and leaves cycles that hold what they were given
    before = mapped()
    index = searchlib.open(path)
    USES[use](index)
    generation = weakref.ref(index._opened)
    commit(path, "Buy rope.")
    assert index.refresh()
    assert generation() is None
    USES[use](index)
    index.close()
    assert mapped() == before


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("kept", ["results", "hit", "stream"])
def test_what_was_had_from_a_generation_keeps_it_until_it_goes_itself(path: Path, kept: str) -> None:
    before = mapped()
    index = searchlib.open(path)
    having: Any = {
        "results": lambda: index.search("harbour"),
        "hit": lambda: index.search("harbour")[0],
        "stream": lambda: index.all("harbour"),
    }[kept]()
    commit(path, "The harbour is open.")
    assert index.refresh()
    generation = searchlib.open(path).search("harbour").total
    assert generation == 5
    index.close()
    assert mapped() > before
    if kept == "hit":
        assert having.explain() and "harbour" in str(having.citation.quote or having.text)
    else:
        assert len(list(having)) == 4, "as it was when it was asked"
    del having
    assert mapped() == before


def test_generations_that_share_files_map_them_once(path: Path) -> None:
    index = searchlib.open(path)
    index.search("harbour")[0]
    before = mapped()
    others = [searchlib.open(path) for _ in range(10)]
    assert [other.search("harbour").total for other in others] == [4] * 10
    assert mapped() == before


def test_a_file_that_took_the_place_of_one_of_the_same_name_is_mapped_anew(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    one = access.map_file(file)
    assert access.map_file(file) is one
    (tmp_path / "new").write_bytes(b"two")
    (tmp_path / "new").replace(file)
    assert access.map_file(file)[:] == b"two"
    assert one[:] == b"one"


def test_an_index_that_was_written_over_this_one_is_noticed_whatever_its_times_and_sizes_are(tmp_path: Path) -> None:
    """As unpacking an archive with a fixed time does, into files that keep their inodes."""

    def built(word: str, name: str) -> Path:
        (tmp_path / "seeds").mkdir(exist_ok=True)
        (tmp_path / "seeds" / "a.txt").write_text(
            f"Notes of the harbour\n\nBuy {word} today, and more of it tomorrow.\n", encoding="utf-8"
        )
        searchlib.build(tmp_path / "seeds", tmp_path / name).close()
        return tmp_path / name

    def size(path: Path) -> int:
        return (path / "searchlib.json").stat().st_size

    one, here = built("rope", "one"), built("rope", "here")
    # A manifest of the same size, so that only what they say differs.
    others = ((word, built(word, word)) for word in ("tarr", "sail", "mast", "keel", "helm", "oars", "hull", "deck"))
    other, two = next((word, path) for word, path in others if size(path) == size(one))
    os.utime(here / "searchlib.json", ns=(0, 0))
    index = searchlib.open(here, refresh="auto")
    for source, stale in ((two, one), (one, two)) * 5:
        for file in sorted(source.iterdir(), key=lambda file: file.name == "searchlib.json"):
            with file.open("rb") as old, (here / file.name).open("wb") as new:  # in place
                shutil.copyfileobj(old, new)
        os.utime(here / "searchlib.json", ns=(0, 0))
        assert index.digest == searchlib.open(source).digest != searchlib.open(stale).digest
        assert [index.search(word).total for word in ("rope", other)] == [source == one, source == two]


LIMITED = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
import gc
gc.disable()
from tests.soak.readers import watch
seen = watch(Path(sys.argv[1]), 25)
assert (seen.commits, seen.wrong) == (25, 0), seen
print(seen.most_files)
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors are counted in /proc")
def test_beside_a_writer_of_many_commits_a_reader_needs_few_files_at_once(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", LIMITED, str(tmp_path), str(root)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) <= 64


def test_threads_that_search_while_others_refresh_and_close_see_a_whole_generation(path: Path) -> None:
    index = searchlib.open(path, refresh="auto")
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            results = index.search("harbour", facets=["type"])
            if results.total not in (4, 5) or results.facets["type"].values[0].count != results.total:
                wrong.append(results)
            if len([hit.citation for hit in results]) != results.total:
                wrong.append(results)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(10):
        commit(path, "The harbour is open." if number % 2 else "Buy rope.")
    done.set()
    for reader in readers:
        reader.join()
    assert not wrong
    index.close()
    with pytest.raises(searchlib.IndexProblem, match=r"closed; open it again"):
        index.search("harbour")
