"""How checked citations look: a line for each, and below it what changed.

::

    notes.md:12  moved      4f8m0c2k9x1pt7aw  ¶ 3 → 5, line 12 → 20
    notes.md:19  edited     70d6ndac4095q2qa
        closest: seeds/report.txt:4  ¶ 3  ykm1ch3dck6rz0kv
        The visit included [-discussions-]{+talks+} with …

Colour says what went and what came; without it the marks of ``git diff --word-diff`` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from searchlib.cli.output import DIM, RED, YELLOW, Output
from searchlib.guards.cleaning import harmless

if TYPE_CHECKING:
    from searchlib.citing import Citation
    from searchlib.citing.checking import Check, CitedValue
    from searchlib.citing.likeness import Change
    from searchlib.render.terminal import Style

_STYLES = {"unchanged": DIM, "moved": YELLOW, "edited": RED, "gone": RED, "ambiguous": RED, "unknown": RED}
_LONGEST_STATUS = 9
_INDENT = "    "
_SAME_SHOWN = 60  # code points at each end of what stayed
_QUOTE_SHOWN = 160
_WENT, _CAME = "9;31", "32"


def check_lines(check: Check, output: Output, *, mended: bool = False) -> Iterator[str]:
    """The lines of a citation that was checked."""
    from searchlib.render.terminal import wrap

    status = check.status.ljust(_LONGEST_STATUS)
    place = f"{check.file}:{check.line}"
    first, *more = wrap(harmless(f"{place}  {status}  {check.id or check.found.form}"), output.width)
    head = first.replace(status, output.style(status, _STYLES[check.status]), 1)
    details = list(map(harmless, _details(check, mended)))
    if len(details) == 1 and (not output.width or len(first) + 2 + len(details[0]) <= output.width):
        yield head + "  " + details.pop()
    else:
        yield head
    yield from more
    for detail in details:
        yield from wrap(detail, output.width, _INDENT)
    if check.diff:
        text, styles = shown_difference(check.diff, color=output.color)
        yield from wrap(text, output.width, _INDENT, styles)


def _details(check: Check, mended: bool) -> Iterator[str]:
    found, now = check.found, check.now
    if check.status == "ambiguous":
        yield f"{check.places} ids begin so: give more of it"
    elif check.status == "unknown":
        was = f"{_place(now)} when it was indexed; " if now is not None else ""
        yield f"{was}its seed cannot be seen" if was or found.path else "not all seeds can be seen"
    elif now is None and check.changes:
        _, part, whole = check.changes[0]
        assert isinstance(part, tuple) and isinstance(whole, tuple)
        yield f"the paragraph has no range {part[0]}-{part[1]}: its text ends at {whole[1]}"
    elif now is None:
        why = "" if found.quote else ": with its quote it could be looked for"
        yield (f"“{_shortened(' '.join(found.quote.split()))}”" if found.quote else f"no paragraph has this id{why}")
    elif check.status == "edited":
        yield f"closest: {_place(now)}  {now.id}"
    elif check.places > 1:
        yield f"{check.places} places say the same, the first is {_place(now)}  {now.id}"
    elif check.status == "moved":
        yield ", ".join(_change(*change) for change in check.changes) + (": mended" if mended else "")
    else:
        yield f"{_place(now)}" + ("  (the document was edited)" if check.edited_around else "")


def _place(now: Citation) -> str:
    file = f"{now.path}:{now.line}" if now.line else now.path
    return "  ".join((file, *map(str, now.locators), f"¶ {now.paragraph}"))


_LABELS = {"paragraph": "¶ ", "line": "line ", "start": "start ", "end": "end ", "part": "part "}


def _change(name: str, before: CitedValue | None, after: CitedValue) -> str:
    old, new = (f"{one[0]}-{one[1]}" if isinstance(one, tuple) else one for one in (before, after))
    return f"{_LABELS.get(name, '')}{old} → {new}"


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTE_SHOWN else text[:_QUOTE_SHOWN].rstrip() + "…"


def shown_difference(diff: Sequence[Change], *, color: bool) -> tuple[str, list[Style]]:
    """A difference on one line, and its styles; without colour marked as ``git diff --word-diff`` does."""
    out: list[str] = []
    styles: list[Style] = []
    length = 0
    for number, change in enumerate(diff):
        text = change.text
        if change.op == "=":
            head = "" if number == 0 else text[:_SAME_SHOWN].rpartition(" ")[0]
            tail = "" if number == len(diff) - 1 else text[-_SAME_SHOWN:].partition(" ")[2]
            if len(head) + len(tail) + _SAME_SHOWN < len(text):
                text = " … ".join((head, tail)).lstrip(" ") if number == 0 else " … ".join((head, tail)).rstrip(" ")
        elif not color:
            text = f"[-{text}-]" if change.op == "-" else f"{{+{text}+}}"
        else:
            styles.append((length, length + len(text), _WENT if change.op == "-" else _CAME))
        out.append(text)
        length += len(text)
    return "".join(out), styles
