#!/usr/bin/env bash
# Takes the pictures that the README shows, and all the others of the samples
# into target/pictures.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/serving.sh
tools/setup-web.sh pages

tools="${CARGO_TARGET_DIR:-target}/tools"
work="$(mktemp -d "$tools/pictures.XXXXXX")"
trap 'stop; rm -rf "$work"' EXIT
for program in usps-web-tools onepagecrm constant-contact; do
    "$fairwarning" render "$program/tls-1.2" --to html >"$work/$program-mail.html"
done
serve "$work"

out="${CARGO_TARGET_DIR:-target}/pictures"
node tools/pictures.mjs "$out" "$work"/*-mail.html \
    table="$address/?on=2020-04-01" notices="$address/notices" \
    page="$address/notices/usps-web-tools/tls-1.2" problem="$address/nowhere" \
    api="$address/apis/usps-web-tools/Verify?on=2020-05-01" \
    affected="$address/affected?q=Verify%0Ahttps%3A%2F%2Fapp.onepagecrm.com%2F%0Aexample.org"
preview "$work"
node tools/pictures.mjs "$out" \
    preview="$address/notices/usps-web-tools/tls-1.2/html?on=2020-04-14&environment=prod"

mkdir -p docs/pictures
cp "$out/usps-web-tools-mail-1280-light.png" docs/pictures/mail.png
cp "$out/usps-web-tools-mail-320-dark.png" docs/pictures/mail-narrow-dark.png
cp "$out/table-1280-light.png" docs/pictures/table.png
cp "$out/page-1280-light.png" docs/pictures/page.png
cp "$out/preview-1280-light.png" docs/pictures/preview.png
