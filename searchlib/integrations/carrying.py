"""What a hit carries into another library, as the metadata of its document or node.

===============  =======================================================================================
``id``           of the paragraph: it holds over rebuilds, and ``searchlib show`` and ``cite`` take it
``citation``     for people to read
``source``       the path of the document in the index
``title``        of the document
``headings``     the heading path of the paragraph
``paragraph``    its number in the document, from 1
``start, end``   its range in the text of the document, in code points: what Python slices
``line``         the line of the file on which it begins; 0 where that has no lines
``score, rank``  of the hit
``spans``        what matched, as pairs of start and end in the text of the paragraph
``language``     ISO 639-1
``page`` …       the number of each locator that it has: page, slide, sheet, row, chapter, message, time, cell
===============  =======================================================================================

The metadata of the document comes besides, under its own keys, those of the table excepted. Filters name what is
carried: see `field_of`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from searchlib.model.jsonable import as_json
from searchlib.query.values import metadata_field

if TYPE_CHECKING:
    from searchlib import Hit, Index


def carried(hit: Hit) -> dict[str, Any]:
    """The metadata of a hit, ready for JSON."""
    document, paragraph = hit.document, hit.paragraph
    own = {key: list(value) if isinstance(value, tuple) else value for key, value in document.metadata.items()}
    return {
        **own,
        "id": hit.id,
        "citation": str(hit.citation),
        "source": document.path,
        "title": document.title,
        "headings": list(paragraph.headings),
        "paragraph": paragraph.number,
        "start": paragraph.start,
        "end": paragraph.end,
        "line": paragraph.line,
        "score": hit.score,
        "rank": hit.rank,
        "spans": as_json(hit.spans),
        "language": document.language,
        **{locator.kind: locator.number for locator in paragraph.locators},
    }


_FIELDS = {"source": "document", "paragraph": "number"}
"""The fields of searchlib's that are carried under another name."""
_CARRIED = frozenset(("source", "title", "paragraph", "line", "language"))


def field_of(name: str, index: Index) -> str:
    """The field that a filter of another library means: what is carried under this name.

    A key of the documents' metadata that has the name of a field of searchlib's is that key.
    """
    own = metadata_field(name)
    return own if own in index.fields and name not in _CARRIED else _FIELDS.get(name, name)


def opened(index: Any) -> Index:
    """The index that a retriever was given: open, or where it is, or several are. One opened here sees every commit.

    Raises what `searchlib.open` raises.
    """
    import searchlib

    if isinstance(index, searchlib.Index):
        return index
    return searchlib.open(index if isinstance(index, (str, os.PathLike, list, tuple)) else str(index), refresh="auto")
