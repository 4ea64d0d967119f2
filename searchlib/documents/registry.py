"""The table from suffix to loader, and the ways to add to it.

A *loader* takes a seed and yields its documents. ``register`` adds one for this process; a package adds one for
everybody by an entry point of the group ``searchlib.loaders`` whose name is the suffix. Entry points are looked
up only for a suffix that the table does not have.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from typing import TypeAlias, cast

from searchlib.documents.seed import LoadOptions, Seed
from searchlib.errors import SeedError, SettingsError
from searchlib.model.records import Document

Loader: TypeAlias = Callable[[Seed], Iterable[Document]]

ENTRY_POINTS = "searchlib.loaders"

_HERE = "searchlib.documents."
# A name is imported when the first seed needs it: a query never does.
_TABLE: dict[str, Loader | str] = {
    "": "text:load_text",
    ".txt": "text:load_text",
    ".text": "text:load_text",
    ".rst": "markup.restructured:load_rst",
    ".log": "text:load_text",
    ".md": "markup.markdown:load_markdown",
    ".markdown": "markup.markdown:load_markdown",
    ".html": "markup.html:load_html",
    ".htm": "markup.html:load_html",
    ".xhtml": "markup.html:load_html",
    ".jsonl": "tables.jsonrows:load_jsonl",
    ".ndjson": "tables.jsonrows:load_jsonl",
    ".json": "tables.jsonrows:load_json",
    ".csv": "tables.csvrows:load_csv",
    ".pdf": "pdf.loader:load_pdf",
    ".tsv": "tables.csvrows:load_csv",
    ".eml": "holders.mail:load_eml",
    ".mbox": "holders.mail:load_mbox",
    ".msg": "holders.msg:load_msg",
    ".epub": "markup.epub:load_epub",
    ".ipynb": "markup.notebook:load_notebook",
    ".srt": "markup.subtitles:load_subtitles",
    ".vtt": "markup.subtitles:load_subtitles",
    ".zip": "holders.archives:load_zip",
    **dict.fromkeys((".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst"), "holders.archives:load_tar"),
    **dict.fromkeys((".tar.bz2", ".tar.xz", ".tar.zst"), "holders.archives:load_tar"),
    **dict.fromkeys((".xml", ".docbook", ".dbk", ".tei", ".nxml", ".jats"), "markup.xmldocuments:load_xml"),
    ".rtf": "office.rtf:load_rtf",
    ".org": "markup.org:load_org",
    **dict.fromkeys((".adoc", ".asciidoc"), "markup.asciidoc:load_asciidoc"),
    **dict.fromkeys((".wiki", ".mediawiki"), "markup.mediawiki:load_wiki"),
    **dict.fromkeys((".tex", ".latex"), "markup.latex:load_latex"),
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), "office.docx:load_docx"),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".ppsm", ".potx"), "office.pptx:load_pptx"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx"), "office.xlsx:load_xlsx"),
    **dict.fromkeys(
        (".odt", ".odp", ".ods", ".fodt", ".fodp", ".fods", ".ott"), "office.opendocument:load_opendocument"
    ),
}
_TWO = (".tar.bz2", ".tar.xz", ".tar.zst")
"""Suffixes of two parts."""

_MAILDIR = re.compile(r"(?:^|/)(?:cur|new)/\d{6,}\.[^/]*(?:[:;!]2,[A-Za-z]*|\.[^/.]*)$")
"""Names of the messages of a Maildir, which have no suffix."""

_HOLDERS = frozenset(suffix for suffix, loader in _TABLE.items() if str(loader).startswith("holders."))
"""Suffixes of files that may have others in them."""

_STREAMED = {".jsonl", ".ndjson", ".csv", ".tsv", ".mbox"}
"""Suffixes whose files are read row by row; what others' loaders do is theirs."""


def register(suffix: str, loader: Loader) -> None:
    """Have files whose name ends in ``suffix`` (".ext", any case, also with .gz after it) read by ``loader``.

    It replaces a loader that the suffix has. Raises SettingsError if ``suffix`` is not one.
    """
    if not suffix.startswith(".") or len(suffix) < 2 or "/" in suffix or suffix.lower() == ".gz":
        raise SettingsError(f'"{suffix}" is not a suffix; write it like ".txt"')
    _TABLE[suffix.lower()] = loader
    _STREAMED.add(suffix.lower())


def suffixes() -> tuple[str, ...]:
    """The suffixes in the table, sorted; "" is a file without one."""
    return tuple(sorted(_TABLE))


def suffix_of(name: str) -> str:
    """The suffix that decides how ``name`` is read, in lower case: "a/b.HTML.gz" has ".html"."""
    if _MAILDIR.search(name):
        return ".eml"
    base = name.rpartition("/")[2].lower()
    if base.endswith(".gz"):
        base = base[:-3]
    if base.endswith(_TWO):
        return base[base.rindex(".tar") :]
    stem, dot, ending = base.rpartition(".")
    return dot + ending if stem else ""


def suffix_for(name: str, options: LoadOptions) -> str:
    """The suffix by which a seed of this name is read: its own, or that of the options."""
    suffix = suffix_of(name)
    return options.suffix.lower() if options.suffix and (options.force_suffix or not suffix) else suffix


def holds_files(name: str) -> bool:
    """Whether a seed of this name may hold files that are loaded by their own suffixes."""
    return suffix_of(name) in _HOLDERS


def read_whole(name: str, options: LoadOptions) -> bool:
    """Whether all of a seed of this name is read at once."""
    return name.lower().endswith(".gz") or suffix_for(name, options) not in _STREAMED


def find(suffix: str, name: str) -> Loader:
    """The loader for ``suffix``. Raises SeedError if there is none."""
    known = _TABLE.get(suffix)
    if known is None:
        known = _from_entry_points(suffix, name)
    if isinstance(known, str):
        module, _, function = known.partition(":")
        known = cast(Loader, getattr(importlib.import_module(_HERE + module), function))
        _TABLE[suffix] = known
    return known


def _from_entry_points(suffix: str, name: str) -> Loader:
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.value):
        if "." + point.name.lstrip(".").lower() == suffix:
            loader = cast(Loader, point.load())
            _TABLE[suffix] = loader
            _STREAMED.add(suffix)
            return loader
    raise SeedError(f"no loader for {suffix} files; register one, or exclude them", name)
