#!/usr/bin/env bash
# Installs what judges the web side, and says so. Quick where all is there.
#
#   tools/setup-web.sh          for the tests: openapi-spec-validator, standardwebhooks,
#                               a browser with what drives it, axe
#   tools/setup-web.sh pages    for `make verify` too: html-validate, vnu, lighthouse,
#                               JSON Feed's schema, and wapiti
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

# npm_install NAME PACKAGE...: installs them below target/tools unless that was done.
npm_install() {
    local name="$1"
    shift
    # Not among the modules, from which npm clears away what it does not know.
    local done="$tools/$name"
    [ ! -d "$tools/node_modules/${1%@*}" ] || [ "$(cat "$done" 2>/dev/null)" != "$*" ] || return 0
    echo "installing $* into $tools (npm)"
    [ -f "$tools/package.json" ] || echo '{"private": true}' >"$tools/package.json"
    PUPPETEER_SKIP_DOWNLOAD=1 npm install --prefix "$tools" --no-audit --no-fund --silent "$@"
    echo "$*" >"$done"
}

need node nodejs
need npm npm
need chromium chromium
# Without a font nothing is drawn.
[ -d /usr/share/fonts/truetype ] || install_packages fonts-dejavu-core
npm_install browser-tools axe-core@4 puppeteer-core@24
[ "${1:-}" = pages ] || exit 0

need java default-jre-headless
npm_install web-tools html-validate@10 vnu-jar@25 lighthouse@12 jsonfeed-schema@0.5.0
# In an environment of its own: it wants other versions than the others.
wapiti_wanted="wapiti3==3.2.3"
if [ "$(cat "$tools/wapiti/installed" 2>/dev/null)" != "$wapiti_wanted" ]; then
    echo "installing $wapiti_wanted into $tools/wapiti (pip)"
    [ -x "$tools/wapiti/bin/python" ] || python3 -m venv "$tools/wapiti"
    "$tools/wapiti/bin/python" -m pip install --quiet --disable-pip-version-check "$wapiti_wanted"
    echo "$wapiti_wanted" >"$tools/wapiti/installed"
fi
