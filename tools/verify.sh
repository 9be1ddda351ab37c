#!/usr/bin/env bash
# Lets programs that are not ours judge what the sample programs become: mails,
# calendars, pages and posts. Silence about an item is good; the last line sums up.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
. tools/serving.sh
tools/setup.sh
tools/setup-web.sh pages

tools="${CARGO_TARGET_DIR:-target}/tools"
python="$tools/venv/bin/python"
work="$(mktemp -d "$tools/verify.XXXXXX")"
trap 'stop; rm -rf "$work"' EXIT

for notice in usps-web-tools/tls-1.2 onepagecrm/tls-1.2 constant-contact/tls-1.2; do
    name="$work/${notice%%/*}"
    "$fairwarning" render "$notice" --to eml >"$name.eml"
    "$fairwarning" render "$notice" --to html >"$name-mail.html"
    "$fairwarning" render "$notice" --to page >"$name-page.html"
    "$fairwarning" render "$notice" --to ics >"$name.ics"
done
"$fairwarning" plan --from 2020-01-01 --format ics >"$work/plan.ics"

echo "mails: Python's strict policy, icalendar"
"$python" tests/verifiers/check_mail.py "$work"/*.eml
echo "calendars: vobject"
"$python" - "$work"/*.ics <<'PYTHON'
import sys
import vobject
for name in sys.argv[1:]:
    with open(name, encoding="utf-8", newline="") as file:
        vobject.readOne(file.read(), validate=True)
PYTHON

serve "$work"

# The pages behind links: one that waits, and the preferences of somebody who confirmed.
confirm="$address$(subscribe "$work" ada)"
preferences="$address$(preferences_of "$work" bob)"
"$python" - "$work/mail" >"$work/confirmation-mail.html" <<'PYTHON'
import email, email.policy, pathlib, sys
name = sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))[0]
mail = email.message_from_bytes(name.read_bytes(), policy=email.policy.default)
print(mail.get_body(("html",)).get_content())
PYTHON

pasted="affected?q=Verify%0Ahttps%3A%2F%2Fapp.onepagecrm.com%2F%0Aexample.org"
echo "pages and HTML mails: vnu, html-validate"
tools/verify-pages.sh "$work"/*-mail.html "$work"/*-page.html \
    "$address/" "$address/?state=announced" "$address/notices" \
    "$address/notices/usps-web-tools" "$address/notices/usps-web-tools/tls-1.2" \
    "$address/notices/onepagecrm/tls-1.2" "$address/notices/constant-contact/tls-1.2" \
    "$address/embed" "$address/embed?program=crm" \
    "$address/?sort=notice&lang=de" "$address/search" "$address/search?q=pickup" \
    "$address/notices/usps-web-tools/tls-1.2?zone=Asia/Tokyo" \
    "$address/apis/usps-web-tools/Verify?zone=nowhere&lang=fr" "$address/problems/not-found" \
    "$address/subscribe" "$address/subscribe?program=usps-web-tools&api=holdForPickup&lang=de" \
    "$address/apis/usps-web-tools/Verify?on=2020-05-01" "$address/affected" "$address/$pasted" \
    "$address/api" "$address/api/changelog" \
    "$confirm" "$preferences" "$address/nowhere"
echo "pages: lighthouse, at least 95 for accessibility, best practices and search engines"
node tools/lighthouse.mjs "$address/" "$address/notices" "$address/notices/usps-web-tools" \
    "$address/notices/usps-web-tools/tls-1.2" "$address/notices/onepagecrm/tls-1.2" \
    "$address/apis/usps-web-tools/Verify" "$address/affected" "$address/subscribe" \
    "$address/subscribe?program=usps-web-tools" "$address/search?q=pickup" "$address/embed" \
    "$address/problems/not-found"
echo "the site under attack: wapiti"
tools/wapiti.sh "$address/"
# Somebody for whom a proxy vouches: a token might revoke itself under attack.
samples="$address"
start "$work" office serve notices --database "sqlite:$work/office.db" \
    --mail-dir "$work/office-mail" --requests-per-minute 0 --trusted-proxy 127.0.0.1 \
    --sso-user-header X-Forwarded-User --sso-groups-header X-Forwarded-Groups --sso-approvers board
number=0
for page in "" /notices /notices/usps-web-tools/tls-1.2 /notices/usps-web-tools/tls-1.2/preview \
    "/notices/usps-web-tools/tls-1.2/approval?forecast=yes" /dead /subscribers /suppressions \
    "/proof?notice=usps-web-tools/tls-1.2" /audit /tokens; do
    number=$((number + 1))
    curl --silent --fail --output "$work/office-$number.html" --header "X-Forwarded-User: verifier" \
        --header "X-Forwarded-Groups: board" "$address/office$page"
done
tools/verify-pages.sh "$work"/office-*.html "$address/office/login"
tools/wapiti.sh "$address/office" "" \
    --header "X-Forwarded-User: verifier" --header "X-Forwarded-Groups: board"
address="$samples"
echo "calendars: icalendar, vobject; Atom: a strict parser"
for of in "" /notices/tls-1.2 /apis/holdForPickup /environments/prod; do
    curl --silent --fail "$address/feeds/usps-web-tools$of.ics" |
        "$python" tests/verifiers/check_calendars.py >/dev/null
done
for feed in feeds feeds/usps-web-tools feeds/onepagecrm feeds/constant-contact; do
    curl --silent --fail "$address/$feed.atom" | "$python" tests/verifiers/check_atom.py >/dev/null
done
echo "JSON Feed: check-jsonschema, ajv"
# Addresses are whole, as the schema wants them, where the service knows its own.
samples="$address"
start "$work" public serve notices --database "sqlite:$work/public.db" \
    --mail-dir "$work/public-mail" --public-url https://notices.example.org
for feed in feeds feeds/usps-web-tools feeds/onepagecrm feeds/constant-contact; do
    curl --silent --fail --output "$work/${feed##*/}.feed.json" "$address/$feed.json"
