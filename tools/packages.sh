# Sourced by the setup scripts: installing Debian packages, only those missing.

# need COMMAND PACKAGE: installs PACKAGE unless COMMAND is there.
need() {
    command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || install_packages "$2"
}

install_packages() {
    local as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    echo "installing $* (Debian packages)"
    if ! ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
        $as_root apt-get update -qq
    fi
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
