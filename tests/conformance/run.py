"""Run the test suite of Whoosh 2.7.4 on searchlib's codec.

usage: python tests/conformance/run.py [--stock] [--sdist FILE] [pytest arguments]

Whoosh's source distribution, which has the suite, is fetched by pip into a temporary folder (or taken from
``--sdist``, or from the file that WHOOSH_SDIST names). The suite runs with ``whoosh.codec.default_codec`` replaced by
`ColumnarCodec`; with ``--stock``, as a comparison, by nothing. Exits 0 if every test passed but those listed in
`EXPECTED`, 1 if any other failed or a listed one passed, 2 if the suite could not be run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

WHOOSH = "2.7.4"
TESTS = 575

FAILING_WITH_STOCK_CODEC: dict[str, str] = {}
"""Tests that fail in the same way with Whoosh's own codec on some Python that searchlib supports, and why."""

NOT_DATA: dict[str, str] = {}
"""Tests that store an object which only a pickle could hold, and what it is."""

EXPECTED = FAILING_WITH_STOCK_CODEC | NOT_DATA

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SETTINGS = """\
[pytest]
addopts = -q -p no:cacheprovider -p whoosh_suite
# The suite is of 2016: invalid escapes in strings, classes that look like tests, files left open.
filterwarnings = ignore
"""


def fetch(folder: Path) -> Path:
    """The source distribution of Whoosh, fetched into a folder."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*command, "--dest", str(folder), f"Whoosh=={WHOOSH}"], check=True)
    return next(path for path in folder.iterdir() if path.name.lower().startswith("whoosh"))


def unpack(archive: Path, folder: Path) -> Path:
    """The folder of tests in a source distribution, unpacked into a folder."""
    if archive.suffix == ".zip":
        shutil.unpack_archive(archive, folder)
    else:
        shutil.unpack_archive(archive, folder, filter="data")
    return next(folder.glob("*/tests"))


def run_suite(tests: Path, folder: Path, arguments: list[str], stock: bool) -> dict[str, str]:
    """Run the tests in a process of their own; returns how each ended."""
    settings, results = folder / "pytest.ini", folder / "results.json"
    settings.write_text(SETTINGS, encoding="utf-8")
    paths = [str(ROOT), str(HERE), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {
        # test_minimize_dfa compares what Whoosh made by walking a set: it passes with some orders only, codec or not.
        "PYTHONHASHSEED": "2",
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "CONFORMANCE_RESULTS": str(results),
        "CONFORMANCE_STOCK": "1" if stock else "0",
    }
    command = [sys.executable, "-m", "pytest", "-c", str(settings), "--rootdir", str(folder), *arguments, str(tests)]
    subprocess.run(command, env=environment, cwd=folder, check=False)
    outcomes = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    return {str(name): str(outcome) for name, outcome in outcomes.items()}


def report(outcomes: dict[str, str], whole: bool) -> int:
    """Print a summary; returns the exit status."""
    counts = Counter(outcomes.values())
    failed = {name for name, outcome in outcomes.items() if outcome == "failed"}
    unexpected = sorted(failed - EXPECTED.keys())
    outdated = sorted(name for name in EXPECTED if outcomes.get(name) == "passed" and name in NOT_DATA)
    for name in sorted(failed & EXPECTED.keys()):
        print(f"expected failure: {name} ({EXPECTED[name]})")
    for name in unexpected:
        print(f"unexpected failure: {name}")
    for name in outdated:
        print(f"expected to fail, passed: {name}")
    listed = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    print(f"Whoosh {WHOOSH}'s own tests: {len(outcomes)} run, {listed or 'none'}, {len(unexpected)} unexpected")
    if not outcomes or (whole and len(outcomes) < TESTS):
        print(f"the suite has {TESTS} tests: it was not run whole")
        return 2
    return 1 if unexpected or outdated else 0


def main() -> int:
    """Fetch, run and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stock", action="store_true", help="run with Whoosh's own codec")
    parser.add_argument("--sdist", type=Path, default=os.environ.get("WHOOSH_SDIST"), help="the source distribution")
    options, arguments = parser.parse_known_args()
    import whoosh

    if getattr(whoosh, "__version__", None) != tuple(map(int, WHOOSH.split("."))):
        print(f"this suite is of Whoosh {WHOOSH}: install that")
        return 2
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        folder = Path(name)
        try:
            archive = Path(options.sdist) if options.sdist else fetch(folder)
            tests = unpack(archive, folder)
        except (subprocess.CalledProcessError, OSError, StopIteration, shutil.ReadError) as error:
            print(f"the suite could not be fetched: {error}")
            return 2
        outcomes = run_suite(tests, folder, arguments, options.stock)
        return report(outcomes, whole=not arguments)


if __name__ == "__main__":
    sys.exit(main())
