# Sourced by scripts that build for another target than the machine they run on.

# install_packages NAME..: installs the Debian packages that are missing.
install_packages() {
    local missing=() sudo=()
    for package in "$@"; do
        dpkg -s "$package" > /dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -qq -y "${missing[@]}" > /dev/null
}

# find_lld: prints the path of an LLVM linker, installing one if there is none.
find_lld() {
    local found
    for found in "$(rustc --print sysroot)"/lib/rustlib/*/bin/rust-lld /usr/bin/ld.lld; do
        [ -x "$found" ] && echo "$found" && return
    done
    install_packages lld
    echo /usr/bin/ld.lld
}

# use_target TRIPLE [CRATES]: prepares cargo for a target. Where rustup has the target, nothing is
# to be done; otherwise Debian's compiler builds the CRATES of the standard library (all of them
# unless named) from source. Sets STD_ARGS, to be passed to cargo.
use_target() {
    local triple="$1" crates="${2:+=$2}"
    STD_ARGS=()
    unset RUSTC RUSTDOC RUSTC_BOOTSTRAP
    if compgen -G "$(rustc --print sysroot)/lib/rustlib/$triple/lib/libcore-*" > /dev/null; then
        return
    fi
    if command -v rustup > /dev/null && rustup -q target add "$triple" > /dev/null 2>&1; then
        return
    fi
    install_packages rustc-web rust-web-src
    export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1
    STD_ARGS=("-Zbuild-std$crates")
}
