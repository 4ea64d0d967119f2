"""What a Whoosh matcher walks: `TermPostings` (the documents of a term) or `ListedPostings` (the terms of a vector).

A source hands out blocks of 128 as Python lists, so that a matcher's step costs no NumPy call.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from whoosh import formats

from searchlib.concurrency.lazily import cached_property
from searchlib.engines.whoosh.compat import tails
from searchlib.engines.whoosh.compat.postingformats import EXISTENCE, FREQUENCY, POSITIONS, PostingFormat
from searchlib.engines.whoosh.compat.valuebytes import ValueDamaged
from searchlib.engines.whoosh.format.packing import BLOCK
from searchlib.engines.whoosh.format.postings import TermRecord
from searchlib.engines.whoosh.format.unpacking import StreamDamaged
from searchlib.model.arrays import NDArray

_frequency_value = formats.pack_uint


class OpaqueValue(ValueError):
    """A value whose format would have to unpickle it."""

    def __init__(self, astype: str) -> None:
        super().__init__(f"a posting's {astype} cannot be told: its value is not one that its format writes")


def decoded(posting_format: PostingFormat, kept: bytes | list[Any], astype: str) -> Any:
    """A value, kept as bytes or as a structure, decoded by its format."""
    if isinstance(kept, list):
        view = posting_format.view(kept, astype)
        if view is not None:
            return view
        kept = posting_format.join(kept)
    elif posting_format.pickles and astype != "weight":
        raise OpaqueValue(astype)
    return posting_format.format.decode_as(astype, kept)


class TermPostings:
    """The postings of a term.

    Args:
        record: its record.
        format_: the Whoosh format of the field.
        lengths: gives the lengths of all documents in the field, when first needed.
        damaged: called, and raising, where the record cannot be what was written.
    """

    def __init__(
        self,
        record: TermRecord,
        format_: Any,
        lengths: Callable[[], NDArray[np.unsignedinteger] | None],
        damaged: Callable[[], Exception],
    ) -> None:
        self.count = record.df
        self._record = record
        self._format = PostingFormat(format_)
        self._get_lengths = lengths
        self._damaged = damaged
        self._positions: tuple[int, list[int], list[int]] | None = None

    def _read(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except (StreamDamaged, ValueDamaged):
            raise self._damaged() from None

    @cached_property
    def _docs(self) -> NDArray[np.uint32]:
        return self._read(self._record.docs)  # type: ignore[no-any-return]

    @cached_property
    def _freqs(self) -> NDArray[np.uint32]:
        return self._read(self._record.freqs)  # type: ignore[no-any-return]

    @cached_property
    def tail(self) -> tails.Tail:
        """What the tail says."""

        def read() -> tails.Tail:
            data = self._record.tail
            return tails.Tail() if data is None else tails.decode(data.tobytes(), self.count)

        return self._read(read)  # type: ignore[no-any-return]

    @cached_property
    def _weights(self) -> NDArray[Any]:
        weights = self.tail.weights
        return self._freqs if weights is None else weights

    def ids(self, block: int) -> list[int]:
        """Documents of a block."""
        return list(self._docs[block * BLOCK : (block + 1) * BLOCK].tolist())

    def all_ids(self) -> list[int]:
        """All documents."""
        return list(self._docs.tolist())

    def weights(self, block: int) -> list[float]:
        """Weights of a block."""
        return list(self._weights[block * BLOCK : (block + 1) * BLOCK].astype(float).tolist())

    def find(self, target: int, start: int) -> int:
        """Index of the first posting, from ``start`` on, that is not before ``target``."""
        if target <= 0:
            return start
        return start + int(self._docs[start:].searchsorted(np.uint32(min(target, 0xFFFFFFFF))))

    def _position_list(self, at: int) -> list[int]:
        """The positions of a posting; those of its block are read together."""
        block = at // BLOCK
        if self._positions is None or self._positions[0] != block:
            which = np.arange(block * BLOCK, min((block + 1) * BLOCK, self.count))
            positions, offsets = self._read(lambda: self._record.positions(which))
            self._positions = block, positions.tolist(), offsets.tolist()
        _, positions, offsets = self._positions
        first = at - block * BLOCK
        return positions[offsets[first] : offsets[first + 1]]

    def _kept(self, at: int) -> bytes | list[Any]:
        """The value of a posting as bytes or as a structure."""
        kept = self.tail.values
        if kept is not None:
            value = kept[at]
            return self._read(lambda: self._format.structure(value)) if self.tail.structured else value
        if self._format.kind == FREQUENCY:
            return _frequency_value(int(self._freqs[at]))  # type: ignore[no-any-return]
        if self._format.kind == POSITIONS and self._record.has_positions:
            return self._position_list(at)
        return b""

    def value(self, at: int) -> bytes:
        """The value of a posting, as the Whoosh format encodes it."""
        kept = self._kept(at)
        return self._format.join(kept) if isinstance(kept, list) else kept

    def value_as(self, at: int, astype: str) -> Any:
        """The value of a posting, decoded."""
        if (
            astype == "frequency"
            and self._format.kind in (EXISTENCE, FREQUENCY, POSITIONS)
            and self.tail.values is None
        ):
            return 1 if self._format.kind == EXISTENCE else int(self._freqs[at])
        return decoded(self._format, self._kept(at), astype)

    @cached_property
    def _max_weights(self) -> list[float]:
        return list(np.maximum.reduceat(self._weights, np.arange(0, self.count, BLOCK)).astype(float).tolist())

    def max_weight(self, block: int) -> float:
        """No weight in the block is greater."""
        return self._max_weights[block]

    def weight_sum(self) -> float:
        """The sum of all weights."""
        return self._record.cf if self.tail.weights is None else float(self.tail.weights.sum())

    def extremes(self) -> tuple[float, int, int]:
        """Greatest weight, first and last document."""
        docs = self._docs
        summary = self._record.summary()
        if self.tail.weights is None and summary is not None:
            return float(summary[0]), int(docs[0]), int(docs[-1])
        return float(self._weights.max()), int(docs[0]), int(docs[-1])

    @cached_property
    def length_range(self) -> tuple[int, int]:
        """Least and greatest length of the documents."""
        if self.tail.lengths is not None:
            return self.tail.lengths
        summary = self._record.summary()
        if summary is not None:
            return summary[1], summary[2]
        lengths = self._document_lengths
        return (int(lengths.min()), int(lengths.max())) if lengths is not None else (0, 0)

    @cached_property
    def _document_lengths(self) -> NDArray[np.unsignedinteger] | None:
        lengths = self._get_lengths()
        if lengths is None:
            return None
        if int(self._docs.max()) >= len(lengths):
            raise self._damaged()
        return lengths[self._docs]

    @cached_property
    def _min_lengths(self) -> list[int]:
        if self.tail.lengths is not None or self.count <= BLOCK:
            return [self.length_range[0]] * ((self.count + BLOCK - 1) // BLOCK)
        return list(self._read(lambda: self._record.blocks(np.zeros(0, np.uint8))).min_length.tolist())

    def min_length(self, block: int) -> int:
        """No document of the block is shorter."""
        return self._min_lengths[block]

    def max_length(self, block: int) -> int:
        """No document of the block is longer."""
        return self.length_range[1]


class ListedPostings:
    """Postings in lists, all in one block: those of a vector.

    Args:
        ids: terms, in order.
        weights: of each.
        kept: the value of each, as bytes or as a structure.
        format_: the Whoosh format of the vector.
    """

    def __init__(
        self, ids: Sequence[Any], weights: Sequence[float], kept: Sequence[bytes | list[Any]], format_: Any
    ) -> None:
        self.count = len(ids)
        self._ids = ids
        self._weights = weights
        self._kept = kept
        self._format = PostingFormat(format_)

    def ids(self, block: int) -> list[Any]:
        """Terms of a block."""
        return list(self._ids[block * BLOCK : (block + 1) * BLOCK])

    def all_ids(self) -> list[Any]:
        """All terms."""
        return list(self._ids)

    def weights(self, block: int) -> list[float]:
        """Weights of a block."""
        return list(self._weights[block * BLOCK : (block + 1) * BLOCK])

    def find(self, target: Any, start: int) -> int:
        """Index of the first posting, from ``start`` on, that is not before ``target``."""
        return bisect_left(self._ids, target, start)

    def value(self, at: int) -> bytes:
        """The value of a posting, as the Whoosh format encodes it."""
        kept = self._kept[at]
        return self._format.join(kept) if isinstance(kept, list) else kept

    def value_as(self, at: int, astype: str) -> Any:
        """The value of a posting, decoded."""
        return decoded(self._format, self._kept[at], astype)

    def max_weight(self, block: int) -> float:
        """No weight in the block is greater."""
        return max(self.weights(block))

    def min_length(self, block: int) -> int:
        """No document of the block is shorter."""
        return 0

    def max_length(self, block: int) -> int:
        """No document of the block is longer."""
        return 0
