//! Compiles the crate anew when a migration is added, so the set it knows is never stale.

fn main() {
    println!("cargo:rerun-if-changed=../migrations/read_models");
}
