"""Files of office programs and of others, made part by part: what their libraries would not write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "style", "presentation", "meta")
) + ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'  # fmt: skip


def packed(parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return out.getvalue()


def relations(**targets: str) -> str:
    """The relations to parts, with their types: ``footnotes="footnotes.xml"``; the id is the type."""
    found = "".join(f'<Relationship Id="{name}" Type="{R}/{name}" Target="{to}"/>' for name, to in targets.items())
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{found}</Relationships>'
    )


def docx(body: str, **parts: str) -> bytes:
    """A DOCX with this body; parts are ``footnotes="<w:footnote …>…"`` and so on."""
    files = {
        "word/document.xml": f"<w:document {W} xmlns:m='urn:m' xmlns:mc='urn:mc'><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(**{name: f"{name}.xml" for name in parts}),
        **{f"word/{name}.xml": f"<w:{name} {W}>{inner}</w:{name}>" for name, inner in parts.items()},
    }
    return packed(files)


def odf(body: str, automatic: str = "", **parts: str) -> bytes:
    """An OpenDocument file with this in its ``office:body``."""
    content = (
        f"<office:document-content {ODF}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body>{body}</office:body></office:document-content>"
    )
    return packed({"content.xml": content, **{f"{name}.xml": inner for name, inner in parts.items()}})
