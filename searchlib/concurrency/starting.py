"""Starting a Python process that works for this one: plain, with pipes, so that no program needs a guard for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping


def start_python(
    function: str, environment: Mapping[str, str] | None = None, *, quiet: bool = False
) -> subprocess.Popen[bytes]:
    """A Python process with pipes to and from it, in which ``module:function`` is called, with this process's paths.

    An interrupt (Ctrl-C) is for this process to understand. What it says on stderr is lost if ``quiet``.
    """
    module, _, name = function.partition(":")
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.Popen(
        [sys.executable, "-P", "-c", f"from {module} import {name}; {name}()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        env={**(os.environ if environment is None else environment), "PYTHONPATH": paths},
        start_new_session=True,
    )
