"""What people call a paragraph by: ``show``, ``cite``, ``similar`` and ``open`` take any of these.

=============  ======================================================================================================
an id          or as many of its first characters as no other has; of several, the candidates are listed
a rank         digits alone, six at most: of the hits of the last query in this terminal, in the index that it asked
``file:line``  a document as the index calls it, or a file, and the line that the paragraph stands on or begins before;
               where a file has no lines, the number of its page, slide, sheet, chapter, message or cell
=============  ======================================================================================================
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from searchlib.cli.lastquery import LastQuery
from searchlib.cli.settings import Settings
from searchlib.concurrency.lazily import lazy_expression
from searchlib.engine.locations import JointLocation, scheme_of
from searchlib.errors import ParagraphNotFound, SettingsError

if TYPE_CHECKING:
    from searchlib import Index, Record

_RANK = lazy_expression(r"\d{1,6}")
_PLACE = lazy_expression(r"(.+):(\d{1,12})", 16)  # re.DOTALL
_LISTED = 10
_BEGINNING = 30  # characters of a text


class SeveralParagraphs(ParagraphNotFound):
    """Several paragraphs have ids that begin so: ``lines`` list them."""

    def __init__(self, name: str, candidates: Sequence[Record]) -> None:
        super().__init__(f"several paragraphs have ids that begin with {name}: give more of one of these", name)
        width = max(len(_place(record)) for record in candidates)
        rows = [f"  {one.id}  {_place(one).ljust(width)}  {_beginning(one)}" for one in candidates[:_LISTED]]
        self.lines = (f"{self}:", *rows, *(["  …"] if len(candidates) > _LISTED else []))


def asked_index(names: Sequence[str], settings: Settings) -> Settings:
    """The settings with the index that the last query asked, where a name is a rank and no flag says another."""
    if not any(map(_RANK.fullmatch, names)):
        return settings
    last = _last(next(name for name in names if _RANK.fullmatch(name)))
    if tuple(map(_lasting, settings.indexes)) == last.indexes:
        return settings
    if settings.origin.get("index", "").startswith("--"):
        asked = ", ".join(last.indexes)
        raise SettingsError(
            f"the last query in this terminal, {last.query}, was of {asked}: leave --index out, or give ids"
        )
    return replace(settings, index=last.indexes[0], also=last.indexes[1:])


def id_of(index: Index, name: str, settings: Settings) -> str:
    """The id of the paragraph that is called so.

    Raises:
        ParagraphNotFound: no paragraph is, or several.
        SettingsError: it is a rank, and no query is remembered that showed it.
    """
    if _RANK.fullmatch(name):
        return _ranked(index, int(name))
    if name.startswith("searchlib:"):
        return name
    place = _PLACE.fullmatch(name)
    return _standing(index, place[1], int(place[2]), settings) if place is not None else name


def paragraph(index: Index, name: str, settings: Settings) -> Record:
    """The paragraph that is called so; raises as `id_of` does, with the candidates where several ids begin so."""
    from searchlib.citing.references import parse_reference

    found, _ = parse_reference(id_of(index, name, settings))
    try:
        return index.paragraph(found)
    except ParagraphNotFound:
        candidates = index.library(as_indexed=True).with_id(found.strip().lower()) if found.isalnum() else ()
        if len(candidates) > 1:
            raise SeveralParagraphs(found, candidates) from None
        raise


def remember(index: Index, query: str, first: int, ids: Sequence[str]) -> None:
    """Keep what a query showed."""
    from searchlib.cli.lastquery import has_terminal
    from searchlib.cli.lastquery import remember as keep

    if has_terminal():
        each = index.path if isinstance(index.path, JointLocation) else (index.path,)
        keep(LastQuery(query, tuple(_lasting(str(one)) for one in each), _digest(index), first, tuple(ids)))


def _place(record: Record) -> str:
    line = record.paragraph.line
    return f"{record.document.path}:{line}" if line else f"{record.document.path}  ¶ {record.paragraph.number}"


def _beginning(record: Record) -> str:
    text = " ".join(record.paragraph.text.split())
    return text if len(text) <= _BEGINNING else text[:_BEGINNING].rstrip() + "…"


# Ranks


def _last(rank: str) -> LastQuery:
    from searchlib.cli.lastquery import has_terminal, recall

    last = recall()
    if last is None or not last.indexes:
        why = "no query in this terminal has shown any hits yet" if has_terminal() else "there is no terminal here"
        raise SettingsError(f"{rank} is a rank of the last query in this terminal, and {why}: give an id, or file:line")
    return last


def _ranked(index: Index, rank: int) -> str:
    last = _last(str(rank))
    id = last.id(rank)
    if id is None:
        shown = f"{last.first} to {last.first + len(last.ids) - 1}" if len(last.ids) > 1 else str(last.first)
        raise SettingsError(f"the last query in this terminal, {last.query}, showed no rank {rank}, but {shown}")
    if last.digest != _digest(index):
        from searchlib.cli.output import say

        say(f"The index has changed since the query {last.query}: this is what had the rank {rank}.")
        try:
            index.paragraph(id)
        except ParagraphNotFound:
            raise ParagraphNotFound(
                f"what had the rank {rank} for {last.query} is no more in the index: search again", id
            ) from None
    return id


def _digest(index: Index) -> str:
    try:
        return index.digest
    except SettingsError:  # its engine has none
        return ""


def _lasting(index: str) -> str:
    """A location that means the same in any folder."""
    return index if scheme_of(index) else os.path.abspath(index)  # noqa: PTH100 - it may not exist


# Places


def _standing(index: Index, path: str, number: int, settings: Settings) -> str:
    """The id of the paragraph at a line of a file: of those that begin up to there, the first on the last line.

    Of a file without lines, the first of those on a page.
    """
    from searchlib.model.locators import KINDS

    within = next((one for one in _documents(index, path, settings) if index.search("*", 1, filter=one)), None)
    if within is None:
        raise ParagraphNotFound(f"no document is called {path}: give its name as searchlib query prints it", path)
    ways: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({"line": (1, number)}, ("-line", "number")),
        ({"line": (1, None)}, ("line", "number")),  # what stands above is no paragraph
    ]
    ways += [({kind: number}, ("number",)) for kind in KINDS if kind in index.fields]
    for there, order in ways:
        for hit in index.search("*", 1, filter=[within, there], sort=order):
            return hit.id
    raise ParagraphNotFound(f"nothing of {path} stands on a line, page, slide or the like of number {number}", path)


def _documents(index: Index, path: str, settings: Settings) -> Iterator[Any]:
    """Filters for the documents of a file, as it is called in the index or as it is found from here."""
    from searchlib.query.nodes import Prefix
    from searchlib.search.filtering import AnyOf

    for name in dict.fromkeys((path, path.removeprefix("./"), *_seeds_called(index, path, settings))):
        yield AnyOf(({"document": name}, Prefix(name + "#", ("document",))))


def _seeds_called(index: Index, path: str, settings: Settings) -> Iterator[str]:
    """What the file at ``path`` is called in the index, if it is one of its seeds."""
    from searchlib.cli.obtaining import roots
    from searchlib.update.severalseeds import SeveralSeeds, remembered_seeds

    file = os.path.realpath(path)
    remembered = remembered_seeds(index.path, roots(settings), settings.limits)
    each = remembered.each if isinstance(remembered, SeveralSeeds) else (remembered,)
    for name, place in (root for one in each for root in one.roots.items()):
        if place is None:
            continue
        root = os.path.realpath(place)
        if file == root:
            yield name
        elif file.startswith(root + os.sep):
            yield name + "/" + os.path.relpath(file, root).replace(os.sep, "/")
