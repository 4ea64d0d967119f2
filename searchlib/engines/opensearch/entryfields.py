"""The schema: how the fields of records are laid out in an index of OpenSearch. All follows from the table of fields.

* Of an analysed field (prose, and metadata), ``t_NAME`` has a *term* for each token, at its position: its folded form,
  with `ACCENTED` before it where it is written otherwise; what a word is joined to does not count. ``exact`` has those
  as they are written, and what is joined too, after the name of their field; ``x_NAME`` has the words with marks at
  their positions. ``n_NAME`` is how many tokens there are.
* ``e_NAME`` is an exact field, ``c_NAME`` a number, ``v_NAME`` the keys of the values of an attribute
  (`searchlib.query.wholevalues`).
* ``order`` is the place of the document among all, as bytes: documents come by the natural order of their paths.
  ``said`` is a hash of what a paragraph says.

Terms are joined by `BETWEEN`, and `NO_TERM` takes a position that has none: the analyser there does no more than split.

A term scores in one of two ways, by its boost. Below `COUNTED` it is how often it occurs, times the boost, of which an
exact score is made. From there on it is the boost times what one field can make of it, at most, in a score of 1
(`Curve`): the cluster finds the best by these without looking at all, as Lucene keeps maxima of blocks for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from searchlib.analysis.folding import join_key, joint_of, plain_form, split_key
from searchlib.analysis.natural import natural_key
from searchlib.frozen import frozen
from searchlib.model.fields import EXACT, NUMBERS, PROSE, TABLE, field_named
from searchlib.model.ranking import DEFAULT_RANKING
from searchlib.query.wholevalues import attribute_keys

FORMAT: Final = 3
"""Counted up when the layout changes: an index of another one is built again."""
BETWEEN, NO_TERM, ACCENTED, WITHIN = "\x1d", "\x1c", "\x1f", "\x1e"
BOTH: Final = ("", ACCENTED)
"""What may stand before the folded form of a word."""
MOST_CLAUSES: Final = 1024
"""What a cluster takes in one query unless it is told otherwise, which takes a restart of its nodes."""
WINDOW: Final = 100_000
"""How deep a page by offset may begin, and how large one may be."""
_MOST_FIELDS: Final = 10_000
COUNTED: Final = 2.0**-30
ONCE: Final = 2.0**-40
"""The boost of a term of which one occurrence counts as 1: a power of two, so that no digit is lost."""

_ALIKE: Final = "alike"
"""What takes terms for one, as it puts them all at one position."""

RECORD, DOCUMENT, SEED, WORD = "record", "document", "seed", "word"


def mark_of(folded: str, exact: str) -> str:
    """What stands before a folded form in the term of a token that is written so."""
    return "" if folded == (plain_form(exact) if joint_of(exact) else exact) else ACCENTED


def written_as(key: str) -> list[str]:
    """What ``exact`` has of a token, but for its field: of an accented word that is joined, both."""
    exact = split_key(key)[1]
    return [one for one in (key, join_key(plain_form(exact)) if joint_of(exact) else "") if ACCENTED in one]


def terms(name: str) -> str:
    """The field with the terms of an analysed field."""
    return "t_" + encoded(name)


def length(name: str) -> str:
    """The field with the length of an analysed field."""
    return "n_" + encoded(name)


def marked(name: str) -> str:
    """The field with the words of an analysed field that have a mark."""
    return "x_" + encoded(name)


def values(name: str) -> str:
    """The field with the keys of the values of an attribute."""
    return "v_" + encoded(name)


def exact(name: str) -> str:
    """The field of an exact field of the table."""
    return "e_" + name


def column(name: str) -> str:
    """The field of a number of the table."""
    return "c_" + name


def is_analysed(name: str) -> bool:
    """Whether a field has tokens: prose and metadata do."""
    return name not in TABLE or TABLE[name].kind == "prose"


def encoded(name: str) -> str:
    """A name of metadata as one of OpenSearch, in which dots and stars have a meaning."""
    return "".join(one if one.isalnum() or one in "_-" else f"%{ord(one):x}%" for one in name)


def escaped(text: str) -> str:
    """A text as a regular expression of Lucene."""
    return "".join(one if one.isalnum() or ord(one) > 127 else "\\" + one for one in text)


def order_of(path: str) -> str:
    """What sorts, as bytes, as the natural order of paths does."""
    parts, whole = natural_key(path)
    return "".join(f"{one:018d}" if isinstance(one, int) else one + "\0" for one in parts) + "\0" + whole


def value_keys(name: str, found: Any) -> list[str]:
    """The keys of the values of an attribute."""
    return sorted(key.decode("utf-8", "surrogatepass") for key in attribute_keys(name, found))


def scored(name: str, found: Sequence[str], boost: float) -> dict[str, Any]:
    """What scores these terms of a field as one that occurs as often as all of them."""
    if len(found) == 1:
        return {"term": {name: {"value": found[0], "boost": boost}}}
    return {"match": {name: {"query": BETWEEN.join(found), "analyzer": _ALIKE, "boost": boost}}}


@frozen
class Curve:
    """What a field makes of a term, at most: ``tf / (tf + base + slope * length)``, between 0 and 1."""

    base: float
    slope: float

    def at(self, length: float) -> float:
        """What is added to the term's frequency in a field of this length."""
        return self.base + self.slope * length


