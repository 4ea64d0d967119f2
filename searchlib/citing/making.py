"""Citations of paragraphs in an index, whole or in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.citing.citation import NEIGHBOURS, Citation, cite
from searchlib.citing.normal import find_part, normal
from searchlib.citing.references import Span
from searchlib.errors import SettingsError
from searchlib.highlight import Highlighter

if TYPE_CHECKING:
    from searchlib.engine.answers import Handle
    from searchlib.engine.readers import Reader
    from searchlib.query.nodes import Node


def citation_of(
    reader: Reader, handle: Handle, quote: str = "", query: Node | None = None, part: Span | None = None
) -> Citation:
    """The citation of a record: of the first part that says ``quote``, or of what matches ``query``, or of ``part``,
    a range of its text, or of all of it.

    White space in ``quote`` is not significant. Raises SettingsError if the paragraph says nothing of the kind.
    """
    (record,) = reader.records([handle])
    text = record.paragraph.text
    if part is not None and not 0 <= part[0] < part[1] <= len(text):
        raise SettingsError(f"paragraph {record.id} has no range {part[0]},{part[1]}: its text ends at {len(text)}")
    spans = Highlighter(query).spans(record) if query is not None else ()
    if quote:
        parts = find_part(text, normal(quote))
        if not parts:
            raise SettingsError(f"paragraph {record.id} does not say “{quote}”: give words of it, in its order")
        part = parts[0]
    elif query is not None:
        if not spans:
            raise SettingsError(f"paragraph {record.id} does not match the query: give another, or words of it")
        part = spans[0][0], spans[-1][1]
    (neighbours,) = reader.contexts([handle], NEIGHBOURS, NEIGHBOURS)
    first, last = part if part is not None else (0, len(text))
    inside = [(start, end) for start, end in spans if first <= start and end <= last]
    return cite(record, neighbours, part=part, spans=inside)
