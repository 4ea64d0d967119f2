"""Tails: what Whoosh attaches to the postings of a term and columns cannot say.

* A *weight* is what Whoosh scores with; where it is the frequency, as nearly always, it is not kept.
* A *value* is what a Whoosh ``Format`` keeps with a posting. Where document, frequency and positions make it, it is
  not kept. Whoosh's own values contain pickles; here they are kept as *structures* (see `valuebytes`): a list of
  tuples of numbers. Values of a format that searchlib does not know are kept as they are.

A tail for df postings::

    flags (1)     1: weights · 2: one weight for all · 4: lengths · 8: values · 16: the values are structures
    weights       if 1: 8-byte floats, df of them, or one if also 2
    lengths       if 4: least and greatest length of the documents (4 bytes each)
    values        if 8: where each ends (4·df), then the bytes
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

import numpy as np

from searchlib.engines.whoosh.format.unpacking import StreamDamaged
from searchlib.frozen import frozen
from searchlib.model.arrays import NDArray

_WEIGHTS: Final = 1
_ONE_WEIGHT: Final = 2
_LENGTHS: Final = 4
_VALUES: Final = 8
_STRUCTURED: Final = 16
_LENGTHS_FORM: Final = struct.Struct("<II")


@frozen
class Tail:
    """What a tail says; None for what it does not.

    Attributes:
        weights: of every posting, float64.
        lengths: least and greatest length of the documents.
        values: of every posting.
        structured: whether the values are structures, encoded as `valuebytes` does.
    """

    weights: NDArray[np.float64] | None = None
    lengths: tuple[int, int] | None = None
    values: Sequence[bytes] | None = None
    structured: bool = False

    def encode(self) -> bytes:
        """The bytes of the tail; b"" if it says nothing."""
        flags = 0
        parts = []
        if self.weights is not None:
            flags |= _WEIGHTS
            weights = self.weights.astype("<f8")
            if np.all(weights == weights[0]):
                flags |= _ONE_WEIGHT
                weights = weights[:1]
            parts.append(weights.tobytes())
        if self.lengths is not None:
            flags |= _LENGTHS
            parts.append(_LENGTHS_FORM.pack(*self.lengths))
        if self.values is not None:
            flags |= _VALUES | (_STRUCTURED if self.structured else 0)
            parts.append(np.cumsum([len(value) for value in self.values]).astype("<u4").tobytes())
            parts += self.values
        return bytes((flags,)) + b"".join(parts) if flags else b""


def decode(data: bytes, df: int) -> Tail:
    """What the tail of a term in df documents says.

    Raises:
        StreamDamaged: it cannot be what was written.
    """
    weights = lengths = values = None
    try:
        flags = data[0]
        at = 1
        if flags & _WEIGHTS:
            count = 1 if flags & _ONE_WEIGHT else df
            weights = np.frombuffer(data, "<f8", count, at)
            at += 8 * count
            if flags & _ONE_WEIGHT:
                weights = np.repeat(weights, df)
        if flags & _LENGTHS:
            lengths = _LENGTHS_FORM.unpack_from(data, at)
            at += _LENGTHS_FORM.size
        if flags & _VALUES:
            ends = np.frombuffer(data, "<u4", df, at).tolist()
            at += 4 * df
            if at + ends[-1] != len(data) or ends != sorted(ends):
                raise StreamDamaged("tail")
            values = [data[at + first : at + last] for first, last in zip([0, *ends], ends, strict=False)]
        elif at != len(data):
            raise StreamDamaged("tail")
    except (IndexError, ValueError, struct.error) as error:
        raise StreamDamaged("tail") from error
    return Tail(weights, lengths, values, bool(flags & _STRUCTURED))
