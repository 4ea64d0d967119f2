"""Loaders that run in a sandbox: what goes in is a seed's bytes, what comes out is documents as JSON, which is checked.

``@sandboxed`` on a loader says that it runs there: it parses in native code, or takes more memory or time than a
hostile file may cost. The loader itself is written as any other; it gets the bytes, the name, the options and the
limits, and neither the path nor the network.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final, TypeVar, cast, get_args

from searchlib.concurrency.sandbox import Bounds, Calls, Unanswered
from searchlib.concurrency.sandboxed import tell
from searchlib.documents.seed import LoadOptions, Seed
from searchlib.errors import SeedError
from searchlib.guards.limits import Limits, how_to_raise
from searchlib.model import locators
from searchlib.model.records import Block, Document, Kind

_Loader = TypeVar("_Loader", bound=Callable[[Seed], Iterable[Document]])

_MARK: Final = "runs_in_sandbox"
_KINDS: Final = frozenset(get_args(Kind))


def sandboxed(loader: _Loader) -> _Loader:
    """Have a loader, a function of a module, run in a process of its own, within the limits of parsers.

    It gets the bytes of the seed and no path; a crash, or what takes too long, costs its file alone.
    """
    setattr(loader, _MARK, True)
    return loader


def is_sandboxed(loader: Callable[[Seed], Iterable[Document]]) -> bool:
    """Whether a loader runs in a sandbox."""
    return getattr(loader, _MARK, False)


def load_in_sandbox(loader: Callable[[Seed], Iterable[Document]], seed: Seed) -> Iterator[Document]:
    """The documents that a loader makes of a seed in a sandbox. Raises SeedError for whatever keeps it from that."""
    return documents_of(ask_loader(loader, seed), seed)


def ask_loader(loader: Callable[[Seed], Iterable[Document]], seed: Seed, calls: Calls | None = None) -> list[bytes]:
    """What a loader answers in a sandbox to a seed: see `documents_of`. Raises SeedError."""
    arguments = {
        "loader": f"{loader.__module__}:{loader.__qualname__}",
        "name": seed.name,
        "options": asdict(seed.options),
        "limits": asdict(seed.limits),
        "holder": seed.holder,
    }
    return ask(f"{__name__}:_load", seed.packed(), arguments, seed.limits, seed.name, seed.passes, calls)


def documents_of(answers: Iterable[bytes], seed: Seed) -> Iterator[Document]:
    """The documents in what a loader answered; the seed is told what it says besides. Raises SeedError."""
    for answer in answers:
        try:
            kind, *values = json.loads(answer)
            if kind == "textless":
                (said,) = values
                seed.textless(str(said))
                continue
            if kind in ("skip", "note"):
                line, said = values
                (seed.skips if kind == "skip" else seed.notes)(int(line), str(said))
                continue
            document = _document(*values)
            if document.path != seed.name and not document.path.startswith(seed.name + "#"):
                raise ValueError("a document of another seed")
        except (ValueError, TypeError, KeyError) as error:
            raise SeedError(f"its parser gave what is no document ({error})", seed.name) from None
        yield document


def ask(
    function: str,
    data: bytes,
    arguments: dict[str, Any],
    limits: Limits,
    name: str,
    passes: Callable[[int], None] = lambda size: None,
    calls: Calls | None = None,
) -> list[bytes]:
    """What a function yields in a sandbox for the bytes of a seed, each as JSON. Raises SeedError.

    ``passes`` is told how far it is, see `Seed`. With ``calls`` it can be ended.
    """
    bounds = Bounds(limits.parser_seconds, limits.parser_memory, limits.parser_output)
    try:
        return (calls or Calls()).call(function, data, arguments, bounds, passes)
    except Unanswered as failed:
        raise SeedError(_reason(failed, limits), name) from None


def _reason(failed: Unanswered, limits: Limits) -> str:
    if failed.why == "time":
        return f"its parser took more than {limits.parser_seconds:,} seconds; {how_to_raise('parser_seconds')}"
    if failed.why == "memory":
        return f"its parser needs more than {limits.parser_memory:,} bytes; {how_to_raise('parser_memory')}"
    if failed.why == "output":
        return f"gives more than {limits.parser_output:,} bytes of text; {how_to_raise('parser_output')}"
    if failed.why == "crash":
        return f"its parser crashed ({failed}): it is damaged, or made to; save it anew with another program"
    return str(failed)


# In the sandbox


def _load(
    data: bytes, loader: str, name: str, options: dict[str, Any], limits: dict[str, Any], holder: str
) -> Iterator[tuple[Any, ...]]:
    import importlib

    module, _, function = loader.partition(":")
    lists: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}
    said: list[tuple[Any, ...]] = []
    seed = Seed(
        name,
        data,
        options=LoadOptions(**lists),
        skips=lambda line, reason: said.append(("skip", line, reason)),
        notes=lambda line, remark: said.append(("note", line, remark)),
        textless=lambda reason: said.append(("textless", reason)),
        passes=tell,
        limits=Limits(**limits),
        holder=holder,
    )
    for document in getattr(importlib.import_module(module), function)(seed):
        yield from said
        said.clear()
        yield ("document", *_parts(document))
    yield from said


def _parts(document: Document) -> tuple[Any, ...]:
    """A document as JSON: heading paths and locators, which many blocks share, once each."""
    headings: dict[tuple[str, ...], int] = {}
    places: dict[tuple[locators.Locator, ...], int] = {}
    blocks = None
    if document.blocks is not None:
        blocks = [
            (
                block.start,
                block.end,
                block.kind,
                headings.setdefault(block.headings, len(headings)),
                block.line,
                places.setdefault(block.locators, len(places)),
            )
            for block in document.blocks
        ]
    names = ("path", "title", "type", "language", "digest", "line")
    about = {**{name: getattr(document, name) for name in names}, "metadata": dict(document.metadata)}
    return about, document.text, list(headings), [locators.written(one) for one in places], blocks


def _document(about: Any, text: Any, headings: Any, places: Any, blocks: Any) -> Document:
    """The document of these parts. Raises ValueError, TypeError or KeyError for what are none."""
    if not isinstance(text, str):
        raise TypeError("its text is none")
    for key in ("path", "title", "type", "language", "digest"):
        if not isinstance(about[key], str):
            raise TypeError(f"its {key} is no text")
    about["metadata"] = {key: tuple(one) if isinstance(one, list) else one for key, one in about["metadata"].items()}
    if not isinstance(about["line"], int):
        raise TypeError("its line is none")
    if blocks is None:
        return Document(**{**about, "text": text})
    paths = [tuple(map(_text, path)) for path in headings]
    located = [locators.read(_text(one)) for one in places]
    made = []
    done = 0
    for start, end, kind, path, line, place in blocks:
        if not done <= start <= end <= len(text) or kind not in _KINDS or not isinstance(line, int) or line < 0:
            raise ValueError("a block is none")
        made.append(Block(start, end, cast(Kind, kind), paths[path], line, located[place]))
        done = end
    return Document(**{**about, "text": text, "blocks": tuple(made)})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a heading is no text")
    return value
