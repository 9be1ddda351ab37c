# Sourced by scripts that look at a running service.

fairwarning="${CARGO_TARGET_DIR:-target}/debug/fairwarning"
servers=()

# start WORK NAME ARGUMENT...: runs the program until `stop`, with what it says
# in WORK, and waits until it listens; sets `address`.
start() {
    local work="$1" name="$2" line
    shift 2
    mkfifo "$work/$name.said"
    "$fairwarning" "$@" --listen 127.0.0.1:0 >"$work/$name.said" 2>"$work/$name.log" &
    servers+=($!)
    # Kept open: the service may go on talking.
    exec {said}<"$work/$name.said"
    while read -r line <&"$said"; do
        case "$line" in
            *" on http://"*)
                address="http://${line##* on http://}"
                address="${address%%;*}"
                return 0
                ;;
        esac
    done
    echo "the service did not start:" >&2
    cat "$work/$name.log" >&2
    return 1
}

# serve WORK: the service over the sample programs, with all its files in WORK. Whoever
# judges it asks more than a stranger may.
serve() {
    start "$1" serve serve notices --database "sqlite:$1/samples.db" --mail-dir "$1/mail" \
        --requests-per-minute 0
}

# preview WORK [DIR]: the preview of the sample programs, or of those in DIR.
preview() {
    start "$1" "preview-${#servers[@]}" preview "${2:-notices}"
}

# subscribe WORK NAME: asks in that name, and gives the path that its mail leads to.
subscribe() {
    curl --silent --fail --output /dev/null "$address/subscribe" \
        --data "program=usps-web-tools&api=holdForPickup&address=$2@integrator.example"
    timeout 30 bash -c 'until grep --quiet "^To: $0@" "$1"/mail/*.eml 2>/dev/null; do sleep 0.1; done' "$2" "$1"
    "${CARGO_TARGET_DIR:-target}/tools/venv/bin/python" - "$(grep --files-with-matches "^To: $2@" "$1"/mail/*.eml)" <<'PYTHON'
import email, email.policy, re, sys
with open(sys.argv[1], "rb") as file:
    mail = email.message_from_binary_file(file, policy=email.policy.default)
print(re.search(r"/confirm/\S+", mail.get_body(("plain",)).get_content()).group())
PYTHON
}

# preferences_of WORK NAME: subscribes and confirms, and gives the path to the preferences.
preferences_of() {
    curl --silent --fail --data do=confirm "$address$(subscribe "$1" "$2")" |
        grep --only-matching '/preferences/[a-z0-9]*' | head --lines 1
}

# office_session WORK: the cookie of somebody of the office who may do everything.
office_session() {
    local token form
    token="$("$fairwarning" token create Ann --scope approver --database "sqlite:$1/samples.db" 2>/dev/null)"
    form="$(curl --silent "$address/office/login" | grep --only-matching 'csrf_token" value="[^"]*' | sed 's/.*"//;q')"
    curl --silent --include "$address/office/login" --header 'Sec-Fetch-Site: same-origin' \
        --data-urlencode "token=$token" --data "csrf_token=$form" |
        tr --delete '\r' | sed --quiet 's/^set-cookie: \([^;]*\).*/\1/Ip'
}

stop() {
    [ ${#servers[@]} = 0 ] || kill "${servers[@]}"
}
