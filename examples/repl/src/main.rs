//! The snakelet command line.
fn main() {}
