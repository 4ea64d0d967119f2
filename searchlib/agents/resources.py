"""Resources: documents and paragraphs as a client can list and attach them, without a model that asks.

A document is ``searchlib://document/PATH``, its path escaped as in an address; a paragraph is its reference,
``searchlib:ID``. Both are text in which every paragraph has its reference behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from searchlib import Index
from searchlib.agents.excerpts import below_headings, of_records, quoted
from searchlib.citing.normal import normal
from searchlib.citing.references import read_reference
from searchlib.errors import ParagraphNotFound
from searchlib.web.problemdetails import no_document
from searchlib.web.verbs import MOST_HITS, documents_page

DOCUMENT: Final = "searchlib://document/"
AT_ONCE: Final = 100
"""Documents of a page of the list."""
MOST: Final = 200_000
"""Characters of a document: what is longer is read by the tools."""


@dataclass(frozen=True, slots=True)
class ListedResource:
    """A document in the list."""

    uri: str
    path: str
    title: str


def listed(index: Index, after: str | None) -> tuple[list[ListedResource], str | None]:
    """Some of the documents by path, and the cursor to go on from."""
    page = documents_page(index, None, AT_ONCE, after)
    found = [ListedResource(uri(one["path"]), one["path"], normal(one["title"])) for one in page["documents"]]
    return found, page["cursor"]


def uri(path: str) -> str:
    """The address of a document."""
    return DOCUMENT + quote(path.encode("utf-8", "surrogatepass"), safe="/")


def read(index: Index, address: str) -> str:
    """The text of a resource. Raises ProblemDetail or ParagraphNotFound where there is none."""
    if address.startswith(DOCUMENT):
        return _document(index, unquote(address.removeprefix(DOCUMENT), errors="surrogatepass"))
    named = read_reference(address)
    if named is None:
        shown = address[:200]
        raise ParagraphNotFound(
            f"{shown!r} names nothing here: documents are {DOCUMENT}PATH, and paragraphs searchlib:ID", shown
        )
    return quoted(of_records([index.paragraph(named[0])], MOST)[0])


def _document(index: Index, path: str) -> str:
    records = index.document(path, 1, MOST_HITS)
    if not records:
        raise no_document(path)
    excerpts = of_records(records, MOST)
    lines = below_headings(records[0].document, excerpts)
    number = excerpts[-1].paragraph + 1
    if index.document(path, number, 1):
        lines.append(f"(The tool document goes on, with first {number}.)")
    return "\n\n".join(lines)
