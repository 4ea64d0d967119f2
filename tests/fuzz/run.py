"""Fuzzes indexes, seeds and updates for as long as it is told to: ``python tests/fuzz/run.py --seconds 600``.

=======  ===============================================================================================
index    damaged and forged indexes are asked
mending  and built again, with strangers' things in the folder
seeds    hostile seeds are loaded
folders  and whole folders of them indexed, changed, and indexed again
updates  sequences of updates, crashes and writers among strangers (tests/engine/test_strangers.py)
crash    commits stop anywhere, strangers come by (tests/crash)
=======  ===============================================================================================

Memory is limited (``--memory``, MiB of address space), and so is the time that each case may take. A failure is printed
with its seed, which ``--seed`` and ``--cases 1`` run again; the exit code is 1 if there was any. With ``--atheris`` the
bytes that decide are found by coverage, where atheris (https://github.com/google/atheris) is installed.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import faulthandler
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = map(str, Path(__file__).resolve().parents[1:3])  # what the tests share, and the packages of tests

HARD = 600  # seconds after which what does not even let itself be interrupted is ended, with a traceback


class Bytes(random.Random):
    """A `random.Random` that takes what it gives from bytes, and zeros when they are used up."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self.data = data
        self.place = 0

    def getrandbits(self, count: int) -> int:
        size = (count + 7) // 8
        found = self.data[self.place : self.place + size]
        self.place += size
        return int.from_bytes(found, "little") & ((1 << count) - 1)

    def random(self) -> float:
        return self.getrandbits(53) / (1 << 53)


def index_cases(work: Path, tally: collections.Counter[str]) -> Callable[[random.Random], None]:
    """A case: an index is damaged, and asked."""
    from tests.fuzz import damages
    from tests.fuzz.indexes import Samples, answers, is_problem, outcome, pages_only, verified

    samples = Samples(work)

    def run(chance: random.Random) -> None:
        name = chance.choice(sorted(samples.folders))
        folder = samples.copy(name)
        forged = chance.random() < 0.5
        what = chance.choice(damages.FORGERIES if forged else damages.ACCIDENTS)(folder, chance)
        kind = "forgery" if forged else "accident"
        try:
            with pages_only(chance.random() < 0.7):
                found = outcome(answers, folder)
            same = not is_problem(found) and found == samples.answers[name]
            tally[f"{kind}: {'found' if is_problem(found) else 'same answers' if same else 'other answers'}"] += 1
            if not forged:
                assert is_problem(found) or same, "other answers, and no error"
            sound = outcome(verified, folder) is True
            if sound and not forged:
                changed = [
                    p.name for p in damages.files_of(folder) if p.read_bytes() != samples.files[name].get(p.name)
                ]
                assert not changed, f"verify says nothing of {changed}"
        except Exception as error:
            error.add_note(f"{name}: {what}")
            raise

    return run


def seed_cases(work: Path, tally: collections.Counter[str]) -> Callable[[random.Random], None]:
    """A case: a seed of noise, or of a format's own pieces, is loaded."""
    from searchlib.documents import text  # noqa: F401 - all, for atheris
    from searchlib.documents.markup import frontmatter, html, markdown  # noqa: F401 - all, for atheris
    from searchlib.documents.tables import rows  # noqa: F401 - all, for atheris
    from tests.fuzz import hostile, samples

    def run(chance: random.Random) -> None:
        if chance.randrange(3):
            suffix, data = samples.damaged(chance)
        else:
            suffix, data = chance.choice(hostile.SUFFIXES), hostile.draw(chance)
        try:
            tally[f"seed: {hostile.check(suffix, data)}"] += 1
        except Exception as error:
            error.add_note(f"{suffix}: {data[:2000]!r}")
            raise

    return run


def folder_cases(work: Path, tally: collections.Counter[str]) -> Callable[[random.Random], None]:
    """A case: a folder of hostile seeds is indexed, changed, and indexed again."""
    from tests.fuzz import folders

    def run(chance: random.Random) -> None:
        tally[f"folder: {folders.check(work, chance)}"] += 1

    return run


def mending_cases(work: Path, tally: collections.Counter[str]) -> Callable[[random.Random], None]:
    """A case: an index is damaged, forged or visited by a stranger, and mended."""
    from tests.fuzz.mending import Mending

    (work / "mending").mkdir()
    mending = Mending(work / "mending")

    def run(chance: random.Random) -> None:
        tally[f"mending: {mending.check(chance)}"] += 1

    return run