def curve(name: str, lengths: Mapping[str, float]) -> Curve:
    """The curve of a field in an index whose fields have about these ``lengths``: that of the formula by default."""
    ranking, about = DEFAULT_RANKING, lengths.get(name) or field_named(name).tokens
    weight = ranking.weight(name)
    return Curve(ranking.k1 * (1 - ranking.b) / weight, ranking.k1 * ranking.b / about / weight)


def settings(lengths: Mapping[str, float]) -> dict[str, Any]:
    """The settings of an index whose fields have about these lengths, of one shard unless others say more."""
    return {
        "number_of_shards": 1,
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "max_result_window": WINDOW,
        "max_inner_result_window": 1000,
        "max_regex_length": 100_000,
        "mapping.total_fields.limit": _MOST_FIELDS,
        "analysis": {
            "tokenizer": {
                "between": {"type": "char_group", "tokenize_on_chars": [BETWEEN], "max_token_length": 10_000}
            },
            "filter": {
                "no_term": {"type": "stop", "stopwords": [NO_TERM]},
                "each": {"type": "pattern_capture", "preserve_original": False, "patterns": [f"([^{BETWEEN}]+)"]},
            },
            "analyzer": {
                "terms": {"tokenizer": "between", "filter": ["no_term"]},
                _ALIKE: {"tokenizer": "keyword", "filter": ["each"]},
            },
        },
        "similarity": similarities(lengths),
    }


def similarities(lengths: Mapping[str, float]) -> dict[str, Any]:
    """How terms score in an index whose fields have about these lengths."""
    return {f"like_{name}": _similarity(curve(name, lengths)) for name in (*PROSE, "")}


def _similarity(curve: Curve) -> dict[str, Any]:
    bound = f"query.boost * doc.freq / (doc.freq + {curve.base!r} + {curve.slope!r} * doc.length)"
    source = f"return query.boost < {COUNTED!r} ? query.boost * {1 / ONCE!r} * doc.freq : {bound};"
    return {"type": "scripted", "script": {"source": source}}


_TERMS: Final = {"type": "text", "analyzer": "terms", "similarity": "like_"}
_MARKED: Final = {"type": "text", "analyzer": "terms", "norms": False}
_KEYWORD: Final = {"type": "keyword"}
_INTEGER: Final = {"type": "integer"}


def mapping(meta: dict[str, Any]) -> dict[str, Any]:
    """The mapping of an index that remembers ``meta``."""
    return {
        "_meta": {"searchlib": meta},
        "_source": {"includes": ["stored"]},
        "dynamic": "strict_allow_templates",
        "dynamic_templates": [
            {"terms": {"match": "t_*", "mapping": _TERMS}},
            {"marked": {"match": "x_*", "mapping": _MARKED}},
            {"lengths": {"match": "n_*", "mapping": _INTEGER | {"index": False}}},
            {"values": {"match": "v_*", "mapping": _KEYWORD}},
        ],
        "properties": {
            "entry": _KEYWORD,
            "id": _KEYWORD,
            "order": _KEYWORD,
            "said": _KEYWORD | {"index": False},
            "fields": _KEYWORD,
            "words": _KEYWORD,
            "folded": _KEYWORD | {"doc_values": False},
            "stems": _KEYWORD | {"doc_values": False},
            **{terms(name): _TERMS | {"similarity": f"like_{name}"} for name in PROSE},
            **{marked(name): _MARKED for name in PROSE},
            "exact": _TERMS | {"norms": False, "index_options": "freqs"},
            **{exact(name): _KEYWORD for name in EXACT},
            **{column(name): _INTEGER for name in NUMBERS},
            "stored": {"type": "keyword", "index": False, "doc_values": False},
        },
    }
