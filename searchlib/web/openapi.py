"""The description of the API (OpenAPI 3.1): written from the table of verbs, and a schema for each thing they give."""

from __future__ import annotations

from typing import Any, Final

from searchlib import __version__
from searchlib.model.jsonable import JsonObject
from searchlib.web.problemdetails import MEDIA_TYPE
from searchlib.web.replies import JSON, LINES
from searchlib.web.verbs import VERBS, Verb


def description(server: str, name: str) -> JsonObject:
    """The description of the API of the index of this name, whose addresses begin with ``server``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"searchlib: {name}",
            "version": __version__,
            "description": "Every verb has the name, the arguments and the meaning that it has in Python. "
            "Ranges are code points of the text.",
        },
        "servers": [{"url": server}],
        "paths": {verb.path: {"post" if verb.posted else "get": _operation(verb)} for verb in VERBS},
        "components": {"schemas": SCHEMAS},
    }


def _operation(verb: Verb) -> JsonObject:
    found: JsonObject = {
        "operationId": verb.name,
        "summary": verb.meaning,
        "parameters": [one.described() for one in verb.parameters],
        "responses": {"200": _answer(verb), **_others(verb)},
    }
    if verb.posted:
        text = {"schema": {"type": "string"}}
        found["requestBody"] = {"required": True, "content": {"text/plain; charset=utf-8": text}}
    return found


def _answer(verb: Verb) -> JsonObject:
    of = verb.gives.strip("[]")
    schema: JsonObject = {"$ref": f"#/components/schemas/{of}"}
    if verb.gives != of:
        schema = {"type": "array", "items": schema}
    content: JsonObject = {LINES if verb.streamed else JSON: {"schema": schema}}
    if verb.name == "citation":
        content[JSON]["schema"] = {"anyOf": [schema, {"type": "object", "required": ["@context", "selector"]}]}
        content["text/plain"] = content["text/markdown"] = {"schema": {"type": "string"}}
    if verb.streamed:
        content = {LINES: {"schema": {"type": "string"}, "itemSchema": schema}}
    return {"description": verb.meaning, "content": content}


def _others(verb: Verb) -> JsonObject:
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    found: JsonObject = {
        "400": {"description": "A parameter that cannot be, or a query that asks too much", "content": problem},
        "401": {"description": "The server asks for its token", "content": problem},
        "503": {
            "description": "The index is not there now, there is too much to do, or it took too long",
            "content": problem,
        },
    }
    if verb.kept:
        found["304"] = {"description": "What If-None-Match names is what there is"}
    if any(one.in_path for one in verb.parameters) or verb.name in ("document", "outline", "citation"):
        found["404"] = {"description": "There is no such thing in the index", "content": problem}
    if verb.name == "is_stale":
        found["403"] = {"description": "The server does not look at seeds", "content": problem}
    if verb.posted:
        found["413"] = {"description": "The body is too large", "content": problem}
    return dict(sorted(found.items()))


def _object(optional: tuple[str, ...] = (), **properties: Any) -> JsonObject:
    """A schema of an object that has all of these, but for those that are ``optional``."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(of: JsonObject) -> JsonObject:
    return {"type": "array", "items": of}


def _of(name: str) -> JsonObject:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(schema: JsonObject) -> JsonObject:
    return {"anyOf": [schema, {"type": "null"}]}


