#!/bin/sh
# Make .venv: the newest suitable Python, every dependency at its locked version, skitter itself editable.
# With uv where it is installed, else with the standard library and pip. Usage: tools/make_venv.sh [EXTRA...]
set -eu
cd "$(dirname "$0")/.."
venv=.venv

say() { echo "make: $*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

no_python() {
    say "skitter needs Python 3.11 or newer; python3 is $(python3 --version 2>&1 || echo missing)."
    say "Install one (Debian, Ubuntu: apt-get install python3.11 python3.11-venv), or set PYTHON=/path/to/python3.x."
    exit 1
}

no_pip() {
    say "this Python comes without venv and pip, and pip could not be fetched either."
    say "Install them (Debian, Ubuntu: apt-get install python3-venv), then try again."
    exit 1
}

python=$(find_python)
if command -v uv >/dev/null 2>&1; then
    is_new_enough $venv/bin/python || uv venv --quiet --clear --python "${python:->=3.11}" $venv
    install() { uv pip install --quiet --python $venv/bin/python "$@"; }
else
    has_pip() { is_new_enough $venv/bin/python && $venv/bin/python -m pip --version >/dev/null 2>&1; }
    if ! has_pip; then
        [ -n "$python" ] || no_python
        say "making $venv with $("$python" --version)"
        # Debian takes ensurepip out of Python: there, pip is fetched
        "$python" -m venv --clear $venv >/dev/null 2>&1 || {
            "$python" -m venv --clear --without-pip $venv && $venv/bin/python tools/fetch_pip.py
        } || no_pip
    fi
    install() { $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "$@"; }
fi

install --require-hashes -r requirements/dev.txt
install --no-deps --no-build-isolation -e .
[ ! -f compat/pyproject.toml ] || install --no-deps --no-build-isolation -e compat

for extra in "$@"; do
    install --no-build-isolation -c requirements/extras.txt -e ".[$extra]" || say "going on without the extra \`$extra\`"
done
