"""`python -m bench [--scale smoke|S|M] [--data DIR] [--json FILE]`: load, serve, measure, print."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.sizes import SIZES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--scale", choices=SIZES, default="S")
    parser.add_argument("--data", type=Path, help="keep the organisation here and use it again; else it is thrown away")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    asked = parser.parse_args()
    folder = asked.data or Path(tempfile.mkdtemp(prefix="smo-bench-"))
    os.environ["SMO_STATE_DIR"] = str(folder.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smo.settings")
    os.environ.setdefault("SMO_STATIC_STORAGE", "django.contrib.staticfiles.storage.StaticFilesStorage")
    os.environ.setdefault("SMO_LOG_LEVEL", "ERROR")
    try:
        return run(asked.scale, folder.resolve(), asked.json)
    finally:
        if asked.data is None:
            shutil.rmtree(folder, ignore_errors=True)


def run(scale: str, folder: Path, report: Path | None) -> int:
    """With the services up: everything that needs the settings stands in `bench.measure`."""
    from smo.services import paths, postgres, processes

    state = paths.prepare_state(folder)
    server = processes.start(postgres.program(state), state, output=subprocess.DEVNULL)
    try:
        postgres.wait_until_ready(state, server)
        postgres.provision(state)
        owner = {**os.environ, "SMO_DB_ROLE": postgres.OWNER_ROLE}
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], env=owner, check=True)
        import django

        django.setup()
        from bench.measure import measure_all

        found = measure_all(SIZES[scale], server.pid)
    finally:
        processes.stop_all([server])
    if report is not None:
        report.write_text(json.dumps([line.__dict__ for line in found], indent=1))
    return 0 if all(line.holds for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())
