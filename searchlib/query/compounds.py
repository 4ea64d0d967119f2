"""Words that are written in more than one way, and what words beside one another count.

* A *compound* is a word as it is typed that analysis cuts into several tokens: ``hand-off``, ``Broncos'un``. It means
  these tokens in a row, or the word that they make together, if the index has it (``handoff``).
* Where nothing says that a clause must match, a compound with hyphens or apostrophes is *loosened*: a record is found
  by each part, and ranked by how much of the compound is there. Behind ``+`` and ``-`` and beside operators but ``OR``
  it is the compound itself that is asked for; and so are addresses, dotted names and the like everywhere.
* A word that the end of a line breaks (``re-⏎ported``) is two tokens, of which the second is a form of it
  (`wordmarks`): in a row of words it takes the places of both.
* What is typed as one word may be written as several: `apart` has the ways that are worth a look (``SHA256`` as
  ``SHA-256``, ``US`` as ``U.S.``, ``12000`` as ``12,000``; ``handoff``, where the index does not have it, as
  ``hand-off``). They count less than what was typed.
* Words that are repeated count as often as they are typed. Function words of the query's language count less beside
  others (``function`` of the ranking): in a phrase, they are words like any other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from searchlib.analysis import Form, Lexicon, fold
from searchlib.analysis.folding import joint_of
from searchlib.analysis.languages import function_words
from searchlib.query.joining import any_of
from searchlib.query.nodes import At, Best, Node, Or, Phrase, Wildcard, Word, boosted

IN_A_ROW: Final = 0.3
"""What the parts of a loosened compound count as a phrase, besides what they count each."""
BROKEN: Final = 0.5
"""What a word counts that is broken by the end of a line, in a row of words: it is rarer than it would be whole."""
APART: Final = 0.5
"""What another way to write a word counts, as a whole."""

_JOINERS: Final = "-\u00ad\u2010\u2011\u2012\u2013'\u2018\u2019\u02bb\u02bc\uff07\uff0d"  # hyphens and apostrophes
_LETTERS_DIGITS: Final = re.compile(r"[^\W\d_]+|\d+")
_CAPITALS: Final = re.compile(r"[A-Z]{2,5}")
_NUMBER: Final = re.compile(r"[1-9]\d{4,11}")
_HUMPS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CAMEL: Final = re.compile(r"[a-z][A-Z]")
_VERSION: Final = re.compile(r"\d+(?:\.\d+)+")
_LEAST: Final = 6  # letters of a word that is cut in two
_LONGEST: Final = 32


def joined_form(text: str, lexicon: Lexicon) -> str:
    """The word that the parts of a compound make together, if it is one of the index; else ""."""
    together = "".join(_LETTERS_DIGITS.findall(text))
    return together if together != text and len(together) > 1 and lexicon.readings(fold(together)) else ""


def joined_name(text: str, words: Sequence[Word]) -> Word | None:
    """A name of two words that `wordmarks` joins, as one word: ``AT&T``. None if it is none."""
    if len(words) != 2 or joint_of(words[1].forms[0].exact) != "&":
        return None
    return replace(words[1], text=text, forms=(replace(words[1].forms[0], alone=True),))


def through_lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words in a row, as they stand where one of them is broken by the end of a line: ``re-⏎ported`` is two.

    Of other forms of a word none is looked for, as each such row takes as long as a phrase.
    """
    for place, word in enumerate(words):
        broken = tuple(form for form in word.forms if form.alone and not form.other)
        if broken and not word.exactly:
            firsts = dict.fromkeys(form.exact.rpartition("-")[0] for form in broken)
            begin = replace(word, forms=tuple(Form(fold(one), one) for one in firsts), boost=0.0, at=None)
            end = replace(word, forms=broken, boost=word.boost * BROKEN, at=None)
            yield [*words[:place], begin, end, *words[place + 1 :]]


