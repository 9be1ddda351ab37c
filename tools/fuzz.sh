#!/usr/bin/env bash
# Tries random input on what reads declarations and hellos, each target for a while, and
# says what it found. Needs Rust's nightly compiler, and installs cargo-fuzz.
#
#   SECONDS_EACH=600 SECONDS_STALL=5 tools/fuzz.sh [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."

cargo +nightly --version >/dev/null || {
    echo "the nightly compiler is missing: rustup toolchain install nightly" >&2
    exit 1
}
command -v cargo-fuzz >/dev/null || {
    echo "installing cargo-fuzz (cargo)"
    cargo install --locked cargo-fuzz
}
[ $# -gt 0 ] || set -- reader dates references client_hello server_hello
# What earlier runs found worth keeping, so that the next one goes on from there.
[ -d fuzz/corpus ] || { mkdir fuzz/corpus && tar -xzf fuzz/corpora.tar.gz -C fuzz/corpus; }
for target in "$@"; do
    mkdir -p "fuzz/corpus/$target"
    # What stalls is reported like a crash; a busy machine needs more patience.
    nice cargo +nightly fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="${SECONDS_EACH:-600}" -timeout="${SECONDS_STALL:-5}"
done
