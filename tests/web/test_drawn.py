"""Pages of a PDF, drawn: only of seeds that are indexed, may be read, and are as they were."""

from __future__ import annotations

import re
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser as Page
from starlette.testclient import TestClient

import searchlib
from searchlib.concurrency.sandbox import keeping
from searchlib.documents import Seed
from searchlib.documents.pdf.drawing import drawn, png
from searchlib.update.remembered import RememberedSeeds
from searchlib.web import ServeOptions, app

from .conftest import BASE
from .corpus import harbour_pdf


def pixels_of(picture: bytes) -> np.ndarray:
    """The pixels of a PNG as `png` writes it."""
    width, height, depth, colour = struct.unpack(">IIBB", picture[16:26])
    assert (picture[:8], depth) == (b"\x89PNG\r\n\x1a\n", 8)
    values = {0: 1, 2: 3, 6: 4}[colour]
    at, data = 8, b""
    while at < len(picture):
        size, kind = struct.unpack(">I4s", picture[at : at + 8])
        body = picture[at + 8 : at + 8 + size]
        assert struct.unpack(">I", picture[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + body)
        data += body if kind == b"IDAT" else b""
        at += 12 + size
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * values)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, values)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A PDF and a note, indexed."""
    folder = tmp_path_factory.mktemp("drawn")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "harbour.pdf").write_bytes(harbour_pdf())
    (folder / "seeds" / "note.txt").write_text("Note\n\nGates of the harbour.\n", encoding="utf-8")
    (folder / "outside.pdf").write_bytes(harbour_pdf())
    with keeping():
        searchlib.build(folder / "seeds", folder / "index", processes=1).close()
        yield folder


@pytest.fixture(scope="module")
def reading(shelf: Path) -> Iterator[TestClient]:
    with searchlib.open(shelf / "index", refresh="auto") as index:
        yield TestClient(app(index, ServeOptions(sources=(shelf / "seeds",))), base_url=BASE)


def test_any_pixels_are_a_png() -> None:
    for shape in ((1, 1, 3), (5, 7, 1), (3, 2, 4)):
        pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
        assert (pixels_of(png(pixels)) == pixels).all()


def test_a_page_is_drawn_as_wide_as_is_asked_and_no_longer_than_is_good() -> None:
    pixels = pixels_of(drawn(Seed("a.pdf", harbour_pdf()), 1, 300))
    assert pixels.shape[:2] == (400, 300)
    dark = np.argwhere(pixels[..., 0] < 100)
    assert len(dark) > 50
    assert 30 < dark[:, 0].min() < 60  # the title, 70 points below the edge, which is 800 high
    with pytest.raises(searchlib.SeedError, match="has no page 3"):
        drawn(Seed("a.pdf", harbour_pdf()), 3)


def test_the_page_of_a_paragraph_is_shown_with_what_matched_marked(reading: TestClient) -> None:
    hit = reading.get("/api/search?query=gates+ships&filter=type:pdf").json()["hits"][0]
    assert hit["paragraph"]["locators"]
    page = Page(reading.get(f"/p/{hit['id']}?q=gates+ships").text)
    assert [float(one) for one in str(page.css_first(".drawn svg").attributes["viewBox"]).split()] == [0, 0, 600, 800]
    assert len(page.css(".drawn rect")) == 2
    picture = reading.get(str(page.css_first(".drawn image").attributes["href"]))
    assert picture.headers["content-type"] == "image/png"
    pixels = pixels_of(picture.content)
    scale = pixels.shape[1] / 600
    for mark in page.css(".drawn rect"):
        left, top, width, height = (
            int(float(str(mark.attributes[name])) * scale) for name in ("x", "y", "width", "height")
        )
        assert (pixels[top : top + height, left : left + width] < 128).any(), "there are letters where it is marked"
    assert "page 1" in page.css_first(".where").text()
    again = reading.get(
        str(page.css_first(".drawn image").attributes["href"]), headers={"If-None-Match": picture.headers["etag"]}
    )
    assert again.status_code == 304
    all_of_it = Page(reading.get(f"/p/{hit['id']}").text)
    assert len(all_of_it.css(".drawn rect")) == 3, "a line each"


def test_nothing_is_drawn_where_no_seed_may_be_read(shelf: Path) -> None:
    with searchlib.open(shelf / "index") as index:
        client = TestClient(app(index), base_url=BASE)
        id = index.search("gates", filter="type:pdf")[0].id
        assert "drawn" not in client.get(f"/p/{id}?q=gates").text
        assert client.get("/page?path=seeds/harbour.pdf").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "../outside.pdf",
        "outside.pdf",
        "/etc/passwd",
        "seeds/../outside.pdf",
        "seeds/note.txt",
        "",
        "seeds/no.pdf",
        "\x00",
    ],
)
def test_only_pages_of_seeds_that_are_indexed_are_drawn(reading: TestClient, path: str) -> None:
    answer = reading.get("/page", params={"path": path})
    assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")
    assert reading.get("/page?path=seeds/harbour.pdf&number=9").status_code == 404


@pytest.mark.skipif(sys.platform == "win32", reason="links take rights there")
def test_a_seed_that_changed_or_was_swapped_for_a_link_is_not_read(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    file = seeds / "harbour.pdf"
    file.write_bytes(harbour_pdf())
    with keeping(), searchlib.build(seeds, tmp_path / "index", processes=1) as index:
        client = TestClient(app(index, ServeOptions(sources=(seeds,))), base_url=BASE)
        id = index.search("gates")[0].id
        (tmp_path / "elsewhere.pdf").write_bytes(file.read_bytes())
        file.unlink()
        file.symlink_to(tmp_path / "elsewhere.pdf")
        assert client.get("/page?path=seeds/harbour.pdf").status_code == 404
        with pytest.raises(searchlib.SeedError, match="a link, not a file"):
            RememberedSeeds(tmp_path / "index", [seeds]).seed("seeds/harbour.pdf")
        file.unlink()
        file.write_bytes(harbour_pdf() + b"\n% changed")
        page = client.get(f"/p/{id}").text
        assert "cannot be drawn: its seed has changed since it was indexed" in page
        assert not re.search("<image", page)
        file.unlink()
        assert "its seed is not there" in client.get(f"/p/{id}").text
        with pytest.raises(searchlib.SeedError, match="no seed of this document"):
            RememberedSeeds(tmp_path / "index", [seeds]).seed("seeds/other.pdf")
