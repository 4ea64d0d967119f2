"""Misused, every public function says what to give, with a SearchlibError or a TypeError, and does nothing else."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import whoosh.query as wq

import searchlib
from searchlib import Block, Document, Hit, Index, IndexProblem, Results, SearchlibError, SettingsError
from searchlib.model.records import DocumentInfo, Paragraph, Record
from searchlib.update.indexing import BuildOptions
from searchlib.update.writing import WriterContext

TEXT = "Notes\n\nThe harbour is closed in winter.\n\nShips wait outside the harbour until spring.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds and an index of them, not to be changed."""
    folder = tmp_path_factory.mktemp("misused")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "notes.txt").write_text(TEXT, encoding="utf-8")
    searchlib.build(folder / "seeds", folder / "index").close()
    return folder


@pytest.fixture
def seeds(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built / "seeds", tmp_path / "seeds"))


@pytest.fixture
def index(built: Path, seeds: Path, tmp_path: Path) -> Iterator[Index]:
    shutil.copytree(built / "index", tmp_path / "index")
    with searchlib.open(tmp_path / "index") as index:
        yield index


class Nothing:
    """What no argument takes."""

    def __repr__(self) -> str:
        return "<nothing>"


NOTHING = Nothing()
WRONG: tuple[Any, ...] = (
    *(None, True, -2, 3, 2.5, float("nan"), 10**400, "", "no such thing", "\0", "\ud800", b"bytes"),
    *([], [None], ["x"], {}, {"x": NOTHING}, {NOTHING}, object, wq.Term, NOTHING, Document("d", "text"), range(3)),
)
"""What is the wrong kind of thing nearly everywhere; where it is not, it is taken."""


LONG = 3600  # seconds, which no search here takes, however busy the machine is

Getter = Callable[[Index], Callable[..., Any]]
_SEARCH: dict[str, Any] = {
    "limit": 10,
    "timeout": LONG,
    "synonyms": None,
    "filter": None,
    "sort": "line",
    "per_document": 1,
    "facets": ["type"],
    "strict": False,
    "distinct": True,
    "names": False,
    "ranking": {"k1": 1.5, "title": 2},
}
_BUILD = {"options": None, "language": "en", "include": ["*.txt"], "exclude": [], "strict": False, "progress": None}
_BUILD |= {"limits": searchlib.Limits(), "allow_removal": True, "rebuild": False, "segment": [], "tuning": None}
_WRITE = {"processes": 1, "memory": 1 << 28, "wait": 0}

RECORD = Record("0" * 16, DocumentInfo("seeds/notes.txt", "", "text", "en", {}), Paragraph(1, 0, 1, "x"))

# Each with arguments that are right; one after another is replaced by what is wrong.
FUNCTIONS: dict[str, tuple[Getter, dict[str, Any]]] = {
    "open": (
        lambda _: searchlib.open,
        {
            **{"path": "PATH", "refresh": "auto", "compiled": False, "synonyms": None, "limits": searchlib.Limits()},
            "ranking": None,
            "names": False,
        },
    ),
    "build": (lambda _: searchlib.build, {"seeds": "SEEDS", "path": "PATH", "compact": False, **_BUILD, **_WRITE}),
    "copy": (
        lambda _: searchlib.copy,
        {"old": "PATH", "new": "index copied", "replace": True, "progress": None, "tuning": None, **_WRITE},
    ),
    "Index.search": (
        lambda index: index.search,
        {"query": "harbour", "offset": 0, "after": None, **_SEARCH},
    ),
    "Index.search_many": (lambda index: index.search_many, {"queries": ["harbour"], "processes": 1, **_SEARCH}),
    "Index.all": (
        lambda index: index.all,
        {
            **{"query": "harbour", "filter": None, "sort": "line", "strict": False, "synonyms": None, "timeout": LONG},
            "names": False,
        },
    ),
    "Index.similar": (
        lambda index: index.similar,
        {
            **{"id": "ID", "limit": 3, "within_document": True, "offset": 0, "filter": None, "per_document": 1},
            "timeout": LONG,
        },
    ),
    "Index.complete": (lambda index: index.complete, {"text": "har", "limit": 3}),
    "Index.paragraph": (lambda index: index.paragraph, {"id": "ID"}),
    "Index.context": (lambda index: index.context, {"id": "ID", "before": 1, "after": 1}),
    "Index.documents": (lambda index: index.documents, {"filter": None}),
    "Index.document": (lambda index: index.document, {"path": "seeds/notes.txt", "first": 1, "limit": 3}),
    "Index.outline": (lambda index: index.outline, {"path": "seeds/notes.txt"}),
    "Index.citation": (lambda index: index.citation, {"id": "ID", "quote": "", "query": None}),
    "Index.check_citations": (lambda index: index.check_citations, {"text": "searchlib:x", "sources": "SEEDS"}),
    "Index.check_file": (lambda index: index.check_file, {"path": "SEED", "sources": "SEEDS"}),
    "Index.library": (lambda index: index.library, {"sources": "SEEDS", "as_indexed": False}),
    "Index.is_stale": (lambda index: index.is_stale, {"found": RECORD, "sources": "SEEDS"}),
    "Index.verify": (lambda index: index.verify, {"sources": "SEEDS", "quick": True}),
    "Index.writer": (lambda index: index.writer, _WRITE),
    "WriterContext.add": (lambda index: _in_writer(index, "add"), {"document": Document("d", "text")}),
    "WriterContext.remove": (lambda index: _in_writer(index, "remove"), {"path": "d"}),
    "Hit.snippet": (lambda index: index.search("harbour")[0].snippet, {"format": "html", "length": 40, "count": 1}),
    "Hit.fragments": (lambda index: index.search("harbour")[0].fragments, {"length": 40, "count": 1}),
    "Hit.as_dict": (lambda index: index.search("harbour")[0].as_dict, {"length": 40, "snippets": 1, "explain": True}),
    "Results.__getitem__": (lambda index: index.search("harbour").__getitem__, {"index": 0}),
}
BY_PLACE = ("WriterContext", "Results")  # whose one argument is given without its name
WITHOUT_ARGUMENTS = {"Index.stats", "Index.refresh", "Index.close", "Hit.explain"}


