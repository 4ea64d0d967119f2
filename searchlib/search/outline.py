"""The outline of a document: its headings in order, each with where what stands below it begins.

A *section* is what stands under one heading, up to the next. What comes before the first heading is a section too,
with the heading "".
"""

from __future__ import annotations

from collections.abc import Iterable

from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject, as_object
from searchlib.model.records import Record, below_title


@frozen
class OutlineSection:
    """A ``heading`` and what it is above of: ``level`` is 1 for those right below the title, 0 where there is none.

    ``id`` and ``paragraph`` are those of its first paragraph, ``paragraphs`` how many there are up to the next heading;
    none where one heading follows another: then they are those of the first paragraph below both.
    """

    heading: str
    level: int
    id: str
    paragraph: int
    paragraphs: int

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return as_object(self)


def outline(records: Iterable[Record]) -> list[OutlineSection]:
    """The sections of a document, of all its paragraphs in order."""
    found: list[OutlineSection] = []
    above: tuple[str, ...] = ()
    begun: Record | None = None
    for record in records:
        headings = below_title(record.paragraph.headings, record.document.title)
        if begun is None or headings != above:
            same = 0
            while same < min(len(above), len(headings)) and above[same] == headings[same]:
                same += 1
            # Back to a heading that was there already: what goes on below it is a section of that name again.
            fresh = range(same, len(headings)) if same < len(headings) else range(len(headings) - 1, len(headings))
            levels = [(headings[depth], depth + 1) for depth in fresh if depth >= 0] or [("", 0)]
            for heading, level in levels:
                found.append(OutlineSection(heading, level, record.id, record.paragraph.number, 0))
            above, begun = headings, record
        last = found[-1]
        found[-1] = OutlineSection(last.heading, last.level, last.id, last.paragraph, last.paragraphs + 1)
    return found
