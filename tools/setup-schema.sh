#!/usr/bin/env bash
# Installs what judges the schemas of declarations, and says so: check-jsonschema.
# Quick where it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

tools="${CARGO_TARGET_DIR:-target}/tools"
mkdir -p "$tools"

wanted="check-jsonschema==0.39.0"
if [ "$(cat "$tools/venv/schema-tools" 2>/dev/null)" != "$wanted" ]; then
    need python3 python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    echo "installing $wanted into $tools/venv (pip)"
    [ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
    # By module, because the scripts of an environment name the folder it was made in.
    "$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$wanted"
    echo "$wanted" >"$tools/venv/schema-tools"
fi
