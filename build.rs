//! Tells cargo that migrations are part of the program: a file added to the
//! folder would otherwise not be noticed.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
