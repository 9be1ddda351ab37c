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
