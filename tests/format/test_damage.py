"""Whatever happens to a segment's files, reading them gives what was written, or IndexCorrupt with the file's name."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from exploring import seeds

from searchlib.engines.whoosh.format.access import map_file
from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.format.filenames import EXTENSIONS
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.errors import IndexCorrupt, IndexIncompatible

from .corpora import everything, random_texts, write_segment

KINDS = {".trm": b"TERM", ".pst": b"POST", ".sto": b"STOR", ".col": b"COLS"}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory):
    return write_segment(tmp_path_factory.mktemp("healthy"), random_texts(1, 400))


@pytest.fixture
def segment(healthy, tmp_path):
    return Path(shutil.copytree(healthy, tmp_path / "copy"))


def read_all(folder):
    return everything(SegmentColumns(folder, "MAIN_1"))


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_flipped_bit_anywhere_is_found_or_changes_nothing(segment, healthy, extension):
    expected = read_all(healthy)
    path = segment / ("MAIN_1" + extension)
    whole = path.read_bytes()
    chance = random.Random(extension)
    found = 0
    for _ in range(60):
        at = chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        try:
            assert read_all(segment) == expected
        except IndexCorrupt as error:
            assert error.path == str(path)
            found += 1
        except IndexIncompatible:
            assert 12 <= at < 16  # the version
    assert found > 50


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_truncated_file_is_found_on_opening(segment, extension):
    path = segment / ("MAIN_1" + extension)
    whole = path.read_bytes()
    for length in (0, 1, 15, 16, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(IndexCorrupt) as caught:
            SegmentColumns(segment, "MAIN_1")
        assert caught.value.path == str(path)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_missing_file_is_named(segment, extension):
    path = segment / ("MAIN_1" + extension)
    path.unlink()
    with pytest.raises(IndexCorrupt) as caught:
        SegmentColumns(segment, "MAIN_1")
    assert caught.value.path == str(path)


def test_a_link_in_the_place_of_a_file_is_not_followed(segment):
    path = segment / "MAIN_1.pst"
    path.rename(segment / "elsewhere")
    path.symlink_to(segment / "elsewhere")
    with pytest.raises(IndexCorrupt):
        SegmentColumns(segment, "MAIN_1")


def test_files_of_two_segments_do_not_mix(segment, tmp_path):
    other = write_segment(tmp_path, random_texts(2, 300), "MAIN_2")
    shutil.copy(other / "MAIN_2.sto", segment / "MAIN_1.sto")
    with pytest.raises(IndexCorrupt):
        SegmentColumns(segment, "MAIN_1")


def forge(path, kind, change):
    """Rewrite a file with changed sections and right checksums: what a stranger may send."""
    container = Container(path.read_bytes(), str(path), kind)
    with path.with_suffix(".new").open("wb") as file:
        writer = ContainerWriter(file, kind)
        for name in container.names():
            section = container.section(name)
            writer.section(name, change(name, section.slice(0, section.length).copy()))
        writer.meta = container.meta
        writer.close()
    path.with_suffix(".new").replace(path)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_forged_contents_with_right_checksums_never_raise_anything_else(segment, healthy, extension):
    path, original = segment / ("MAIN_1" + extension), healthy / ("MAIN_1" + extension)
    chance = random.Random(extension)

    def change(_, data):
        for _ in range(chance.choice((0, 1, 1, 3))):
            if len(data):
                data[chance.randrange(len(data))] = chance.randrange(256)
        return data[: chance.randrange(len(data))] if len(data) and chance.random() < 0.1 else data

    for _ in seeds(25):
        shutil.copy(original, path)
        forge(path, KINDS[extension], change)
        try:
            read_all(segment)
        except IndexCorrupt as error:
            assert error.path in {str(segment / ("MAIN_1" + other)) for other in EXTENSIONS}


def test_a_forged_block_of_stored_fields_is_not_inflated_beyond_reason(segment):
    import zstandard

    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(1 << 28))
    assert len(bomb) < 1 << 16

    def change(name, data):
        if name == "blocks":
            return np.frombuffer(b"\1" + bomb, np.uint8)
        if name.startswith("index:"):
            places = np.array([0, len(bomb) + 1], "<u8")
            return np.concatenate([np.array([0, 400], "<u4").view(np.uint8), places.view(np.uint8)])
        return data

    forge(segment / "MAIN_1.sto", b"STOR", change)
    with pytest.raises(IndexCorrupt):
        SegmentColumns(segment, "MAIN_1").stored(0)


def test_verify_compares_every_page(segment):
    SegmentColumns(segment, "MAIN_1").verify()
    path = segment / "MAIN_1.pst"
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    damaged = SegmentColumns(segment, "MAIN_1")
    with pytest.raises(IndexCorrupt):
        damaged.verify()


def test_a_later_format_version_is_not_read(tmp_path):
    path = tmp_path / "file"
    with path.open("wb") as file:
        writer = ContainerWriter(file, b"TEST")
        writer.close()
    data = bytearray(path.read_bytes())
    data[12] = 2
    path.write_bytes(data)
    with pytest.raises(IndexIncompatible):
        Container(map_file(path), str(path), b"TEST")
