#!/usr/bin/env bash
# Installs what setting a process's clock off takes (libfaketime), and giving it a
# disk of its own (unshare and nsenter). Quick where both are there.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || install_packages libfaketime
need unshare util-linux
need nsenter util-linux
