"""What a model is shown of an index: excerpts, word for word, each with the reference that it can be checked by.

* A *excerpt* is the text of a paragraph, or a part of it, with where it stands. As a line of text it is
  ``[searchlib:ID] “…” — title, ¶ 3 (path, line 4)``, which `searchlib.citing.finding` reads again.
* The *budget* is how many characters of excerpts an answer may have. Each has its share; what one leaves, others get.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchlib import DocumentInfo, Hit, Record
from searchlib.citing.citation import cite
from searchlib.citing.forms import inline, place
from searchlib.citing.normal import normal
from searchlib.highlight import snippet

LEAST = 80
"""Characters of an excerpt: fewer say nothing."""
_LAID_OUT = ("code", "table")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of a document. ``quote`` is verbatim; ``whole`` says whether it is all of the paragraph.

    ``reference`` names it in any text, and ``citation`` says where it stands, for people.
    """

    reference: str
    id: str
    quote: str
    whole: bool
    citation: str
    path: str
    title: str
    headings: tuple[str, ...]
    paragraph: int
    line: int
    kind: str


def of_hit(hit: Hit, characters: int) -> Excerpt:
    """What of a hit shows best why it was found, in so many characters."""
    part = None
    if len(hit.text) > characters:
        (fragment,) = hit.fragments(characters).fragments or (None,)
        part = (fragment.start, fragment.end) if fragment is not None else None
    return _excerpt(hit.record, part)


def of_record(record: Record, characters: int) -> Excerpt:
    """A paragraph, or its beginning."""
    text = record.paragraph.text
    part = None
    if len(text) > characters:
        (fragment,) = snippet(text, (), characters, 1, record.document.language).fragments or (None,)
        part = (fragment.start, fragment.end) if fragment is not None else None
    return _excerpt(record, part)


def of_hits(hits: Sequence[Hit], budget: int) -> list[Excerpt]:
    """Those of the hits, from the first, that the budget has room for."""
    found: list[Excerpt] = []
    hits = hits[: max(1, budget // LEAST)]
    for number, hit in enumerate(hits):
        excerpt = of_hit(hit, max(LEAST, budget // (len(hits) - number)))
        budget -= len(excerpt.quote)
        found.append(excerpt)
    return found


def of_records(records: Sequence[Record], budget: int) -> list[Excerpt]:
    """Those of the paragraphs, from the first, that fit whole; the first is there in any case, cut if it has to be."""
    found: list[Excerpt] = []
    for record in records:
        if found and len(record.paragraph.text) > budget:
            break
        found.append(of_record(record, max(LEAST, budget)))
        budget -= len(found[-1].quote)
    return found


def around(records: Sequence[Record], id: str, budget: int) -> list[Excerpt]:
    """The paragraph whose id begins so among ``records``, and as many before and after it as fit whole, in turn."""
    at = next(number for number, record in enumerate(records) if record.id.startswith(id))
    own = of_record(records[at], max(LEAST, budget))
    left = budget - len(own.quote)
    before, after = list(reversed(records[:at])), list(records[at + 1 :])
    above: list[Excerpt] = []
    below: list[Excerpt] = []
    while before or after:
        for todo, taken in ((before, above), (after, below)):
            if todo and len(todo[0].paragraph.text) > left:
                todo.clear()
            elif todo:
                taken.append(_excerpt(todo.pop(0)))
                left -= len(taken[-1].quote)
    return [*reversed(above), own, *below]


def _excerpt(record: Record, part: tuple[int, int] | None = None) -> Excerpt:
    citation = cite(record, part=part)
    return Excerpt(
        citation.reference,
        record.id,
        citation.quote,
        citation.whole,
        place(citation),
        citation.path,
        citation.title,
        citation.section,
        citation.paragraph,
        citation.line,
        record.paragraph.kind,
    )


def quoted(excerpt: Excerpt) -> str:
    """An excerpt as a model can quote it: on one line, or where its lines matter with all but the first set in."""
    return inline(excerpt.reference, excerpt.quote, excerpt.citation, keep_lines=excerpt.kind in _LAID_OUT)


def below_headings(document: DocumentInfo, excerpts: Sequence[Excerpt]) -> list[str]:
    """Successive excerpts of a document with its title and their headings, a block each."""
    blocks = [f"# {normal(document.title or document.path)}"]
    above: tuple[str, ...] = ()
    for excerpt in excerpts:
        if excerpt.headings and excerpt.headings != above:
            blocks.append("## " + " › ".join(map(normal, excerpt.headings)))
        above = excerpt.headings
        blocks.append(quoted(excerpt) + ("" if excerpt.whole else " (a part: a larger budget shows more)"))
    return blocks
