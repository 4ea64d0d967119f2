"""``searchlib cite``: citations of paragraphs, and whether those in files still hold."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.completing import paragraphs_or_files
from searchlib.cli.flags import (
    FormType,
    GroupedCommand,
    color_options,
    indexes_option,
    json_option,
    settings_with,
    sources_option,
)
from searchlib.cli.output import Output, output_for
from searchlib.cli.pathtypes import FILE
from searchlib.cli.settings import Settings
from searchlib.cli.staleness import Staleness
from searchlib.errors import ParagraphNotFound, SettingsError
from searchlib.model.jsonable import JsonObject

if TYPE_CHECKING:
    from searchlib import Citation, Index, Record

FORMATS = ("text", "markdown", "json", "link", "bibtex", "csl")
STATUSES = ("moved", "edited", "gone", "ambiguous", "unknown")
"""What can become of a citation that is not unchanged."""


@click.command(
    "cite",
    cls=GroupedCommand,
    groups={
        "Citations of paragraphs": ("form", "quote", "query"),
        "Citations in files": ("check", "update", "fail_on", "sources", "summary"),
        "Other options": ("index", "as_json", "color", "width"),
    },
)
@click.argument("names", nargs=-1, required=True, metavar="ID... | FILES...", shell_complete=paragraphs_or_files)
@click.option(
    "--format",
    "-f",
    "form",
    type=FormType(FORMATS),
    metavar="FORM",
    help="text, markdown, json (W3C Web Annotation), link (to a web page), bibtex, csl, or a template: "
    "'{id} {quote}'.  [default: text]",
)
@click.option("--quote", metavar="WORDS", help="Cite only these words of the paragraph.")
@click.option("--query", metavar="QUERY", help="Cite only the part of the paragraph that matches.")
@click.option("--check", is_flag=True, help="Check the citations in FILES; of folders, in all files.")
@click.option("--update", is_flag=True, help="Check, and mend in FILES what only moved.")
@click.option(
    "--fail-on",
    metavar="STATUSES",
    help=f"With --check: exit 1 for these alone, with commas.  [default: {','.join(STATUSES)}]",
)
@click.option("--summary", type=FILE, help="With --check: add a summary in Markdown to this file.")
@sources_option("With --check: the seeds are these files and folders, and no index is asked; may be repeated.")
@indexes_option
@json_option
@color_options
def command(names: tuple[str, ...], form: str | None, quote: str | None, query: str | None, **given: Any) -> int:
    """Print citations of the paragraphs with these IDs, or check those in FILES.

    \b
      searchlib cite 4f8m0c2k9x1pt7aw                     the quote, and where it stands
      searchlib cite 3                                    of the third hit of the last query in this terminal
      searchlib cite 4f8m0c --quote "the words" -f json   of a part, for machines
      searchlib cite --check notes.md refs.json           what became of the citations in files
      searchlib cite --check docs/ --fail-on edited,gone  in all files of a folder; what only moved is well
      searchlib cite --update notes.md                    and mend those that only moved

    A citation in a file is unchanged, moved (and where to), edited (with the closest paragraph and the difference),
    gone, or unknown: what is checked are the seeds of the index as they are now, and some may be nowhere to be seen.
    With --check, exits 0 if all are unchanged or mended, 1 if not and 2 on an error. docs/citations.md has the forms
    and the ids.
    """
    checking = {name: given.pop(name) for name in ("check", "update", "sources", "fail_on", "summary")}
    as_json = given.pop("as_json")
    settings = settings_with(**given)
    output = output_for(settings)
    if not (checking.pop("check") or checking["update"] or checking["sources"]):
        if checking["fail_on"] or checking["summary"]:
            raise SettingsError("--fail-on and --summary are for checks: add --check")
        return _cite(names, quote or "", query, "json" if as_json else form or "text", settings, output)
    if quote or query or form not in (None, "json"):
        raise SettingsError("--quote, --query and --format make citations: leave them out to check files")
    if checking["sources"] and given["index"]:
        raise SettingsError("--sources checks without an index, and --index names one: leave one of them out")
    if checking["update"] and "-" in names:
        raise SettingsError("standard input cannot be mended: give files")
    from searchlib.cli.commands.citecheck import check

    checking["sources"] = tuple(filter(None, checking["sources"]))
    checking["fail_on"] = _statuses(checking["fail_on"])
    return check(names, settings, output, as_json=as_json or form == "json", **checking)


def _statuses(given: str | None) -> frozenset[str]:
    """The statuses that make a check fail."""
    if given is None:
        return frozenset(STATUSES)
    wanted = frozenset(one.strip() for one in given.split(",") if one.strip())
    if not wanted or wanted - set(STATUSES):
        raise SettingsError(f"--fail-on is {given}: give some of {','.join(STATUSES)}")
    return wanted


def _cite(names: tuple[str, ...], quote: str, query: str | None, form: str, settings: Settings, output: Output) -> int:
    from searchlib.cli.naming import asked_index
    from searchlib.cli.obtaining import open_index

    settings = asked_index(names, settings)
    with open_index(settings) as index:
        staleness = Staleness(settings, index)
        try:
            citations = [_citation(index, name, quote, query, settings) for name in names]
        except ParagraphNotFound:
            files = [name for name in names if os.path.exists(name)]  # noqa: PTH110 - never raises
            if files:
                raise SettingsError(f"{files[0]} is a file: check its citations with --check") from None
            raise
        stale = [staleness.of(citation.path) for citation in citations]
        if form == "json":
            found = [_annotation(citation, is_stale) for citation, is_stale in zip(citations, stale, strict=True)]
            output.json(found[0] if len(found) == 1 else found)
        elif form in ("text", "markdown", "link"):
            for number, citation in enumerate(citations):
                if number and form != "link":
                    output.line()
                output.lines(_written(citation, form, output.width))
        else:
            _for_others(citations, index, form, output)
    staleness.tell()
    return 0


def _citation(index: Index, name: str, quote: str, query: str | None, settings: Settings) -> Citation:
    from searchlib.citing.references import parse_reference, reference
    from searchlib.cli.naming import paragraph

    _, part = parse_reference(name)
    record = paragraph(index, name, settings)
    return index.citation(reference(record.id, part), quote, query=query)


def _for_others(citations: list[Citation], index: Index, form: str, output: Output) -> None:
    """Print citations for reference managers, or as a template has them."""
    from searchlib.citing.bibliography import as_bibtex, as_csl, work_of
    from searchlib.cli.hitforms import CITED, about, cited_value

    records = [index.paragraph(citation.id) for citation in citations]
    works = [work_of(one, *about(record)) for one, record in zip(citations, records, strict=True)]
    if form == "csl":
        output.json([as_csl(one, work) for one, work in zip(citations, works, strict=True)])
        return
    if form == "bibtex":
        for one, work in zip(citations, works, strict=True):
            output.lines(as_bibtex(one, work))
        return
    from searchlib.cli.templates import Template, metadata_value

    template = Template(form, CITED, index.fields)
    for one, record in zip(citations, records, strict=True):

        def value(name: str, one: Citation = one, record: Record = record) -> Any:
            known = name in CITED
            return cited_value(one, record, name) if known else metadata_value(record.document.metadata, name)

        output.lines(template.filled(value))


def _annotation(citation: Citation, stale: bool | None) -> JsonObject:
    """An annotation, which is to be kept: so it says that it is stale only where it is."""
    found = citation.annotation()
    if stale:
        found["citation"]["stale"] = True
    return found


def _written(citation: Citation, form: str, width: int) -> str:
    if form == "link":
        if not citation.link:
            raise SettingsError(
                f"{citation.path} has no address on the web: its metadata has no url. Try another form."
            )
        return citation.link
    return citation.markdown() if form == "markdown" else citation.text(width)
