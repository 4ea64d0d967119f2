"""The syntax of the query language: Whoosh's parser with the plugins that fit what people type.

* A *tagger* recognises a piece of syntax at one place of the text; what no tagger recognises is a word.
* The *tags* are the flat list of what was recognised; `searchlib.query.mending` puts them right.
* A *filter* of Whoosh's plugins then groups them: brackets, field names, boosts, operators.

The grouping is Whoosh's own. The taggers differ from Whoosh's where those take ordinary text for syntax (the
apostrophes of ``can't``, the question mark of ``what is it?``, the hyphen of ``state-of-the-art``) or need
quadratic time on text that never closes what it opens.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from whoosh.qparser import plugins, syntax
from whoosh.qparser.default import QueryParser
from whoosh.qparser.taggers import FnTagger, RegexTagger

from searchlib.deadline import check

QUOTES = '"“”„‟«»「」『』'
_EDGE = rf"\s(){QUOTES}"  # what words and operators stand between
# Where a word can begin: at an edge, after a field's colon, or after the + or - before the word.
_BEGIN = rf"(?:(?<![^{_EDGE}:])|(?<=[\s(][+\-])|(?<=\A[+\-]))"
_WORD = rf"[^{_EDGE}:^~\[\]{{}}]"
# Every place where some tagger can match: there are few, and Whoosh would try all taggers at every character.
_CANDIDATE = re.compile(rf"[\s()\[{{^+*<>={QUOTES}-]|{_BEGIN}.")
# Most of what is typed: a word that no tagger would want.
_PLAIN = re.compile(r"(?<!\S)[^\W_]+(?!\S)")
_OPERATORS = frozenset(["NOT", "NEAR", "AND", "OR", "ANDNOT", "ANDMAYBE", "REQUIRE"])
_LONGEST_NAME = 64
_LONGEST_BOUND = 200
DEFAULT_NEAR = 10


class WordsGroup(syntax.GroupNode):  # type: ignore[misc]
    """Clauses side by side: each counts, none is required unless it says so."""


class RequiredGroup(syntax.GroupNode):  # type: ignore[misc]
    """``+clause``."""

    merging = False


class ExcludedGroup(syntax.GroupNode):  # type: ignore[misc]
    """``-clause``."""

    merging = False


class NearGroup(syntax.GroupNode):  # type: ignore[misc]
    """``a NEAR/n b``."""

    merging = False
    slop = DEFAULT_NEAR
    operator = (0, 0)  # where it stands


class PatternNode(syntax.TextNode):  # type: ignore[misc]
    """A word with ``*`` or ``?`` in it."""


class FuzzyNode(syntax.TextNode):  # type: ignore[misc]
    """A word with ``~`` behind it: the number of edits as it was typed, and of first letters that must stand."""

    def __init__(self, text: str, distance: str, prefix: int) -> None:
        super().__init__(text)
        self.distance = distance
        self.prefix = prefix


class PhraseNode(syntax.TextNode):  # type: ignore[misc]
    """Text in quotation marks."""

    def __init__(self, text: str, slop: int) -> None:
        super().__init__(text)
        self.slop = slop


class RangeNode(syntax.RangeNode):  # type: ignore[misc]
    """``[a TO b]``, or ``>=a`` behind a field's name."""

    has_boost = True


class LoneQuote(syntax.MarkerNode):  # type: ignore[misc]
    """A quotation mark that opens a phrase that is never closed."""


class BadSuffix(syntax.MarkerNode):  # type: ignore[misc]
    """What stands behind ``^``, or behind the ``~`` of a phrase, and is no number."""

    def __init__(self, text: str) -> None:
        self.text = text


class EveryNode(syntax.TextNode):  # type: ignore[misc]
    """A star alone."""

    def __init__(self) -> None:
        super().__init__("*")


class _Tagger(RegexTagger):  # type: ignore[misc]
    """A regular expression, and what makes a node of its match (or None: not this)."""

    def __init__(self, expression: str, make: Callable[[Any], Any]) -> None:
        super().__init__(expression)
        self._make = make

    def create(self, parser: Any, match: Any) -> Any:
        return self._make(match)


