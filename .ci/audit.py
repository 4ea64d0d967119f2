"""Ask pip-audit whether a package that is installed here has a known vulnerability: exit 1 if one has.

Where the service that knows cannot be reached nothing is audited, which is said and is no failure.
"""

from __future__ import annotations

import json
import subprocess
import sys


def main() -> int:
    """Run pip-audit in this environment, and tell."""
    command = [sys.executable, "-m", "pip_audit", "--skip-editable", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        if "ConnectionError" in done.stderr or "ServiceError" in done.stderr:
            return skipped(done.stderr.strip().splitlines()[-1])
        print(done.stderr, end="")
        return 1
    audited = [package for package in packages if "vulns" in package]
    if not audited:
        return skipped("it knows none of the packages")
    found = [(package, flaw) for package in audited for flaw in package["vulns"]]
    for package, flaw in found:
        fixed = ", ".join(flaw["fix_versions"]) or "no version"
        print(f"{package['name']} {package['version']}: {flaw['id']}, fixed in {fixed}")
    print(f"{len(audited)} of {len(packages)} packages audited, {len(found)} vulnerabilities")
    return 1 if found else 0


def skipped(why: str) -> int:
    """Say that nothing was audited, and why."""
    print(f"SKIPPED: the service that knows vulnerabilities cannot be reached ({why}); nothing was audited")
    return 0


if __name__ == "__main__":
    sys.exit(main())
