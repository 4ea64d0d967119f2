"""Files are opened as regular files, and below a folder without following links."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from searchlib.files.opening import NotAFile, TooLarge, open_file, read_file

DESCRIPTORS = Path("/proc/self/fd")


def test_a_file_below_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_bytes(b"text")
    assert read_file("a/b.txt", 100, tmp_path) == b"text"


def test_the_folder_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "b.txt").write_bytes(b"text")
    (tmp_path / "link").symlink_to("real")
    assert read_file("b.txt", 100, tmp_path / "link") == b"text"


@pytest.mark.parametrize("place", ["a", "a/b.txt"])
def test_a_link_below_a_folder_is_not_followed(tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    (outside / "a").mkdir(parents=True)
    (outside / "a" / "b.txt").write_bytes(b"secret")
    inside = tmp_path / "inside"
    (inside / "a").mkdir(parents=True)
    if place == "a":
        (inside / "a").rmdir()
    (inside / place).symlink_to(outside / place)
    with pytest.raises(NotAFile, match="a link, not a file"):
        open_file("a/b.txt", inside)


@pytest.mark.parametrize("path", ["../b.txt", "a/../../b.txt", "/etc/hostname", "", "a//b"])
def test_no_path_leads_out_of_its_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(NotAFile, match="not a path below its folder"):
        open_file(path, tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
@pytest.mark.parametrize("below", [True, False])
def test_what_is_no_file_is_named_and_never_waited_for(tmp_path: Path, below: bool) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(tmp_path)  # a socket's path has 108 bytes at most
        try:
            one.bind("sock")
        finally:
            os.chdir(here)
        with pytest.raises(NotAFile, match="a FIFO, not a file"):
            open_file("fifo", tmp_path) if below else open_file(tmp_path / "fifo")
        with pytest.raises(OSError):
            open_file("sock", tmp_path) if below else open_file(tmp_path / "sock")
    with pytest.raises(NotAFile, match="a folder, not a file"):
        open_file(tmp_path)
    with pytest.raises(NotAFile, match="a device, not a file"):
        open_file("/dev/zero")


def test_no_more_is_read_than_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_file(tmp_path / "file", 5) == b"12345"
    with pytest.raises(TooLarge, match="larger than 4 bytes"):
        read_file(tmp_path / "file", 4)


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="this system does not list the files of a process")
def test_a_refused_file_is_closed(tmp_path: Path) -> None:
    before = len(list(DESCRIPTORS.iterdir()))
    for _ in range(20):
        with pytest.raises(NotAFile):
            open_file(tmp_path)
    assert len(list(DESCRIPTORS.iterdir())) == before