class _Taggers(plugins.Plugin):  # type: ignore[misc]
    """A plugin that only tags."""

    def __init__(self, *taggers: tuple[Any, int]) -> None:
        self._taggers = taggers

    def taggers(self, parser: Any) -> Any:
        return self._taggers


class _NearOperator(syntax.InfixOperator):  # type: ignore[misc]
    """Makes its group with the distance it was typed with."""

    def replace_self(self, parser: Any, group: Any, position: int) -> int:
        before, after = group[position - 1], group[position + 1]
        near = NearGroup([before, after])
        near.set_range(before.startchar, after.endchar)
        near.slop = int(self.text.partition("/")[2] or DEFAULT_NEAR)
        near.operator = self.startchar, self.endchar
        group[position - 1 : position + 2] = [near]
        return position


def _operators() -> Any:
    def operator(name: str, group: type, kind: type = syntax.InfixOperator) -> tuple[Any, int]:
        return plugins.OperatorsPlugin.OpTagger(rf"(?<![^{_EDGE}]){name}(?![^{_EDGE}])", group, kind), 0

    def sign(character: str, group: type) -> tuple[Any, int]:
        expression = rf"(?<![^\s(]){character}(?=[^\s+\-)])"
        return plugins.OperatorsPlugin.OpTagger(expression, group, syntax.PrefixOperator), 0

    # In the order in which they bind.
    return plugins.OperatorsPlugin(
        clean=True,
        ops=[
            operator("NOT", syntax.NotGroup, syntax.PrefixOperator),
            sign("-", ExcludedGroup),
            sign(r"\+", RequiredGroup),
            operator(r"NEAR(?:/\d{1,9})?", NearGroup, _NearOperator),
            operator("AND", syntax.AndGroup),
            operator("OR", syntax.OrGroup),
            operator("ANDNOT", syntax.AndNotGroup),
            operator("ANDMAYBE", syntax.AndMaybeGroup),
            operator("REQUIRE", syntax.RequireGroup),
        ],
    )


def _pattern(match: Any) -> Any:
    text = match["text"]
    if not text.strip("*"):
        return EveryNode()
    # A question mark at the end of a word is punctuation; within one it stands for a letter.
    inner = text.strip("?!.,;")
    return PatternNode(text) if "*" in inner or "?" in inner else None


def _address(text: str) -> Any:
    return PatternNode(text) if "*" in text else syntax.WordNode(text)


def _fuzzy(match: Any) -> Any:
    return FuzzyNode(match["text"], match["distance"] or "1", int(match["prefix"] or 0))


def _phrase(match: Any) -> Any:
    return PhraseNode(match["text"], max(1, int(match["slop"] or 1)))


def _range(match: Any) -> Any:
    start, end = (_bound(match[name]) for name in ("first", "last"))
    return RangeNode(start, end, match["open"] == "{", match["close"] == "}")


def _comparison(match: Any) -> Any:
    value, relation = _bound(match["value"] or ""), match["relation"]
    if ">" in relation:
        return RangeNode(value, None, "=" not in relation, False)
    return RangeNode(None, value, False, "=" not in relation)


def _bound(text: str) -> str | None:
    bound = text.strip().strip("'" + QUOTES)
    return None if bound in ("", "*") else bound


_RANGE = (
    rf"(?P<open>[\[{{])(?P<first>[^\[\]{{}}]{{0,{_LONGEST_BOUND}}}?)(?<=[\[{{\s])[Tt][Oo](?=[\s\]}}])"
    rf"(?P<last>[^\[\]{{}}]{{0,{_LONGEST_BOUND}}})(?P<close>[\]}}])"
)


