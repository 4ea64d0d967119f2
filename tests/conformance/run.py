"""Run the own test suite of the Whoosh that is installed, 2.7.4 or whoosh3, on searchlib's codec.

usage: python tests/conformance/run.py [--stock] [--sdist FILE] [pytest arguments]

The source distribution, which has the suite, is fetched by pip into a temporary folder (or taken from
``--sdist``, or from the file that WHOOSH_SDIST names). The suite runs with ``whoosh.codec.default_codec`` replaced by
`ColumnarCodec`; with ``--stock``, as a comparison, by nothing. Exits 0 if every test passed but those that are expected
to fail, 1 if any other failed or an expected one passed, 2 if the suite could not be run.
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
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Suite:
    """The tests of one Whoosh: of which distribution, how many there are at least, and what is known of some.

    Modules that are ``left_out`` test no index; tests in ``expected`` fail with searchlib's codec. Both say why.
    """

    distribution: str
    version: tuple[int, int, int]
    tests: int
    left_out: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, str] = field(default_factory=dict)

    @property
    def requirement(self) -> str:
        """What pip fetches."""
        return f"{self.distribution}=={'.'.join(map(str, self.version))}"


_REPOSITORY = "needs files of the repository that the distribution does not have"

SUITES = (
    Suite("Whoosh", (2, 7, 4), 575),
    Suite(
        "whoosh3",
        (3, 54, 0),
        879,
        left_out={
            "test_bump_version_script.py": _REPOSITORY,
            "test_example_acronyms.py": _REPOSITORY,
            "test_example_parallel_indexing.py": _REPOSITORY,
            "test_example_parallel_search.py": _REPOSITORY,
            "test_example_rag_retriever.py": _REPOSITORY,
            "test_example_signed_numbers.py": _REPOSITORY,
            "test_examples_runnable.py": _REPOSITORY,
            "test_site_version_sync.py": _REPOSITORY,
        },
        expected={
            "test_codecs.py::test_corrupt_postings_block_raises_clear_error": "damages a block of Whoosh's own files",
            "test_codecs.py::test_tiny_blocks_stored_uncompressed_round_trip": "looks at a block of Whoosh's own files",
        },
    ),
)

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SETTINGS = """\
[pytest]
addopts = -q -p no:cacheprovider -p whoosh_suite
# The suite is of 2016: invalid escapes in strings, classes that look like tests, files left open.
filterwarnings = ignore
"""


def fetch(suite: Suite, folder: Path) -> Path:
    """The source distribution with a suite, fetched into a folder."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*command, "--dest", str(folder), suite.requirement], check=True)
    return next(path for path in folder.iterdir() if path.name.lower().startswith("whoosh"))


def unpack(archive: Path, folder: Path) -> Path:
    """The folder of tests in a source distribution, unpacked into a folder."""
    if archive.suffix == ".zip":
        shutil.unpack_archive(archive, folder)
    else:
        shutil.unpack_archive(archive, folder, filter="data")
    return next(folder.glob("*/tests"))


def run_suite(suite: Suite, tests: Path, folder: Path, arguments: list[str], stock: bool) -> dict[str, str]:
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
    command = [sys.executable, "-m", "pytest", "-c", str(settings), "--rootdir", str(folder)]
    command += [f"--ignore={tests / name}" for name in suite.left_out]
    command += [*arguments, str(tests)]
    subprocess.run(command, env=environment, cwd=folder, check=False)
    outcomes = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    return {str(name): str(outcome) for name, outcome in outcomes.items()}


def report(suite: Suite, outcomes: dict[str, str], whole: bool, stock: bool) -> int:
    """Print a summary; returns the exit status."""
    counts = Counter(outcomes.values())
    failed = {name for name, outcome in outcomes.items() if outcome == "failed"}
    expected = {} if stock else suite.expected
    unexpected = sorted(failed - expected.keys())
    outdated = sorted(name for name in expected if outcomes.get(name) == "passed")
    for name in sorted(failed & expected.keys()):
        print(f"expected failure: {name} ({expected[name]})")
    for name in unexpected:
        print(f"unexpected failure: {name}")
    for name in outdated:
        print(f"expected to fail, passed: {name}")
    listed = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    known = f"{len(failed) - len(unexpected)} failures expected, {len(unexpected)} not"
    print(f"the own tests of {suite.requirement}: {len(outcomes)} run, {listed or 'none'}; {known}")
    if not outcomes or (whole and len(outcomes) < suite.tests):
        print(f"the suite has {suite.tests} tests: it was not run whole")
        return 2
    return 1 if unexpected or outdated else 0


def main() -> int:
    """Fetch, run and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stock", action="store_true", help="run with Whoosh's own codec")
    parser.add_argument("--sdist", type=Path, default=os.environ.get("WHOOSH_SDIST"), help="the source distribution")
    options, arguments = parser.parse_known_args()
    import whoosh

    suite = next((suite for suite in SUITES if suite.version == tuple(whoosh.__version__[:3])), None)
    if suite is None:
        print(f"install one of {', '.join(suite.requirement for suite in SUITES)}: not {whoosh.__version__}")
        return 2
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        folder = Path(name)
        try:
            archive = Path(options.sdist) if options.sdist else fetch(suite, folder)
            tests = unpack(archive, folder)
        except (subprocess.CalledProcessError, OSError, StopIteration, shutil.ReadError) as error:
            print(f"the suite could not be fetched: {error}")
            return 2
        outcomes = run_suite(suite, tests, folder, arguments, options.stock)
        return report(suite, outcomes, whole=not arguments, stock=options.stock)


if __name__ == "__main__":
    sys.exit(main())
