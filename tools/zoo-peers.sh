#!/usr/bin/env bash
# Installs what `make zoo` compares the probe with, and says so: testssl.sh and sslyze.
# Quick where both are there.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

need openssl openssl
need nginx nginx-light
need testssl testssl.sh
venv="${CARGO_TARGET_DIR:-target}/tools/sslyze"
wanted="sslyze==6.3.1"
if [ "$(cat "$venv/wanted" 2>/dev/null)" != "$wanted" ]; then
    need python3 python3
    python3 -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
    echo "installing $wanted into $venv (pip)"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "$wanted"
    echo "$wanted" >"$venv/wanted"
fi
