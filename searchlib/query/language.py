"""The query language: from what a person typed to a tree of nodes.

``parse`` never raises on what people type, unless it is to be strict, or more than the limits is asked. The way of a
text: `lexer` cuts it into pieces, `parser` groups them and puts right what does not fit, `clauses` makes the nodes of
single pieces, with words analysed as the index analyses them, and `joining` joins nodes. docs/query-language.md
describes the language itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from searchlib.analysis import NO_WORDS, Lexicon
from searchlib.frozen import frozen
from searchlib.guards.limits import LIMITS, Limits
from searchlib.model.fields import Fields
from searchlib.model.ranking import DEFAULT_RANKING, FIELD_WEIGHTS
from searchlib.query.clauses import Clauses
from searchlib.query.cost import check_clauses, check_length
from searchlib.query.joining import alone
from searchlib.query.lexer import printable, readable
from searchlib.query.mistakes import Mistakes, QueryWarning
from searchlib.query.nodes import NOTHING, Node, Not
from searchlib.query.parser import Parser

if TYPE_CHECKING:
    from searchlib.query.byname import FindNames
    from searchlib.query.synonyms import Synonyms

DEFAULT_FIELDS = FIELD_WEIGHTS

_fields_of = lru_cache(64)(Fields)


@frozen
class Parsed:
    """What a text asks for: the ``query``, and ``warnings`` of mistakes that did not keep it from being one.

    ``source`` is the text as it was read: white space and characters that cannot be printed are spaces in it, so
    the positions of warnings and of query nodes count its code points as those of the text.
    """

    query: Node
    warnings: tuple[QueryWarning, ...]
    source: str


def parse(  # noqa: PLR0913, PLR0917 - what a text means depends on all of these
    text: str,
    fields: Iterable[str] = (),
    lexicon: Lexicon = NO_WORDS,
    default_fields: Mapping[str, float] = DEFAULT_FIELDS,
    strict: bool = False,
    synonyms: Synonyms | None = None,
    limits: Limits = LIMITS,
    function: float = DEFAULT_RANKING.function,
    names: FindNames | None = None,
) -> Parsed:
    """Parse ``text`` for an index whose documents have the metadata ``fields`` and the words of ``lexicon``.

    Words without a field are searched in ``default_fields``, a mapping of names to weights. ``synonyms`` are those of
    `searchlib.query.synonyms.load_synonyms`; ``function`` is what function words count beside others; ``names`` finds
    other spellings of names (`searchlib.query.byname`). Where ``strict``, the first mistake is raised as
    `searchlib.errors.QueryError`; otherwise mistakes are warnings, and text that asks for nothing matches nothing. What
    is over ``limits`` is a QueryError always.
    """
    check_length(text, limits)
    source = printable(text)
    mistakes = Mistakes(source)
    known = _fields_of(frozenset(fields))
    thesaurus = synonyms.thesaurus(lexicon) if synonyms is not None else None
    named = None
    if names is not None:
        from searchlib.query.byname import by_name

        named = by_name(names, lexicon, source)
    clauses = Clauses(lexicon, tuple(default_fields.items()), mistakes, thesaurus, limits, function, named)
    parser = Parser(known, clauses, mistakes, thesaurus)
    found = parser.parse(readable(source, lambda name: known.resolve(name) is not None))
    if isinstance(found, Not):
        mistakes.add(
            "This query says only what to leave out.",
            found.at or (0, len(source)),
            "Add a word to look for.",
            so="it finds everything else",
        )
        found = alone(found)
    if found is None and not mistakes.any:
        advice = "Write at least one word, or * for everything."
        mistakes.add("There is no word to look for.", (0, len(source)), advice)
    if found is not None:
        check_clauses(found, limits)
    warnings = mistakes.in_order()
    if strict and warnings:
        raise warnings[0].as_error()
    return Parsed(NOTHING if found is None else found, warnings, source)
