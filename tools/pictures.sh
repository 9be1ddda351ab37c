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

# Somebody's preferences, reached as they reach them.
curl --silent --fail --output /dev/null "$address/subscribe" \
    --data "program=usps-web-tools&api=Verify&address=ada@integrator.example"
timeout 30 bash -c 'until grep --quiet "^To: ada@" "$0"/mail/*.eml 2>/dev/null; do sleep 0.1; done' "$work"
confirm="$address$(python3 - "$work"/mail/*.eml <<'PYTHON'
import email, email.policy, re, sys
with open(sys.argv[1], "rb") as file:
    mail = email.message_from_binary_file(file, policy=email.policy.default)
print(re.search(r"/confirm/\S+", mail.get_body(("plain",)).get_content()).group())
PYTHON
)"
preferences="$address$(curl --silent --fail --data do=confirm "$confirm" | grep --only-matching '/preferences/[a-z0-9]*' | head --lines 1)"

out="${CARGO_TARGET_DIR:-target}/pictures"
node tools/pictures.mjs "$out" "$work"/*-mail.html \
    table="$address/?on=2020-04-01" notices="$address/notices" \
    page="$address/notices/usps-web-tools/tls-1.2" samples="$address/notices/onepagecrm/tls-1.2" \
    problem="$address/nowhere" search="$address/search?q=pickup" \
    api="$address/apis/usps-web-tools/Verify?on=2020-05-01&zone=Europe/Paris" \
    affected="$address/affected?q=Verify%0Ahttps%3A%2F%2Fapp.onepagecrm.com%2F%0Aexample.org" \
    choose="$address/subscribe" subscribe="$address/subscribe?program=usps-web-tools&api=Verify" \
    confirm="$confirm" preferences="$preferences"
COOKIE="$(office_session "$work")" node tools/pictures.mjs "$out" \
    office="$address/office/notices/usps-web-tools/tls-1.2/approval?forecast=yes"
# The beginnings of long pages, side by side in the README.
PICTURE_HEIGHT=640 PICTURE_SCALE=1 node tools/pictures.mjs "$out/beginnings" \
    search="$address/search?q=pickup" \
    affected="$address/affected?q=Verify%0Ahttps%3A%2F%2Fapp.onepagecrm.com%2F%0Aexample.org" \
    subscribe="$address/subscribe?program=usps-web-tools&api=Verify" preferences="$preferences"
preview "$work"
node tools/pictures.mjs "$out" \
    preview="$address/notices/usps-web-tools/tls-1.2/html?on=2020-04-14&environment=prod"

mkdir -p docs/pictures
cp "$out/usps-web-tools-mail-1280-light.png" docs/pictures/mail.png
cp "$out/usps-web-tools-mail-320-dark.png" docs/pictures/mail-narrow-dark.png
cp "$out/table-1280-light.png" docs/pictures/table.png
cp "$out/page-1280-light.png" docs/pictures/page.png
cp "$out/preview-1280-light.png" docs/pictures/preview.png
cp "$out/office-1280-light.png" docs/pictures/office.png
cp "$out/api-1280-dark.png" docs/pictures/api-dark.png
cp "$out/beginnings/affected-320-light.png" docs/pictures/affected-narrow.png
cp "$out/beginnings/search-320-dark.png" docs/pictures/search-narrow-dark.png
cp "$out/beginnings/subscribe-320-light.png" docs/pictures/subscribe-narrow.png
cp "$out/beginnings/preferences-320-dark.png" docs/pictures/preferences-narrow-dark.png
