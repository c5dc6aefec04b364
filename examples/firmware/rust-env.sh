# Sourced by build.sh: finds a toolchain that can build for a target.
#
# `use_toolchain TARGET` sets CARGO, RUSTC and BUILD_STD: rustup's target where it is installed or
# can be, otherwise Debian's compiler with the standard library built from its source package.

install_packages() {
    local missing=()
    for package in "$@"; do
        dpkg -s "$package" > /dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local sudo=""
    [ "$(id -u)" -eq 0 ] || sudo="sudo"
    $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qq -y "${missing[@]}" > /dev/null
}

find_lld() {
    local found
    for found in "$(rustc --print sysroot 2> /dev/null)"/lib/rustlib/*/bin/rust-lld /usr/bin/rust-lld /usr/bin/ld.lld; do
        [ -x "$found" ] && echo "$found" && return
    done
}

use_toolchain() {
    local target="$1" libdir
    libdir="$(rustc --print target-libdir --target "$target" 2> /dev/null || true)"
    BUILD_STD=""
    if [ -n "$libdir" ] && compgen -G "$libdir/libcore-*" > /dev/null; then
        return
    fi
    if [ -d /usr/src ] && command -v apt-get > /dev/null; then
        install_packages rustc-web rust-web-src
        export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
        BUILD_STD="core,alloc"
    else
        rustup target add "$target"
    fi
}
