r"""LaTeX, as it reads when it is set: sections, items, tables, captions and notes, without the commands.

Nothing is run or read besides the file: a macro of the author's that takes no arguments is what it stands for, any
other its arguments, and ``\input`` is nothing. Formulas stay as they are written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from searchlib.documents.markup.inline import raised
from searchlib.documents.markup.markuplines import MarkedLines, numbered
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import text_of
from searchlib.model.records import Document, Kind, Scalar

_COMMENT: Final = re.compile(r"(?<!\\)%.*")
_SECTION: Final = re.compile(r"\\(part|chapter|section|subsection|subsubsection|paragraph)\*?(?:\[[^\]]*\])?\s*(?=\{)")
_LEVELS: Final = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}
_BEGIN: Final = re.compile(r"\\(begin|end)\s*\{([a-zA-Z]+\*?)\}")
_CODE: Final = frozenset({"verbatim", "lstlisting", "minted", "alltt", "Verbatim"})
_TABULAR: Final = frozenset({"tabular", "tabularx", "longtable", "array"})
_LISTS: Final = frozenset({"itemize", "enumerate", "description"})
_QUOTES: Final = frozenset({"quote", "quotation", "verse"})
_CITED: Final = re.compile(r"[ ~]*\\cite[a-z]*\*?(?:\[[^\]]*\])*\{[^{}]*\}")
_NO_TEXT: Final = re.compile(
    r"\\(?:label|ref|eqref|pageref|autoref|input|include|includegraphics|bibliography|bibliographystyle|usepackage"
    r"|documentclass|vspace|hspace|setlength|newcommand|renewcommand|index|pagestyle|thispagestyle|addtocounter|setcounter"
    r"|hypersetup|graphicspath|bibitem|centering|maketitle|tableofcontents|nocite)(?![a-zA-Z])\*?(?:\[[^\]]*\])*(?:\{[^{}]*\})*"
)
_SHOWS_LAST: Final = re.compile(
    r"\\(?:"
    r"(?:cmidrule|cline|specialrule|addlinespace|rule|definecolor|fontsize|color|rowcolor|cellcolor|columncolor|selectlanguage)"
    r"(?:\([^)]*\))?(?:\[[^\]]*\])*(?:\{[^{}]*\})*"
    r"|(?:multirow|multicolumn|resizebox)\*?(?:\[[^\]]*\])?\{[^{}]*\}(?:\[[^\]]*\])?\{[^{}]*\}"
    r"|(?:textcolor|scalebox|raisebox|parbox|foreignlanguage)(?:\[[^\]]*\])*\{[^{}]*\}(?:\[[^\]]*\])*)"
)
"""Commands with what they are told; what they show, if anything, follows."""
_MACRO: Final = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand|def)\*?\s*\{?\s*\\([a-zA-Z]+)\s*\}?\s*(?=\{)"
)
_USED: Final = re.compile(r"\\([a-zA-Z]+)(?:\{\})?")
_ESCAPED: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\([%&$#_{}])")
_MOST_MACROS, _LONGEST_MACRO, _LONGEST_TEXT = 500, 300, 100_000
_ACCENTS: Final = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
}  # fmt: skip
_ACCENT: Final = re.compile(r"\\([`'^\"~=.])\s*\{?(\\?[a-zA-Z])\}?|\\([uvHckrd])(?:\s*\{(\\?[a-zA-Z])\}|\s+([a-zA-Z]))")
_LETTERS: Final = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł",
    "i": "i", "j": "j", "dots": "…", "ldots": "…", "textendash": "–", "textemdash": "—", "S": "§", "LaTeX": "LaTeX",
    "TeX": "TeX", "copyright": "©", "pounds": "£", "euro": "€", "quad": " ", "qquad": " ", "newline": "\n",
    "textbackslash": "\\", "textasciitilde": "~",
}  # fmt: skip
_COMMAND: Final = re.compile(r"\\([a-zA-Z]+)\*?[ \t]*(?:\[[^\]\n]{0,200}\])*")
_SUPER: Final = re.compile(r"\\textsuperscript\{([^{}]*)\}|\$\^\{?([^{}$]{1,10})\}?\$")
_HREF: Final = re.compile(r"\\href\s*\{[^{}]*\}")
_MATH: Final = re.compile(r"\$\$?[^$]{1,2000}\$\$?|\\\(.{1,2000}?\\\)", re.DOTALL)


@sandboxed
def load_latex(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks."""
    source = text_of(seed)
    macros = _macros(source)

    def plain(text: str) -> str:
        return _plain(_expanded(text, macros))

    said = {key: _argument(source, rf"\\{key}\s*(?:\[[^\]]*\])?\s*(?=\{{)") for key in ("title", "author", "date")}
    lines = MarkedLines(plain)
    title = " ".join(plain(said["title"]).split())
    if title:
        lines.heading(said["title"], 1, 1)
    begun = re.search(r"\\begin\s*\{document\}", source)
    first = 1 + source.count("\n", 0, begun.end()) if begun else 1
    body = source[begun.end() :] if begun else source
    _Latex(lines, first).read(body)
    builder = lines.builder
    authors = tuple(
        name for part in re.split(r"\\and\b|\\\\", said["author"]) if (name := " ".join(plain(part).split()).strip(","))
    )[:20]
    metadata: dict[str, Scalar | tuple[Scalar, ...]] = {}
    if authors:
        metadata["author"] = authors[0] if len(authors) == 1 else authors
    if re.search(r"\d{4}", said["date"]):
        metadata["date"] = " ".join(plain(said["date"]).split())[:40]
    named = title or builder.first_heading or seed.stem
    yield Document(seed.name, builder.text, named, "latex", seed.options.language, metadata, builder.blocks)


