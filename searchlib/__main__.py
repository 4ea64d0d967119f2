"""``searchlib`` and ``python -m searchlib``: the command line.

Somebody waits for it, so the process does not tidy up what goes with it anyway: collecting cycles while modules are
imported, and taking all of NumPy apart at the end, takes longer than to answer a query.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from pathlib import Path

_STREAMS = "stdout", "stderr"
_ALLOCATIONS = 50_000  # between two collections of cycles, of which 700 is Python's own number


def main() -> None:
    """Run the command line with the arguments of this process, and exit."""
    for name in _STREAMS:
        if getattr(sys, name) is None:  # closed by who called
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as we run
    # NumPy's linear algebra, unused here, would start a thread for each processor when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(_ALLOCATIONS)
    try:
        from searchlib.cli.main import program
    except KeyboardInterrupt:  # in the moment before the command line is there to handle it
        sys.exit(130)
    try:
        program.main(prog_name="searchlib")
    except SystemExit as end:
        if isinstance(end.code, int) and not _is_watched():
            _end(end.code)
        raise


def _is_watched() -> bool:
    """Whether a debugger, profiler or thread is there that has something to do after us."""
    monitoring = getattr(sys, "monitoring", None)  # as of Python 3.12
    tools = () if monitoring is None else map(monitoring.get_tool, range(6))
    threads = getattr(sys.modules.get("threading"), "active_count", int)()
    return bool(sys.flags.interactive or sys.gettrace() or sys.getprofile() or any(tools) or threads > 1)


def _end(code: int) -> None:
    """End the process as the interpreter would, but for taking it apart; return if that has to say something."""
    try:
        atexit._run_exitfuncs()
        for name in _STREAMS:
            getattr(sys, name).flush()
    except (OSError, ValueError):
        return
    os._exit(code)


if __name__ == "__main__":
    main()
