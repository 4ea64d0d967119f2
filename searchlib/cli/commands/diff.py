"""``searchlib diff OLD NEW``: what changed between two indexes.

Documents in the order of their paths, and below each what became of its paragraphs, the words that went and came as in
``git diff --word-diff``::

    edited  seeds/harbour.md  title
        added   ¶ 2      seeds/harbour.md:8  kszhvc3pqntn56aa
            So are swimmers.
        edited  ¶ 2 → 3  seeds/harbour.md:12  vxepg7tsy4j0yw1d → 3nq8…
            The gates open at six, and close when the last boat [-is-]{+has come+} in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.flags import color_options, json_option, settings_with
from searchlib.cli.output import BOLD, DIM, RED, YELLOW, Output, counted, output_for, say
from searchlib.cli.pathtypes import FILE, FOLDER
from searchlib.guards.cleaning import harmless

if TYPE_CHECKING:
    from searchlib import Record
    from searchlib.update.diffing import DocumentChange, IndexDiff, ParagraphChange

_GREEN = "32"
_STYLES = {"added": _GREEN, "gone": RED, "moved": YELLOW, "edited": RED}
_LONGEST = max(map(len, _STYLES))
_INDENT = "    "
_SHOWN = 200  # code points of a text


@click.command("diff")
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything changed.")
@click.option("--summary", type=FILE, help="Add a summary in Markdown to this file.")
@json_option
@color_options
def command(old: str, new: str, exit_code: bool, summary: str | None, as_json: bool, **given: Any) -> int:
    """Print what changed from the index OLD to the index NEW.

    \b
      searchlib diff indexes/yesterday indexes/default
      searchlib diff indexes/yesterday indexes/default --exit-code > changes.txt

    Documents that were added, are gone, moved (to another path) or were edited; and of those that were edited or moved
    the same of their paragraphs, with the words that went and came. It costs what changed.
    """
    from searchlib.api.comparable import diff
    from searchlib.cli.obtaining import open_index

    settings = settings_with(**given)
    output = output_for(settings)
    with open_index(settings.with_flags(index=old)) as before, open_index(settings.with_flags(index=new)) as after:
        found = diff(before, after)
    if as_json:
        output.json({"old": old, "new": new, **found.as_dict()})
    else:
        for document in found.documents:
            for line in document_lines(document, output):
                output.line(line)
    say(*([""] if found else []), told(found))
    if summary is not None:
        from searchlib.cli.summaries import append, of_diff

        append(summary, of_diff(found, told(found)))
    return int(exit_code and bool(found))


def told(found: IndexDiff) -> str:
    """How much changed, in words."""
    if not found:
        return f"{counted(found.unchanged, 'document')}, none of which changed"
    documents, paragraphs = _listed(found.counts), _listed(found.paragraphs)
    return f"documents: {documents}; {found.unchanged:,} unchanged. Paragraphs: {paragraphs or 'as they were'}"


def _listed(counts: Mapping[str, int]) -> str:
    from searchlib.update.diffing import CHANGES

    return ", ".join(f"{counts[status]:,} {status}" for status in CHANGES if counts.get(status))


def document_lines(document: DocumentChange, output: Output) -> Iterator[str]:
    """The lines of a document, and of its paragraphs."""
    path = document.path if document.was == document.path else f"{document.was} → {document.path}"
    size = [counted(document.size, "paragraph")] if document.status in ("added", "gone") else []
    more = [*size, *([", ".join(document.changed)] if document.changed else [])]
    yield from _headed(document.status, "  ".join((path, *more)), len(path), BOLD, output)
    for change in document.paragraphs:
        yield from _paragraph_lines(change, document.path, output)


def _paragraph_lines(change: ParagraphChange, path: str, output: Output) -> Iterator[str]:
    from searchlib.cli.drift import shown_difference
    from searchlib.render.terminal import wrap

    before, after = change.before, change.after
    record = after or before
    assert record is not None
    detail = "  ".join((_numbers(before, after), _place(change, path), _ids(before, after)))
    yield from _headed(change.status, detail, len(detail), DIM, output, _INDENT)
    if change.diff:
        text, styles = shown_difference(change.diff, color=output.color)
        yield from wrap(text, output.width, 2 * _INDENT, styles)
    else:
        text = " ".join(record.paragraph.text.split())
        yield from wrap(text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + "…", output.width, 2 * _INDENT)


def _headed(status: str, detail: str, styled: int, style: str, output: Output, indent: str = "") -> Iterator[str]:
    """Lines that begin with a status; the first ``styled`` characters of the detail have a style."""
    from searchlib.render.terminal import wrap

    begin = indent + status.ljust(_LONGEST) + "  "
    styles = [(0, styled, style)] if output.color else []
    first, *more = wrap(harmless(detail), output.width, " " * len(begin), styles)
    yield harmless(indent) + output.style(status.ljust(_LONGEST), _STYLES[status]) + "  " + first[len(begin) :]
    yield from more


def _numbers(before: Record | None, after: Record | None) -> str:
    numbers = [one.paragraph.number for one in (before, after) if one is not None]
    return f"¶ {numbers[0]}" + (f" → {numbers[1]}" if len(numbers) > 1 and numbers[0] != numbers[1] else "")


def _place(change: ParagraphChange, path: str) -> str:
    """Where it stands now, or stood; with the other document, if it went from one to another."""
    record = change.after or change.before
    assert record is not None
    line, locators = record.paragraph.line, record.paragraph.locators
    place = "  ".join((f"{record.document.path}:{line}" if line else record.document.path, *map(str, locators)))
    if change.status == "moved" and change.after is None:
        return f"{place} → another document"
    if change.status == "moved" and change.before is not None and change.before.document.path != path:
        return f"{change.before.document.path} → {place}"
    return place


def _ids(before: Record | None, after: Record | None) -> str:
    ids = dict.fromkeys(one.id for one in (before, after) if one is not None)
    return " → ".join(ids)
