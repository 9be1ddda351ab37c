#!/usr/bin/env bash
# Installs what `make bench` compares us with, and says so: nodemailer for sending,
# nginx for answering, and wrk, which asks.
# Quick where all is there.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

tools="${CARGO_TARGET_DIR:-target}/tools"
need node nodejs
need npm npm
need nginx nginx-light
need wrk wrk
wanted="nodemailer@7"
if [ "$(cat "$tools/node_modules/peers" 2>/dev/null)" != "$wanted" ]; then
    mkdir -p "$tools"
    echo "installing $wanted into $tools (npm)"
    [ -f "$tools/package.json" ] || echo '{"private": true}' >"$tools/package.json"
    npm install --prefix "$tools" --no-audit --no-fund --silent "$wanted"
    echo "$wanted" >"$tools/node_modules/peers"
fi
