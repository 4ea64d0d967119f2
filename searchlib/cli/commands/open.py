"""``searchlib open ID``: the source of a paragraph, at the place where it stands, in the user's own editor or viewer.

What is run is what the user's environment names (``VISUAL``, ``EDITOR``, ``PDFVIEWER``), a known viewer, or the opener
of the desktop; never anything that an index says. Of the index there is only a path, which has to be that of a seed: a
regular file below its root, reached without a link; it is given whole, so that it is no option, and without a shell.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from searchlib.cli.completing import paragraphs
from searchlib.cli.flags import indexes_option, settings_with
from searchlib.cli.naming import asked_index, paragraph
from searchlib.cli.obtaining import open_index
from searchlib.cli.output import Output, say
from searchlib.cli.staleness import Staleness
from searchlib.errors import SettingsError
from searchlib.files.opening import read_beginning

if TYPE_CHECKING:
    from searchlib import Record

_AT_LINE: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("code", "codium", "code-insiders", "cursor", "windsurf"), ("--goto", "{file}:{line}")),
    **dict.fromkeys(("subl", "zed", "hx", "helix"), ("{file}:{line}",)),
    **dict.fromkeys(("idea", "pycharm", "webstorm", "clion", "goland", "kate"), ("--line", "{line}", "{file}")),
    "mate": ("--line", "{line}", "{file}"),
    "notepad++": ("-n{line}", "{file}"),
}
"""How editors are told a line that do not take ``+LINE FILE``."""
_AT_PAGE: Final[Mapping[str, tuple[str, ...]]] = {
    "evince": ("--page-index={page}", "{file}"),
    "atril": ("--page-index={page}", "{file}"),
    "okular": ("--page", "{page}", "{file}"),
    "zathura": ("--page={page}", "{file}"),
    "sioyek": ("--page", "{page}", "{file}"),
    "qpdfview": ("{file}#{page}",),
    "mupdf": ("{file}", "{page}"),
    "xpdf": ("{file}", "{page}"),
}
"""How viewers of PDF are told a page, those first that are taken first."""
_BEGINNING: Final = 8192  # bytes in which a file that is no text shows it


@click.command("open")
@click.argument("id", metavar="ID | RANK | FILE:LINE", shell_complete=paragraphs)
@click.option("--print", "only_print", is_flag=True, help="Open nothing; print file and line, or page.")
@indexes_option
def command(id: str, only_print: bool, **given: Any) -> None:
    """Open the source of the paragraph ID where it stands.

    \b
      searchlib open 3                     the third hit of the last query in this terminal
      searchlib open 4f8m0c2k9x1pt7aw      by its id, as for searchlib show
      $EDITOR $(searchlib open 3 --print)  what it does, for editors that take FILE:LINE

    Text is opened in $VISUAL or $EDITOR, at its line; a PDF in $PDFVIEWER or a viewer that is installed, at its page;
    all else as the desktop does. The seed is looked for where the settings say, then in the folders above the index.
    """
    settings = asked_index([id], settings_with(**given))
    with open_index(settings) as index:
        record = paragraph(index, id, settings)
        staleness = Staleness(settings, index)
        staleness.of(record.document.path)
        file = staleness.file_of(record.document.path)
    staleness.tell()
    if only_print:
        number = record.paragraph.line or _page(record)
        Output(color=False, width=0).line(f"{file}:{number}" if number else str(file))
        return
    _run(_command(file, record))


def _command(file: Path, record: Record) -> list[str]:
    """What is run to show a file."""
    if _is_text(file):
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not editor:
            raise SettingsError(f"no editor is known for {file}: set EDITOR to one, as EDITOR=nano")
        return _filled(editor, _AT_LINE, ("+{line}", "{file}"), file, record.paragraph.line)
    page = _page(record)
    if file.suffix.lower() == ".pdf":
        known = next((name for name in _AT_PAGE if shutil.which(name)), "")
        viewer = os.environ.get("PDFVIEWER") or known
        if viewer:
            return _filled(viewer, _AT_PAGE, ("{file}",), file, page)
    from searchlib.documents import registry

    if registry.suffix_of(file.name) not in registry.suffixes():
        raise SettingsError(f"{file} is of no format that searchlib reads: open it yourself")
    if page:
        say(f"{file.name}: {record.paragraph.locators[0]}")
    opener = next((name for name in ("xdg-open", "open", "wslview") if shutil.which(name)), "")
    if sys.platform == "win32":
        opener = "explorer"
    if not opener:
        raise SettingsError(f"there is nothing here to open {file} with: open it yourself")
    return [opener, str(file)]


def _filled(
    program: str, ways: Mapping[str, tuple[str, ...]], usual: tuple[str, ...], file: Path, number: int
) -> list[str]:
    """A program, as its variable has it, with a file and a number as it takes them."""
    words = shlex.split(program, posix=sys.platform != "win32")
    if not words:
        raise SettingsError(f"{program!r} is no program: set EDITOR or PDFVIEWER to one")
    name = Path(words[0]).name.lower().removesuffix(".exe")
    way = ways.get(name, usual) if number else ("{file}",)
    values = {"file": str(file), "line": str(number), "page": str(number)}
    return [*words, *(_put(one, values) for one in way)]


def _put(form: str, values: Mapping[str, str]) -> str:
    """A form with values in it; what is in a value stays as it is."""
    before, brace, rest = form.partition("{")
    if not brace:
        return before
    name, _, after = rest.partition("}")
    return before + values[name] + _put(after, values)


def _run(command: Sequence[str]) -> None:
    """Run a program, and wait for it. Raises SettingsError if that cannot be, or it says that it failed."""
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise SettingsError(f"{command[0]} cannot be run ({error.strerror}): set VISUAL, EDITOR or PDFVIEWER") from None
    if code:
        raise SettingsError(f"{command[0]} ended with {code}: see what it says, or open {command[-1]} yourself")


def _is_text(file: Path) -> bool:
    from searchlib.documents.encodings import mark_of

    beginning = read_beginning(file, _BEGINNING)
    binary = beginning.startswith(b"%PDF") or b"\0" in beginning
    return not binary or mark_of(beginning) is not None


def _page(record: Record) -> int:
    """The number of its page; 0 if it has none."""
    return next((int(one.number) for one in record.paragraph.locators if one.kind == "page"), 0)
