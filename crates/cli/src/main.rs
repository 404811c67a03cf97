//! `yichuang`: the one binary.
fn main() {}
