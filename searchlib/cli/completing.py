"""What a shell completes arguments to: paragraphs, fields, words and files.

A shell puts what is chosen on its command line, and what an index says may be a stranger's. So names and words are
offered only where they are letters, digits and few signs, which no shell gives a meaning; what stands beside them for
people is made harmless. Whatever goes wrong, nothing is offered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from searchlib.cli.pathtypes import FILE
from searchlib.concurrency.lazily import lazy_expression
from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from searchlib import Index
    from searchlib.cli.settings import Settings

_COUNTED: Final = ("document", "title", "type", "language", "kind")
_MOST: Final = 50
_SAFE: Final = lazy_expression(r"[^\W_][\w.@+-]*")
_SHOWN: Final = 60  # characters beside an item


def paragraphs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ranks of the last query; ids that begin so; files."""
    from click.shell_completion import CompletionItem

    if "/" in incomplete or incomplete.startswith("."):
        return FILE.shell_complete(ctx, param, incomplete)
    rank = incomplete or "1"  # of ranks, those of the index that was asked last

    def found(index: Index, settings: Settings) -> Iterator[CompletionItem]:
        if rank.isdigit():
            yield from _ranks(index, incomplete)
        if incomplete:
            for record in index.library(as_indexed=True).with_id(incomplete.lower()):
                yield CompletionItem(record.id, help=_beside(record.document.title or record.document.path))

    return _of_index(ctx, found, rank) or ([] if incomplete else FILE.shell_complete(ctx, param, incomplete))


def paragraphs_or_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files where they are checked, and paragraphs where they are cited."""
    checks = ctx.params.get("check") or ctx.params.get("update") or ctx.params.get("sources")
    return (FILE.shell_complete if checks else paragraphs)(ctx, param, incomplete)


def fields(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The fields to sort or count by."""
    from click.shell_completion import CompletionItem

    def found(index: Index, settings: Settings) -> Iterator[CompletionItem]:
        more = ("line", "relevance") if param.name == "sort" else ()
        for name in (*_COUNTED, *more, *index.fields):
            if name.startswith(incomplete) and _SAFE.fullmatch(name):
                yield CompletionItem(name)

    return _of_index(ctx, found)


def filters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The fields to filter by, with the colon behind them."""
    from click.shell_completion import CompletionItem

    def found(index: Index, settings: Settings) -> Iterator[CompletionItem]:
        for name in (*_COUNTED, "line", *index.fields):
            if name.startswith(incomplete) and _SAFE.fullmatch(name):
                yield CompletionItem(name + ":")

    return _of_index(ctx, found)


def words(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The commonest words of the documents that begin so, and fields."""
    from click.shell_completion import CompletionItem

    if not _SAFE.fullmatch(incomplete):
        return []

    def found(index: Index, settings: Settings) -> Iterator[CompletionItem]:
        for one in index.complete(incomplete, 20):
            if _SAFE.fullmatch(one.text):
                yield CompletionItem(one.text, help=f"{one.count:,}")
        for name in ("title", "headings", *_COUNTED[2:], *index.fields):
            if name.startswith(incomplete) and _SAFE.fullmatch(name):
                yield CompletionItem(name + ":", help="field")

    return _of_index(ctx, found)


def _of_index(
    ctx: click.Context, found: Callable[[Index, Settings], Iterator[Any]], name: str = ""
) -> list[CompletionItem]:
    """What is found in the index that the command line names so far, or that was asked last, if ``name`` is a rank."""
    from searchlib.cli.flags import settings_with
    from searchlib.cli.naming import asked_index
    from searchlib.cli.obtaining import open_index

    try:
        settings = settings_with(index=ctx.params.get("index") or None)
        with contextlib.suppress(SettingsError):  # there is no last query
            settings = asked_index([name], settings)
        with open_index(settings) as index:
            return list(found(index, settings))[:_MOST]
    except Exception:  # a shell is no place for errors
        return []


def _ranks(index: Index, incomplete: str) -> Iterator[CompletionItem]:
    from click.shell_completion import CompletionItem

    from searchlib.cli.lastquery import recall

    last = recall()
    for rank, id in enumerate(last.ids[:_MOST], last.first) if last is not None else ():
        if str(rank).startswith(incomplete):
            record = index.paragraph(id)
            yield CompletionItem(str(rank), help=_beside(f"{record.document.path}  {record.paragraph.text}"))


def _beside(text: str) -> str:
    from searchlib.guards.cleaning import harmless

    flat = harmless(" ".join(text.split()))
    return flat if len(flat) <= _SHOWN else flat[:_SHOWN] + "…"