class Parser(QueryParser):  # type: ignore[misc]
    """Whoosh's parser, faster at tagging: what its plugins give is asked for once, not at every text."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._taggers = super().taggers()
        self._filters = super().filters()
        self._spaces = [tagger for tagger, _ in plugins.WhitespacePlugin().taggers(self)]

    def taggers(self) -> Any:
        """The taggers of all plugins, in their order."""
        return self._taggers

    def filters(self) -> Any:
        """The filters of all plugins, in their order."""
        return self._filters

    def tag(self, text: str, pos: int = 0, debug: bool = False) -> Any:
        """The tags of ``text`` in order, in a group: what taggers recognise, and the words between."""
        taggers, spaces = self._taggers, self._spaces
        tags: list[Any] = []
        tagged = pos
        while (candidate := _CANDIDATE.search(text, pos)) is not None:
            check()
            pos = candidate.start()
            plain = _PLAIN.match(text, pos)
            if plain is not None and plain[0] not in _OPERATORS:
                pos = plain.end()
                continue
            first = spaces if text[pos].isspace() else taggers
            node = next(filter(None, (tagger.match(self, text, pos) for tagger in first)), None)
            if node is None:
                pos += 1
                continue
            if tagged < pos:
                tags.append(syntax.WordNode(text[tagged:pos]).set_range(tagged, pos))
            tags.append(node)
            tagged = pos = node.endchar
        if tagged < len(text):
            tags.append(syntax.WordNode(text[tagged:]).set_range(tagged, len(text)))
        return self.group(tags)


def parser() -> Any:
    """A new parser; it knows syntax only, neither fields nor analysis."""
    return Parser(
        None,
        None,
        plugins=[
            _Taggers((_Tagger(r"\*:\*", lambda match: EveryNode()), -1)),
            # The question mark of an address stands for no letter.
            _Taggers((_Tagger(rf"(?<![^{_EDGE}])(?P<text>[A-Za-z][A-Za-z\d+.\-]{{0,31}}://[^{_EDGE}]*)",
                              lambda match: syntax.WordNode(match["text"])), -1),
                     (_Tagger(rf"(?<=:)(?P<text>[A-Za-z][A-Za-z\d+.\-]{{0,31}}://[^{_EDGE}]*)",
                              lambda match: _address(match["text"])), -1)),
            _Taggers(
                (_Tagger(rf"[{QUOTES}](?P<text>[^{QUOTES}]*)[{QUOTES}](?:~(?P<slop>\d{{1,9}})(?![\w.]))?",
                         _phrase), 0),
                (_Tagger(rf"(?<=[{QUOTES}])(?P<text>~[^{_EDGE}^]*)", lambda match: BadSuffix(match["text"])), 0),
                (FnTagger(f"[{QUOTES}]", LoneQuote), 1),
            ),
            _Taggers(
                (_Tagger(_RANGE, _range), 1),
                (_Tagger(rf"(?:(?<=:)|(?<=:\s))(?P<relation>[<>]=?|=[<>])\s*(?P<value>[{QUOTES}][^{QUOTES}]*[{QUOTES}]|[^{_EDGE}^]*)",
                         _comparison), 1),
            ),
            plugins.FieldsPlugin(
                # Not the http of http://, and not the 12 of 12:30.
                rf"{_BEGIN}(?P<text>[^\W\d][\w.\-]{{0,{_LONGEST_NAME - 1}}}):(?!//|\\)", remove_unknown=False
            ),
            _Taggers(
                (_Tagger(rf"{_BEGIN}(?P<text>(?![\[{{])[^{_EDGE}:^~]*[*?][^{_EDGE}:^~]*)", _pattern), 2),
                (_Tagger(rf"{_BEGIN}(?P<text>[^{_EDGE}:^~*?]+)~(?P<distance>\d[\d.]*)?(?:/(?P<prefix>\d{{1,2}}))?(?![^\s()^])",
                         _fuzzy), 2),
            ),
            # Brackets before boosts: a boost after a bracket needs the group.
            plugins.GroupPlugin(),
            _operators(),
            plugins.BoostPlugin(r"(?<=[^\s(])\^(?P<boost>\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(?![^\s)])"),
            # Behind a word only what looks like a number: x^y is a word.
            _Taggers((_Tagger(rf"(?:(?<=[^\s(])(?P<text>\^[+-]?[\d.][^\s()]*)|(?<=[){QUOTES}])(?P<behind>\^[^\s()]*))",
                              lambda match: BadSuffix(match[0])), 1)),
        ],
        group=WordsGroup,
    )  # fmt: skip
