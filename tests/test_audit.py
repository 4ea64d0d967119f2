"""CI fails on a known vulnerability, and says so where it cannot be known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[1] / ".ci" / "audit.py"
SOUND = {"name": "click", "version": "8.2", "vulns": []}
UNKNOWN = {"name": "numpy", "skip_reason": "not found"}
FLAWED = {"name": "filelock", "version": "3.16", "vulns": [{"id": "CVE-2025-68146", "fix_versions": ["3.20.1"]}]}


@pytest.mark.parametrize(
    ("out", "error", "code", "said"),
    [
        ([SOUND, UNKNOWN], "", 0, "1 of 2 packages audited, 0 vulnerabilities\n"),
        ([SOUND, FLAWED], "", 1, "filelock 3.16: CVE-2025-68146, fixed in 3.20.1\n2 of 2 packages audited, 1 vulnera"),
        ([UNKNOWN], "", 0, "SKIPPED: the service that knows vulnerabilities cannot be reached (it knows none of"),
        (
            None,
            "ConnectionError: no route",
            0,
            "SKIPPED: the service that knows vulnerabilities cannot be reached (Conn",
        ),
        (None, "Traceback: something else", 1, "Traceback: something else"),
    ],
)
def test_what_an_audit_finds_fails_and_what_it_cannot_ask_is_said(
    tmp_path: Path, out: object, error: str, code: int, said: str
) -> None:
    text = json.dumps({"dependencies": out}) if out is not None else ""
    (tmp_path / "pip_audit.py").write_text(f"import sys\nprint({text!r}, end='')\nprint({error!r}, file=sys.stderr)\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, AUDIT], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout[: len(said)]) == (code, said)
