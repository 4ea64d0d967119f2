"""The form for machines: a specific resource of the Web Annotation Data Model (W3C Recommendation, 2017).

The ``source`` is the document, by its address on the web or else by its path; a ``TextQuoteSelector`` has the quote
with its context, a ``TextPositionSelector`` its range in the document's text, in code points. What the model has no
words for is in ``citation``, which the context declares to be a JSON literal (JSON-LD 1.1).

`jsonfinding` reads these, and what other programs wrote, in any place of any JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchlib.citing.links import address, iri

if TYPE_CHECKING:
    from searchlib.citing.citation import Citation

CONTEXT = (
    "http://www.w3.org/ns/anno.jsonld",
    {"@version": 1.1, "citation": {"@id": "searchlib:citation", "@type": "@json"}},
)


def as_annotation(citation: Citation) -> dict[str, Any]:
    """The citation as a SpecificResource, ready for JSON."""
    quote = {"type": "TextQuoteSelector", "exact": citation.quote}
    if citation.prefix:
        quote["prefix"] = citation.prefix
    if citation.suffix:
        quote["suffix"] = citation.suffix
    return {
        "@context": [CONTEXT[0], dict(CONTEXT[1])],
        "id": citation.reference,
        "type": "SpecificResource",
        "source": address(citation.url) or iri(citation.path),
        "selector": [
            quote,
            {"type": "TextPositionSelector", "start": citation.start, "end": citation.end},
        ],
        "citation": {
            "id": citation.id,
            "path": citation.path,
            "title": citation.title,
            "headings": list(citation.headings),
            "digest": citation.digest,
            "paragraph": citation.paragraph,
            "line": citation.line,
            "offset": citation.offset,
            **({"spans": [list(span) for span in citation.spans]} if citation.spans else {}),
            **({"link": citation.link} if citation.link else {}),
        },
    }
