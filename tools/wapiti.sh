#!/usr/bin/env bash
# Lets wapiti attack a site and fails if it finds anything.
#
#   tools/wapiti.sh URL [COOKIE] [WAPITI-ARGUMENT...]
#
# COOKIE (`name=value`) is that of somebody logged in; an empty one is nobody's. How
# long the crawl may take is bounded: filters can be combined for ever.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || {
    echo "usage: tools/wapiti.sh URL [COOKIE] [WAPITI-ARGUMENT...]" >&2
    exit 2
}
tools/setup-web.sh pages
tools="${CARGO_TARGET_DIR:-target}/tools"
url="$1" cookie="${2:-}"
shift $(($# > 1 ? 2 : 1))
work="$(mktemp -d "$tools/wapiti.XXXXXX")"
trap 'rm -rf "$work"' EXIT
modules="xss,permanentxss,crlf,redirect,csrf,csp,http_headers,cookieflags"
"$tools/wapiti/bin/python" "$tools/wapiti/bin/wapiti" --url "$url" --module "$modules" --scope folder \
    ${cookie:+--cookie-value "$cookie"} --depth 4 --max-scan-time "${SECONDS_CRAWL:-60}" \
    --max-attack-time "${SECONDS_EACH:-120}" --flush-session --no-bugreport --store-session "$work" \
    --store-config "$work" --format json --output "$work/report.json" "$@" >"$work/said" 2>&1 || {
    cat "$work/said" >&2
    exit 1
}
"$tools/wapiti/bin/python" - "$work/report.json" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
found = [(kind, one) for part in ("vulnerabilities", "anomalies")
         for kind, all in report[part].items() for one in all]
for kind, one in found:
    print(f"{kind}: {one['info']} ({one['method']} {one['path']} {one.get('parameter') or ''})", file=sys.stderr)
pages = report["infos"].get("crawled_pages_nbr", 0)
print(f"wapiti: {pages} addresses, {len(found)} findings")
sys.exit(1 if found or not pages else 0)
PYTHON