def update_cases(work: Path, tally: collections.Counter[str]) -> Callable[[random.Random], None]:
    """A case: some sequences of updates among strangers, which Hypothesis draws."""
    import hypothesis
    from hypothesis.stateful import run_state_machine_as_test

    from tests.engine.test_strangers import Strangers

    settings = hypothesis.settings(
        max_examples=SEQUENCES,
        stateful_step_count=30,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )

    def run(chance: random.Random) -> None:
        class Seeded(Strangers):
            def teardown(self) -> None:
                super().teardown()
                tally["updates: sequences"] += 1

        hypothesis.seed(chance.getrandbits(32))(Seeded)
        run_state_machine_as_test(Seeded, settings=settings)

    return run


def crash_cases(work: Path, tally: collections.Counter[str]) -> Callable[[random.Random], None]:
    """A case: a commit stops anywhere, a stranger comes by, and the next build makes the index what it should be."""
    from tests.crash.scenarios import SCENARIOS, make_scenario

    scenarios = {name: make_scenario(name, work / "crash" / name) for name in SCENARIOS}
    counts = {name: len(scenario.run().log) for name, scenario in scenarios.items()}

    def run(chance: random.Random) -> None:
        name = chance.choice(sorted(scenarios))
        tally[f"crash: {scenarios[name].visited(chance, counts[name])}"] += 1

    return run


SEQUENCES = 4  # of updates in a case
CASES = {
    "crash": crash_cases,
    "folders": folder_cases,
    "index": index_cases,
    "mending": mending_cases,
    "seeds": seed_cases,
    "updates": update_cases,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", type=int, default=0, help="stop after so many (0: when the time is over)")
    parser.add_argument("--only", choices=sorted(CASES))
    parser.add_argument("--memory", type=int, default=2000, help="MiB of address space")
    parser.add_argument("--large", action="store_true", help="first the large seeds: a million rows, 100 MB, bombs")
    parser.add_argument("--atheris", action="store_true", help="be guided by coverage")
    options = parser.parse_args()
    if not options.atheris:
        resource.setrlimit(resource.RLIMIT_AS, (options.memory << 20, options.memory << 20))
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", category=SyntaxWarning)
    warnings.filterwarnings("ignore", message="invalid escape", category=DeprecationWarning)
    tally: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as work:
        chosen = [options.only] if options.only else sorted(CASES)
        with _instrumented() if options.atheris else contextlib.nullcontext():
            do_not_wait()
            cases = [CASES[name](Path(work), tally) for name in chosen]
        if options.large:
            from tests.fuzz import hostile

            hostile.large(Path(work), print)
        if options.atheris:
            return guided(cases, options)
        failures = timed(cases, options)
    for name, count in sorted(tally.items()):
        print(f"{count:9,}  {name}")
    print(f"{sum(tally.values()):9,}  cases, {failures} failures")
    return 1 if failures else 0


def do_not_wait() -> None:
    """Have commits use a disk that is not waited for."""
    from unwaited import UnwaitedDisk

    from searchlib.engines.whoosh import disk

    disk.DISK = UnwaitedDisk()


def _instrumented() -> contextlib.AbstractContextManager[None]:
    """What of searchlib is imported meanwhile tells atheris where it goes."""
    import atheris

    found: contextlib.AbstractContextManager[None] = atheris.instrument_imports(include=["searchlib"])
    return found


def timed(cases: list[Callable[[random.Random], None]], options: argparse.Namespace) -> int:
    """Run cases with seeds from ``--seed`` on; the number of failures."""
    until = time.monotonic() + options.seconds
    failures = 0
    seed = options.seed
    while time.monotonic() < until and (not options.cases or seed < options.seed + options.cases):
        faulthandler.dump_traceback_later(HARD, exit=True)
        try:
            cases[seed % len(cases)](random.Random(seed))
        except KeyboardInterrupt:
            break  # and say what there was
        except Exception:
            failures += 1
            print(f"--seed {seed} --cases 1 fails:")
            traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
        seed += 1
    faulthandler.cancel_dump_traceback_later()
    return failures


def guided(cases: list[Callable[[random.Random], None]], options: argparse.Namespace) -> int:
    """Have atheris choose."""
    import atheris

    def one(data: bytes) -> None:
        cases[data[0] % len(cases) if data else 0](Bytes(data[1:]))

    arguments = [sys.argv[0], f"-max_total_time={int(options.seconds)}", f"-rss_limit_mb={options.memory}"]
    atheris.Setup([*arguments, f"-seed={options.seed}", "-max_len=4096"], one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
