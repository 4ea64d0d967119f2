"""The query language: from what a person typed to a tree of Whoosh's query nodes.

``parse`` never raises on what people type, unless it is to be strict, or more than the limits is asked. The way of a
text: `syntax` tags and groups it (Whoosh's parser), `mending` puts right what does not fit, `building` makes nodes of
it, with the words analysed as the index analyses them. docs/query-language.md describes the language itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from whoosh import query

from searchlib.limits import LIMITS, Limits
from searchlib.query.building import Builder
from searchlib.query.characters import printable, readable
from searchlib.query.clauses import check_clauses, check_length
from searchlib.query.fields import Fields
from searchlib.query.mending import mend
from searchlib.query.mistakes import Mistakes, QueryWarning
from searchlib.query.syntax import parser
from searchlib.ranking import FIELD_WEIGHTS

if TYPE_CHECKING:
    from searchlib.query.synonyms import Synonyms

DEFAULT_FIELDS = FIELD_WEIGHTS

_parser = cache(parser)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text asks for: the query, and the mistakes that did not keep it from being one.

    ``source`` is the text as it was read: white space and characters that cannot be printed are spaces in it, so
    the positions of warnings and of query nodes count its code points as those of the text.
    """

    query: Any
    warnings: tuple[QueryWarning, ...]
    source: str


def parse(
    text: str,
    schema: Any | Iterable[str],
    languages: Sequence[str] = (),
    default_fields: Mapping[str, float] = DEFAULT_FIELDS,
    strict: bool = False,
    synonyms: Synonyms | None = None,
    limits: Limits = LIMITS,
) -> Parsed:
    """Parse ``text`` for an index with this schema (or these field names) and documents in these ``languages``.

    Words without a field are searched in ``default_fields``, a mapping of names to weights. ``synonyms`` are those of
    `searchlib.query.synonyms.load_synonyms`. Where ``strict``, the
    first mistake is raised as `searchlib.errors.QueryError`; otherwise mistakes are warnings, and text that asks
    for nothing gives Whoosh's null query. What is over ``limits`` is a QueryError always.
    """
    check_length(text, limits)
    source = printable(text)
    mistakes = Mistakes(source)
    fields = Fields(schema)
    whoosh_parser = _parser()
    tagged = whoosh_parser.tag(readable(source, lambda name: fields.resolve(name) is not None))
    tagged.nodes = mend(tagged.nodes, fields, mistakes, len(source))
    tree = whoosh_parser.filterize(tagged)
    thesaurus = synonyms.thesaurus(languages) if synonyms is not None else None
    found = Builder(fields, languages, default_fields, mistakes, thesaurus, limits).build(tree)
    if isinstance(found, query.Not):
        mistakes.add(
            "This query says only what to leave out.",
            found.startchar,
            found.endchar,
            "Add a word to look for.",
            so="it finds everything else",
        )
        found = query.And([query.Every(), found])
    check_clauses(found, limits)
    warnings = mistakes.in_order()
    if found is query.NullQuery and not warnings:
        mistakes.add("There is no word to look for.", 0, len(source), "Write at least one word, or * for everything.")
        warnings = mistakes.in_order()
    if strict and warnings:
        raise warnings[0].as_error()
    return Parsed(found, warnings, source)
