"""Putting right what was typed: a list of tags that always makes a tree.

What Whoosh's filters then get has brackets in pairs and not too deep, operands on both sides of every operator,
and a field's name only before something to look for. Whatever does not fit is left out, and noted as a mistake.
The list is walked once, so thousands of operators or brackets cost neither time nor stack.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from whoosh.qparser import plugins, syntax

from searchlib.deadline import check
from searchlib.query.characters import unescaped
from searchlib.query.fields import Fields
from searchlib.query.mistakes import Mistakes
from searchlib.query.syntax import BadSuffix, LoneQuote, RangeNode, RequiredGroup

DEEPEST = 32  # brackets within brackets
MOST_NESTING = 64  # operators that nest their left side in themselves: ANDNOT, ANDMAYBE, REQUIRE, NEAR
_MERGING = (syntax.AndGroup, syntax.OrGroup)


class _Kind(Enum):
    OPEN = auto()
    FIELD = auto()
    PREFIX = auto()
    INFIX = auto()
    OPERAND = auto()


_WANTS_MORE = (_Kind.FIELD, _Kind.PREFIX, _Kind.INFIX)


class _Mender:
    def __init__(self, fields: Fields, mistakes: Mistakes) -> None:
        self.fields = fields
        self.mistakes = mistakes
        self.out: list[Any] = []
        self.kinds: list[tuple[_Kind, int]] = []  # of what is in ``out``, white space apart, with its index
        self.brackets: list[tuple[Any, bool]] = []  # that are open, and whether they count
        self.depth = 0  # of those that count
        self.unknown: Any = None  # a field that is none, before the word that it is to be searched with
        self.nesting = 0

    def last(self) -> _Kind | None:
        return self.kinds[-1][0] if self.kinds else None

    def last_node(self) -> Any:
        return self.out[self.kinds[-1][1]]

    def put(self, kind: _Kind, node: Any) -> None:
        self.kinds.append((kind, len(self.out)))
        self.out.append(node)

    def drop_last(self) -> Any:
        _, index = self.kinds.pop()
        return self.out.pop(index)

    def take(self, node: Any, following: Any) -> None:
        if self.unknown is not None:
            node = self.with_unknown(node)
        if node.is_ws():
            if self.last() is not _Kind.FIELD:  # "title: word" is as good as "title:word"
                self.out.append(node)
        elif isinstance(node, LoneQuote | BadSuffix):
            self.mark(node)
        elif isinstance(node, plugins.GroupPlugin.OpenBracket):
            self.open(node)
        elif isinstance(node, plugins.GroupPlugin.CloseBracket):
            self.close(node)
        elif isinstance(node, syntax.FieldnameNode):
            self.field(node, following)
        elif isinstance(node, syntax.PrefixOperator):
            self.prefix(node)
        elif isinstance(node, syntax.InfixOperator):
            self.infix(node)
        elif isinstance(node, plugins.BoostPlugin.BoostNode):
            # Behind anything but an operand it is no boost but a character between words.
            if self.last() is _Kind.OPERAND and self.kinds[-1][1] == len(self.out) - 1:
                self.out.append(node)
        else:
            self.operand(node)

    def add(self, problem: str, node: Any, advice: str = "", *, so: str = "") -> None:
        self.mistakes.add(problem, node.startchar, node.endchar, advice, so=so)

    def mark(self, node: Any) -> None:
        if isinstance(node, LoneQuote):
            self.add("This quotation mark is never closed.", node, 'Close the phrase: "like this"')
            return
        text = unescaped(node.text)
        if text.startswith("~"):
            said = f'"{text}" does not say how far apart the words may stand.'
            self.add(said, node, 'Write a number, as in "these words"~3', so="it is left out")
        else:
            said = f'"{text}" is no number that a word can count.'
            self.add(said, node, "Write one from 0 to 999999, as in word^2 or word^0.5", so="it is left out")

    def with_unknown(self, node: Any) -> Any:
        unknown, self.unknown = self.unknown, None
        if isinstance(node, syntax.WordNode):
            # One node, so that an operator before them has both.
            return _word(f"{unknown.fieldname} {node.text}", unknown.startchar, node.endchar)
        if isinstance(node, RangeNode):
            words = " ".join(filter(None, (unknown.fieldname, node.start, node.end)))
            return _word(words, unknown.startchar, node.endchar)
        self.put(_Kind.OPERAND, _word(unknown.fieldname, unknown.startchar, unknown.endchar))
        return node

    def open(self, node: Any) -> None:
        counts = self.depth < DEEPEST
        if counts:
            self.depth += 1
            self.put(_Kind.OPEN, node)
        elif self.brackets[-1][1]:
            self.add(
                f"Brackets are more than {DEEPEST} deep here.",
                node,
                "Write the query with fewer brackets in each other.",
                so="the deeper ones are ignored",
            )
        self.brackets.append((node, counts))

    def close(self, node: Any) -> None:
        if not self.brackets:
            self.add("This bracket was never opened.", node, "Remove it, or open it: (")
            return
        _, counted = self.brackets.pop()
        if counted:
            self.end_group(node)

    def end_group(self, closing: Any) -> None:
        self.depth -= 1
        self.drop_what_wants_more()
        if self.last() is _Kind.OPEN:
            self.drop_last()  # nothing between the brackets
            return
        # From here on the whole group is one operand.
        while self.kinds.pop()[0] is not _Kind.OPEN:
            pass
        self.put(_Kind.OPERAND, closing)

    def drop_what_wants_more(self) -> None:
        while self.last() in _WANTS_MORE:
            kind, node = self.last(), self.drop_last()
            if kind is _Kind.FIELD:
                self.field_without_anything(node)
            elif kind is _Kind.INFIX:
                self.stray(node, "right")
            elif node.text == "NOT":
                self.add("NOT has nothing to exclude.", node, _lower_case(node))

    def field(self, node: Any, following: Any) -> None:
        name = self.fields.resolve(node.fieldname)
        if name is not None:
            if self.last() is _Kind.FIELD:
                self.field_without_anything(self.drop_last())
            known = syntax.FieldnameNode(name, node.original)
            self.put(_Kind.FIELD, known.set_range(node.startchar, node.endchar))
        elif following is None or following.is_ws():
            self.operand(_word(node.fieldname, node.startchar, node.endchar))  # "Note: ..." names no field
        else:
            similar = self.fields.similar(node.fieldname)
            self.add(
                f'There is no field "{node.fieldname}".',
                node,
                f"Did you mean {similar}: ?" if similar else f"The fields are {self.fields.listed()}.",
                so="it is searched as a word",
            )
            self.unknown = node

    def field_without_anything(self, node: Any) -> None:
        self.add(
            f"{node.original} has nothing to look for.",
            node,
            f"Write what to look for right after it, as in {node.original}word",
        )

    def prefix(self, node: Any) -> None:
        if self.last() is _Kind.FIELD:
            self.field_without_anything(self.drop_last())
        if self.last() is _Kind.PREFIX:
            if node.grouptype is RequiredGroup:
                return
            if self.drop_last().grouptype is not RequiredGroup:
                return  # to exclude what is excluded is to want it
        self.put(_Kind.PREFIX, node)

    def infix(self, node: Any) -> None:
        if self.last() is _Kind.FIELD:
            self.field_without_anything(self.drop_last())
        if self.last() is not _Kind.OPERAND:
            self.stray(node, "left")
            return
        if node.grouptype not in _MERGING:
            self.nesting += 1
            if self.nesting > MOST_NESTING:
                self.add(
                    f"A query has at most {MOST_NESTING} operators like {node.text}.",
                    node,
                    "Put what belongs together in brackets: a NOT (b OR c)",
                    so="they are ignored from here on",
                )
                return
        self.put(_Kind.INFIX, node)

    def stray(self, operator: Any, side: str) -> None:
        self.add(f"{operator.text} has nothing on its {side}.", operator, _lower_case(operator))

    def operand(self, node: Any) -> None:
        if isinstance(node, RangeNode) and node.start is None and node.end is None:
            self.add(
                "This range has neither a beginning nor an end.",
                node,
                "Write at least one of them: [1990 TO] or [TO 2000]",
            )
            if self.last() is _Kind.FIELD:
                self.drop_last()
            return
        if isinstance(node, syntax.WordNode) and node.text[:1] in ("[", "{") and self.last() is _Kind.FIELD:
            name = self.last_node().original
            self.add("This is not a range.", node, f"Write a range like this: {name}[1990 TO 2000]")
        self.put(_Kind.OPERAND, node)

    def finish(self, end: int) -> list[Any]:
        if self.unknown is not None:
            self.with_unknown(_word("", end, end))
        while self.brackets:
            bracket, counted = self.brackets.pop()
            if counted:
                self.add("This bracket is never closed.", bracket, "Close it: )")
                self.end_group(plugins.GroupPlugin.CloseBracket().set_range(end, end))
        self.drop_what_wants_more()
        return self.out


def mend(tags: list[Any], fields: Fields, mistakes: Mistakes, end: int) -> list[Any]:
    """The tags of a text of ``end`` code points, put right."""
    mender = _Mender(fields, mistakes)
    for number, node in enumerate(tags):
        check()
        mender.take(node, tags[number + 1] if number + 1 < len(tags) else None)
    return mender.finish(end)


def _word(text: str, start: int, end: int) -> Any:
    return syntax.WordNode(text).set_range(start, end)


def _lower_case(operator: Any) -> str:
    if not operator.text.isupper():
        return ""
    word = operator.text.partition("/")[0].lower()
    return f"To search for the word, write it in lower case: {word}"
