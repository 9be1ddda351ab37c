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

# serve WORK: the service over the sample programs, with all its files in WORK.
serve() {
    start "$1" serve serve notices --database "sqlite:$1/samples.db" --mail-dir "$1/mail"
}

# preview WORK [DIR]: the preview of the sample programs, or of those in DIR.
preview() {
    start "$1" "preview-${#servers[@]}" preview "${2:-notices}"
}

stop() {
    [ ${#servers[@]} = 0 ] || kill "${servers[@]}"
}
