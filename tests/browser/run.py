"""Fetch axe-core from npm, which is not kept here, and walk through the pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

AXE = "axe-core@4.14.1"


def main(arguments: list[str] | None = None) -> int:
    with tempfile.TemporaryDirectory() as temporary:
        place = os.environ.get("SEARCHLIB_AXE") or fetched(Path(temporary))
        if place:
            os.environ["SEARCHLIB_AXE"] = place
        here = str(Path(__file__).with_name("walks.py"))
        return int(pytest.main([here, "-rs", "-s", *(sys.argv[1:] if arguments is None else arguments)]))


def fetched(folder: Path) -> str:
    """The file of axe-core; "" where there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        print("SKIPPED: there is no npm to fetch axe-core with")
        return ""
    subprocess.run([npm, "pack", AXE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("axe-core-*.tgz")
    with tarfile.open(archive) as packed:
        member = packed.extractfile("package/axe.min.js")
        assert member is not None
        (folder / "axe.min.js").write_bytes(member.read())
    return str(folder / "axe.min.js")


if __name__ == "__main__":
    sys.exit(main())
