"""XML as a tree, from a file that may be hostile: nothing is fetched, and no entity can make much of little.

* The *prolog*, what stands before the root, is read first, alone. Entities that it declares are text of a few
  characters or the file is refused; those of HTML are known (``&nbsp;``), others are left out.
* A *name* is an element's or an attribute's without its namespace (`local`): formats are told by their roots.

Trees are walked without recursion where a file decides how deep they are, or else the depth is bounded (`parse`).
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.parsers import expat

from searchlib.errors import SeedError

MAX_DEPTH: Final = 200
"""Levels of elements; what is written for people has some 30."""
_MAX_ENTITY: Final = 256  # code points of what an entity stands for
_ENTITIES: Final = {name.removesuffix(";"): value for name, value in html.entities.html5.items() if name.endswith(";")}
_REFERENCE: Final = re.compile(rb"&([A-Za-z_][A-Za-z0-9_.-]{0,63});")
_SPACE: Final = re.compile(r"[ \t\r\n]+")


class _Names(dict[str, str]):
    """The names of tags, without namespaces."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        if len(self) < 10_000:
            self[tag] = name
        return name


_NAMES: Final = _Names()


def local(element: Element) -> str:
    """An element's name without its namespace; "" of a comment or an instruction."""
    tag = element.tag
    return _NAMES[tag] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """The attribute of this name, in whatever namespace; "" if there is none."""
    value = element.get(name)
    if value is None:
        return next((value for key, value in element.items() if _NAMES[key] == name), "")
    return value


def child(element: Element | None, *names: str) -> Element | None:
    """The first child of a name, and of that the first of the next, and so on; None where there is none."""
    for name in names:
        if element is None:
            return None
        element = next((one for one in element if local(one) == name), None)
    return element


def children(element: Element | None) -> Iterable[Element]:
    """What is in an element; nothing if there is none."""
    return () if element is None else element


def within(element: Element, *names: str) -> Iterator[Element]:
    """All elements below, and the element itself, that have one of the names, in order."""
    return (one for one in element.iter() if local(one) in names)


def flat(element: Element | None) -> str:
    """All text in an element, on one line."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def squeezed(text: str) -> str:
    """``text`` with white space as XML's readers see it: single blanks."""
    return _SPACE.sub(" ", text)


def parse(data: bytes, name: str, depth: int = MAX_DEPTH) -> Element:
    """The root of an XML file. Raises SeedError for what is none, is nested deeper, or has entities that grow.

    The encoding is that of the byte order mark or the declaration, or UTF-8.
    """
    entities = dict(_ENTITIES)
    try:
        _read_prolog(data, entities, name)
        if b"<!DOCTYPE" in data[:4096]:  # what a DTD elsewhere may declare is left out
            for said in _REFERENCE.findall(data):
                entities.setdefault(said.decode("ascii"), "")
        parser = XMLParser()
        parser.entity.update(entities)
        parser.feed(data)
        root: Element = parser.close()
    except (ParseError, expat.ExpatError, ValueError, LookupError) as error:
        raise SeedError(f"no XML, or damaged ({error}); save it anew with the program that made it", name) from None
    if _is_deeper(root, depth):
        raise SeedError(f"nested more than {depth} deep", name)
    return root


def _is_deeper(root: Element, depth: int) -> bool:
    level = [root]
    for _ in range(depth):
        level = [inner for one in level for inner in one]
        if not level:
            return False
    return True


class _Begun(Exception):
    pass


def _read_prolog(data: bytes, entities: dict[str, str], name: str) -> None:
    """Put in ``entities`` what the file declares. Raises SeedError for one that stands for more than some text."""
    parser = expat.ParserCreate()

    def declared(entity: str, parameter: bool, value: str | None, *external: str | None) -> None:
        if value is None:  # it stands outside the file: it is left out
            entities.setdefault(entity, "")
        elif len(value) > _MAX_ENTITY or "&" in value:
            raise SeedError(f"its XML declares the entity {entity[:40]!r}, which stands for more than some text", name)

    def begun(tag: str, attributes: dict[str, str]) -> None:
        raise _Begun

    parser.EntityDeclHandler = declared
    parser.StartElementHandler = begun
    try:
        for place in range(0, len(data), 4096):
            parser.Parse(data[place : place + 4096], False)
    except _Begun:
        pass
