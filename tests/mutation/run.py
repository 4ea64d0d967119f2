"""Whether the tests notice faults: mutmut puts faults into modules, one at a time, and the tests of these have to fail.

``python tests/mutation/run.py facets cursors`` names the modules; without names, all that are listed here. With
``--most 50`` so many are tried of each module, chosen by chance. All of it happens in a folder of its own, which is
removed. What no test noticed is printed as a difference to the source: it wants a named test, unless it changes nothing
that can be seen.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

SPLITTING = ("tests/paragraphs/test_paragraph_layouts.py", "tests/paragraphs/test_paragraph_invariants.py")
HIGHLIGHTING = tuple(f"tests/highlight/test_{name}.py" for name in ("matching", "snippets", "properties", "spotting"))
FOUND = ("tests/engine/test_orders.py", "tests/engine/test_facets.py", "tests/engine/test_pages.py")
CITING = tuple(f"tests/citing/test_{name}.py" for name in ("comparing", "choosing", "checking"))

ALIKE = "tests/engines/test_alike.py"

TESTS: dict[str, tuple[str, ...]] = {
    "model/ranking": ("tests/execution/test_ranking.py",),
    "engine/cursors": ("tests/engine/test_pages.py",),
    "engines/whoosh/pages": (
        *FOUND,
        *(f"tests/{one}.py" for one in ("engine/test_sorting", "engine/test_processes")),
        ALIKE,
    ),
    "engines/whoosh/facets": (*FOUND[:2], "tests/engine/test_locators.py"),
    "paragraphs/layout": SPLITTING,
    "paragraphs/linerecords": ("tests/paragraphs/test_line_records.py",),
    "paragraphs/wrapping": SPLITTING,
    "paragraphs/furniture": SPLITTING,
    "paragraphs/pieces": ("tests/paragraphs/test_pieces.py", *SPLITTING),
    "paragraphs/split": SPLITTING,
    "paragraphs/titles": SPLITTING,
    "highlight/cuts": HIGHLIGHTING,
    "highlight/leaves": HIGHLIGHTING,
    "highlight/matching": HIGHLIGHTING,
    "highlight/places": HIGHLIGHTING,
    "highlight/highlighting": HIGHLIGHTING,
    "highlight/snippets": HIGHLIGHTING,
    "highlight/spans": HIGHLIGHTING,
    "highlight/spotting": HIGHLIGHTING,
    "highlight/texts": HIGHLIGHTING,
    "citing/checking": (*CITING, "tests/citing/test_command.py"),
    "citing/likeness": CITING,
}
"""Modules, and the tests that are to notice what is wrong with them: few, as all of them run for what none notices."""

COUNTS = re.compile(r"\d+/\d+ [^\r\n]*")
"""How mutmut counts: how many of all it has looked at, and what became of them."""

CONFIGURATION = """
[tool.mutmut]
source_paths = ["searchlib"]
only_mutate = ["searchlib/{module}.py"]
do_not_mutate_patterns = ["raise ", "Error[(]"]
also_copy = ["docs", "seeds", "README.md"]
timeout_multiplier = 3
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist"]
pytest_add_cli_args_test_selection = {tests}
"""


def survivors(
    module: str, tests: tuple[str, ...], children: int, seconds: float, most: int, seed: int
) -> tuple[str, list[str]]:
    """What mutmut sums up for a module, and what survived, as differences; ``most`` of its faults are tried, if any."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "searchlib"
        folder.mkdir()
        for part in ("searchlib", "tests", "docs", "seeds"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "README.md", folder)
        settings = (ROOT / "pyproject.toml").read_text() + CONFIGURATION.format(module=module, tests=list(tests))
        (folder / "pyproject.toml").write_text(settings)
        environment = {**os.environ, "HYPOTHESIS_PROFILE": "quick"}

        def mutmut(*arguments: str, timeout: float | None = None) -> str:
            command = [sys.executable, "-m", "mutmut", *arguments]
            with (folder / "output").open("w+") as output:
                process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
                try:
                    process.wait(timeout)
                except subprocess.TimeoutExpired:
                    process.terminate()
                    process.wait()
                output.seek(0)
                return output.read()

        chosen: list[str] = []
        if most:
            mutmut("run", "none of them")  # makes them
            made = [line.split(":")[0].strip() for line in mutmut("results", "--all", "true").splitlines()]
            chosen = random.Random(seed).sample(made, min(most, len(made)))
        said = mutmut("run", "--max-children", str(children), *chosen, timeout=seconds)
        results = mutmut("results").splitlines()
        found = [line.split(":")[0].strip() for line in results if line.endswith((": survived", ": no tests"))]
        differences = [mutmut("show", mutant) for mutant in found]
        if "failed to collect" in said:
            sys.exit(said)
        return (COUNTS.findall(said) or ["nothing was run"])[-1], differences


def main() -> None:
    """Report what survives in the modules that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="parts of the names of modules, like facets or paragraphs/")
    parser.add_argument("--children", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--seconds", type=float, default=3600, help="for each module")
    parser.add_argument("--most", type=int, default=0, help="faults tried of each module, chosen by chance (0: all)")
    parser.add_argument("--seed", type=int, default=1, help="by which they are chosen")
    given = parser.parse_args()
    for module, tests in TESTS.items():
        if not given.modules or any(name in module for name in given.modules):
            summary, differences = survivors(module, tests, given.children, given.seconds, given.most, given.seed)
            print(f"## {module}: {summary}", *differences, sep="\n", flush=True)


if __name__ == "__main__":
    main()
