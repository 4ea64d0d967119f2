"""From pieces to a tree: grouping, and putting right what does not fit.

A *group* is what stands between two brackets, or all of a text: operands (see `operators`), and between them operators
or nothing. The pieces are walked once. Whatever does not fit (an operator without an operand, a bracket that is never
closed) is left out and noted as a mistake, so every text has a tree. Brackets within brackets and operators that nest
their left side in themselves are limited, so thousands of them cost neither time nor stack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from searchlib.guards.deadline import check
from searchlib.model.fields import Field, Fields
from searchlib.query.clauses import MAKERS, Clauses, bounds_of
from searchlib.query.lexer import Piece, pieces, unescaped
from searchlib.query.mistakes import Mistakes
from searchlib.query.nodes import Node, boosted
from searchlib.query.operators import NESTING, Binder, Operand, name_of

if TYPE_CHECKING:
    from searchlib.query.synonyms import Thesaurus

DEEPEST = 32  # brackets within brackets
MOST_NESTING = 64  # operators of `NESTING`


class _Group:
    """What is being read: operands, what stands between them, and what waits for the next operand."""

    __slots__ = ("between", "exactly", "field", "name", "named", "operands", "operator", "sign")

    def __init__(self, field: Field | None = None) -> None:
        self.field = field
        self.operands: list[Operand] = []
        self.between: list[Piece | None] = []
        self.operator: Piece | None = None
        self.sign: Piece | None = None
        self.exactly = False  # whether the next word or phrase is meant as it is written
        self.name: Piece | None = None  # of the field before the next operand
        self.named: Field | None = None


class Parser:
    """Reads one text."""

    def __init__(self, fields: Fields, clauses: Clauses, mistakes: Mistakes, synonyms: Thesaurus | None = None) -> None:
        self._fields = fields
        self._clauses = clauses
        self._mistakes = mistakes
        self._binder = Binder(clauses, mistakes, synonyms)
        self._groups = [_Group()]
        self._brackets: list[tuple[Piece, bool]] = []  # that are open, and whether they count
        self._unknown: Piece | None = None  # a field that is none, right before the word that it is searched with
        self._last: Operand | None = None  # the operand that a boost would count for
        self._nesting = 0

    def parse(self, text: str) -> Node | None:
        """The tree of a readable text; None where it asks for nothing."""
        end = 0
        for piece in pieces(text):
            check()
            if piece.start != end:
                self._last = None
            end = piece.end
            if self._unknown is not None and self._with_unknown(self._unknown, piece):
                continue
            if piece.kind == "field":
                self._name(piece, text[end : end + 1])
            else:
                _TAKE[piece.kind](self, piece)
        while self._brackets:
            bracket, counts = self._brackets.pop()
            if counts:
                self._mistake("This bracket is never closed.", bracket, "Close it: )")
                self._end_group()
        (group,) = self._groups
        self._drop_what_wants_more(group)
        return self._binder.tree(group.operands, group.between)

    # Operands

    @property
    def _field(self) -> Field | None:
        """The field that is searched here."""
        group = self._groups[-1]
        return group.field if group.named is None else group.named

    def _put(self, node: Node | None, start: int, end: int, word: str = "") -> None:
        self._add(Operand(node, start, end, word, self._field))

    def _add(self, operand: Operand) -> None:
        group = self._groups[-1]
        if group.operands:
            group.between.append(group.operator)
        if group.sign is not None:
            operand.sign = group.sign.kind
        group.operands.append(operand)
        group.operator = group.sign = group.name = group.named = None
        group.exactly = False
        self._last = operand

    def _word(self, piece: Piece) -> None:
        group = self._groups[-1]
        if group.name is not None and piece.text[0] in "[{":
            advice = f"Write a range like this: {group.name.text}[1990 TO 2000]"
            self._mistake("This is not a range.", piece, advice)
        made = self._clauses.word(piece.text, piece.start, piece.end, self._field, group.exactly)
        self._put(made, piece.start, piece.end, "" if group.exactly else piece.text)

    def _clause(self, piece: Piece) -> None:
        """Any other operand that is a single piece."""
        self._put(MAKERS[piece.kind](self._clauses, piece, self._field), piece.start, piece.end)

    def _phrase(self, piece: Piece) -> None:
        made = self._clauses.phrase(piece, self._field, self._groups[-1].exactly)
        self._put(made, piece.start, piece.end)

    def _exactly(self, _: Piece) -> None:
        self._groups[-1].exactly = True

    def _range(self, piece: Piece) -> None:
        if bounds_of(piece) != (None, None):
            self._clause(piece)
            return
        advice = "Write at least one of them: [1990 TO] or [TO 2000]"
        self._mistake("This range has neither a beginning nor an end.", piece, advice)
        group = self._groups[-1]
        group.name = group.named = None

    def _with_unknown(self, unknown: Piece, piece: Piece) -> bool:
        """Put a field that is none as a word, together with the word behind it; whether that is one."""
        self._unknown = None
        name = unknown.match["name"]
        parts = [(name, unknown.start)]
        if piece.kind == "word":
            parts.append((piece.text, piece.start))
        elif piece.kind == "range":
            parts += [bound for bound in bounds_of(piece) if bound is not None]
        else:
            self._bare_name(unknown)
            return False
        # One operand, so that an operator before them has both.
        made = self._clauses.words(parts, piece.end, self._field)
        self._put(made, unknown.start, piece.end, " ".join(text for text, _ in parts))
        return True

    def _bare_name(self, piece: Piece) -> None:
        name, start, end = piece.match["name"], piece.start, piece.end - 1
        self._put(self._clauses.word(name, start, end, self._field), start, end, name)

    def _boost(self, piece: Piece) -> None:
        factor = float(piece.text[1:])
        # Behind anything but an operand it is no boost but a character between words.
        operand, self._last = self._last, None
        if operand is not None:
            operand.boost = factor
            if operand.node is not None:
                operand.node = boosted(operand.node, factor)

    def _misplaced(self, piece: Piece) -> None:
        """A mark without meaning where it stands."""
        text = unescaped(piece.text)
        if piece.kind == "quote":
            self._mistake("This quotation mark is never closed.", piece, 'Close the phrase: "like this"')
        elif piece.kind == "distance":
            said = f'"{text}" does not say how far apart the words may stand.'
            self._mistake(said, piece, 'Write a number, as in "these words"~3', so="it is left out")
        else:
            advice = "Write one from 0 to 999999, as in word^2 or word^0.5"
            self._mistake(f'"{text}" is no number that a word can count.', piece, advice, so="it is left out")

    # What waits for an operand

    def _name(self, piece: Piece, following: str) -> None:
        name = piece.match["name"]
        named = self._fields.resolve(name)
        if named is not None:
            group = self._groups[-1]
            self._drop_name(group)
            group.name, group.named = piece, named
            self._last = None
        elif not following.strip():
            self._bare_name(piece)  # "Note: ..."
        else:
            self._unknown = piece
            if self._mistakes.full:
                return
            similar = self._fields.similar(name)
            advice = f"Did you mean {similar}: ?" if similar else f"The fields are {self._fields.listed()}."
            problem, place = f'There is no field "{name}".', (piece.start, piece.end)
            self._mistakes.add(problem, place, advice, so="it is searched as a word", unknown=name)

    def _sign(self, piece: Piece) -> None:
        group = self._groups[-1]
        self._drop_name(group)
        self._last = None
        if group.sign is not None:
            if piece.kind == "plus":
                return
            before, group.sign = group.sign, None
            if before.kind == "not":
                return  # to exclude what is excluded is to want it
        group.sign = piece

    def _operator(self, piece: Piece) -> None:
        group = self._groups[-1]
        self._drop_name(group)
        self._last = None
        if not group.operands or group.operator is not None or group.sign is not None:
            self._stray(piece, "left")
            return
        if name_of(piece) in NESTING:
            self._nesting += 1
            if self._nesting > MOST_NESTING:
                self._mistake(
                    f"A query has at most {MOST_NESTING} operators like {piece.text}.",
                    piece,
                    "Put what belongs together in brackets: a NOT (b OR c)",
                    so="they are ignored from here on",
                )
                return
        group.operator = piece

    def _drop_name(self, group: _Group) -> None:
        if group.name is not None:
            name = group.name.text
            advice = f"Write what to look for right after it, as in {name}word"
            self._mistake(f"{name} has nothing to look for.", group.name, advice)
            group.name = group.named = None

    def _drop_what_wants_more(self, group: _Group) -> None:
        self._drop_name(group)
        if group.sign is not None and group.sign.text == "NOT":
            self._mistake("NOT has nothing to exclude.", group.sign, _lower_case(group.sign))
        if group.operator is not None:
            self._stray(group.operator, "right")

    def _stray(self, operator: Piece, side: str) -> None:
        self._mistake(f"{operator.text} has nothing on its {side}.", operator, _lower_case(operator))

    def _mistake(self, problem: str, piece: Piece, advice: str = "", *, so: str = "") -> None:
        self._mistakes.add(problem, (piece.start, piece.end), advice, so=so)

    # Groups

    def _open(self, piece: Piece) -> None:
        counts = len(self._groups) <= DEEPEST
        self._last = None
        if counts:
            self._groups.append(_Group(self._field))
        elif self._brackets[-1][1]:
            self._mistake(
                f"Brackets are more than {DEEPEST} deep here.",
                piece,
                "Write the query with fewer brackets in each other.",
                so="the deeper ones are ignored",
            )
        self._brackets.append((piece, counts))

    def _close(self, piece: Piece) -> None:
        if not self._brackets:
            self._mistake("This bracket was never opened.", piece, "Remove it, or open it: (")
            return
        _, counts = self._brackets.pop()
        if counts:
            self._end_group()

    def _end_group(self) -> None:
        group = self._groups.pop()
        self._drop_what_wants_more(group)
        if group.operands:
            self._add(
                Operand(
                    self._binder.tree(group.operands, group.between), group.operands[0].start, group.operands[-1].end
                )
            )
        else:
            self._drop_name(self._groups[-1])


_TAKE: Final[dict[str, Callable[[Parser, Piece], None]]] = {
    **dict.fromkeys(MAKERS, Parser._clause),
    **dict.fromkeys(("not", "plus"), Parser._sign),
    **dict.fromkeys(("quote", "distance", "power"), Parser._misplaced),
    "word": Parser._word,
    "phrase": Parser._phrase,
    "exactly": Parser._exactly,
    "range": Parser._range,
    "open": Parser._open,
    "close": Parser._close,
    "operator": Parser._operator,
    "boost": Parser._boost,
}
"""What is done with each kind of piece but the name of a field."""


def _lower_case(operator: Piece) -> str:
    return f"To search for the word, write it in lower case: {name_of(operator).lower()}"
