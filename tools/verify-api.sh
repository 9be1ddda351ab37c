#!/usr/bin/env bash
# Lets programs that are not ours judge the API: openapi-spec-validator and spectral its
# description, schemathesis what it answers to good and bad questions, redbot every public
# address. Fails where one of them finds an error.
#
#   tools/verify-api.sh [OPTION-OF-SCHEMATHESIS...]
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/serving.sh
tools/setup-web.sh
tools/setup-api.sh verify

tools="${CARGO_TARGET_DIR:-target}/tools"
work="$(mktemp -d "$tools/verify-api.XXXXXX")"
trap 'stop; rm -rf "$work"' EXIT
serve "$work"
curl --silent --fail --output "$work/openapi.json" "$address/openapi.json"

echo "API description: openapi-spec-validator, spectral"
"$tools/venv/bin/openapi-spec-validator" "$work/openapi.json" >/dev/null
"$tools/node_modules/.bin/spectral" lint --fail-severity warn --quiet "$work/openapi.json"

echo "API: schemathesis, all checks; examples, coverage and fuzzing"
token="$("$fairwarning" token create schemathesis --scope approver --database "sqlite:$work/samples.db" 2>/dev/null)"
preferences="$(preferences_of "$work" ada)"
# Somebody to set webhooks for.
{
    cat schemathesis.toml
    printf '\n[parameters]\n"path.token" = "%s"\n' "${preferences##*/}"
} >"$work/schemathesis.toml"
said="$work/schemathesis.txt"
"$tools/api-venv/bin/schemathesis" --config-file "$work/schemathesis.toml" run "$work/openapi.json" \
    --url "$address" --header "Authorization: Bearer $token" --checks all \
    --phases examples,coverage,fuzzing --workers 1 --continue-on-failure --no-color \
    "$@" >"$said" || {
    cat "$said" >&2
    exit 1
}
grep -E 'generated,' "$said"

echo "every public address: redbot"
"$tools/http-venv/bin/python" tests/verifiers/check_http.py "$address" "$work/openapi.json" \
    / "/?state=announced" /notices /notices/usps-web-tools /notices/usps-web-tools/tls-1.2 \
    /apis/usps-web-tools/Verify /affected "/affected?q=Verify" /subscribe /embed /api \
    /api/changelog /problems/bad-cursor /static/style.css /static/icon.svg /robots.txt \
    /.well-known/api-catalog
