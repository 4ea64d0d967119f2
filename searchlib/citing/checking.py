"""What became of a citation, checked against an index, or against the seeds themselves: see `Check`.

The id is looked up first: as it is made of the text, that it is there proves that the paragraph says the same. Then
the quote is looked for, in its document and then anywhere; where several places say the same, the context decides,
and after it the number. What cannot be decided is moved to ``places`` places, and is not mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Literal, TypeAlias

from searchlib.citing.citation import CONTEXT, Citation, cite
from searchlib.citing.context import context
from searchlib.citing.found import LONGEST_QUOTE, WrittenCitation
from searchlib.citing.library import Library
from searchlib.citing.likeness import Change, closest, difference
from searchlib.citing.links import address, iri
from searchlib.citing.normal import find_part, normal, same_line
from searchlib.citing.references import Span
from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject, as_json
from searchlib.model.locators import where
from searchlib.model.records import Record

Status = Literal["unchanged", "moved", "edited", "gone", "ambiguous", "unknown"]
STATUSES: tuple[Status, ...] = ("unchanged", "moved", "edited", "gone", "ambiguous", "unknown")

CitedValue: TypeAlias = str | int | Span
Departure: TypeAlias = tuple[str, CitedValue | None, CitedValue]
"""What of a citation is no longer so: its name, as cited, as it is."""

_ALIKE = 0.4  # how alike a paragraph of the same document has to be to be taken for the edited one
_ALIKE_ANYWHERE = 0.6
_SAYS_ENOUGH = 20  # code points of a quote that hardly stands anywhere else
_KNOWN_BY = 8  # code points of the context that is cited, by which a place is known
_LOOKED_AT = 20
_ELLIPSES = ("[…]", "[...]", "…", "...")


@frozen
class Check:
    """A citation in a text, and what became of it: ``found`` is what stands there, ``status`` what became of it.

    * "unchanged": it stands where the citation says.
    * "moved": it says the same, elsewhere: another number, line, position, document or id.
    * "edited": its words are there no more, but like ones are: ``now`` is the closest paragraph.
    * "gone": nothing like it is there.
    * "ambiguous": the id is the beginning of several ids.
    * "unknown": it cannot be seen: ``now`` is where it stood when it was indexed.

    ``file`` is the name of the file, "" of a text. ``line`` is the line of the file, ``now`` where the words stand now
    (or those closest to them), ``changes`` what of the citation is no longer so: (name, as cited, as it is). ``diff``
    is from the quote to the text. ``edited_around`` says that the document has another hash than the one cited.
    ``places`` counts the places that fit equally well. Gone with a change of its ``part`` is a range that the
    paragraph, which is there, does not have.
    """

    status: Status
    line: int
    found: WrittenCitation
    now: Citation | None = None
    changes: tuple[Departure, ...] = ()
    diff: tuple[Change, ...] = ()
    edited_around: bool = False
    places: int = 1
    file: str = ""

    @property
    def id(self) -> str:
        """The id that is cited; "" in an annotation without one."""
        return self.found.id

    @property
    def mendable(self) -> bool:
        """Whether it is known where the very words stand now. Annotations of other programs are left to these."""
        stands = self.now is not None and self.status in ("unchanged", "moved") and self.places == 1
        return stands and bool(self.found.id)

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        found = self.found
        cited = {
            "id": found.id,
            "path": found.path,
            "paragraph": found.paragraph,
            "line": found.line,
            "locators": found.locators,
            "quote": found.quote,
        }
        return {
            "file": self.file,
            "line": self.line,
            "form": found.form,
            "status": self.status,
            "cited": {name: value for name, value in cited.items() if value is not None},
            "now": self.now.as_dict() if self.now is not None else None,
            "changes": {name: [before, after] for name, before, after in self.changes},
            "diff": as_json(self.diff),
            "edited_around": self.edited_around,
            "places": self.places,
        }


@frozen
class _Cited:
    """A record that says what is quoted, and the part of its text that does."""

    record: Record
    part: tuple[int, int] | None  # None: all of it


def check(citations: Iterable[WrittenCitation], library: Library, text: str = "", file: str = "") -> list[Check]:
    """What became of each of the ``citations``, which were found in ``text``."""
    checked = []
    line, at = 1, 0
    for found in citations:
        line += text.count("\n", at, found.at)
        at = found.at
        checked.append(_Checker(library, found, line, file).check())
    return checked


class _Checker:
    def __init__(self, library: Library, found: WrittenCitation, line: int, file: str) -> None:
        self._library = library
        self._found = found
        self._line = line
        self._file = file
        self._quote = normal(found.quote[:LONGEST_QUOTE]) if found.quote is not None else None

    def check(self) -> Check:
        found = self._found
        records = self._library.with_id(found.id) if found.id else ()
        if len(records) > 1:
            records = self._narrowed(records)
        if len(records) > 1:
            return self._verdict("ambiguous", places=len(records))
        if records:
            return self._by_id(records[0])
        if not self._quote:
            return self._verdict("gone")
        return self._by_quote(self._quote)

    def _narrowed(self, records: Sequence[Record]) -> Sequence[Record]:
        """Those of several records with the id that the rest of the citation fits."""
        found = self._found
        if found.path is not None:
            records = [one for one in records if same_line(one.document.path) == same_line(found.path)] or records
        if self._quote:
            records = [one for one in records if find_part(one.paragraph.text, self._quote)] or records
        return records

    # The id is there

    def _by_id(self, record: Record) -> Check:
        found, quote = self._found, self._quote
        length = len(record.paragraph.text)
        if quote is None:
            if found.part is not None and not found.part[0] <= found.part[1] <= length:
                return self._verdict("gone", changes=(("part", found.part, (0, length)),))
            return self._standing(_Cited(record, found.part))
        place = self._quoted(record, quote)
        if place is None:
            return self._edited(record, quote, found.part is not None)
        if self._differs(record) and place.part is None:
            place = self._twin(place, quote)
        return self._standing(place)

    def _quoted(self, record: Record, quote: str) -> _Cited | None:
        """Where a record says the quote; of several places, the one that is nearest to the one cited."""
        text = record.paragraph.text
        if normal(text) == quote:
            return _Cited(record, None if self._found.part is None else (0, len(text)))
        parts = find_part(record.paragraph.text, quote) or _around_ellipses(record, quote)
        if not parts:
            return None
        found = self._found
        wanted = found.part[0] if found.part is not None else (found.start or 0) - record.paragraph.start
        return _Cited(record, min(parts, key=lambda part: abs(part[0] - wanted)))

    def _differs(self, record: Record) -> bool:
        """Whether it is not where the citation says."""
        found, paragraph = self._found, record.paragraph
        said = ((found.paragraph, paragraph.number), (found.line, paragraph.line))
        elsewhere = found.locators not in (None, same_line(where(paragraph.locators)))
        return elsewhere or any(cited not in (None, now) for cited, now in said)

    def _twin(self, place: _Cited, quote: str) -> _Cited:
        """Another paragraph of the document that says the same, if that is what the rest of the citation means."""
        found = self._found
        twins = [
            _Cited(one, None)
            for one in self._library.document(place.record.document.path)
            if one.paragraph.text == place.record.paragraph.text or normal(one.paragraph.text) == quote
        ]
        if len(twins) < 2:
            return place
        if found.prefix or found.suffix:
            best = max(twins, key=lambda one: (self._context(one), one.record.id == place.record.id))
            return best if self._context(best) > self._context(place) else place
        return next((one for one in twins if not self._differs(one.record)), place)

    # The id is not there

    def _by_quote(self, quote: str) -> Check:
        found = self._found
        same = self._library.document(_path_of(found)) if found.path is not None else ()
        places = self._places(same, quote)
        if not places:
            # A word or two stand in many documents; those that the whole document went with are looked for.
            places = self._places(self._library.saying(quote), quote, sure=not same)
        if places:
            return self._standing(*self._best(places))
        best = closest(quote, same, found.part is not None)
        if best is None or best[1].ratio < _ALIKE:
            alike = self._library.like(quote, _LOOKED_AT) if len(quote) >= _SAYS_ENOUGH else ()
            best = closest(quote, alike, found.part is not None)
            if best is None or best[1].ratio < _ALIKE_ANYWHERE:
                return self._verdict("gone")
        return self._edited(best[0], quote, found.part is not None)

    def _places(self, records: Iterable[Record], quote: str, sure: bool = True) -> list[_Cited]:
        """Where records say the quote: all of a paragraph, unless a part was cited.

        What is short, and a part or not ``sure`` to be meant, counts only within the context that is cited.
        """
        found = self._found
        places, parts = [], []
        for record in records:
            if normal(record.paragraph.text) == quote:
                places.append(_Cited(record, None if found.part is None else (0, len(record.paragraph.text))))
            elif found.part is not None or not found.id:
                parts += [_Cited(record, part) for part in find_part(record.paragraph.text, quote)]
        if len(quote) >= _SAYS_ENOUGH:
            return places + parts
        parts = [place for place in parts if self._context(place) >= _KNOWN_BY]
        return [place for place in places if sure or self._context(place) >= _KNOWN_BY] + parts

    def _best(self, places: list[_Cited]) -> tuple[_Cited, int]:
        """The place that fits the rest of the citation best, and how many fit as well."""
        if len(places) == 1:
            return places[0], 1
        ranks = [self._rank(place) for place in places]
        return places[ranks.index(max(ranks))], ranks.count(max(ranks))

    def _rank(self, place: _Cited) -> tuple[float, ...]:
        found, record = self._found, place.record
        is_source = found.source is not None and found.source in (*_addresses(record), iri(record.document.path))
        is_here = found.path is not None and same_line(record.document.path) == same_line(found.path)
        away = abs(record.paragraph.number - found.paragraph) if found.paragraph is not None and is_here else 0
        if not found.id and found.start is not None:
            away = abs(cite(record, part=place.part).start - found.start)
        is_name = found.path is not None and _name(found.path) == _name(record.document.path)
        return (self._context(place), is_source or is_here, is_name, -away)

    def _context(self, place: _Cited) -> int:
        """How many code points of the context that is cited stand around a place."""
        found = self._found
        if not found.prefix and not found.suffix:
            return 0
        first, last = place.part or (0, len(place.record.paragraph.text))
        around = self._library.around(place.record)
        prefix, suffix = context(place.record, around, first, last, CONTEXT)
        return _shared(prefix[::-1], (found.prefix or "")[::-1]) + _shared(suffix, found.suffix or "")

    # Verdicts

    def _standing(self, place: _Cited, places: int = 1) -> Check:
        now = cite(place.record, self._library.around(place.record), part=place.part)
        changes = tuple(self._changes(now))
        return self._verdict("moved" if changes or places > 1 else "unchanged", now, changes=changes, places=places)

    def _changes(self, now: Citation) -> Iterable[Departure]:
        found = self._found
        if found.path is not None and same_line(found.path) != same_line(now.path):
            yield "path", found.path, now.path
        located = same_line(where(now.locators))
        if found.locators not in (None, located):
            yield "locators", found.locators, located
        pairs: list[tuple[str, int | None, int]] = [
            ("paragraph", found.paragraph, now.paragraph),
            ("line", found.line, now.line),
        ]
        if found.id or found.source == iri(now.path):
            pairs += [("start", found.start, now.start), ("end", found.end, now.end)]
        yield from ((name, before, after) for name, before, after in pairs if before not in (None, after))
        if found.part not in (None, now.part):
            yield "part", found.part, now.part
        if found.id and not now.id.startswith(found.id):
            yield "id", found.id, now.id

    def _edited(self, record: Record, quote: str, part: bool) -> Check:
        found = closest(quote, [record], part)
        said = normal(record.paragraph.text)
        if part and found is not None:
            said = said[found[1].start : found[1].end]
        return self._verdict("edited", cite(record, self._library.around(record)), diff=difference(quote, said))

    def _verdict(
        self,
        status: Status,
        now: Citation | None = None,
        changes: tuple[Departure, ...] = (),
        diff: tuple[Change, ...] = (),
        places: int = 1,
    ) -> Check:
        digest = self._found.digest
        is_edited = now is not None and bool(digest) and digest != now.digest
        if self._is_unknown(status, now):
            return Check("unknown", self._line, self._found, now, (), (), is_edited, 1, self._file)
        return Check(status, self._line, self._found, now, changes, diff, is_edited, places, self._file)

    def _is_unknown(self, status: Status, now: Citation | None) -> bool:
        """Whether a verdict rests on what cannot be seen."""
        if now is not None and self._library.unseen(now.path):
            return True
        cited = self._found.path is not None and self._library.unseen(_path_of(self._found))
        return (status == "edited" and cited) or (status == "gone" and (cited or not self._library.whole))


def _path_of(found: WrittenCitation) -> str:
    path = found.path or ""
    return path if found.form == "json" else path.replace("%C2%B6", "¶")


def _name(path: str) -> str:
    return same_line(path).rpartition("/")[2]


def _addresses(record: Record) -> tuple[str, ...]:
    """Where a document is on the web: as its metadata has it, and as `annotations` writes it."""
    url = record.document.metadata.get("url")
    return (url, address(url)) if isinstance(url, str) and url else ()


def _shared(one: str, other: str) -> int:
    """How many code points both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _around_ellipses(record: Record, quote: str) -> list[tuple[int, int]]:
    """Where a record says a quote that was shortened: the parts before and after each ellipsis, in order."""
    pieces = [quote]
    for ellipsis in _ELLIPSES:
        pieces = [part for piece in pieces for part in piece.split(ellipsis)]
    pieces = [normal(piece) for piece in pieces if piece.strip()]
    if not pieces or pieces == [quote]:
        return []
    found: list[tuple[int, int]] = []
    for piece in pieces:
        at = found[-1][1] if found else 0
        part = next((part for part in find_part(record.paragraph.text, piece) if part[0] >= at), None)
        if part is None:
            return []
        found.append(part)
    return [(found[0][0], found[-1][1])]
