"""From what is given, a text, a tree, a filter or an id, to what the engine is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary, ref

from searchlib.engine.requests import Request
from searchlib.errors import ParagraphNotFound, SettingsError
from searchlib.frozen import frozen
from searchlib.guards.arguments import text
from searchlib.guards.limits import LIMITS, Limits
from searchlib.model.ranking import BM25F, DEFAULT_RANKING
from searchlib.model.records import ID_LENGTH

if TYPE_CHECKING:
    from searchlib.analysis import Lexicon
    from searchlib.engine.answers import Handle
    from searchlib.engine.readers import Reader
    from searchlib.query import Node, QueryWarning
    from searchlib.query.byname import FindNames
    from searchlib.query.synonyms import Synonyms

_TEXTS = 512
_SHORT = 512  # code points of a text that is worth remembering: one that is longer is hardly met again


@frozen
class Interpretation:
    """A query tree, and the mistakes in the text that it was made of."""

    query: Node
    warnings: tuple[QueryWarning, ...] = ()


@frozen
class Within:
    """The query tree of a filter, None if there is none, and the mistakes in its texts."""

    query: Node | None
    warnings: tuple[QueryWarning, ...] = ()


class Interpreter:
    """Makes query trees of what is given; of the texts met last, the same is parsed once."""

    def __init__(
        self,
        reader: Reader,
        strict: bool = False,
        synonyms: Synonyms | None = None,
        limits: Limits = LIMITS,
        ranking: BM25F = DEFAULT_RANKING,
        names: bool = False,
    ) -> None:
        self._reader = reader
        self._names = names
        self._limits = limits
        self._strict = strict
        self._synonyms = synonyms
        self._ranking = ranking

    def query(self, given: Any) -> Interpretation:
        """The query of a text or tree. Raises SettingsError for what is neither, QueryError if strict."""
        if not isinstance(given, str):
            tree = self.tree(given)
            if tree is None:
                raise SettingsError(f"a query is a text or a query tree, not {type(given).__name__}")
            return Interpretation(tree)
        lexicon = self._reader.lexicon
        parse = partial(_parse, lexicon) if len(given) > _SHORT or self._names else _parse_once(lexicon)
        fields = frozenset(self._reader.fields)
        if self._names:
            from searchlib.spelling.nametable import names_like

            parse = partial(parse, names=partial(names_like, self._reader))
        return parse(given, fields, self._strict, self._synonyms, self._limits, self._ranking)

    def tree(self, given: Any) -> Node | None:
        """The nodes of a tree: searchlib's own, or Whoosh's, translated. None for what is neither."""
        from searchlib.query import Node
        from searchlib.query.cost import check_clauses

        if not isinstance(given, Node):
            if not hasattr(given, "normalize"):
                return None
            from searchlib.engines.whoosh.compat.translation import translated

            given = translated(given, self._reader.lexicon, self._matches)
        check_clauses(given, self._limits)
        return cast("Node", given)

    def _matches(self, node: Node) -> bool:
        return bool(self._reader.search(Request(node, limit=1)).hits)

    def filter(self, given: Any) -> Within:
        """The query of a filter, with the warnings of all texts in it. Raises for a field that no document has."""
        if given is None:
            return Within(None)
        from searchlib.search.filtering import Names, build_filter

        names = Names(self._reader.fields, strict=True)
        warnings: list[QueryWarning] = []

        def made(one: Any) -> Node | None:
            if not isinstance(one, str):
                return self.tree(one)
            parsed = self.query(one)
            for warning in parsed.warnings:
                if warning.unknown:  # a filter that was lost would let everything in
                    raise warning.as_error()
            warnings.extend(parsed.warnings)
            return parsed.query

        query = build_filter(given, names, made)
        if query is not None:
            from searchlib.query.cost import check_clauses

            check_clauses(query, self._limits)  # of a dictionary's values too
        return Within(query, (*warnings, *names.warnings))


def handle_of(reader: Reader, id: str) -> Handle:
    """The handle of the record whose id is, or alone begins with, ``id``. Raises ParagraphNotFound."""
    wanted = text("id", id, "the id of a paragraph, as text").strip().lower()
    if not wanted or len(wanted) > ID_LENGTH:
        raise ParagraphNotFound(f"{id!r} is no paragraph id: these have up to {ID_LENGTH} characters", id)
    (found,) = reader.find([wanted])
    if not found:
        raise ParagraphNotFound(f"no paragraph has the id {id}: search for its words, every hit has its id", id)
    if len(found) > 1:
        raise ParagraphNotFound(f"several paragraphs have ids that begin with {id}: give more of it", id)
    return found[0]


def _parse(
    lexicon: Lexicon,
    given: str,
    fields: frozenset[str],
    strict: bool,
    synonyms: Synonyms | None,
    limits: Limits,
    ranking: BM25F,
    names: FindNames | None = None,
) -> Interpretation:
    from searchlib.query import parse

    found = parse(given, fields, lexicon, ranking.weights, strict, synonyms, limits, ranking.function, names)
    if given.isascii() or not lexicon.segmented:
        return Interpretation(found.query, found.warnings)
    from searchlib.query.segmented import unsegmented

    return Interpretation(found.query, (*found.warnings, *unsegmented(found.source, lexicon.segmented)))


_PARSERS: WeakKeyDictionary[Lexicon, Callable[..., Interpretation]] = WeakKeyDictionary()


def _parse_once(lexicon: Lexicon) -> Callable[..., Interpretation]:
    """Parses texts for an index, and remembers the last ones as long as that is open: what has them has not it."""
    known = _PARSERS.get(lexicon)
    if known is not None:
        return known
    there = ref(lexicon)

    @lru_cache(_TEXTS)
    def parse(*given: Any) -> Interpretation:
        lexicon = there()
        assert lexicon is not None  # who asks has it
        return _parse(lexicon, *given)

    return _PARSERS.setdefault(lexicon, parse)
