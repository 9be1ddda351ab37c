#!/usr/bin/env bash
# Installs what judges the API, and says so: schemathesis, spectral, redbot. Quick where
# all is there.
#
#   tools/setup-api.sh verify
#
# Tests need none of it, so without `verify` nothing is done.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "${1:-}" = verify ] || exit 0
. tools/packages.sh

tools="${CARGO_TARGET_DIR:-target}/tools"
mkdir -p "$tools"

# in_venv NAME PACKAGE: an environment of its own, for they disagree about others.
in_venv() {
    local venv="$tools/$1" wanted="$2"
    [ "$(cat "$venv/wanted" 2>/dev/null)" != "$wanted" ] || return 0
    need python3 python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    echo "installing $wanted into $venv (pip)"
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$wanted"
    echo "$wanted" >"$venv/wanted"
}
in_venv api-venv schemathesis==4.32.5
in_venv http-venv redbot==2.7.1

need node nodejs
need npm npm
node_wanted="@stoplight/spectral-cli@6.16.3"
if [ "$(cat "$tools/api-tools" 2>/dev/null)" != "$node_wanted" ]; then
    echo "installing $node_wanted into $tools (npm)"
    [ -f "$tools/package.json" ] || echo '{"private": true}' >"$tools/package.json"
    npm install --prefix "$tools" --no-audit --no-fund --silent "$node_wanted"
    echo "$node_wanted" >"$tools/api-tools"
fi
