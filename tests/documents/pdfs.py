"""Makes small PDFs: text at places, in the fonts that every reader has, or in one that says which letters it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

FONTS = {"regular": "Helvetica", "bold": "Helvetica-Bold", "code": "Courier"}
_TO_UNICODE = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def "
    "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange "
    "endcmap end end"
)


class Line(NamedTuple):
    """Text that begins at ``left``, ``above`` points from the lower edge."""

    left: float
    above: float
    text: str
    size: float = 10
    font: str = "regular"


def lines(
    text: str, left: float, above: float, size: float = 10, leading: float = 12, font: str = "regular"
) -> list[Line]:
    """The lines of ``text``, one below the other; an indented one begins two letters further right."""
    return [
        Line(left + size * (len(one) - len(one.lstrip())), above - number * leading, one.strip(), size, font)
        for number, one in enumerate(text.split("\n"))
    ]


def pdf(
    pages: Sequence[Iterable[Line]],
    *,
    info: str = "",
    labels: str = "",
    picture: Sequence[int] = (),
    wide: bool = False,
    filled: str = "",
    turned: str = "",
) -> bytes:
    """A PDF of these pages; ``picture`` are numbers of pages, from 0, that show one. ``wide``: any letters.

    ``turned`` is a matrix by which all is drawn. ``filled`` is what is written upon each page, at 70, 505, as into a
    form.
    """
    objects = [
        "",  # 1: the catalogue
        "",  # 2: the pages
        *map(_font, FONTS.values()),  # 3 to 5
        _stream(_TO_UNICODE),  # 6
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/U/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        f"/DW {1000 if wide else 500}>>",  # 7
        _stream("\x00", "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray"),  # 8
        "<</Type/Font/Subtype/Type0/BaseFont/U/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 6 0 R>>",  # 9
    ]
    note = ""
    if filled:
        about = "/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</regular 3 0 R>>>>"
        objects.append(_stream(_shown(Line(0, 5, filled)), about))
        look = f"/AP<</N {len(objects)} 0 R>>"
        objects.append(f"<</Type/Annot/Subtype/FreeText/Rect[70 500 270 520]/F 4/Contents(x){look}>>")
        note = f"/Annots[{len(objects)} 0 R]"
    kids = []
    for number, page in enumerate(pages):
        content = (
            (f"{turned} cm\n" if turned else "")
            + "".join(map(_shown, page))
            + ("q 400 0 0 600 50 50 cm /I Do Q\n" if number in picture else "")
        )
        objects.append(_stream(content))
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</I 8 0 R>>"
            f"/Font<</regular 3 0 R/bold 4 0 R/code 5 0 R/any 9 0 R>>>>/Contents {len(objects)} 0 R{note}>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = f"<</Type/Catalog/Pages 2 0 R{labels}>>"
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    return _file(objects, info)


def _font(name: str) -> str:
    return f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>"


def _stream(content: str, about: str = "") -> str:
    return f"<<{about}/Length {len(content.encode('latin-1'))}>>stream\n{content}\nendstream"


def _shown(line: Line) -> str:
    if line.font == "any":
        text = "<" + "".join(f"{ord(letter):04X}" for letter in line.text) + ">"
    else:
        text = "(" + line.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"
    return f"BT /{line.font} {line.size} Tf {line.left} {line.above} Td {text} Tj ET\n"


def _file(objects: list[str], info: str) -> bytes:
    data = b"%PDF-1.7\n"
    places = []
    if info:
        objects = [*objects, f"<<{info}>>"]
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1", "replace")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"<</Size {len(objects) + 1}/Root 1 0 R{f'/Info {len(objects)} 0 R' if info else ''}>>"
    end = f"{table}trailer\n{trailer}\nstartxref\n{len(data)}\n%%EOF"
    return data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{end}".encode()
