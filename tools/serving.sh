# Sourced by scripts that look at a running service.

# serve WORK: starts the service over the sample programs, on a free loopback
# port and with all its files in WORK; sets `server` (its process) and `address`.
serve() {
    mkfifo "$1/said"
    "${CARGO_TARGET_DIR:-target}/debug/fairwarning" serve notices --listen 127.0.0.1:0 \
        --database "sqlite:$1/samples.db" --mail-dir "$1/mail" >"$1/said" 2>"$1/log" &
    server=$!
    # Kept open: the service may go on talking.
    exec 3<"$1/said"
    while read -r line <&3; do
        case "$line" in
            "Serving on "*)
                address="${line#Serving on }"
                return 0
                ;;
        esac
    done
    echo "the service did not start:" >&2
    cat "$1/log" >&2
    return 1
}