class _Latex:
    """Goes through the lines of a body."""

    def __init__(self, lines: MarkedLines, first: int) -> None:
        self.lines = lines
        self.first = first
        self.open: list[str] = []
        self.notes: list[tuple[int, str]] = []
        self.count = 0

    def read(self, body: str) -> None:  # noqa: PLR0912 - what a line begins with
        """Add all of it."""
        held: list[str] = []
        begun = 0
        waiting = ""
        for place, whole in numbered(body):
            number = self.first + place - 1
            line = whole
            if self.open and self.open[-1] in _CODE | _TABULAR:
                if re.search(r"\\end\s*\{" + re.escape(self.open[-1]) + r"\}", line):
                    name = self.open.pop()
                    if name in _CODE:
                        self.lines.code(held, begun + 1)
                    else:
                        self.lines.table(_rows("\n".join(held)), begun)
                else:
                    held.append(line)
                continue
            line = _COMMENT.sub("", line)
            if not line.strip() and whole.strip():
                continue
            if waiting or _opens(line):  # an argument goes on over lines
                waiting = f"{waiting} {line.strip()}" if waiting else line
                if _opens(waiting) and len(waiting) < 5000 and line.strip():
                    continue
                line, waiting = waiting, ""
            if match := _BEGIN.search(line):
                before, after = line[: match.start()], line[match.end() :]
                self._text(before, number)
                self._environment(match[1] == "begin", match[2], number)
                if self.open and self.open[-1] in _CODE | _TABULAR:
                    held, begun = (
                        [] if self.open[-1] in _CODE else [re.sub(r"^(?:\{[^{}]*\}|\[[^\]]*\])*", "", after)],
                        number,
                    )
                else:
                    rest = _BEGIN.sub("", after)
                    self._text(re.sub(r"^\s*(?:\[[^\]]*\])+", "", rest) if match[1] == "begin" else rest, number)
                continue
            self._text(line, number) if line.strip() else self._end()
        if waiting:
            self._text(waiting, self.first + body.count("\n"))
        self._end()

    def _end(self) -> None:
        self.lines.end()
        for number, note in self.notes:
            self.count += 1
            self.lines.builder.add(f"{raised(str(self.count))} {self.lines.plain(note)}", "text", number)
        self.notes.clear()

    def _environment(self, begins: bool, name: str, number: int) -> None:
        self._end()
        if begins:
            self.open.append(name)
            if name == "abstract":
                self.lines.heading("Abstract", 2, number)
        elif name in self.open:
            while self.open and self.open.pop() != name:
                pass

    def _text(self, line: str, number: int) -> None:
        if not line.strip():
            return
        if match := _SECTION.search(line):
            self._end()
            text, end = _braced(line, match.end())
            self.lines.heading(text, _LEVELS[match[1]], number)
            line = line[end:]
        if match := re.search(r"\\caption\*?(?:\[[^\]]*\])?\s*(?=\{)", line):
            self._end()
            text, end = _braced(line, match.end())
            self.lines.add(text, number)
            self._end()
            line = line[: match.start()] + line[end:]
        line = re.sub(r"\\(?:title|author|date)\s*(?=\{)", r"\\label", line)
        while match := re.search(r"\\footnote\s*(?=\{)", line):
            text, end = _braced(line, match.end())
            self.notes.append((number, text))
            line = line[: match.start()] + raised(str(self.count + len(self.notes))) + line[end:]
        kind: Kind = "text"
        if any(name in _LISTS for name in self.open):
            kind = "item"
        elif any(name in _QUOTES for name in self.open):
            kind = "quote"
        parts = re.split(r"\\item\b\s*(?:\[([^\]]*)\])?", line)
        if parts[0].strip():
            self.lines.add(parts[0], number, kind)
        for label, text in zip(parts[1::2], parts[2::2], strict=True):
            self._end()
            self.lines.add(f"{label}: {text.strip()}" if label else text, number, kind, anew=True)


