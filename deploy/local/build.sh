# Sourced by the scripts in deploy/: finds the repository, checks the tools, builds. Not a program.
# Sets `root` and, after `build`, `programs` (the folder cargo built into).

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

complain() {
    printf 'salgslogg: %s\n' "$1" >&2
    exit 1
}

# One sentence for what a build needs and this machine lacks.
need_rust() {
    command -v cargo >/dev/null 2>&1 ||
        complain "cargo is missing: install Rust 1.95 or newer (https://rustup.rs)"
    local version minor
    version=$(rustc --version 2>/dev/null) || complain "rustc is missing: install Rust 1.95 or newer (https://rustup.rs)"
    minor=$(printf '%s' "$version" | sed -n 's/^rustc 1\.\([0-9]*\).*/\1/p')
    if [ -n "$minor" ] && [ "$minor" -lt 95 ]; then
        complain "this is $version, and Rust 1.95 or newer is needed: run \`rustup update\`"
    fi
    command -v cc >/dev/null 2>&1 || env | grep -q '^CARGO_TARGET_.*_LINKER=' ||
        complain "a C compiler is missing (cc): install gcc or clang, e.g. the package build-essential"
}

# The folder cargo builds into, wherever that is configured.
target_folder() {
    cargo metadata --no-deps --format-version 1 --offline --manifest-path "$root/Cargo.toml" |
        sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}

# build PROFILE PACKAGE...: PROFILE is release or debug.
build() {
    local profile=$1 arguments=() package
    shift
    need_rust
    [ "$profile" = release ] && arguments+=(--release)
    for package in "$@"; do arguments+=(-p "$package"); done
    cargo build --manifest-path "$root/Cargo.toml" "${arguments[@]}" ||
        complain "the build failed for the reason above; the first build needs the network and about 3 GB of disk"
    programs=$(target_folder)/$profile
}
