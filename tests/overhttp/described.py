"""The API against its own description, by schemathesis: ``nox -s schemathesis``.

Twice: with what it makes up itself, and with ids and paths that there are. That a query asks for what cannot be (400)
is no fault: no schema says what the query language has.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import searchlib
from tests.web.corpus import write_seeds
from tests.web.servers import serving

CONFIG = """\
[checks]
positive_data_acceptance.expected-statuses = ["2xx", 400, 401, 403, 404, 503]
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_seeds(folder / "seeds")
        searchlib.build(folder / "seeds", folder / "index", processes=1).close()
        with serving("index", "--sources", "--timeout", "60", folder=folder) as (address, _):
            id = json.loads(get(f"{address}api/search?query=gauges"))["hits"][0]["id"]
            known = f'[parameters]\n"path.id" = "{id}"\n"query.path" = "seeds/log.txt"\n'
            codes = [check(address, CONFIG + more, wanted, folder) for more in ("", known)]
            get(f"{address}api/stats")  # it still answers
    return max(codes)


def check(address: str, config: str, wanted: argparse.Namespace, folder: Path) -> int:
    file = folder / "schemathesis.toml"
    file.write_text(config, encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(file), "run"]
    command += [f"{address}api/openapi.json", "--max-examples", str(wanted.examples), "--seed", str(wanted.seed)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    last = max((at for at, line in enumerate(lines) if "SUMMARY" in line), default=0)
    print(*(lines if done.returncode else lines[last:]), done.stderr, sep="\n")
    return done.returncode


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return bytes(answer.read())


if __name__ == "__main__":
    sys.exit(main())