def _macros(source: str) -> dict[str, str]:
    """What the macros of a file stand for that take no arguments."""
    found: dict[str, str] = {}
    for match in _MACRO.finditer(source):
        text, _ = _braced(source, match.end())
        if len(text) <= _LONGEST_MACRO and "#" not in text and len(found) < _MOST_MACROS:
            found[match[1]] = text.replace("\\xspace", "")
    return found


def _expanded(text: str, macros: dict[str, str]) -> str:
    """A text with its macros, and those in them, as what they stand for."""
    while match := _MACRO.search(text):  # where it is defined
        text = text[: match.start()] + text[_braced(text, match.end())[1] :]
    for _ in range(3 if macros else 0):
        if len(text) > _LONGEST_TEXT:
            break
        text = _USED.sub(lambda match: macros.get(match[1], match[0]), text)
    return text


def _opens(line: str) -> bool:
    """Whether a group that opens here does not close."""
    bare = re.sub(r"\\.", "", line)
    return bare.count("{") > bare.count("}")


def _argument(source: str, pattern: str) -> str:
    match = re.search(pattern, source)
    return _braced(source, match.end())[0] if match else ""


def _braced(text: str, place: int) -> tuple[str, int]:
    """What stands in the braces that open at ``place``, and where they end."""
    depth = 0
    for at in range(place, min(len(text), place + 20_000)):
        letter = text[at]
        if letter == "{" and text[at - 1 : at] != "\\":
            depth += 1
        elif letter == "}" and text[at - 1] != "\\":
            depth -= 1
            if not depth:
                return text[place + 1 : at], at + 1
    return text[place + 1 :], len(text)


def _rows(source: str) -> list[list[str]]:
    source = _SHOWS_LAST.sub("", _COMMENT.sub("", source))
    source = re.sub(r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfoot|cr)\b(?:\[[^\]]*\])?", "", source)
    return [re.split(r"(?<!\\)&", row) for row in re.split(r"\\\\(?:\[[^\]]*\])?", source)]


def _plain(text: str) -> str:
    """What a reader sees of a text; formulas as they are."""
    formulas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        formulas.append(match[0].strip("$").removeprefix("\\(").removesuffix("\\)"))
        return f"\x00{len(formulas) - 1}\x00"

    text = _ESCAPED.sub(
        lambda match: f"{match[1]}\x01{ord(match[2])}\x01", text.replace("\x00", "").replace("\x01", "")
    )
    text = _SUPER.sub(lambda match: raised(match[1] or match[2] or ""), _SHOWS_LAST.sub("", text))
    text = _MATH.sub(keep, text)
    text = _NO_TEXT.sub("", _CITED.sub("", _HREF.sub("", text)))
    text = _ACCENT.sub(_accented, text)
    text = re.sub(r"\\\\(?:\[[^\]]*\])?", "\n", text)
    text = _COMMAND.sub(lambda match: _LETTERS.get(match[1], ""), text)
    text = re.sub(r"\\[,;:! ]", " ", text).replace("\\-", "").replace("{", "").replace("}", "").replace("~", " ")
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    text = re.sub("\x00(\\d+)\x00", lambda match: formulas[int(match[1])], text)
    return re.sub("\x01(\\d+)\x01", lambda match: chr(int(match[1])), text)


def _accented(match: re.Match[str]) -> str:
    mark = match[1] or match[3]
    letter = (match[2] or match[4] or match[5]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[mark])