done
"$tools/venv/bin/check-jsonschema" --quiet \
    --schemafile "$tools/node_modules/jsonfeed-schema/schema-v1.1.json" "$work"/*.feed.json
node tests/verifiers/check_feed.mjs "$work"/*.feed.json
address="$samples"
tools/verify-api.sh
echo "pages and HTML mails in Chromium: axe, WCAG 2.2 AA, 1280 and 320 px, light and dark"
node tools/pictures.mjs --check "$work/pictures" "$work"/*-mail.html \
    table="$address/" embed="$address/embed?program=usps-web-tools" archive="$address/notices" usps="$address/notices/usps-web-tools/tls-1.2" \
    onepagecrm="$address/notices/onepagecrm/tls-1.2" \
    constant-contact="$address/notices/constant-contact/tls-1.2" problem="$address/nowhere" \
    choose="$address/subscribe" subscribe="$address/subscribe?program=usps-web-tools&lang=de" \
    api="$address/apis/usps-web-tools/Verify?on=2020-05-01" affected="$address/$pasted" \
    reference="$address/api" changes="$address/api/changelog" \
    search="$address/search?q=pickup" \
    confirm="$confirm" preferences="$preferences" >/dev/null
# A copy with mistakes, made once its first version was seen.
cp -r notices "$work/broken"
preview "$work" "$work/broken"
broken="$address/notices/usps-web-tools/tls-1.2/html"
curl --silent --fail --output /dev/null "$broken"
sed -i 's/^kind: protocol/kind: protocoll/' "$work/broken/usps-web-tools/tls-1.2.yaml"
timeout 30 bash -c 'until curl --silent --fail "$0" | grep --quiet protocoll; do sleep 0.1; done' "$broken"
preview "$work"
usps="$address/notices/usps-web-tools/tls-1.2"
echo "the preview: vnu, html-validate"
previews=("$address/" "$broken" "$address/nowhere")
for channel in html text eml page markdown post ics json; do
    previews+=("$usps/$channel" "$usps/$channel?on=2020-04-01&environment=test&api=EDDMR")
done
tools/verify-pages.sh "${previews[@]}"
echo "the preview in Chromium: axe, WCAG 2.2 AA, 1280 and 320 px, light and dark"
node tools/pictures.mjs --check "$work/pictures" index="$address/" broken="$broken" \
    mail="$usps/html?on=2020-04-01" page="$usps/page?environment=test" text="$usps/text" \
    nothing="$usps/html?api=none" >/dev/null
echo "units: systemd-analyze"
need systemd-analyze systemd
for unit in deploy/systemd/fairwarning.service deploy/systemd/fairwarning@.service; do
    # A template is verified as one of its instances.
    name="$(basename "$unit" | sed 's/@/@deliver/')"
    sed "s|/usr/local/bin/fairwarning|$(realpath "$fairwarning")|" "$unit" >"$work/$name"
    systemd-analyze verify --man=no "$work/$name"
done
echo "every verifier is content"
