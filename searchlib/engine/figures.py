"""Figures of an index, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject, as_object


@frozen
class Stats:
    """Figures of an index: how many ``documents``, ``paragraphs``, ``tokens`` of their texts, ``segments``, and
    paragraphs that are ``deleted`` and still in its files.

    ``bytes`` is the size of its files, ``digest`` that of them all, ``format`` their version. ``languages`` and
    ``types`` count documents; ``settings`` are those that it was built with. ``generation`` counts the commits since
    the index was last built of a piece. What an engine does not know is 0 or empty: one that is no folder may have no
    segments, and no digest.
    """

    documents: int
    paragraphs: int
    tokens: int = 0
    segments: int = 0
    deleted: int = 0
    bytes: int = 0
    generation: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    types: Mapping[str, int] = field(default_factory=dict)
    format: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return as_object(self)


@frozen
class Problem:
    """Something wrong with an index: the ``file`` concerned, and a ``message`` that says what is wrong with it."""

    file: str
    message: str

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return as_object(self)
