"""The forms in which hits are printed for other programs, and for texts: a line or more for each hit, as it comes.

==========  ==========================================================================================================
csv         a line of `COLUMNS` and one for each hit; for spreadsheets: see `cell`
markdown    a list, each item with its citation and the snippet as a quote
bibtex      an entry each (`searchlib.citing.bibliography`)
csl         one array of CSL-JSON
a template  whatever has a brace in it (`searchlib.cli.templates`), with the names of `VALUES` and keys of metadata
==========  ==========================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from searchlib.guards.cleaning import clean
from searchlib.model.records import below_title

if TYPE_CHECKING:
    from searchlib import Hit, Record
    from searchlib.citing import Citation
    from searchlib.highlight import Snippet

FORMS: Final = ("csv", "markdown", "bibtex", "csl")

_RECORD: Final[Mapping[str, Callable[[Record], Any]]] = {
    "id": lambda record: record.id,
    "path": lambda record: record.document.path,
    "line": lambda record: record.paragraph.line or "",
    "place": lambda record: _cited(record).where,
    "paragraph": lambda record: record.paragraph.number,
    "title": lambda record: record.document.title or record.document.path,
    "section": lambda record: " › ".join(below_title(record.paragraph.headings, record.document.title)),
    "kind": lambda record: record.paragraph.kind,
    "type": lambda record: record.document.type,
    "language": lambda record: record.document.language,
    "text": lambda record: record.paragraph.text,
}
_CITATION: Final[Mapping[str, Callable[[Citation], Any]]] = {
    "reference": lambda citation: citation.reference,
    "citation": str,
    "url": lambda citation: citation.url,
}
_HIT: Final[Mapping[str, Callable[[Hit, Snippet], Any]]] = {
    "rank": lambda hit, _: hit.rank,
    "score": lambda hit, _: hit.score,
    "snippet": lambda hit, shown: _plain(shown, hit.text),
}
VALUES: Final = (*_HIT, *_RECORD, *_CITATION)
"""The names that a template of hits can have."""
_QUOTE: Final[Mapping[str, Callable[[Citation], Any]]] = {
    "quote": lambda citation: citation.quote,
    "prefix": lambda citation: citation.prefix,
    "suffix": lambda citation: citation.suffix,
    "link": lambda citation: citation.link,
}
CITED: Final = (*_RECORD, *_CITATION, *_QUOTE)
"""Those of one of citations."""
COLUMNS: Final = (
    "rank",
    "score",
    "id",
    "path",
    "line",
    "place",
    "paragraph",
    "title",
    "section",
    "language",
    "snippet",
)
_FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # and as wide as Chinese writes them


def lines(form: str, hits: Iterable[Hit], shown: Callable[[Hit], Snippet], keys: Collection[str]) -> Iterator[str]:
    """The lines of hits in a form but csl; ``shown`` is what is shown of each, ``keys`` are those of the metadata."""
    if form == "csv":
        yield from _csv(hits, shown)
    elif form == "markdown":
        for hit in hits:
            yield from _markdown(hit, shown(hit))
    elif form == "bibtex":
        from searchlib.citing.bibliography import as_bibtex, work_of

        for hit in hits:
            yield from as_bibtex(cited := _cited(hit.record), work_of(cited, *about(hit.record))).split("\n")
    else:
        from searchlib.cli.templates import Template, metadata_value

        template = Template(form, VALUES, keys)
        for hit in hits:

            def value(name: str, hit: Hit = hit) -> Any:
                if name in _HIT:
                    return _HIT[name](hit, shown(hit))
                return record_value(hit.record, name) if name in VALUES else metadata_value(hit.document.metadata, name)

            yield from template.filled(value).split("\n")


def csl_items(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    """The items of hits."""
    from searchlib.citing.bibliography import as_csl, work_of

    return [as_csl(cited := _cited(hit.record), work_of(cited, *about(hit.record))) for hit in hits]


def about(record: Record) -> tuple[str, str, Mapping[str, Any]]:
    """What a bibliography asks of a document besides its citation: type, language, metadata."""
    document = record.document
    return document.type, document.language, document.metadata


def record_value(record: Record, name: str) -> Any:
    """What stands for a name in a template, of a record."""
    return _RECORD[name](record) if name in _RECORD else _CITATION[name](_cited(record))


def cited_value(citation: Citation, record: Record, name: str) -> Any:
    """The same of a citation of a record, which may be of a part of it."""
    if name in _RECORD:
        return _RECORD[name](record)
    return {**_CITATION, **_QUOTE}[name](citation)


def cell(value: Any) -> str:
    """A value as a cell of CSV: on one line, and in quotation marks where it needs them (RFC 4180).

    Spreadsheets run a cell that begins as a formula does, and texts of an index may be a stranger's: such a text has
    an apostrophe before it, which they do not show. Numbers are as they are.
    """
    if not isinstance(value, str):
        return str(value)
    text = " ".join(clean(value).split())
    if text.startswith(_FORMULAS):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"') else text


def _csv(hits: Iterable[Hit], shown: Callable[[Hit], Snippet]) -> Iterator[str]:
    yield ",".join(COLUMNS)
    for hit in hits:
        values = {"rank": hit.rank, "score": round(hit.score, 4), "snippet": _plain(shown(hit), hit.text)}
        yield ",".join(cell(values[name] if name in values else record_value(hit.record, name)) for name in COLUMNS)


def _markdown(hit: Hit, shown: Snippet) -> Iterator[str]:
    from searchlib.citing.forms import escaped, place
    from searchlib.render import render

    cited = _cited(hit.record)
    label = f"{hit.rank}. "
    yield f"{label}{escaped(place(cited))} [{cited.reference}]"
    indent = " " * len(label)
    yield ""
    for line in render(shown, hit.text, "markdown").split("\n"):
        yield f"{indent}> {line}".rstrip()
    yield ""


def _plain(shown: Snippet, text: str) -> str:
    from searchlib.render import render

    return render(shown, text, "plain")


def _cited(record: Record) -> Citation:
    from searchlib.citing import cite

    return cite(record)
