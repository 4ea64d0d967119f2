"""Sound files of formats with parts, and damage to them: to the whole, or to a part that is packed again.

`damaged` draws one; what must hold of whatever is made of it is `hostile.check`.
"""

# ruff: noqa: E501 - XML, in which lines are long

from __future__ import annotations

import bz2
import io
import json
import lzma
import random
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))

from packing import ODF, docx, odf, packed, relations

PIECES: tuple[bytes, ...] = (
    *(b"\0", b"\xff", b"<", b">", b"</w:p>", b"<w:p>", b"&", b"&lt;", b"&nbsp;", b"&#0;", b"&#xd800;", b"]]>", b"<!--"),
    *(
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b'"',
        b"'",
        b"=",
        b"-1",
        b"9" * 30,
        b"1e999",
        b"nan",
        b"../",
        b"#",
        b"\r",
        b"\n\n",
    ),
    *(
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\\'ff",
        b"\\u-1?",
        b"\\bin999 ",
        b"--b\n",
        b"Content-Type: ",
        b"=?utf-7?q?x?=",
        b":",
    ),
    *(
        b"-->",
        b"00:00:01,000 --> 00:00:00,000",
        b"|",
        b"{{",
        b"}}",
        b"[[",
        b"]]",
        b"'''",
        b"==",
        b"* ",
        b"\\begin{a}",
        b"$",
    ),
)


def _xlsx() -> bytes:
    sheet = (
        '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>43831.5</v></c>'
        '<c r="C1" s="2"><v>.5</v></c><c t="b"><v>1</v></c><c t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    )
    return packed(
        {
            "xl/workbook.xml": f'<workbook xmlns:r="{_R}"><sheets><sheet name="A" r:id="worksheet"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(
                worksheet="sheet.xml", sharedStrings="strings.xml", styles="styles.xml"
            ),
            "xl/sheet.xml": sheet,
            "xl/strings.xml": "<sst><si><t>Sea</t></si></sst>",
            "xl/styles.xml": '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy"/></numFmts><cellXfs>'
            '<xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="10"/></cellXfs></styleSheet>',
        }
    )


_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _pptx() -> bytes:
    shape = (
        "<p:sp><p:nvSpPr><p:nvPr><p:ph type='title'/></p:nvPr></p:nvSpPr><p:spPr><a:off x='1' y='2'/></p:spPr>"
        "<p:txBody><a:p><a:r><a:rPr baseline='30000'/><a:t>Sea</a:t></a:r><a:br/></a:p></p:txBody></p:sp>"
    )
    spaces = f'xmlns:p="urn:p" xmlns:a="urn:a" xmlns:r="{_R}"'
    return packed(
        {
            "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst><p:sldId r:id='slide'/></p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": relations(slide="slide.xml"),
            "ppt/slide.xml": f"<p:sld {spaces}><p:cSld><p:spTree>{shape}{shape.replace('title', 'body')}</p:spTree></p:cSld></p:sld>",
        }
    )


def _eml() -> bytes:
    made = EmailMessage()
    made["Subject"], made["From"], made["Date"] = "Grüße", "Ann <a@b.c>", "Fri, 21 Nov 2025 10:00:00 +0100"
    made.set_content("Dear Bo,\n\n> quoted\n\nYours\n-- \nAnn\n")
    made.add_alternative("<p>Dear <b>Bo</b></p>", subtype="html")
    made.add_attachment(b"# Tide", maintype="text", subtype="markdown", filename="a.md")
    made.add_attachment(packed({"a.txt": "Tide."}), maintype="application", subtype="zip", filename="a.zip")
    return made.as_bytes()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("a.txt", "b/c.md"):
            info = tarfile.TarInfo(name)
            info.size = 5
            archive.addfile(info, io.BytesIO(b"Tide."))
    return out.getvalue()


def _epub() -> bytes:
    opf = (
        "<package><metadata><title>Sea</title></metadata><manifest><item id='a' href='a.xhtml' "
        "media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine></package>"
    )
    container = "<container><rootfiles><rootfile full-path='c.opf'/></rootfiles></container>"
    return packed(
        {"META-INF/container.xml": container, "c.opf": opf, "a.xhtml": "<html><body><h1>a</h1>b</body></html>"}
    )


def _odt() -> bytes:
    return odf(
        "<office:text><text:h text:outline-level='1'>Sea</text:h><text:p text:style-name='P'>a<text:s text:c='3'/>b<text:note>"
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>n</text:p></text:note-body></text:note></text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell/>"
        "</table:table-row></table:table></office:text>",
        "<style:style style:name='P' style:parent-style-name='P'/>",
    )


def _ods() -> bytes:
    return odf(
        "<office:spreadsheet><table:table table:name='A'><table:table-row table:number-rows-repeated='3'><table:table-cell "
        "table:number-columns-repeated='2'><text:p>a</text:p></table:table-cell></table:table-row></table:table>"
        "</office:spreadsheet>"
    )


