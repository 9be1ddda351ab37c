#!/usr/bin/env bash
# Installs what the tests of PostgreSQL start for themselves: its server, and
# setpriv, because the server refuses to run as root; and the command of SQLite,
# beside which `make bench` measures. Quick where all are there.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

# Debian keeps the server's programs out of everybody's path.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need initdb postgresql
need setpriv util-linux
need sqlite3 sqlite3
