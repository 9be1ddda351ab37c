#!/usr/bin/env bash
# Installs what the tests of PostgreSQL start for themselves: its server, and
# setpriv, because the server refuses to run as root. Quick where both are there.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

# Debian keeps the server's programs out of everybody's path.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need initdb postgresql
need setpriv util-linux