def _in_writer(index: Index, name: str) -> Callable[..., Any]:
    def call(argument: Any) -> None:
        with index.writer() as writer:
            getattr(writer, name)(argument)

    return call


def _right(index: Index, value: Any) -> Any:
    places = {
        "PATH": lambda: index.path,
        "SEEDS": lambda: index.path.parent / "seeds",
        "SEED": lambda: index.path.parent / "seeds" / "notes.txt",
        "ID": lambda: index.search("harbour")[0].id,
    }
    return places[value]() if isinstance(value, str) and value in places else value


def _use(value: Any) -> None:
    """Look at all of what came back; a writer is let go of."""
    if isinstance(value, WriterContext):
        value.__exit__(SystemExit, SystemExit(), None)
    elif isinstance(value, (Results, list)) or inspect.isgenerator(value):
        list(value)
    elif isinstance(value, Index):
        value.close()


def test_every_public_function_is_misused_here() -> None:
    public = {"build", "copy", "open"}
    for kind in (Index, WriterContext, Hit):
        methods = {f"{kind.__name__}.{name}" for name, _ in inspect.getmembers(kind, inspect.isfunction)}
        public |= {name for name in methods if "._" not in name}
    assert public | {"Results.__getitem__"} == FUNCTIONS.keys() | WITHOUT_ARGUMENTS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_is_misused_here(index: Index, name: str) -> None:
    get, given = FUNCTIONS[name]
    if name == "build":
        assert given.keys() == {"seeds", "path", *BuildOptions.__annotations__}
    elif not name.startswith("WriterContext"):
        assert given.keys() == inspect.signature(get(index)).parameters.keys()


