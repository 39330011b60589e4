# shellcheck shell=bash
# Sourced by the tests of packages: a Debian with nothing but its base, to install into. Takes root rights.
#   clean_root PACKAGE…        makes it with these packages; its folder is $root
#   install_in_root PACKAGE…   installs more, or a file in it
#   in_root COMMAND…           runs a command in it, by a musician who has nothing set but a display
#   window_in_root COMMAND…    packaging/window-test.sh on a command in it, in the data folder it takes by itself, $data
# SUITE names another Debian than bookworm, MIRROR another mirror. The root is removed at the end.
. packaging/need.sh

root=
remove_root() {
    [ -n "$root" ] || return 0
    for place in tmp proc dev; do umount -l "$root/$place" 2>/dev/null || true; done
    # Never through what may still be mounted.
    rm -rf --one-file-system "$root"
}
trap remove_root EXIT

clean_root() {
    [ "$(id -u)" = 0 ] || { echo "A clean root takes root rights."; exit 1; }
    # Without the last three window-test.sh would pass by testing nothing.
    need debootstrap debian-archive-keyring xvfb xdotool imagemagick
    root=$(mktemp -d -p /var/tmp reelsmith-root.XXXXXX)
    chmod 755 "$root"
    local log
    log=$(debootstrap --variant=minbase "${SUITE:-bookworm}" "$root" "${MIRROR:-http://deb.debian.org/debian}" 2>&1) ||
        { tail <<<"$log"; exit 1; }
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    # The display is there.
    mount --bind /tmp "$root/tmp"
    mkdir "$root/home/musician"
    data=$root/home/musician/.local/share/reelsmith
    [ $# = 0 ] || install_in_root "$@"
}

install_in_root() {
    chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
        >"$root/apt.log" 2>&1 || { tail "$root/apt.log"; exit 1; }
}

in_root() {
    chroot "$root" env -i HOME=/home/musician PATH=/usr/bin:/bin LANG=C.UTF-8 DISPLAY="${DISPLAY:-}" "$@"
}

window_in_root() {
    # What window-test.sh starts must be one file, and the process that it can end.
    {
        echo "#!/bin/sh"
        echo "exec chroot $root env -i HOME=/home/musician PATH=/usr/bin:/bin LANG=C.UTF-8 DISPLAY=\$DISPLAY $*"
    } >"$root/start"
    chmod 755 "$root/start"
    DATA=$data bash packaging/window-test.sh "$root/start"
}

# The checksums of all tunes in the data folder.
tunes() {
    (cd "$data" && find . -name '*.abc' -exec sha256sum {} + | sort)
}
