#!/usr/bin/env bash
# Installs what judges the web side, and says so. Quick where all is there.
#
#   tools/setup-web.sh          for the tests: openapi-spec-validator, standardwebhooks
#   tools/setup-web.sh pages    for pages, pictures and feeds too: html-validate, vnu,
#                               axe, a browser with its driver, JSON Feed's schema
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

tools="${CARGO_TARGET_DIR:-target}/tools"
mkdir -p "$tools"

python_wanted="openapi-spec-validator==0.7.2 standardwebhooks==1.1.0"
if [ "$(cat "$tools/venv/web-tools" 2>/dev/null)" != "$python_wanted" ]; then
    need python3 python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    echo "installing $python_wanted into $tools/venv (pip)"
    [ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
    "$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check $python_wanted
    echo "$python_wanted" >"$tools/venv/web-tools"
fi
[ "${1:-}" = pages ] || exit 0

need node nodejs
need npm npm
need java default-jre-headless
need chromium chromium
node_wanted="html-validate@10 vnu-jar@25 axe-core@4 puppeteer-core@24 jsonfeed-schema@0.5.0"
if [ "$(cat "$tools/node_modules/web-tools" 2>/dev/null)" != "$node_wanted" ]; then
    echo "installing $node_wanted into $tools (npm)"
    [ -f "$tools/package.json" ] || echo '{"private": true}' >"$tools/package.json"
    PUPPETEER_SKIP_DOWNLOAD=1 npm install --prefix "$tools" --no-audit --no-fund --silent $node_wanted
    echo "$node_wanted" >"$tools/node_modules/web-tools"
fi
