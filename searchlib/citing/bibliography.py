r"""Citations for reference managers: an item of CSL-JSON, or an entry of BibTeX, for each quote.

* A *work* is what a citation is of, as these know it: what the metadata of the document says of authors, date,
  publisher and address. Keys of the metadata are read as loaders write them (`_AUTHORS`, `_DATES`).
* The *key* of an item is ``searchlib:`` and the paragraph's id, and its note says where the quote stands: so a check
  of citations finds them in these files as in any other.

CSL-JSON is that of the schema ``csl-data.json`` (Citation Style Language 1.0.2): type and id are required, and there
are no other members than its own. A name is taken apart where it has a comma, as in "Lovelace, Ada"; of others nobody
knows which part is the family's, so they stand whole, in BibTeX in braces.

BibTeX counts braces, with a backslash before them or not, and so they are written by name; a ``url`` is verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from searchlib.citing.links import address
from searchlib.citing.normal import normal
from searchlib.citing.references import reference
from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject

if TYPE_CHECKING:
    from searchlib.citing.citation import Citation
    from searchlib.model.records import Metadata

_AUTHORS: Final = ("author", "authors", "creator", "from")
_DATES: Final = ("date", "issued", "published", "year", "created")
_CSL_TYPES: Final = {"epub": "book", "mail": "personal_communication", "pptx": "speech", "odp": "speech"}
_DAY: Final = re.compile(r"(-?\d{4})(?:-(\d\d))?(?:-(\d\d))?(?![\d.])")
_NAMED: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: "\\" + sign for sign in "$&#_%"},
}
_SPECIAL: Final = re.compile(r"[\\{}~^$&#_%]")


@frozen
class Work:
    """What is cited: texts without line breaks, ``date`` as (year, month, day) as far as they are known."""

    title: str
    authors: tuple[str, ...] = ()
    date: tuple[int, ...] = ()
    url: str = ""
    publisher: str = ""
    language: str = ""
    type: str = ""


def work_of(citation: Citation, type: str, language: str, metadata: Metadata) -> Work:
    """The work of a citation, by what is known of its document."""
    authors = [one for key in _AUTHORS for one in _texts(metadata.get(key, ()))]
    dates = (_day(one) for key in _DATES for one in _texts(metadata.get(key, ())))
    return Work(
        title=normal(citation.title) or normal(citation.path),
        authors=tuple(dict.fromkeys(name for one in authors for name in _split(one))),
        date=next(filter(None, dates), ()),
        url=address(citation.url),
        publisher=next(iter(_texts(metadata.get("publisher", ()))), ""),
        language=language,
        type=type,
    )


def as_csl(citation: Citation, work: Work) -> JsonObject:
    """An item of CSL-JSON."""
    pages = [one for one in citation.locators if one.kind == "page"]
    item: JsonObject = {
        "id": _key(citation),
        "type": _CSL_TYPES.get(work.type, "webpage" if work.url else "document"),
        "title": work.title,
        "author": [_csl_name(name) for name in work.authors],
        "issued": {"date-parts": [list(work.date)]} if work.date else None,
        "publisher": work.publisher,
        "URL": work.url,
        "language": work.language,
        "page": str(pages[0]).removeprefix("page ").partition(" “")[0] if pages else "",
        "note": _note(citation),
    }
    return {name: value for name, value in item.items() if value}


def as_bibtex(citation: Citation, work: Work) -> str:
    """An entry of BibTeX, of the type ``misc``, which needs no field: a title is there always."""
    year, month, *_ = (*work.date, 0, 0)
    fields = {
        "title": f"{{{_escaped(work.title)}}}",  # twice in braces: its capitals are to stay
        "author": " and ".join(map(_bibtex_name, work.authors)),
        "year": str(year) if year else "",
        "month": str(month) if month else "",
        "publisher": _escaped(work.publisher),
        "url": re.sub(r"[{}\\]", lambda match: f"%{ord(match[0]):02X}", work.url),
        "language": work.language,
        "note": _escaped(_note(citation)),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value not in ("", "{}")]
    return f"@misc{{{_key(citation)},\n" + ",\n".join(lines) + "\n}"


def _key(citation: Citation) -> str:
    return reference(citation.id, None)


def _note(citation: Citation) -> str:
    stands = ", ".join(filter(None, (citation.path, citation.where)))
    first, last = citation.part
    parts = [f"“{' › '.join(citation.section)}”"] if citation.section else []
    parts += [f"¶ {citation.paragraph} ({stands})"]
    parts += [] if citation.whole else [f"characters {first} to {last}"]
    return normal(", ".join(parts))


def _texts(value: object) -> Iterator[str]:
    for one in value if isinstance(value, (tuple, list)) else (value,):
        text = normal(str(one))
        if text and not isinstance(one, bool):
            yield text


def _split(authors: str) -> Iterable[str]:
    """The names in one text: of several there is a semicolon between them."""
    return filter(None, (name.strip() for name in authors.split(";")))


def _day(text: str) -> tuple[int, ...]:
    """Year, month and day at the beginning of a date; none if it is in no such form."""
    match = _DAY.match(text)
    if match is None:
        return ()
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if not 1 <= month <= 12:
        return (year,)
    return (year, month, day) if 1 <= day <= 31 else (year, month)


def _apart(name: str) -> tuple[str, str] | None:
    family, comma, given = (part.strip() for part in name.partition(","))
    return (family, given) if comma and family and given and "," not in given else None


def _csl_name(name: str) -> JsonObject:
    parts = _apart(name)
    return {"family": parts[0], "given": parts[1]} if parts is not None else {"literal": name}


def _bibtex_name(name: str) -> str:
    parts = _apart(name)
    if parts is None or " and " in name:
        return f"{{{_escaped(name)}}}"
    return f"{_escaped(parts[0])}, {_escaped(parts[1])}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: _NAMED[match[0]], text)
