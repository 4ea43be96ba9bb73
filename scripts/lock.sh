#!/bin/sh
# Exact versions with hashes and no registry's address, so that any mirror serves the same files.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet uv
.venv/bin/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --upgrade --output-file requirements.lock
echo hatchling | .venv/bin/uv pip compile pyproject.toml - --extra service --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --constraint requirements.lock \
    --output-file requirements-service.lock     # what the container needs, and what builds it: of the same versions
