"""Whoosh's posting formats without their pickles.

Whoosh's `Format` objects turn what they know of a posting into bytes, most of them by pickling. This module takes
such values apart before they are written and puts them together again, bit for bit, when Whoosh asks for them. A
value is, depending on its format,

* nothing (`Existence`), or made by the frequency (`Frequency`) or the positions (`Positions`): kept as columns;
* a *structure*, a list of tuples (`Characters`, `PositionBoosts`, `CharacterBoosts`): kept as data;
* opaque: bytes of a format that is not known, or that no known format would have written: kept as they are, and
  never handed to a format that would unpickle them.
"""

from __future__ import annotations

from typing import Any, Final

from whoosh import formats

from searchlib.engines.whoosh.compat import valuebytes

EXISTENCE: Final = "existence"
FREQUENCY: Final = "frequency"
POSITIONS: Final = "positions"
OPAQUE: Final = "opaque"

_STRUCTURES: Final = (
    # From the most to the least special; the number of numbers in each tuple.
    (formats.CharacterBoosts, "character_boosts", 4),
    (formats.PositionBoosts, "position_boosts", 2),
    (formats.Characters, "characters", 3),
    (formats.Positions, POSITIONS, 1),
)
_LARGEST: Final = 0xFFFFFFFF


class PostingFormat:
    """A Whoosh format, seen from its columns.

    Attributes:
        format: the Whoosh format.
        kind: how its values are kept: existence, frequency, positions, characters, position_boosts,
            character_boosts, opaque.
    """

    __slots__ = ("_arity", "format", "kind")

    def __init__(self, format_: Any) -> None:
        self.format = format_
        self._arity = 0
        self.kind = OPAQUE
        if type(format_) is formats.Existence:
            self.kind = EXISTENCE
        elif type(format_) is formats.Frequency:
            self.kind = FREQUENCY
        else:
            for base, kind, arity in _STRUCTURES:
                if isinstance(format_, base):
                    self.kind, self._arity = kind, arity
                    break

    @property
    def has_positions(self) -> bool:
        """Whether postings of this format have positions."""
        return self._arity > 0

    @property
    def pickles(self) -> bool:
        """Whether the format's own decoders would unpickle a value."""
        return self._arity > 0

    def split(self, value: bytes) -> list[Any] | None:
        """The structure of a value (of the kind `POSITIONS`, a list of numbers); None if it cannot be taken apart."""
        if not self._arity:
            return None
        try:
            structure = self.format.decode_as(self.kind, value)
            whole = list(structure) == structure and self.join(structure) == value
        except Exception:  # whatever unpickling something else may raise
            return None
        return structure if whole and structure and self._is_structure(structure) else None

    def _is_structure(self, structure: object) -> bool:
        if not isinstance(structure, list):
            return False
        if self._arity == 1:
            return all(type(item) is int for item in structure)
        return all(
            isinstance(item, tuple) and len(item) == self._arity and all(type(part) in (int, float) for part in item)
            for item in structure
        )

    def join(self, structure: list[Any]) -> bytes:
        """The value of a structure, as Whoosh's format makes it."""
        value = self.format.encode(structure)
        if isinstance(value, tuple):  # CharacterBoosts returns a weight as well
            value = value[0]
        return bytes(value)

    def structure(self, data: bytes) -> list[Any]:
        """The structure in encoded bytes.

        Raises:
            ValueDamaged: there is none of this format.
        """
        structure = valuebytes.decode(data)
        if not self._is_structure(structure):
            raise valuebytes.ValueDamaged("not a structure of this format")
        return structure  # type: ignore[no-any-return]

    def positions_of(self, structure: list[Any]) -> list[int] | None:
        """The positions in a structure; None if they cannot be a column (not in order, negative, too large)."""
        positions = structure if self._arity == 1 else [item[0] for item in structure]
        ordered = all(type(position) is int for position in positions) and positions == sorted(positions)
        return positions if ordered and positions[0] >= 0 and positions[-1] <= _LARGEST else None

    def view(self, structure: list[Any], astype: str) -> Any:
        """What the format would decode as ``astype`` from the value of a structure; None if that takes the value."""
        boosted = self.kind in ("position_boosts", "character_boosts")
        if astype == self.kind:
            view: Any = structure
        elif astype == "frequency":
            view = len(structure)
        elif astype == POSITIONS:
            view = [item[0] for item in structure]
        elif astype == "position_boosts":
            places = structure if self._arity == 1 else [item[0] for item in structure]
            view = [(place, item[-1] if boosted else 1) for place, item in zip(places, structure, strict=True)]
        elif astype == "characters" and self.kind == "character_boosts":
            view = [item[:3] for item in structure]
        else:
            view = None
        return view
