# shellcheck shell=sh
# Sourced: `need PACKAGE…` installs the Debian packages that are missing, or ends the script that needs them.

# In a shell of its own, so that it names nothing anew in the script.
need() (
    if ! command -v dpkg-query >/dev/null 2>&1; then
        echo "This is no Debian or Ubuntu: what is called $* there must be installed by hand."
        return
    fi
    missing=
    for package in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    echo "Installing the system packages that are missing:$missing"
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || { echo "That takes root rights, and there is no sudo."; exit 1; }
        as_root=sudo
    fi
    $as_root apt-get update -qq
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
)

if ! command -v cargo >/dev/null 2>&1; then
    echo "Rust is missing (cargo is not on the PATH): see https://rustup.rs"
    exit 1
fi
