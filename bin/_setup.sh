# Sourced by bin/demo and bin/test, which set NEED to portal or test: finds a Python, makes .venv, installs the pinned
# wheels once, and sees to the libraries that PDFs need. Plain POSIX sh; PIP_* and UV_* settings are left as they are.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV

say() { printf '[setup] %s\n' "$*" >&2; }
modern='import sys; sys.exit(sys.version_info < (3, 11))'

if ! .venv/bin/python -c "$modern" 2>/dev/null; then
  if [ -z "${PYTHON:-}" ]; then
    for name in python3.13 python3.12 python3.11 python3 python; do
      if command -v "$name" >/dev/null 2>&1 && "$name" -c "$modern" 2>/dev/null; then PYTHON=$name; break; fi
    done
  fi
  if [ -z "${PYTHON:-}" ]; then
    say "Python 3.11 or newer is needed and none was found on PATH. Set PYTHON=/path/to/python3."; exit 3
  fi
  if ! "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
    say "$PYTHON cannot make virtual environments. Debian and Ubuntu: sudo apt install python3-venv"; exit 3
  fi
  say "making .venv with $("$PYTHON" -V)"
  rm -rf .venv
  "$PYTHON" -m venv .venv
fi

install_pinned() {
  if command -v uv >/dev/null 2>&1; then
    uv pip install -q --python .venv/bin/python --compile-bytecode --require-hashes --only-binary :all: -r "$1" && return
    say "uv could not install them; trying pip"
  fi
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-input --progress-bar off \
    --require-hashes --only-binary :all: -r "$1"
}

need_installed() {
  lock=requirements/$1.txt
  stamp="$1 $(.venv/bin/python -c 'import hashlib, platform, sys
print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest(), *sys.version_info[:2], platform.machine())' "$lock")"
  if grep -qxF "$stamp" .venv/stamps 2>/dev/null; then return; fi
  say "installing $(grep -c '==' "$lock") pinned packages, once: half a minute to two minutes"
  if ! install_pinned "$lock"; then
    say "The packages could not be installed; pip says above why. The first start needs a package index. Start again to go on."
    exit 3
  fi
  printf '%s\n' "$stamp" >> .venv/stamps
}

pdf_libraries() {
  if [ -d .venv/pango/root ]; then
    for folder in "$PWD"/.venv/pango/root/usr/lib/*-linux-gnu*; do
      LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}; export LD_LIBRARY_PATH
    done
  fi
  .venv/bin/python smo/services/pdflibs.py "$@"
}

need_installed "$NEED"
if ! pdf_libraries 2>/dev/null; then
  # Not again on the same day after a failure: without a network every start would wait for it.
  if command -v apt-get >/dev/null 2>&1 && [ -z "$(find .venv/pango.failed -mtime -1 2>/dev/null)" ]; then
    say "fetching Pango from Debian's packages into .venv, once: PDFs need it"
    bin/pango-noroot >.venv/pango.log 2>&1 || { : >.venv/pango.failed; say "that did not work; .venv/pango.log says why"; }
  fi
  pdf_libraries || true
fi