@pytest.mark.parametrize(("name", "argument"), [(name, one) for name, (_, given) in FUNCTIONS.items() for one in given])
def test_what_is_the_wrong_kind_of_thing_is_refused_with_what_to_give(
    index: Index, name: str, argument: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # a text may be the name of a file there
    get, given = FUNCTIONS[name]
    call = get(index)
    right = {key: _right(index, value) for key, value in given.items()}

    def use(arguments: dict[str, Any]) -> None:
        _use(call(*arguments.values()) if name.startswith(BY_PLACE) else call(**arguments))

    use(right)
    before = sorted(tmp_path.rglob("*"))
    refused = 0
    for wrong in WRONG:
        if argument == "progress" and callable(wrong):
            continue  # what it raises is its own
        try:
            use({**right, argument: wrong})
        except (SearchlibError, TypeError) as error:
            said = str(error)
            assert isinstance(error, SearchlibError) or "give" in said, f"{wrong!r} gives {type(error)}: {said}"
            assert re.fullmatch(r"(?s)\S.{10,600}", said), said
            refused += 1
        except IndexError:
            assert name == "Results.__getitem__" and isinstance(wrong, int), "as of any sequence"
    assert refused, f"{argument} takes anything"
    if name not in ("build", "copy"):  # which may have been given another place
        assert {path for path in tmp_path.rglob("*") if "index" not in path.parts} <= set(before)
    assert index.verify() == []


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("text", r"document is 'text': give a searchlib\.Document, as in writer\.add\(Document"),
        (Document("", "text"), "the path of a document is empty"),
        (Document(3, "text"), "the path of a document is 3: give text"),  # type: ignore[arg-type]
        (Document("d", None), "the text of d is None: give text"),  # type: ignore[arg-type]
        (Document("d", b"text"), "the text of d is b'text': give text"),  # type: ignore[arg-type]
        (Document("d", "t", title=1), "the title of d is 1"),  # type: ignore[arg-type]
        (Document("d", "t", line=-1), "the line of d is -1: give a whole number from 0 on"),
        (Document("d", "t", metadata=[("a", 1)]), "metadata of d is .*: give a dict"),  # type: ignore[arg-type]
        (Document("d", "t", metadata={1: "a"}), "a key of the metadata of d is 1: give text"),  # type: ignore[dict-item]
        (Document("d", "t", metadata={"a": b"x"}), "metadata 'a' of d is b'x'"),  # type: ignore[dict-item]
        (Document("d", "t", blocks=[]), r"blocks of d is \[\]: give a tuple"),  # type: ignore[arg-type]
        (Document("d", "t", blocks=((0, 1),)), "a block of d is"),  # type: ignore[arg-type]
        (Document("d", "text", blocks=(Block(0, 5),)), "block 0 to 5 of d is not in its text"),
        (Document("d", "text", blocks=(Block(0, 3), Block(2, 4))), "block 2 to 4 of d .* after the block before"),
    ],
    ids=range(14),
)
def test_a_document_that_is_none_is_refused_and_its_writer_can_go_on(index: Index, document: Any, said: str) -> None:
    with index.writer() as writer:
        writer.add(Document("memo", "Buy rope."))
        with pytest.raises(SettingsError, match=said):
            writer.add(document)
    assert index.search("rope").total == 1
    assert index.verify() == []


def test_a_writer_ends_once(index: Index) -> None:
    writer = index.writer()
    with writer:
        writer.add(Document("memo", "Buy rope."))
    for use in (lambda: writer.add(Document("m", "x")), lambda: writer.remove("m"), writer.__enter__):
        with pytest.raises(SettingsError, match=r"this writer has committed: get another with index\.writer\(\)"):
            use()
    with pytest.raises(SettingsError, match="has committed"):
        writer.__exit__(None, None, None)
    writer.__exit__(ValueError, ValueError(), None)  # that error is the one to be seen
    assert index.search("rope").total == 1


def test_a_writer_that_was_cancelled_does_not_commit(index: Index) -> None:
    writer = index.writer()
    with pytest.raises(RuntimeError), writer:
        writer.add(Document("memo", "Buy rope."))
        raise RuntimeError
    with pytest.raises(SettingsError, match=r"has been cancelled: get another"):
        writer.__exit__(None, None, None)
    assert index.search("rope").total == 0
    with index.writer() as other:
        other.remove("nothing")


def test_a_second_writer_in_one_process_is_told_that_the_first_is_its_own(index: Index, seeds: Path) -> None:
    with index.writer() as writer:
        writer.add(Document("memo", "Buy rope."))
        for get in (index.writer, lambda: searchlib.build(seeds, index.path)):
            with pytest.raises(searchlib.IndexLocked, match=r"that is this process: leave the with of its writer"):
                get()
        assert index.search("harbour").total == 2, "searching goes on meanwhile"
        assert index.search("rope").total == 0
        with searchlib.open(index.path, refresh="auto") as other:
            assert other.search("harbour").total == 2
    assert index.search("rope").total == 1


def test_an_index_may_be_closed_while_it_is_written(index: Index) -> None:
    with index.writer() as writer:
        writer.add(Document("memo", "Buy rope."))
        index.close()
    with searchlib.open(index.path) as other:
        assert other.search("rope").total == 1


