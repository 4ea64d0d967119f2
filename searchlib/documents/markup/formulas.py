"""Formulas of Word (OMML) and of the web (MathML) on a line, as in mail: ``(a+b)/2``, ``x²``, ``a_i``.

Both are trees of the same sorts of things under other names. A power is raised, so that x² is not x2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.markup.inline import raised
from searchlib.documents.xmltrees import attribute, child, children, local, parse
from searchlib.errors import SeedError

_TEXTS: Final = frozenset({"t", "mi", "mn", "mo", "mtext", "ms"})
_NOT_SEEN: Final = frozenset({"annotation", "annotation-xml", "mphantom", "rPr", "ctrlPr", "phant"})
_ANNOTATION: Final = re.compile(r"<annotation.*", re.DOTALL)
_ROWS: Final = frozenset({"mr", "mtr", "mlabeledtr"})


def formula(element: Element) -> str:
    """A formula as text on a line."""
    return " ".join(_text(element).split())


def formula_of_page(source: str) -> str:
    """The same of a formula in the source of a page, which may be no XML."""
    try:
        return formula(parse(source.encode("utf-8", "replace"), ""))
    except (SeedError, RecursionError):
        return " ".join(re.sub(r"<[^<>]*>", " ", _ANNOTATION.sub(" ", source)).split())


def _text(element: Element | None) -> str:
    if element is None:
        return ""
    name = local(element)
    if name in _TEXTS:
        return "".join(element.itertext())
    if name in _NOT_SEEN or (name.endswith("Pr") and name != "sPr"):
        return ""
    make = _WRITTEN.get(name)
    if make is not None:
        return make(element)
    return "".join(map(_text, element))


def _part(element: Element, name: str, place: int) -> str:
    """A part: by its name in OMML, by its place in MathML."""
    found = child(element, name)
    if found is None and local(element).startswith("m") and place < len(element):
        found = element[place]
    return _text(found).strip()


def _grouped(text: str) -> str:
    is_one = len(text) < 2 or text.isalnum() or (text[0] == "(" and text.find(")") == len(text) - 1)
    return text if is_one else f"({text})"


def _above(text: str) -> str:
    above = raised(text)
    return above if above != text or not text else f"^{_grouped(text)}"


def _below(text: str) -> str:
    return text if not text or text.isdecimal() else f"_{_grouped(text)}"


def _fraction(element: Element) -> str:
    return f" {_grouped(_part(element, 'num', 0))}/{_grouped(_part(element, 'den', 1))} "


def _power(element: Element) -> str:
    return _grouped(_part(element, "e", 0)) + _above(_part(element, "sup", 1))


def _index(element: Element) -> str:
    return _part(element, "e", 0) + _below(_part(element, "sub", 1))


def _both(element: Element) -> str:
    return _part(element, "e", 0) + _below(_part(element, "sub", 1)) + _above(_part(element, "sup", 2))


def _before(element: Element) -> str:
    return _below(_part(element, "sub", 0)) + _above(_part(element, "sup", 1)) + _part(element, "e", 2)


def _root(element: Element) -> str:
    if local(element) == "mroot":
        return f"{_above(_part(element, '', 1))}√{_grouped(_part(element, '', 0))}"
    inner = _text(child(element, "e")) if local(element) == "rad" else "".join(map(_text, element))
    return f"{_above(_text(child(element, 'deg')).strip())}√{_grouped(inner.strip())}"


def _sum(element: Element) -> str:
    sign = child(element, "naryPr", "chr")
    below = _grouped(_part(element, "sub", 0))
    bounds = (f"_{below}" if below else "") + _above(_part(element, "sup", 1))
    return f" {'∫' if sign is None else attribute(sign, 'val')}{bounds} {_part(element, 'e', 2)} "


def _fenced(element: Element) -> str:
    if local(element) == "mfenced":
        said = element.get("open", "("), element.get("close", ")")
        inner = list(element)
    else:
        begin, end = (child(element, "dPr", name) for name in ("begChr", "endChr"))
        said = "(" if begin is None else attribute(begin, "val"), ")" if end is None else attribute(end, "val")
        inner = [one for one in element if local(one) == "e"]
    return f"{said[0]}{', '.join(_text(one).strip() for one in inner)}{said[1]}"


def _applied(element: Element) -> str:
    return f" {_part(element, 'fName', 0)} {_part(element, 'e', 1)} "


def _limit(element: Element) -> str:
    return f"{_part(element, 'e', 0)}{_below(_part(element, 'lim', 1))}"


def _rows(element: Element) -> str:
    rows = [one for one in element if local(one) in _ROWS] or [one for one in element if local(one) == "e"]
    return "; ".join(" ".join(_text(cell).strip() for cell in _cells(row)) for row in rows)


def _cells(row: Element) -> list[Element]:
    cells = [one for one in children(row) if local(one) in ("e", "mtd")]
    return cells or [row]


_WRITTEN: Final[dict[str, Callable[[Element], str]]] = {
    **dict.fromkeys(("f", "mfrac"), _fraction),
    **dict.fromkeys(("sSup", "msup"), _power),
    **dict.fromkeys(("sSub", "msub"), _index),
    **dict.fromkeys(("sSubSup", "msubsup", "munderover"), _both),
    **dict.fromkeys(("rad", "msqrt", "mroot"), _root),
    **dict.fromkeys(("d", "mfenced"), _fenced),
    **dict.fromkeys(("limLow", "munder"), _limit),
    **dict.fromkeys(("m", "mtable", "eqArr"), _rows),
    "sPre": _before,
    "nary": _sum,
    "func": _applied,
    "mspace": lambda element: " ",
    "semantics": lambda element: _text(element[0]) if len(element) else "",
}
