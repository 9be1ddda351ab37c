#!/usr/bin/env bash
# Installs what building and testing need beyond Rust, and says so. Quick where
# everything is there already.
#
#   tools/setup.sh          for building and testing
#   tools/setup.sh build    for building alone
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

# The database and the TLS library come as C sources and are compiled.
need cc gcc
need make make
# Test endpoints and probes speak old TLS by OpenSSL, which is linked and not compiled.
need pkg-config pkg-config
pkg-config --exists openssl || install_packages libssl-dev
command -v cargo >/dev/null || {
    echo "Rust is missing: install it by rustup, then run this again" >&2
    exit 1
}
[ "${1:-}" = build ] && exit 0

for part in tools/setup-*.sh; do
    bash "$part"
done
