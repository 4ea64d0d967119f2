"""What an update tells: how far it is, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field

from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject


@frozen
class Progress:
    """How far an update is: ``documents`` and ``bytes`` looked at, of ``total_bytes``, after so many ``seconds``.

    ``phase`` is "reading" or "writing".
    """

    documents: int
    bytes: int
    total_bytes: int
    seconds: float
    phase: str = "reading"


@dataclass(slots=True)
class Changes:
    """What an update did: documents by what became of them, and what could not be read. False if nothing changed.

    ``added``, ``changed``, ``removed`` and ``unchanged`` count documents, of which each has paragraphs: what is empty
    is none. ``paragraphs`` is how many the index has, ``bytes`` how many were read of seeds, in ``seconds``.
    ``skipped`` and ``notes`` have names of seeds, with why they could not be read, or what was read not quite as it
    stands; ``skipped_count`` counts the former, of which the first are named. ``left_out`` counts files and folders
    that nobody meant, by why, ``formats`` the files that were read, now or before, by suffix; ``duplicates`` has the
    names of files that are byte by byte the same. ``rebuilt`` says why all was built anew, if it was: "" otherwise.
    Then ``kept`` documents that no seed has were taken over, and ``lost`` has the names of those that could not be read
    any more, with the reason.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    paragraphs: int = 0
    bytes: int = 0
    seconds: float = 0.0
    rebuilt: str = ""
    kept: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    skipped_count: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    duplicates: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """Documents of the seeds."""
        return self.added + self.changed + self.unchanged

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.changed or self.removed)

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "documents": self.documents,
            "paragraphs": self.paragraphs,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "rebuilt": self.rebuilt,
            "kept": self.kept,
            "lost": [{"name": name, "reason": reason} for name, reason in self.lost],
            "formats": self.formats,
            "left_out": self.left_out,
            "duplicates": [list(names) for names in self.duplicates],
            "skipped_count": self.skipped_count,
            "skipped": [{"name": name, "reason": reason} for name, reason in self.skipped],
            "notes": [{"name": name, "remark": remark} for name, remark in self.notes],
        }
