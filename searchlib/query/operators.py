"""Operators: they make one of what stands on both sides of them, in the order in which they bind.

What has no operator between it is side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from searchlib.model.fields import Field
from searchlib.query.clauses import Clauses
from searchlib.query.compounds import loosened, weighed
from searchlib.query.joining import all_of, any_of, first_of_two, near, side_by_side, without
from searchlib.query.lexer import OPERATORS, Piece
from searchlib.query.mistakes import Mistakes
from searchlib.query.nodes import At, Best, Node, Optional, Require, boosted

if TYPE_CHECKING:
    from searchlib.query.synonyms import Thesaurus

_DEFAULT_NEAR = 10
_LONGEST_ENTRY = 16  # words side by side that a synonym can stand for


class Operand:
    """What an operator can stand beside: what one piece asks for, or a group in brackets.

    With its place, the ``+``, ``-`` or ``NOT`` before it, and the word that it is, if it is one.
    """

    __slots__ = ("boost", "end", "field", "node", "sign", "start", "word")

    def __init__(self, node: Node | None, start: int, end: int, word: str = "", field: Field | None = None) -> None:
        self.node = node
        self.start = start
        self.end = end
        self.sign = ""
        self.word = word
        self.field = field
        self.boost = 1.0

    @property
    def signed(self) -> Node | None:
        """What it asks for with its sign; that something is required matters only beside others."""
        return without(self.node, (self.start, self.end)) if self.sign == "not" else self.node

    @property
    def wanted(self) -> Node | None:
        """The same where it need not match: what is typed as one word may be there in part."""
        is_prose = self.field is None or self.field.kind == "prose"
        if self.node is None or self.sign or not self.word or not is_prose:
            return self.signed
        return loosened(self.node, self.word, self.start)

    @property
    def is_plain(self) -> bool:
        """Whether it is a word, with nothing said of it."""
        return bool(self.word) and not self.sign and self.boost == 1.0 and self.field is None


class Binder:
    """Makes trees of operands and what stands between them."""

    def __init__(self, clauses: Clauses, mistakes: Mistakes, synonyms: Thesaurus | None) -> None:
        self._clauses = clauses
        self._mistakes = mistakes
        self._synonyms = synonyms

    def tree(self, operands: Sequence[Operand], between: Sequence[Piece | None]) -> Node | None:
        """The tree of a whole group: between two operands each there is an operator, or None."""
        present = {name_of(piece) for piece in between if piece is not None}
        for name in OPERATORS:
            if name in present:
                operands, between = self._bound(name, operands, between)
        if not operands:
            return None
        clauses: list[tuple[bool, Node | None]] = []
        plain: dict[int, Node] = {}
        for some, synonyms in self._grouped(operands):
            node = self._best_of(some, synonyms) if synonyms else some[0].wanted
            if node is not None and not synonyms and some[0].is_plain:
                plain[len(clauses)] = node
            clauses.append((some[0].sign == "plus" and not synonyms, node))
        less = weighed(list(plain.values()), self._clauses.languages, self._clauses.function)
        for place, node in zip(plain, less, strict=True):
            clauses[place] = False, node
        if len(operands) < 2:
            return clauses[0][1]
        return side_by_side(clauses, (operands[0].start, operands[-1].end))

    def _bound(
        self, name: str, operands: Sequence[Operand], between: Sequence[Piece | None]
    ) -> tuple[Sequence[Operand], Sequence[Piece | None]]:
        """The same with operands made one that have this operator between them."""
        runs: list[list[Operand]] = [[operands[0]]]
        operators: list[list[Piece]] = [[]]
        left: list[Piece | None] = []
        for piece, operand in zip(between, operands[1:], strict=True):
            if piece is not None and name_of(piece) == name:
                runs[-1].append(operand)
                operators[-1].append(piece)
            else:
                left.append(piece)
                runs.append([operand])
                operators.append([])
        return [self._joined(name, *one) for one in zip(runs, operators, strict=True)], left

    def _joined(self, name: str, run: Sequence[Operand], operators: Sequence[Piece]) -> Operand:
        """A run of operands, with the same operator between all of them, as one."""
        if len(run) < 2:
            return run[0]
        start, end = run[0].start, run[-1].end
        nodes = [operand.wanted if name == "OR" else operand.signed for operand in run]
        join = _MERGING.get(name)
        if join is not None:
            return Operand(join(nodes, (start, end)), start, end)
        found = nodes[0]
        for operator, node, operand in zip(operators, nodes[1:], run[1:], strict=True):
            at = start, operand.end
            found = self._near(operator, found, node, at) if name == "NEAR" else _NESTING[name](found, node, at)
        return Operand(found, start, end)

    def _near(self, operator: Piece, first: Node | None, second: Node | None, at: At) -> Node | None:
        if first is None or second is None:
            return second if first is None else first
        place, slop = (operator.start, operator.end), int(operator.match["near"] or _DEFAULT_NEAR)
        found = near(first, second, max(slop, 1), at)
        if found is None:
            said, so = "NEAR stands between words or phrases of one field only.", "it is searched as AND"
            self._mistakes.add(said, place, "Write a word or a phrase on both sides.", so=so)
            return all_of([first, second], at)
        if not slop:
            said = "No two words stand 0 words apart."
            self._mistakes.add(said, place, "Write NEAR/1 for neighbours.", so="it is NEAR/1")
        return found

    def _grouped(self, operands: Sequence[Operand]) -> Iterator[tuple[Sequence[Operand], list[Node]]]:
        """Operands side by side, each alone; words that have a synonym together are one, with their synonyms."""
        place = 0
        while place < len(operands):
            count, others = 1, list[Node]()
            if self._synonyms is not None:
                count, others = self._synonyms_from(operands, place, self._synonyms)
                self._clauses.spend(len(others))
            yield operands[place : place + count], others
            place += count

    def _best_of(self, typed: Sequence[Operand], synonyms: Sequence[Node]) -> Node:
        at = typed[0].start, typed[-1].end
        together = any_of([one.wanted for one in typed], at)
        return Best(tuple(node for node in (together, *synonyms) if node is not None), at=at)

    def _synonyms_from(self, operands: Sequence[Operand], place: int, synonyms: Thesaurus) -> tuple[int, list[Node]]:
        """How many operands, from the first on, are words that have synonyms together, and the synonyms."""
        words, ends = [], []
        first = operands[place]
        for other in operands[place : place + _LONGEST_ENTRY]:
            if not other.word or other.sign or (other.field, other.boost) != (first.field, first.boost):
                break
            if other.field is not None and other.field.kind != "prose":
                break
            words += self._clauses.tokens(other.word, other.start, other.field)
            ends.append(len(words))
        for count in range(len(ends), 1, -1):
            others = synonyms.others(words[: ends[count - 1]], 0, ends[count - 1])
            if others and ends[0]:
                return count, [boosted(other, first.boost) for other in others]
        return 1, []


def name_of(operator: Piece) -> str:
    """The operator without a distance."""
    return operator.text.partition("/")[0]


_Join: TypeAlias = Callable[[Node | None, Node | None, At], Node | None]

_MERGING: Final = {"AND": all_of, "OR": any_of}
_NESTING: Final[dict[str, _Join]] = {
    "ANDNOT": lambda first, second, at: all_of([first, without(second)], at),
    "ANDMAYBE": lambda first, second, at: first_of_two(Optional, first, second, at),
    "REQUIRE": lambda first, second, at: first_of_two(Require, first, second, at),
}
NESTING: Final = frozenset(["NEAR", *_NESTING])
"""The operators that nest their left side in themselves."""
