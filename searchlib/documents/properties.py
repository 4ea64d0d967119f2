"""What a file says of itself, of which programs write much that its author never saw."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.text import clean
from searchlib.documents.xmltrees import flat, local
from searchlib.model.records import Scalar

NO_TITLE: Final = re.compile(
    r"untitled|microsoft word|(?:power)?point presentation|^(?:document|presentation|slide|book)\s*\d*$"
    r"|\.(?:docx?|dvi|tex|indd|qxd|pdf|odt|pptx?|rtf|txt|p65)$|^[\W\d_]*$",
    re.IGNORECASE,
)
"""What is found in the place of a title, and is none."""

_NAMES: Final = {
    "creator": "author",
    "initial-creator": "author",
    "subject": "subject",
    "keyword": "keywords",
    "keywords": "keywords",
    "description": "description",
    "created": "date",
    "creation-date": "date",
    "date": "date",
    "publisher": "publisher",
    "identifier": "identifier",
}
_DATE: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?)?)?")


def title_of(*candidates: str) -> str:
    """The first of the candidates that is a title; "" if none is."""
    said = (" ".join(clean(one).split()) for one in candidates)
    return next((one for one in said if one and not NO_TITLE.search(one)), "")


def dublin_core(root: Element | None) -> dict[str, str | tuple[str, ...]]:
    """Title, language and metadata that elements of these names have (those of Dublin Core, and of OpenDocument)."""
    found: dict[str, list[str]] = {}
    for one in root.iter() if root is not None else ():
        name = local(one)
        key = name if name in ("title", "language") else _NAMES.get(name, "")
        value = clean(flat(one))
        if key == "date":
            date = _DATE.match(value)
            value = date[0] if date else ""
        if key and value and value not in found.get(key, ()):
            found.setdefault(key, []).append(value)
    about: dict[str, str | tuple[str, ...]] = {}
    for key, values in found.items():
        kept = values
        if key == "keywords":
            kept = [part.strip() for value in values for part in re.split("[,;]", value) if part.strip()]
        elif key in ("title", "language", "date", "description"):
            kept = values[:1]
        if kept:
            about[key] = kept[0] if len(kept) == 1 else tuple(kept)
    return about


def metadata(about: Mapping[str, str | tuple[str, ...]]) -> dict[str, Scalar | tuple[Scalar, ...]]:
    """What is metadata of what a file says of itself."""
    return {key: value for key, value in about.items() if key not in ("title", "language")}


def said(about: Mapping[str, str | tuple[str, ...]], key: str) -> str:
    """One value of what a file says of itself; "" if it says none."""
    value = about.get(key, "")
    return value if isinstance(value, str) else value[0]
