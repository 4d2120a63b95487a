#!/bin/sh
# Build the wheel and run the tests against it instead of the tree: unpacked, it comes before the tree on the path.
set -eu
cd "$(dirname "$0")/.."
python=$PWD/.venv/bin/python
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for project in . compat; do
    [ ! -f $project/pyproject.toml ] || (cd $project && "$python" -m hatchling build -t wheel -d "$folder" >/dev/null)
done
for wheel in "$folder"/*.whl; do
    "$python" -m zipfile -e "$wheel" "$folder/site"
done
for kept in skitter/py.typed "skitter-*.dist-info/licenses/LICENSE"; do
    ls "$folder/site"/$kept >/dev/null
done
export PYTHONPATH="$folder/site"
"$python" -c "import skitter, sys; sys.exit(not skitter.__file__.startswith('$folder'))"
"$python" -m pytest "$@"
