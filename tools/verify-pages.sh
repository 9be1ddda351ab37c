#!/usr/bin/env bash
# Lets vnu and html-validate judge pages.
#
#   tools/verify-pages.sh FILE-OR-URL...
#
# Pages are fetched first, so that both see the same bytes. Prints what is
# wrong and fails; silence and 0 are good.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || {
    echo "usage: tools/verify-pages.sh FILE-OR-URL..." >&2
    exit 2
}
tools/setup-web.sh pages
tools="${CARGO_TARGET_DIR:-target}/tools"
pages="$(mktemp -d "$tools/pages.XXXXXX")"
trap 'rm -rf "$pages"' EXIT

number=0
for source in "$@"; do
    number=$((number + 1))
    name="$pages/$number-$(basename "${source%%\?*}" | tr -c 'A-Za-z0-9.\n' '-')"
    case "$source" in
        http://* | https://*) curl --silent --show-error --header 'Accept: text/html' --output "$name.html" "$source" ;;
        *) cp "$source" "$name.html" ;;
    esac
    echo "$name.html: $source" >>"$pages/sources"
done

verdict=0
java -jar "$tools/node_modules/vnu-jar/build/dist/vnu.jar" --Werror --also-check-css "$pages"/*.html || verdict=1
"$tools/node_modules/.bin/html-validate" --config tools/html-validate.json "$pages"/*.html || verdict=1
[ $verdict = 0 ] || cat "$pages/sources" >&2
exit $verdict
