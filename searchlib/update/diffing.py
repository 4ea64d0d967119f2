"""What changed between two indexes: documents that came, went, moved or were edited, and in these their paragraphs.

* Documents are compared by path and digest; only those that differ are read.
* One that is gone is *moved* to one that came if they say the same, or half of it: the most alike first.
* Paragraphs are aligned by their texts, white space aside. What stands in both, in another order or another document,
  moved; what is left between two that stayed is *edited* if it is alike enough (`searchlib.citing.likeness`).
* That paragraphs have other numbers or lines, since others came before them, is no change of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from searchlib.analysis.natural import natural_key
from searchlib.citing.library import IndexLibrary, Library
from searchlib.citing.likeness import Change, blocks, difference, likeness
from searchlib.citing.normal import normal
from searchlib.frozen import frozen
from searchlib.hashing import blake2b
from searchlib.model.jsonable import JsonObject, as_json

if TYPE_CHECKING:
    from searchlib.engine.readers import Reader
    from searchlib.model.records import DocumentInfo, Record

ChangeStatus: TypeAlias = Literal["added", "gone", "moved", "edited"]
CHANGES: Final[tuple[ChangeStatus, ...]] = ("added", "gone", "moved", "edited")

_ALIKE: Final = 0.4  # how alike two paragraphs have to be for one to be the other, edited
_SAME: Final = 0.5  # how much of two documents has to be the same for one to be the other, moved
_NEAR: Final = 8  # paragraphs on each side of where an edited one is looked for
_LOOKED_INTO: Final = 1000  # documents that came or are gone whose paragraphs may be those of others
_SHORT: Final = 4  # code points of a text that moves from one document to another


@frozen
class ParagraphChange:
    """What became of a paragraph (``status``): what it was, None if it came, and what it is, None if it is gone.

    ``before`` and ``after`` are these. ``diff`` is from the one text to the other, where it was edited.
    """

    status: ChangeStatus
    before: Record | None = None
    after: Record | None = None
    diff: tuple[Change, ...] = ()

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        sides = {"before": _as_dict(self.before), "after": _as_dict(self.after)}
        return {"status": self.status, **sides, "diff": as_json(self.diff)}


@frozen
class DocumentChange:
    """What became of the document at ``path``, by its ``status``: ``was`` is its path before, if it moved, and
    ``paragraphs`` are those that changed. ``changed`` is what of it is another than its paragraphs, with both values.

    ``size`` is how many paragraphs it has, or had. One that came or is gone lists none, but those that moved.
    """

    status: ChangeStatus
    path: str
    was: str
    size: int
    changed: Mapping[str, tuple[Any, Any]]
    paragraphs: tuple[ParagraphChange, ...] = ()

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {
            "status": self.status,
            "path": self.path,
            "was": self.was,
            "size": self.size,
            "changed": as_json(self.changed),
            "paragraphs": [one.as_dict() for one in self.paragraphs],
        }


@frozen
class IndexDiff:
    """What changed from one index to another: ``documents`` in the order of their paths. False if nothing did.

    ``unchanged`` counts the documents that did not.
    """

    documents: tuple[DocumentChange, ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.documents)

    @property
    def counts(self) -> dict[str, int]:
        """How many documents were added, gone, moved and edited."""
        return dict(Counter(one.status for one in self.documents))

    @property
    def paragraphs(self) -> dict[str, int]:
        """How many paragraphs were, those of whole documents too."""
        found: Counter[str] = Counter()
        for document in self.documents:
            own = Counter(one.status for one in document.paragraphs if one.after is not None or one.status != "moved")
            if document.status in ("added", "gone"):
                moved = sum(one.status == "moved" for one in document.paragraphs)
                own[document.status] += document.size - moved
            found += own
        return dict(found)

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        documents = [one.as_dict() for one in self.documents]
        return {
            "documents": documents,
            "counts": {**self.counts, "unchanged": self.unchanged},
            "paragraphs": self.paragraphs,
        }


@frozen
class Version:
    """The documents of one side: the digest of each by its path, and where to read them."""

    digests: Mapping[str, str]
    library: Library

    @staticmethod
    def of(reader: Reader) -> Version:
        """What a generation of an index has."""
        return Version({state.path: state.digest for state in reader.documents()}, IndexLibrary(reader))


def diff_versions(old: Version, new: Version) -> IndexDiff:
    """What changed from the one to the other."""
    return _Differ(old, new).diff()


class _Differ:
    def __init__(self, old: Version, new: Version) -> None:
        self._old, self._new = old.library, new.library
        self._was, self._is = old.digests, new.digests

    def diff(self) -> IndexDiff:
        gone = sorted(self._was.keys() - self._is.keys())
        came = sorted(self._is.keys() - self._was.keys())
        changed = sorted(path for path, digest in self._was.items() if self._is.get(path, digest) != digest)
        moved = self._moved(gone, came)
        found = [self._both(path, path, "edited") for path in changed]
        found += [self._both(was, path, "moved") for was, path in moved.items()]
        came_anew = set(came) - set(moved.values())
        looked_into = len(gone) + len(came_anew) <= _LOOKED_INTO
        found += [self._whole(path, "gone", self._old, looked_into) for path in gone if path not in moved]
        found += [self._whole(path, "added", self._new, looked_into) for path in came_anew]
        found = [_without_all(one) for one in _moved_between(found)]
        found.sort(key=lambda one: natural_key(one.path))
        return IndexDiff(tuple(found), len(self._was) - len(gone) - len(changed))

    def _both(self, was: str, path: str, status: ChangeStatus) -> DocumentChange:
        """A document that was ``was`` and is ``path``."""
        before, after = self._old.document(was), self._new.document(path)
        stayed, paragraphs = _paragraphs(before, after)
        changed = _changed(before, after, stayed)
        return DocumentChange(status, path, was, len(after), changed, tuple(paragraphs))

    def _whole(self, path: str, status: ChangeStatus, library: Library, looked_into: bool) -> DocumentChange:
        """A document that came or is gone, with its paragraphs if others may have them."""
        records = library.document(path)
        own = records if looked_into else ()
        if status == "gone":
            paragraphs = [ParagraphChange("gone", before=one) for one in own]
        else:
            paragraphs = [ParagraphChange("added", after=one) for one in own]
        return DocumentChange(status, path, path, len(records), {}, tuple(paragraphs))

    def _moved(self, gone: Sequence[str], came: Sequence[str]) -> dict[str, str]:
        """Where documents that are gone are now, by what they say."""
        if not gone or not came:
            return {}
        texts = {path: _weights(self._old.document(path)) for path in gone}
        having: dict[bytes, list[str]] = {}
        for path, weights in texts.items():
            for key in weights:
                having.setdefault(key, []).append(path)
        alike: list[tuple[float, str, str]] = []
        for path in came:
            weights = _weights(self._new.document(path))
            shared: Counter[str] = Counter()
            for key, weight in weights.items():
                for was in having.get(key, ())[:_NEAR]:  # what stands everywhere tells nothing
                    shared[was] += min(weight, texts[was][key])
            for was, same in shared.items():
                ratio = 2 * same / max(1, weights.total() + texts[was].total())
                if ratio >= _SAME:
                    alike.append((-ratio, was, path))
        moved: dict[str, str] = {}
        taken: set[str] = set()
        for _, was, path in sorted(alike):
            if was not in moved and path not in taken:
                moved[was] = path
                taken.add(path)
        return moved


def _weights(records: Iterable[Record]) -> Counter[bytes]:
    """How many code points there are of each text of a document, by the hash of the text."""
    found: Counter[bytes] = Counter()
    for record in records:
        text = normal(record.paragraph.text)
        found[_hash(text)] += len(text)
    return found


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _paragraphs(
    before: Sequence[Record], after: Sequence[Record]
) -> tuple[list[tuple[Record, Record]], list[ParagraphChange]]:
    """The paragraphs that stayed, as pairs, and what became of all others, in the order of what is there now."""
    mine, theirs = ([normal(one.paragraph.text) for one in records] for records in (before, after))
    stayed: list[tuple[Record, Record]] = []
    left: list[tuple[list[int], list[int]]] = []  # what is between those that stayed
    a = b = 0
    for first, second, size in (*blocks(mine, theirs), (len(mine), len(theirs), 0)):
        left.append((list(range(a, first)), list(range(b, second))))
        stayed += zip(before[first : first + size], after[second : second + size], strict=True)
        a, b = first + size, second + size
    found: list[tuple[float, ParagraphChange]] = []
    for was, now in _moved_within(mine, theirs, left):
        found.append((now, ParagraphChange("moved", before[was], after[now])))
    for olds, news in left:
        at = news[0] if news else -1
        for was, now in _edited(mine, theirs, olds, news):
            text = difference(mine[was], theirs[now])
            found.append((now, ParagraphChange("edited", before[was], after[now], text)))
            olds.remove(was)
            news.remove(now)
        found += [(now, ParagraphChange("added", None, after[now])) for now in news]
        found += [(at - 0.5, ParagraphChange("gone", before[was])) for was in olds]
    return stayed, [change for _, change in _ordered(found, before)]


def _ordered(
    found: list[tuple[float, ParagraphChange]], before: Sequence[Record]
) -> list[tuple[float, ParagraphChange]]:
    """By where they are now, and what is gone by where it was."""

    def key(one: tuple[float, ParagraphChange]) -> tuple[float, int]:
        record = one[1].after or one[1].before
        assert record is not None
        return (record.paragraph.number if one[1].after is None else one[0] + 1, one[1].after is not None)

    return sorted(found, key=key)


def _moved_within(
    mine: Sequence[str], theirs: Sequence[str], left: Sequence[tuple[list[int], list[int]]]
) -> Iterator[tuple[int, int]]:
    """Paragraphs that stand elsewhere in the document; they are taken out of what is left."""
    wanted: dict[str, list[tuple[int, list[int]]]] = {}
    for _, news in left:
        for now in news:
            wanted.setdefault(theirs[now], []).append((now, news))
    for olds, _ in left:
        for was in list(olds):
            places = wanted.get(mine[was])
            if places:
                now, news = places.pop(0)
                olds.remove(was)
                news.remove(now)
                yield was, now


def _edited(mine: Sequence[str], theirs: Sequence[str], olds: list[int], news: list[int]) -> list[tuple[int, int]]:
    """Pairs of paragraphs of a gap that are alike, the most alike first."""
    alike = []
    for place, was in enumerate(olds):
        centre = place * len(news) // max(1, len(olds))
        for now in news[max(0, centre - _NEAR) : centre + _NEAR + 1]:
            ratio = likeness(mine[was], theirs[now], part=False).ratio
            if ratio >= _ALIKE:
                alike.append((-ratio, was, now))
    found: list[tuple[int, int]] = []
    taken: tuple[set[int], set[int]] = set(), set()
    for _, was, now in sorted(alike):
        if was not in taken[0] and now not in taken[1]:
            taken[0].add(was)
            taken[1].add(now)
            found.append((was, now))
    return found


def _moved_between(documents: Sequence[DocumentChange]) -> list[DocumentChange]:
    """The same with paragraphs that went from one document to another as moved, in both."""
    came: dict[str, list[tuple[int, int]]] = {}
    for number, document in enumerate(documents):
        for place, change in enumerate(document.paragraphs):
            if change.status == "added" and change.after is not None:
                text = normal(change.after.paragraph.text)
                if len(text) >= _SHORT:
                    came.setdefault(text, []).append((number, place))
    changes = [list(document.paragraphs) for document in documents]
    for number, document in enumerate(documents):
        for place, change in enumerate(document.paragraphs):
            if change.status != "gone" or change.before is None:
                continue
            places = came.get(normal(change.before.paragraph.text))
            if places:
                other, there = places.pop(0)
                now = replace(changes[other][there], status="moved", before=change.before)
                changes[other][there] = now
                changes[number][place] = ParagraphChange("moved", change.before, None)
    return [replace(document, paragraphs=tuple(own)) for document, own in zip(documents, changes, strict=True)]


def _without_all(document: DocumentChange) -> DocumentChange:
    """A document that came or is gone without the paragraphs that did so with it."""
    if document.status not in ("added", "gone"):
        return document
    return replace(document, paragraphs=tuple(one for one in document.paragraphs if one.status == "moved"))


def _changed(
    before: Sequence[Record], after: Sequence[Record], stayed: Sequence[tuple[Record, Record]]
) -> dict[str, tuple[Any, Any]]:
    """What else of a document is another: title, type, language, metadata; headings and lines of what stayed."""
    if not before or not after:
        return {}
    found: dict[str, tuple[Any, Any]] = {}
    mine, theirs = _said(before[0].document), _said(after[0].document)
    for name in dict.fromkeys((*mine, *theirs)):
        if mine.get(name) != theirs.get(name):
            found[name] = mine.get(name), theirs.get(name)
    for name in ("headings", "kind"):
        for old, new in stayed:
            values = getattr(old.paragraph, name), getattr(new.paragraph, name)
            if values[0] != values[1]:
                found[name] = values
                break
    return found


def _said(document: DocumentInfo) -> dict[str, Any]:
    return {
        "title": document.title,
        "type": document.type,
        "language": document.language,
        **{f"metadata.{key}": value for key, value in document.metadata.items()},
    }


def _as_dict(record: Record | None) -> JsonObject | None:
    if record is None:
        return None
    paragraph = record.paragraph
    return {
        "id": record.id,
        "path": record.document.path,
        "paragraph": paragraph.number,
        "line": paragraph.line,
        "locators": as_json(paragraph.locators),
        "text": paragraph.text,
    }