_FODT = (
    f"<office:document {ODF}><office:body><office:text><text:p>a</text:p></office:text></office:body></office:document>"
)
_TEXTS: Mapping[str, str] = {
    ".rtf": r"{\rtf1\ansi{\fonttbl{\f0\fcharset204 A;}}{\stylesheet{\s1 heading 1;}}{\info{\title T}}\pard\s1 Sea\par\pard Gr\'fc"
    r"\u8364? 10{\super 6}{\footnote\pard n}\par\intbl a\cell b\cell\row\pard{\pict\bin2 }}x}\par}",
    ".org": "#+TITLE: Sea\n* TODO Tide :a:\n:P:\n:END:\n/b/ [[x][c]][fn:1]\n- d\n| e | f |\n|---+---|\n#+BEGIN_SRC\nx\n#+END_SRC\n",
    ".adoc": "= Sea\nAnn\n:lang: en\n\n== Tide\n----\nx\n----\n* a\nb:: c\n|===\n|a |b\n|===\n____\nq\n____\n*b* <<x,y>>\n",
    ".wiki": "{{a|{{b}}}}\n== Sea ==\n'''a''' [[b|c]]<ref>d</ref>\n* e\n{|\n! a !! b\n|-\n| 1 || 2\n|}\n<pre>\nx\n</pre>\n[[File:a|b]]\n",
    ".rst": "===\nSea\n===\n*a* `b <c>`_ [1]_::\n\n  x\n\nTide\n----\n- d\n\n.. note:: e\n\n   f\n\n+--+--+\n|a |b |\n+--+--+\n\n== ==\na  b\n== ==\n",
    ".tex": "\\title{Sea}\n\\begin{document}\n\\section{a} b\\footnote{c} $d$ \\'e\n\\begin{itemize}\n\\item e\n\\end{itemize}\n"
    "\\begin{tabular}{ll}\na & b \\\\\n\\end{tabular}\n\\begin{verbatim}\nx\n\\end{verbatim}\n\\end{document}\n",
}
MAKERS: Mapping[str, Callable[[], bytes]] = {
    ".docx": lambda: docx(
        "<w:p><w:pPr><w:pStyle w:val='H'/><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>Sea</w:t>"
        "</w:r><w:r><w:footnoteReference w:id='1'/></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>",
        styles="<w:style w:styleId='H'><w:name w:val='heading 1'/><w:basedOn w:val='H'/></w:style>",
        footnotes="<w:footnote w:id='1'><w:p><w:r><w:t>n</w:t></w:r></w:p></w:footnote>",
        numbering="<w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:numFmt w:val='lowerRoman'/><w:lvlText w:val='%1.'/>"
        "</w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>",
    ),
    ".pptx": _pptx,
    ".xlsx": _xlsx,
    ".odt": _odt,
    ".ods": _ods,
    ".fodt": _FODT.encode,
    **{suffix: text.encode for suffix, text in _TEXTS.items()},
    ".epub": _epub,
    ".eml": _eml,
    ".mbox": lambda: (
        b"From a@b.c Fri Nov 21 10:00:00 2025\n" + _eml() + b"\n\nFrom a@b.c Fri Nov 21 10:00:00 2025\n" + _eml()
    ),
    ".zip": lambda: packed({"a.txt": "Tide.", "b/c.md": "# Sea", "d.zip": packed({"e.csv": "id,text\n1,Sea\n"})}),
    ".tar": _tar,
    ".tar.xz": lambda: lzma.compress(_tar()),
    ".tbz2": lambda: bz2.compress(_tar()),
    ".ipynb": lambda: json.dumps(
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": ["x"], "outputs": [{"data": {"text/plain": "y"}}]}]}
    ).encode(),
    ".srt": lambda: b"1\n00:00:01,000 --> 00:00:03,000\n<i>The fox</i>\n\n2\n00:00:03,100 --> 00:00:05,500\nruns.\n",
    ".vtt": lambda: b"WEBVTT\n\n00:01.000 --> 00:03.000 align:start\n<v Ann>Sea &amp; tide\n",
    ".xml": lambda: (
        b"<book><bookinfo><title>Sea</title></bookinfo><chapter><title>a</title><para>b<footnote><para>c</para></footnote>"
        b"</para><table><tgroup><tbody><row><entry>d</entry></row></tbody></tgroup></table></chapter></book>"
    ),
    ".tei": lambda: (
        b"<TEI><teiHeader/><text><body><pb n='1'/><div><head>a</head><lg><l>b</l></lg></div></body></text></TEI>"
    ),
    ".nxml": lambda: (
        b"<article><front><article-meta><title-group><article-title>a</article-title></title-group></article-meta></front>"
        b"<body><sec><title>b</title><fig><label>c</label><caption><p>d</p></caption></fig></sec></body></article>"
    ),
}


@cache
def _sound(suffix: str) -> bytes:
    return MAKERS[suffix]()


def damaged(chance: random.Random) -> tuple[str, bytes]:
    """A suffix, and a file of that format with damage."""
    suffix = chance.choice(sorted(MAKERS))
    data = _sound(suffix)
    if zipfile.is_zipfile(io.BytesIO(data)) and chance.randrange(5):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
        for name in chance.sample(sorted(parts), min(len(parts), chance.randrange(1, 3))):
            whole = parts[name]
            parts[name] = _changed(whole.encode() if isinstance(whole, str) else whole, chance)
        return suffix, packed(parts)
    return suffix, _changed(data, chance)


def _changed(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 5)):
        place = chance.randrange(len(changed) + 1)
        other = chance.randrange(len(changed) + 1)
        first, last = min(place, other), max(place, other)
        match chance.randrange(6):
            case 0:
                del changed[first : first + chance.randrange(40)]
            case 1:
                changed[first:first] = changed[first:last] * chance.choice((1, 2, 50))
            case 2:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 3:
                del changed[last:]
            case _:
                changed[place:place] = chance.choice(PIECES) * chance.choice((1, 1, 3, 300))
    return bytes(changed[: 1 << 20])