_TEXT: Final[JsonObject] = {"type": "string"}
_COUNT: Final[JsonObject] = {"type": "integer", "minimum": 0}
_NUMBER: Final[JsonObject] = {"type": "number"}
_FLAG: Final[JsonObject] = {"type": "boolean"}
_ANY: Final[JsonObject] = {"type": "object"}
_SPANS: Final = _list({"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2})
_SCALAR: Final[JsonObject] = {"type": ["string", "number", "boolean", "null"]}
_RECORD: Final = {"id": _TEXT, "document": _of("Document"), "paragraph": _of("Paragraph"), "text": _TEXT}

SCHEMAS: Final[JsonObject] = {
    "Results": _object(
        query=_TEXT,
        total=_COUNT,
        documents=_COUNT,
        offset=_COUNT,
        took=_NUMBER,
        warnings=_list(_of("Warning")),
        suggestion=_or_null(_TEXT),
        cursor=_or_null(_TEXT),
        facets={"type": "object", "additionalProperties": _of("Facet")},
        hits=_list(_of("Hit")),
    ),
    "Hit": _object(
        optional=("index", "copies", "explanation"),
        rank=_COUNT,
        score=_NUMBER,
        id=_TEXT,
        document=_of("Document"),
        paragraph=_of("Paragraph"),
        text=_TEXT,
        spans=_SPANS,
        title_spans=_SPANS,
        heading_spans=_list(_SPANS),
        snippet=_TEXT,
        snippets=_list(_object(text=_TEXT, start=_COUNT, end=_COUNT, spans=_SPANS)),
        citation=_TEXT,
        index=_TEXT,
        copies=_list(_object(id=_TEXT, path=_TEXT, line=_COUNT)),
        explanation=_ANY,
    ),
    "Record": {"type": "object", "properties": _RECORD, "required": list(_RECORD), "additionalProperties": False},
    "Document": _object(
        path=_TEXT,
        title=_TEXT,
        type=_TEXT,
        language=_TEXT,
        metadata={"type": "object", "additionalProperties": {"anyOf": [_SCALAR, _list(_SCALAR)]}},
    ),
    "Section": _object(heading=_TEXT, level=_COUNT, id=_TEXT, paragraph=_COUNT, paragraphs=_COUNT),
    "Documents": _object(total=_COUNT, cursor=_or_null(_TEXT), documents=_list(_of("Document"))),
    "Paragraph": {
        **_object(number=_COUNT, start=_COUNT, end=_COUNT, line=_COUNT, headings=_list(_TEXT), kind=_TEXT),
        "additionalProperties": True,
    },
    "Warning": _object(message=_TEXT, start=_COUNT, end=_COUNT, advice=_TEXT),
    "Facet": _object(values=_list(_object(value=_SCALAR, count=_COUNT)), others=_COUNT, missing=_COUNT),
    "Completion": _object(text=_TEXT, word=_TEXT, count=_COUNT),
    "Citation": {
        **_object(
            optional=("url",),
            id=_TEXT,
            path=_TEXT,
            title=_TEXT,
            headings=_list(_TEXT),
            paragraph=_COUNT,
            line=_COUNT,
            start=_COUNT,
            end=_COUNT,
            quote=_TEXT,
            prefix=_TEXT,
            suffix=_TEXT,
            spans=_SPANS,
            offset=_COUNT,
            length=_COUNT,
            digest=_TEXT,
            reference=_TEXT,
            url=_TEXT,
        ),
        "additionalProperties": True,
    },
    "Check": _object(
        file=_TEXT,
        line=_COUNT,
        form=_TEXT,
        status=_TEXT,
        cited=_ANY,
        now=_or_null(_of("Citation")),
        changes={"type": "object"},
        diff={"type": "array"},
        edited_around=_FLAG,
        places=_COUNT,
    ),
    "Stale": _object(stale=_or_null(_FLAG)),
    "Stats": {
        "type": "object",
        "properties": {"documents": _COUNT, "paragraphs": _COUNT, "tokens": _COUNT, "digest": _TEXT},
        "required": ["documents", "paragraphs", "digest"],
    },
    "Field": _TEXT,
    "Digest": _object(digest=_TEXT),
    "Problem": _object(file=_TEXT, message=_TEXT),
    "ProblemDetails": {
        "type": "object",
        "properties": {"type": _TEXT, "title": _TEXT, "status": _COUNT, "detail": _TEXT},
        "required": ["type", "title", "status", "detail"],
    },
}
"""What verbs give, by name; what other versions may add is allowed where it says so."""