def apart(text: str, lexicon: Lexicon) -> Iterator[tuple[str, ...]]:
    """Ways to write as several words what was typed as one, or with more in the first: as words in a row."""
    if len(text) > _LONGEST or not text.isascii():
        return
    if _VERSION.fullmatch(text):
        first, *others = text.split(".")
        if lexicon.readings("v" + first):
            yield ("v" + first, *others)
        return
    if not text.isalnum():
        return
    if _CAPITALS.fullmatch(text):
        ways = [tuple(text)]
    elif _NUMBER.fullmatch(text):
        ways = [_thousands(text)]
    elif not text.isalpha():
        ways = [tuple(_LETTERS_DIGITS.findall(text))]
    elif _CAMEL.search(text):
        ways = [tuple(_HUMPS.findall(text))]
    elif len(text) >= _LEAST and not lexicon.readings(fold(text)):
        ways = [(text[:cut], text[cut:]) for cut in range(2, len(text) - 1)]
    else:
        return
    for way in ways:
        if 1 < len(way) < _LEAST and all(lexicon.readings(fold(part)) for part in way):
            yield way


def inside(text: str, fields: tuple[str, ...], at: At) -> Wildcard | None:
    """Whatever holds a word in its middle, if that is typed as part of a name in a program: ``UserName``."""
    if not (_LEAST <= len(text) <= _LONGEST and text.isascii() and text.isalpha() and _CAMEL.search(text)):
        return None
    return Wildcard(f"*{fold(text)}*", fields, boost=APART, typed=f"*{text}*", at=at)


def loosened(node: Node, text: str, start: int) -> Node:
    """The clause of a word ``text``, at ``start``, where it need not match: a compound by its parts.

    It is ranked by how much of the compound is there. A part of one letter (*l'homme*, *O'Brien*) is none by itself.
    """
    match node:
        case Phrase():
            typed, others = node, ()
        case Best((Phrase() as typed, *others)):
            pass
        case _:
            return node
    parts = [boosted(word, typed.boost) for word in typed.words if len(word.text) > 1]
    if not parts or not _is_compound(typed, text, start):
        return node
    loose = any_of([*parts, boosted(typed, IN_A_ROW)], typed.at)
    return replace(node, nodes=(loose, *others)) if isinstance(node, Best) and loose is not None else loose or node


def weighed(nodes: Sequence[Node], languages: Sequence[str], function: float) -> list[Node]:
    """Words and compounds that stand beside one another: function words count less, of the language that has most.

    What is in capitals among other words is no function word, but a name.
    """
    words = [word for node in nodes for word in _typed(node)]
    best = max(
        ([word.text.casefold() in function_words(one) for word in words] for one in languages), key=sum, default=[]
    )
    if not any(best) or all(best):
        return list(nodes)
    shouted = all(word.text.isupper() for word in words)
    less = {
        word.at
        for word, known in zip(words, best, strict=True)
        if known and (shouted or len(word.text) < 2 or not word.text.isupper())
    }
    return [_with_less(node, less, function) for node in nodes]


def _is_compound(typed: Phrase, text: str, start: int) -> bool:
    """Whether nothing but hyphens and apostrophes join the words."""
    places = [word.at for word in typed.words if word.at is not None]
    gaps = [text[one[1] - start : other[0] - start] for one, other in pairwise(places)]
    return all(gap in _JOINERS for gap in gaps) and all(gaps)


def _typed(node: Node) -> Iterator[Word]:
    """The words of a clause that count by themselves."""
    match node:
        case Word():
            yield node
        case Best((first, *_)):
            yield from _typed(first)
        case Or(nodes):
            yield from (word for word in nodes if isinstance(word, Word))


def _with_less(node: Node, less: Collection[At], function: float) -> Node:
    match node:
        case Word() | Best((Word(), *_)):
            (word,) = _typed(node)
            return boosted(node, function) if word.at in less else node
        case Best((first, *others)):
            return replace(node, nodes=(_with_less(first, less, function), *others))
        case Or(nodes):
            return replace(node, nodes=tuple(_with_less(one, less, function) for one in nodes))
    return node


def _thousands(number: str) -> tuple[str, ...]:
    first = len(number) % 3 or 3
    return (number[:first], *(number[place : place + 3] for place in range(first, len(number), 3)))
