"""Citations of an index: making them, checking them, and whether what is cited has changed since."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchlib.api.opened import Opened
from searchlib.errors import SeedError
from searchlib.guards.arguments import StrPath, flag, paths, refused
from searchlib.guards.arguments import path as path_of
from searchlib.guards.arguments import text as _text
from searchlib.guards.deadline import Deadline
from searchlib.search.hits import Hit
from searchlib.search.interpreting import Interpreter, handle_of

if TYPE_CHECKING:
    from searchlib.citing import Citation
    from searchlib.citing.checking import Check
    from searchlib.citing.library import Library
    from searchlib.model.records import Record


class Citable(Opened):
    """Citations, and what became of them."""

    def citation(self, id: str, quote: str = "", *, query: str | Any = None) -> Citation:
        """The citation of the paragraph with this id, or of the part of it that says ``quote``.

        With a ``query``, of the part from the first to the last match. ``id`` may be a whole reference, as
        ``searchlib:4f8m0c2k9x1pt7aw#char=12,40``. Raises ParagraphNotFound; SettingsError if the paragraph does not
        say that.
        """
        from searchlib.citing.making import citation_of
        from searchlib.citing.references import parse_reference

        reader = self._reader
        parser = Interpreter(reader, synonyms=self.synonyms, limits=self.limits)
        name, part = parse_reference(_text("id", id, "the id of a paragraph, as text"))
        _text("quote", quote)
        with Deadline(self.limits.timeout).running():
            parsed = parser.query(query).query if query is not None else None
            return citation_of(reader, handle_of(reader, name), quote, parsed, part)

    def check_citations(self, text: str, sources: StrPath | Iterable[StrPath] = ()) -> list[Check]:
        """What became of each citation in a text: a `Check` for each, in order.

        ``sources`` are the paths of the seeds, see `Index.library`; `Index.check_file` does so for a file.
        """
        from searchlib.citing.mending import check_text

        return check_text(_text("text", text), self.library(sources))

    def check_file(self, path: StrPath, sources: StrPath | Iterable[StrPath] = ()) -> list[Check]:
        """What became of each citation in a file, as `Index.check_citations` of a text.

        Raises SeedError for one that cannot be read, is no text or, by its name, JSON and is none.
        """
        from searchlib.citing.mending import check_file

        try:
            return check_file(Path(path_of("path", path)), self.library(sources))
        except OSError as error:
            raise SeedError(f"{path} cannot be read ({error.strerror}): see that it is there", path) from error

    def library(self, sources: StrPath | Iterable[StrPath] = (), *, as_indexed: bool = False) -> Library:
        """Where citations are looked up, for functions of `searchlib.citing.mending`: what the seeds say now.

        They are looked for at ``sources``, and then in the folders above the index; where they are as they were
        indexed, the index as it is now is asked. What of them cannot be seen is unknown. With ``as_indexed`` no seed is
        looked at: the index is asked for all.
        """
        from searchlib.citing.current import CurrentLibrary
        from searchlib.citing.library import IndexLibrary
        from searchlib.update.severalseeds import remembered_seeds, seeds_now

        if flag("as_indexed", as_indexed):
            return IndexLibrary(self._reader)
        now = seeds_now(remembered_seeds(self.path, paths("sources", sources), self.limits))
        return CurrentLibrary(IndexLibrary(self._newest()), now)  # of older ones the seeds are forgotten

    def is_stale(self, found: Hit | Record | Citation, sources: StrPath | Iterable[StrPath] = ()) -> bool | None:
        """Whether the document of a hit, record or citation has changed since it was indexed, or is gone.

        Its seed is looked for at ``sources``, and then in the folders above the index; None if it cannot be seen. A
        seed whose file is no newer than the index is taken to be unchanged, of others the digest is compared. A
        document that came by a writer is never stale.
        """
        from searchlib.citing import Citation
        from searchlib.model.records import Record
        from searchlib.update.severalseeds import remembered_seeds

        if not isinstance(found, (Hit, Record, Citation)):
            raise refused("found", found, "a hit, a record or a citation")
        reader = self._reader
        remembered = remembered_seeds(self.path, paths("sources", sources), self.limits)
        newest = self._newest()
        if newest is not reader and not newest.find([found.id], 1)[0]:
            return True  # the index knows already
        return remembered.is_stale(found.path if isinstance(found, Citation) else found.document.path)
