"""Documents on their way into an index, and to a process that inverts them.

To be pickled they are *packed*: as plain tuples, which takes a fifth of the time that it takes as what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeAlias

from searchlib.engines.whoosh.building.parts import DocumentPart
from searchlib.frozen import frozen
from searchlib.model.records import Block, Document


@frozen
class Incoming:
    """A document on its way into the index, or ``part`` of it, with what is remembered of its seed."""

    document: Document
    seed: str = ""
    digest: str = ""
    default_language: str = ""
    part: DocumentPart | None = None


Packed: TypeAlias = tuple[tuple[Any, ...], list[tuple[Any, ...]] | None, tuple[Any, ...]]
"""A document without its blocks, these, and the rest."""

_NAMES = [field.name for field in fields(Document)]
_BLOCKS = _NAMES.index("blocks")
_of_document = attrgetter(*_NAMES)
_of_block = attrgetter(*(field.name for field in fields(Block)))
_of_incoming = attrgetter(*(field.name for field in fields(Incoming)[1:]))


def packed(batch: Sequence[Incoming]) -> list[Packed]:
    """What `unpacked` makes the documents of."""
    found = []
    for incoming in batch:
        document = incoming.document
        values = _of_document(document)
        blocks = None
        if document.blocks is not None:
            blocks = list(map(_of_block, document.blocks))
            values = (*values[:_BLOCKS], None, *values[_BLOCKS + 1 :])
        found.append((values, blocks, _of_incoming(incoming)))
    return found


def unpacked(one: Packed) -> Incoming:
    """The document that was packed."""
    values, blocks, others = one
    if blocks is not None:
        values = (*values[:_BLOCKS], tuple(Block(*block) for block in blocks), *values[_BLOCKS + 1 :])
    return Incoming(Document(*values), *others)
