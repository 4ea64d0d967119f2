"""The tools: verbs of the Python API that a model calls, each with what it is for, its arguments, and two answers.

An answer is structured, for programs, and a text that says the same, for models: there every excerpt has its reference
beside it. Both keep to the budget.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from searchlib import Index, Record, Results
from searchlib.agents import toolarguments as given
from searchlib.agents.excerpts import Excerpt, around, below_headings, of_hits, of_records, quoted
from searchlib.citing.checking import Check
from searchlib.citing.forms import inline, place
from searchlib.citing.normal import normal, same_line
from searchlib.citing.references import parse_reference
from searchlib.guards.cleaning import clean
from searchlib.web.parameters import ranged
from searchlib.web.problemdetails import no_address, no_document
from searchlib.web.serveoptions import ServeOptions
from searchlib.web.verbs import documents_page, library_of


@dataclass(frozen=True, slots=True)
class Tool:
    """A verb: ``run`` gives the structured answer, and the text. What ``looks_at_seeds``, where these may be read, is
    done by one at a time.
    """

    name: str
    title: str
    meaning: str
    arguments: type
    gives: type
    run: Callable[[Index, Any, ServeOptions], tuple[Any, str]]
    looks_at_seeds: bool = False


def _search(index: Index, asked: given.Searching, options: ServeOptions) -> tuple[given.Found, str]:
    results = index.search(
        asked.query,
        asked.limit,
        offset=asked.offset,
        filter=_filter(asked.filter),
        sort=asked.sort,
        per_document=asked.per_document,
        facets=asked.facets,
        strict=asked.strict,
        names=asked.names,
    )
    return _found(results, asked.budget)


def _similar(index: Index, asked: given.Likening, options: ServeOptions) -> tuple[given.Found, str]:
    results = index.similar(
        _id(asked.id),
        asked.limit,
        within_document=asked.within_document,
        offset=asked.offset,
        filter=_filter(asked.filter),
        per_document=asked.per_document,
    )
    return _found(results, asked.budget)


def _found(results: Results, budget: int) -> tuple[given.Found, str]:
    excerpts = of_hits(results, budget)
    following = results.offset + len(excerpts)
    found = given.Found(
        results.total,
        results.documents,
        results.offset,
        following if len(excerpts) < len(results) or (results.cursor and following < results.total) else None,
        excerpts,
        [warning.as_dict() for warning in results.warnings],
        results.suggestion,
        {name: facet.as_dict() for name, facet in results.facets.items()},
    )
    return found, "\n\n".join(_found_text(found, results))


def _found_text(found: given.Found, results: Results) -> Iterator[str]:
    for warning in results.warnings:
        yield "Note: " + clean("\n".join(warning.lines))
    if found.suggestion:
        yield f"Perhaps meant: {normal(found.suggestion)}"
    last = found.offset + len(found.excerpts)
    if not found.excerpts:
        yield f"Nothing found after hit {found.offset}." if found.offset else "Nothing found."
    else:
        yield f"Hits {found.offset + 1}-{last} of {found.total}, in {_counted(found.documents)}:"
        yield from map(quoted, found.excerpts)
    for name, facet in found.facets.items():
        values = ", ".join(f"{same_line(str(one['value']))} ({one['count']})" for one in facet["values"])
        yield f"{same_line(name)}: {values or 'no values'}" + (f" and {facet['others']} more" * bool(facet["others"]))
    if found.next_offset is not None:
        yield f"More: offset {found.next_offset}."


def _context(index: Index, asked: given.Around, options: ServeOptions) -> tuple[given.Excerpts, str]:
    id = _id(asked.id)
    records = index.context(id, asked.before, asked.after)
    return _excerpts(index, records, around(records, id, asked.budget))


def _document(index: Index, asked: given.Reading, options: ServeOptions) -> tuple[given.Excerpts, str]:
    records = index.document(asked.path, asked.first, asked.limit)
    if not records:
        raise no_document(asked.path, asked.first)
    return _excerpts(index, records, of_records(records, asked.budget))


def _excerpts(index: Index, records: Sequence[Record], excerpts: list[Excerpt]) -> tuple[given.Excerpts, str]:
    document, number = records[0].document, excerpts[-1].paragraph + 1
    following = number if index.document(document.path, number, 1) else None
    lines = below_headings(document, excerpts)
    if following is not None:
        lines.append(f"More: document, with first {following}.")
    return given.Excerpts(document.path, document.title, excerpts, following), "\n\n".join(lines)


def _outline(index: Index, asked: given.Outlining, options: ServeOptions) -> tuple[given.Outlined, str]:
    sections = index.outline(asked.path)
    if not sections:
        raise no_document(asked.path)
    shown = sections[asked.offset : asked.offset + asked.limit]
    last = asked.offset + len(shown)
    following = last if last < len(sections) else None
    lines = [
        f"{'  ' * max(0, one.level - 1)}- {normal(one.heading) or '(no heading)'}: ¶ {one.paragraph}"
        f" [searchlib:{one.id}]" + (f", {one.paragraphs} paragraphs" if one.paragraphs != 1 else "")
        for one in shown
    ]
    if following is not None:
        lines.append(f"More: offset {following} of {len(sections)}.")
    found = given.Outlined(asked.path, [one.as_dict() for one in shown], len(sections), following)
    return found, "\n".join(lines) or f"There are {len(sections)} sections."


def _documents(index: Index, asked: given.Listing, options: ServeOptions) -> tuple[given.ListedDocuments, str]:
    page = documents_page(index, _filter(asked.filter), asked.limit, asked.after)
    found = given.ListedDocuments(**page)
    lines = [_counted(found.total) + (", some of them:" if found.cursor or asked.after else ":")]
    for document in found.documents:
        known = "; ".join(f"{same_line(key)}: {_value(value)}" for key, value in document["metadata"].items())
        title = normal(document["title"])
        lines.append(f"- {same_line(document['path'])}" + f" — {title}" * bool(title) + f" ({known})" * bool(known))
    if found.cursor is not None:
        lines.append(f"More: after {found.cursor}")
    return found, "\n".join(lines)


def _counted(documents: int) -> str:
    return f"{documents:,} document" + "s" * (documents != 1)


def _value(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    text = normal(text)
    return text if len(text) <= 200 else text[:199] + "…"


def _citation(index: Index, asked: given.Citing, options: ServeOptions) -> tuple[given.Cited, str]:
    citation = index.citation(asked.id, asked.quote, query=asked.query)
    if asked.form == "inline":
        written = inline(citation.reference, citation.quote, place(citation))
    elif asked.form == "text":
        written = citation.text()
    elif asked.form == "markdown":
        written = citation.markdown()
    elif asked.form == "annotation":
        written = json.dumps(citation.annotation(), ensure_ascii=False, indent=2)
    elif citation.link:
        written = citation.link
    else:
        raise no_address(citation.path)
    return given.Cited(written, citation.reference, citation.as_dict()), clean(written)


def _check_citations(index: Index, asked: given.Checking, options: ServeOptions) -> tuple[given.Checked, str]:
    from searchlib.citing.mending import check_text

    checks = check_text(asked.text, library_of(index, options))
    found = given.Checked([one.as_dict() for one in checks], options.sources is not None)
    if not checks:
        return found, "There is no citation in it: write one as [searchlib:ID] “quote”."
    by = "the documents as they are now" if found.sources else "the index: documents may have changed since"
    return found, "\n".join([f"By {by}.", *map(_checked, checks)])


def _checked(check: Check) -> str:
    """A citation and what became of it, in a line; what stands there now below it, where that is something else."""
    name = f"searchlib:{check.found.id}" if check.found.id else check.found.form
    line = f"line {check.line}: {name}: {check.status}"
    if check.found.quote is None and check.status in ("unchanged", "moved"):
        line += " (no quote to compare)"
    if check.status == "edited":
        line += f": it does not say {f'“{_value(check.found.quote)}”' if check.found.quote else 'that'}, but"
    if check.changes:
        line += ", " + ", ".join(f"{what} {before} → {after}" for what, before, after in check.changes)
    now = check.now
    if check.status == "unchanged" or now is None:
        return normal(line)
    return f"{normal(line)}\n    {inline(now.reference, now.quote, place(now))}"


def _filter(asked: list[str | dict[str, Any]]) -> list[Any] | None:
    return [ranged(one) if isinstance(one, dict) else one for one in asked] or None


def _id(text: str) -> str:
    return parse_reference(text)[0]


TOOLS: Final = (
    Tool(
        "search",
        "Search",
        "The paragraphs of the documents that answer a query best, each quoted word for word with its reference.",
        given.Searching,
        given.Found,
        _search,
    ),
    Tool(
        "context",
        "Read a paragraph in its context",
        "A paragraph whole, with those before and after it.",
        given.Around,
        given.Excerpts,
        _context,
    ),
    Tool(
        "document",
        "Read a document",
        "The paragraphs of a document in order, from any of them on.",
        given.Reading,
        given.Excerpts,
        _document,
    ),
    Tool(
        "outline",
        "Outline a document",
        "The headings of a document, each with the id and number of the first paragraph below it.",
        given.Outlining,
        given.Outlined,
        _outline,
    ),
    Tool(
        "documents",
        "List documents",
        "The documents by path with what is known of them, or those with a paragraph that matches filters.",
        given.Listing,
        given.ListedDocuments,
        _documents,
    ),
    Tool(
        "similar",
        "Find similar paragraphs",
        "The paragraphs of other documents that are most like one.",
        given.Likening,
        given.Found,
        _similar,
    ),
    Tool(
        "citation",
        "Cite",
        "The citation of a paragraph, or of some words of it: that they stand there is checked.",
        given.Citing,
        given.Cited,
        _citation,
    ),
    Tool(
        "check_citations",
        "Check citations",
        "What became of each citation in a text: unchanged, moved, edited, gone. Look at what you wrote with it.",
        given.Checking,
        given.Checked,
        _check_citations,
        looks_at_seeds=True,
    ),
)
