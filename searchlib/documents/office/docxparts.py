"""What a Word document shows that stands in another part of its package: charts, and texts of other formats.

Word has the latter (``altChunk``) from programs that put reports together: pages of HTML, mail archives of pages
(MHT), RTF, plain text, and whole documents.
"""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from searchlib.documents.builder import Builder
from searchlib.documents.markup.html import load_html
from searchlib.documents.office.charts import table_of, titles_of
from searchlib.documents.office.rtf import load_rtf
from searchlib.documents.packages import Package
from searchlib.documents.seed import Seed
from searchlib.documents.text import load_text
from searchlib.errors import SeedError
from searchlib.model.records import Document

_LOADERS: Final[dict[str, Callable[[Seed], Iterator[Document]]]] = {
    **dict.fromkeys(("html", "htm", "xhtml"), load_html),
    "txt": load_text,
    "rtf": load_rtf,
}
_MAIL: Final = ("mht", "mhtml")


class Parts:
    """The parts of a package that a document leads to, by the ids of its relations."""

    def __init__(self, package: Package, targets: Mapping[str, str]) -> None:
        self._package = package
        self._targets = targets

    def add_chart(self, id: str, builder: Builder) -> None:
        """Add a chart."""
        chart = self._package.tree(self._targets.get(id, ""))
        if chart is not None:
            for title in titles_of(chart):
                builder.add(title, "text", 0)
            builder.add(table_of(chart), "table", 0)

    def add_other(self, id: str, builder: Builder) -> None:
        """Add a text of another format; what has none that is known is noted."""
        part = self._targets.get(id, "")
        suffix = part.rpartition(".")[2].lower()
        data = self._package.read(part)
        if suffix in _MAIL:
            suffix, data = "html", _page_of(data)
        seed = self._package.seed
        if suffix not in _LOADERS:
            seed.notes(0, f"{part}: a text of another format in it is not read: save the document anew")
            return
        inner = replace(seed, name=f"part.{suffix}", source=data, path=None)
        try:
            for document in _LOADERS[suffix](inner):
                builder.copy(document)
        except SeedError as error:
            seed.skips(0, f"{part}: {error}")


def _page_of(data: bytes) -> bytes:
    """The page in an archive of a page."""
    for part in email.message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            return page if isinstance(page, bytes) else b""
    return b""
