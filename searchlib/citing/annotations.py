"""The form for machines: a specific resource of the Web Annotation Data Model (W3C Recommendation, 2017).

The ``source`` is the document, by its address on the web or else by its path; a ``TextQuoteSelector`` has the quote
with its context, a ``TextPositionSelector`` its range in the document's text, in code points, and a
``FragmentSelector`` what leads to its page, time or element, where there is such. What the model has no words for is in
``citation``, which the context declares to be a JSON literal (JSON-LD 1.1).

`jsonfinding` reads these, and what other programs wrote, in any place of any JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.citing.links import address, iri
from searchlib.model.jsonable import JsonObject, as_json

if TYPE_CHECKING:
    from searchlib.citing.citation import Citation

CONTEXT = (
    "http://www.w3.org/ns/anno.jsonld",
    {"@version": 1.1, "citation": {"@id": "searchlib:citation", "@type": "@json"}},
)
_NAMED = ("id", "path", "title", "headings", "digest", "paragraph")


def as_annotation(citation: Citation) -> JsonObject:
    """The citation as a SpecificResource, ready for JSON."""
    context = {"prefix": citation.prefix, "suffix": citation.suffix}
    named: JsonObject = {name: as_json(getattr(citation, name)) for name in _NAMED}
    place: JsonObject = {name: as_json(getattr(citation, name)) for name in ("line", "locators")}
    said: JsonObject = {name: as_json(getattr(citation, name)) for name in ("spans", "link")}
    value, conforms = citation.fragment
    fragment = [{"type": "FragmentSelector", "conformsTo": conforms, "value": value}] if value else []
    return {
        "@context": [CONTEXT[0], dict(CONTEXT[1])],
        "id": citation.reference,
        "type": "SpecificResource",
        "source": address(citation.url) or iri(citation.path),
        "selector": [
            {"type": "TextQuoteSelector", "exact": citation.quote, **_present(context)},
            {"type": "TextPositionSelector", "start": citation.start, "end": citation.end},
            *fragment,
        ],
        "citation": named | _present(place) | {"offset": citation.offset} | _present(said),
    }


def _present(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if value}
