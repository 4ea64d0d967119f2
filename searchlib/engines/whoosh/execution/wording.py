"""Explanations in words: what a query asks for, and what a score is made of, for who does not know the formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from whoosh import query
from whoosh.query import spans

from searchlib.engines.whoosh.execution.explanation import DIGITS, Explanation, Occurrence, amount_of, shown
from searchlib.query.nodes import Word, WordPhrase

_SEPARATOR = "\x1f"  # of the folded and the exact part of a key
_PROSE = ("text", "title", "headings")
_MOST = 6  # of the parts of a group are named
_TIMES = {1: "once", 2: "twice"}


def described(asked: Any) -> str:
    """What a node of a query asks for; a text is a word."""
    if isinstance(asked, str):
        return f"“{asked.rpartition(_SEPARATOR)[2]}”"
    for kind, describe in _DESCRIBED:
        if isinstance(asked, kind):
            return describe(asked)
    return str(asked)


def lines(node: Explanation, width: int = 0) -> list[str]:
    """An explanation as lines of at most ``width`` columns (0: as long as they are); what goes on is indented."""
    from searchlib.render.terminal import wrap

    found: list[str] = []
    for depth, number, text in _entries(node, amount_of(node.score), 0):
        indent = "  " * depth
        hanging = " " * (len(indent) + len(number) + 2)
        first, *more = wrap(text, width, hanging)
        found += [f"{indent}{number}  {first[len(hanging) :]}", *more]
    # As the score is shown elsewhere, even if it is -0.
    found[0] = f"{node.score:.{DIGITS}f}" + found[0][len(shown(amount_of(node.score))) :]
    return found


def _entries(node: Explanation, amount: int, depth: int) -> Iterator[tuple[int, str, str]]:
    """Depth, amount and text of each line; a sum of one is that one."""
    while node.made == "sum" and len(node.parts) == 1:
        node = node.parts[0]
    yield depth, shown(amount), _summary(node, depth)
    amounts = node.amounts(amount)
    if node.made == "word":
        for one, share in zip(node.occurrences, amounts, strict=True):
            yield depth + 1, shown(share), _occurrence(one)
        return
    for part, share, contribution in zip(node.parts, amounts, node.contributions(), strict=True):
        if contribution == part.score:
            yield from _entries(part, share, depth + 1)
        else:
            much = f"{node.tiebreak:g} of it counts" if node.tiebreak else "does not count"
            yield depth + 1, shown(share), f"{part.text}: {part.score:.{DIGITS}f}, which is not the greatest and {much}"


def _summary(node: Explanation, depth: int) -> str:
    if node.made == "word":
        return _word(node)
    if node.made == "sum":
        return "the score, the sum of:" if depth == 0 else f"{node.text}, the sum of:"
    if node.made == "max":
        return f"{node.text}, of which the greatest counts:"
    return f"{node.text}{_HOW[node.made]}"


_HOW = {
    "phrase": ": the words stand as asked, and add up:",
    "constant": ": whatever it finds counts the same",
    "foreign": ": as Whoosh scores it",
}


def _word(node: Explanation) -> str:
    ways: dict[str, str] = {}
    for one in node.occurrences:
        for word in one.found_as:
            ways.setdefault(word.casefold(), word)
    typed = node.text.strip("“”").casefold()
    here = _listed([f"“{word}”" for word in ways.values()], "and") if list(ways) != [typed] else ""
    asked = f"{node.text}, found as {here}" if here else node.text
    rarity = f"rarity {node.idf:.{DIGITS}f} (in {node.df:,} of {node.records:,} paragraphs)"
    most = node.k1 + 1 + node.delta
    boost = f" × boost {node.boost:g}" if node.boost != 1.0 else ""
    return f"{asked}: {rarity} × frequency {node.frequency:.{DIGITS}f} (of at most {most:g}){boost}"


def _occurrence(one: Occurrence) -> str:
    often = _TIMES.get(one.frequency, f"{one.frequency:,} times")
    words = "1 word" if one.length == 1 else f"{one.length:,} words"
    size = f" of {words} ({one.average_length:.1f} on average)" if one.length else ""
    weight = f", each counting {one.weight:g}" if one.weight != 1.0 else ""
    synonym = f", as a synonym of “{one.synonym_of}”" if one.synonym_of else ""
    return f"{often} in the {one.field}{size}{weight}{synonym}"


def _listed(parts: Iterable[str], word: str) -> str:
    every = dict.fromkeys(parts)
    several = [part for part in every if f"{part[:-1]}*”" not in every]  # industry* finds industry too
    if len(several) > _MOST:
        several = [*several[:_MOST], "others"]
    return f" {word} ".join([", ".join(several[:-1]), several[-1]] if len(several) > 1 else several)


def _group(word: str) -> Callable[[Any], str]:
    def describe(asked: Any) -> str:
        return _listed((_nested(child) for child in _children(asked)), word) or "nothing"

    return describe


def _children(asked: Any) -> Sequence[Any]:
    for name in ("subqueries", "subqs", "qs"):
        if hasattr(asked, name):
            return list(getattr(asked, name))
    return [asked.a, asked.b]


def _nested(asked: Any) -> str:
    found = described(asked)
    is_group = isinstance(asked, (query.And, query.Or, query.AndMaybe)) and (" and " in found or " or " in found)
    return f"({found})" if is_group else found


def _synonym(asked: Any) -> str:
    return f" (a synonym of “{asked.synonym_of}”)" if asked.synonym_of else ""


def _phrase(asked: Any) -> str:
    text = asked.text if isinstance(asked, WordPhrase) else " ".join(map(str, asked.words))
    apart = f" with words up to {asked.slop} apart" if asked.slop > 1 else ""
    return f"“{text}”{apart}" + (_synonym(asked) if isinstance(asked, WordPhrase) else "")


def _in_field(name: str, value: str) -> str:
    return value if name in _PROSE else f"{name} {value}"


def _range(asked: Any) -> str:
    start, end = ("" if bound is None else str(_readable(bound)) for bound in (asked.start, asked.end))
    bounds = f"from {start} to {end}" if start and end else f"from {start} on" if start else f"up to {end}"
    return _in_field(asked.fieldname, bounds if start or end else "anything")


def _readable(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _term(asked: Any) -> str:
    return _in_field(asked.fieldname, described(str(_readable(asked.text))))


_DESCRIBED: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (Word, lambda asked: f"“{asked.text}”{_synonym(asked)}"),
    ((WordPhrase, query.Phrase), _phrase),
    (query.Term, _term),
    (query.Prefix, lambda asked: _in_field(asked.fieldname, f"“{asked.text}*”")),
    (query.FuzzyTerm, lambda asked: _in_field(asked.fieldname, f"“{asked.text}~{asked.maxdist}”")),
    ((query.Wildcard, query.Regex), lambda asked: _in_field(asked.fieldname, f"“{asked.text}”")),
    ((query.TermRange, query.NumericRange), _range),
    (query.Every, lambda asked: "any paragraph" if asked.fieldname is None else f"any {asked.fieldname}"),
    (query.ConstantScoreQuery, lambda asked: described(asked.child)),
    (query.Not, lambda asked: f"not {_nested(asked.query)}"),
    (query.AndMaybe, lambda asked: f"{_nested(asked.a)}, and {_nested(asked.b)} if it is there"),
    (query.Require, lambda asked: f"{_nested(asked.a)} where {_nested(asked.b)} is"),
    ((spans.SpanNear, spans.SpanNear2, query.Sequence), _group("near")),
    ((query.Ordered, spans.SpanBefore), _group("before")),
    (query.And, _group("and")),
    ((query.Or, query.DisjunctionMax, spans.SpanOr), _group("or")),
)
