"""A page of a PDF as a picture, drawn by PDFium in the sandbox. `marks` says where on it words stand."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from searchlib.documents.sandboxing import ask
from searchlib.documents.seed import Seed

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

WIDTH: Final = 1400  # pixels: a page that fills a screen is sharp
_LONGEST: Final = 4000  # pixels of a side


def drawn(seed: Seed, page: int, width: int = WIDTH) -> bytes:
    """A page, counted from 1, as a PNG of this many pixels across; of fewer, if it is very long.

    Raises:
        SeedError: the file cannot be read, or has no such page.
    """
    arguments = {"name": seed.name, "page": page, "width": width, "passwords": list(seed.options.passwords)}
    (answer,) = ask(f"{__name__}:_drawn", seed.read(), arguments, seed.limits, seed.name)
    return base64.b64decode(json.loads(answer))


# In the sandbox


def _drawn(data: bytes, name: str, page: int, width: int, passwords: Sequence[str]) -> Iterator[str]:
    from searchlib.documents.pdf.loader import opened
    from searchlib.errors import SeedError

    document = opened(data, name, passwords)
    try:
        if not 0 < page <= len(document):
            raise SeedError(f"has no page {page}: it has {len(document):,}", name)
        shown = document[page - 1]
        across, down = shown.get_size()
        scale = min(width / max(across, 1.0), _LONGEST / max(across, down, 1.0))
        bitmap = shown.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
        yield base64.b64encode(png(bitmap.to_numpy())).decode()
    finally:
        document.close()


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """An array of rows of pixels, of three or four values each, as a PNG (ISO/IEC 15948)."""
    height, width, values = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)  # each without a filter
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[values], 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