CLOSED: dict[str, Callable[[Index], object]] = {
    "with": lambda index: index.__enter__(),
    "digest": lambda index: index.digest,
    "whoosh": lambda index: index.whoosh,
    "stats": lambda index: index.stats(),
    "refresh": lambda index: index.refresh(),
    **{
        name.removeprefix("Index."): lambda index, get=get, given=given: get(index)(
            **{key: _right_of_closed(index, value) for key, value in given.items()}
        )
        for name, (get, given) in FUNCTIONS.items()
        if name.startswith("Index.")
    },
}


def _right_of_closed(index: Index, value: Any) -> Any:
    return "4f8m0c2k9x1pt7aw" if value == "ID" else _right(index, value)


@pytest.mark.parametrize("use", CLOSED)
@pytest.mark.parametrize("refresh", ["never", "auto"])
def test_an_index_that_was_closed_says_so_whatever_it_is_asked(index: Index, use: str, refresh: str) -> None:
    other = searchlib.open(index.path, refresh=refresh)
    other.close()
    other.close()
    assert repr(other) == f"<Index {index.path}, closed>"
    with pytest.raises(IndexProblem, match=r"was closed; open it again with searchlib\.open"):
        CLOSED[use](other)


def test_results_outlive_their_index(index: Index) -> None:
    results = index.search("harbour OR ships", facets=["type"])
    everything = index.all("harbour")
    index.close()
    assert results.total == 2
    assert results.facets["type"].values[0].count == 2
    assert [hit.citation.path for hit in results] == ["seeds/notes.txt"] * 2
    assert len(list(everything)) == 2


@pytest.mark.filterwarnings("ignore:.*toc:pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves it open
def test_the_whoosh_index_of_an_index_that_is_gone_is_a_missing_one(index: Index) -> None:
    assert index.whoosh.doc_count() == 2
    toc = next(index.path.glob("*.toc"))
    whole = toc.read_bytes()
    for broken in (b"", whole[:40], b"\0" * 100):
        toc.write_bytes(broken)
        with pytest.raises(searchlib.IndexCorrupt, match=r"build the index again with: searchlib index"):
            _whoosh(index)
    toc.unlink()
    with pytest.raises(searchlib.IndexCorrupt, match=r"build the index again with: searchlib index"):
        _whoosh(index)
    shutil.rmtree(index.path)
    with pytest.raises(searchlib.IndexMissing, match="build one with"):
        _whoosh(index)


def _whoosh(index: Index) -> Any:
    return index.whoosh


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_what_has_files_open_is_neither_pickled_nor_copied(index: Index, take: Callable[[object], object]) -> None:
    writer = index.writer()
    for one, said in ((index, "give its path"), (writer, "get one where"), (index.all("harbour"), r"give list\(")):
        with pytest.raises(TypeError, match=said):
            take(one)
    writer.__exit__(SystemExit, SystemExit(), None)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickled_results_and_hits_have_all_that_there_is_to_ask(index: Index, protocol: int) -> None:
    results = index.search("harbuor AND winter OR ships OR nosuch:x harb~", 1, facets=["type"])
    told = _told(results)
    data = pickle.dumps(index.search(results.query, 1, facets=["type"]), protocol)
    hit = pickle.dumps(results[0], protocol)
    index.close()
    shutil.rmtree(index.path)
    again = pickle.loads(data)
    assert _told(again) == told
    assert _told(pickle.loads(pickle.dumps(again))) == told, "and again"
    assert _told_of(pickle.loads(hit)) == told[-1][0]
    assert pickle.loads(hit) == results[0]


def _told(results: Results) -> tuple[Any, ...]:
    hits = [_told_of(hit) for hit in results]
    facets = {name: facet.as_dict() for name, facet in results.facets.items()}
    page = (results.query, results.offset, results.total, results.documents, results.cursor, results.suggestion)
    return (page, facets, [str(warning) for warning in results.warnings], repr(results), len(results), hits)


def _told_of(hit: Hit) -> tuple[Any, ...]:
    citation = hit.citation
    return (
        hit.as_dict(),
        hit.snippet("html"),
        hit.spans,
        str(citation),
        citation.prefix,
        citation.suffix,
        str(hit.explain()),
    )


ERRORS = [
    searchlib.SettingsError("wrong"),
    searchlib.SeedError("wrong", "a.txt"),
    searchlib.MissingExtra("charset", "formats", "a.txt"),
    searchlib.QueryError("wrong", "a b", 2, "do so"),
    searchlib.ParagraphNotFound("no such", "4f8m"),
    searchlib.IndexLocked("locked", "path"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_come_whole_from_another_process(error: SearchlibError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)
    assert again.args == error.args
