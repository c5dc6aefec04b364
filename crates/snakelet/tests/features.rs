//! The table of features in the documentation of the crate is complete.

/// The names of the features that a manifest declares.
fn declared(manifest: &str) -> Vec<&str> {
    let features = manifest.split("\n[features]\n").nth(1).unwrap_or_default();
    let features = features.split("\n[").next().unwrap_or_default();
    let declares = |line: &&str| line.contains(" = [") && !line.starts_with(['#', ' ']);
    features.lines().filter(declares).filter_map(|line| line.split(' ').next()).collect()
}

#[test]
fn table_names_each_feature() {
    let features = declared(include_str!("../Cargo.toml"));
    let documentation = include_str!("../src/lib.rs");
    let rows = documentation.lines().filter(|line| line.starts_with("//! | "));
    let table: String = rows.collect::<Vec<_>>().join("\n");
    assert!(features.len() > 50, "{features:?}");
    for feature in features.into_iter().filter(|name| *name != "default") {
        assert!(table.contains(&format!("`{feature}`")), "`{feature}` is not in the table");
    }
}
