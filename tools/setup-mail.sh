#!/bin/sh
# What the tests of delivery need beside Rust, installed where it is missing:
# Postfix with its smtp-sink and openssl from Debian, and in a virtual environment
# below target/tools the Python programs that judge our mail.
#
# Source it for `setup_mail`, or run it. Done already, it takes no time.

setup_mail() {
    setup_mail_packages && setup_mail_python
}

setup_mail_packages() {
    missing=""
    [ -x /usr/sbin/smtp-sink ] && [ -x /usr/sbin/postfix ] || missing="$missing postfix"
    command -v openssl >/dev/null || missing="$missing openssl"
    command -v python3 >/dev/null || missing="$missing python3"
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
    [ -z "$missing" ] && return 0
    echo "setup: installing$missing (apt-get)"
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo"
    $as_root apt-get update -q || return 1
    # Without questions, and without Postfix running as this machine's mail server.
    $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -q -y --no-install-recommends $missing
}

setup_mail_python() {
    venv="${CARGO_TARGET_DIR:-target}/tools/venv"
    wanted="dkimpy==1.1.8 icalendar==6.3.1 vobject==0.9.9 aiosmtpd==1.4.6 flufl.bounce==5.0 prometheus_client==0.26.0"
    [ "$(cat "$venv/mail-tools" 2>/dev/null)" = "$wanted" ] && return 0
    echo "setup: installing $wanted into $venv (pip)"
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" || return 1
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $wanted || return 1
    echo "$wanted" > "$venv/mail-tools"
}

case "$0" in
    *setup-mail.sh) setup_mail ;;
esac
