//! The crates stand in one straight line, and every dependency has one version in one table.
//!
//! `testkit` stands beside the line: it makes databases, so it knows `storage`; every crate may use it, in
//! tests only. Cargo allows that circle, because tests of `storage` are not part of `storage`.

use crate::tree::{File, Finding, Tree};

/// Which crates of our own each crate may depend on. A crate that is not here does not belong yet.
const LINE: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("storage", &["domain"]),
    ("app", &["domain", "storage"]),
    ("server", &["domain", "app"]),
    ("cli", &["domain", "app", "server", "documents", "sim"]),
    ("documents", &["domain", "app"]),
    ("sim", &["domain"]),
    ("testkit", &["domain", "storage"]),
    ("bench", &["domain", "storage", "app", "documents", "server"]),
    ("xtask", &["domain"]),
];

/// Libraries only these crates may name in their `Cargo.toml`.
const ONLY_IN: [(&str, &[&str]); 5] = [
    ("rusqlite", &["storage", "bench", "testkit"]),
    ("tokio-postgres", &["storage", "bench", "testkit"]),
    ("deadpool-postgres", &["storage", "bench"]),
    ("clap", &["cli", "bench"]),
    ("anyhow", &["cli", "bench", "xtask"]),
];

/// All that `domain` may depend on outside tests: nothing that reads files, clocks or the network.
const PURE: [&str; 6] = ["jiff", "serde", "serde_json", "sm3", "thiserror", "toml"];

/// Checks every `Cargo.toml` of a member.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let members = tree.ending("/Cargo.toml").filter(|file| file.path != "Cargo.toml");
    let members: Vec<&File> = members.collect();
    let mut findings: Vec<Finding> = members.iter().flat_map(|file| check_member(tree, file)).collect();
    findings.extend(tree.file("Cargo.toml").into_iter().flat_map(|root| unused_versions(root, &members)));
    findings
}

/// Rows of the one table that no member asks for.
fn unused_versions(root: &File, members: &[&File]) -> Vec<Finding> {
    let manifest = root.text.parse::<toml::Table>().unwrap_or_default();
    let table = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let names = table.and_then(toml::Value::as_table).into_iter().flat_map(|table| table.keys());
    let asked = |name: &&String| {
        members.iter().any(|member| member.text.lines().any(|line| line.starts_with(&format!("{name}."))))
    };
    let unused = names.filter(|name| !asked(name));
    unused
        .map(|name| {
            Finding::new(
                &root.path,
                root.line_of(&format!("{name} =")),
                format!("no member depends on `{name}`"),
                "a version nobody asks for is never tried",
                "remove the line",
            )
        })
        .collect()
}

fn check_member(tree: &Tree, file: &File) -> Vec<Finding> {
    let folder = file.path.trim_end_matches("/Cargo.toml");
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let mut findings = Vec::new();
    let mut tell = |part: &str, what: String, why, mend| {
        findings.push(Finding::new(&file.path, file.line_of(part), what, why, mend));
    };
    let manifest = match file.text.parse::<toml::Table>() {
        Ok(manifest) => manifest,
        Err(fault) => {
            tell(
                "",
                format!("not TOML: {}", fault.message()),
                "Cargo cannot read it either",
                "mend the syntax",
            );
            return findings;
        }
    };
    let Some((_, allowed)) = LINE.iter().find(|(known, _)| *known == name) else {
        tell(
            "name",
            format!("crate `{name}` has no place in the line"),
            "a crate exists only where a dependency must be forbidden",
            "make it a module, or add it to LINE in xtask/src/tidy/crates.rs and to docs/ARCHITECTURE.md",
        );
        return findings;
    };
    if manifest.get("lints").and_then(|lints| lints.get("workspace")) != Some(&toml::Value::Boolean(true)) {
        tell(
            "[package]",
            "no `[lints] workspace = true`".into(),
            "one lint table rules all crates",
            "add it",
        );
    }
    for (table, dependency, value) in dependencies(&manifest) {
        let own = dependency.strip_prefix("yichuang-");
        let dev_only = table == "dev-dependencies" && own == Some("testkit");
        if own.is_some_and(|own| !allowed.contains(&own) && !dev_only) {
            tell(
                dependency,
                format!("`{name}` depends on `{dependency}` in [{table}]"),
                "crates stand in one straight line: domain <- storage <- app <- server <- cli",
                "call through the crate in between, or move the code to where it belongs",
            );
        }
        if let Some((_, only)) = ONLY_IN.iter().find(|(library, _)| *library == dependency)
            && !only.contains(&name)
        {
            tell(
                dependency,
                format!("`{name}` depends on `{dependency}`"),
                "a library stays where its topic is; databases are known to storage alone",
                "call storage (or cli) for it",
            );
        }
        if name == "domain" && table == "dependencies" && !PURE.contains(&dependency) {
            tell(
                dependency,
                format!("`domain` depends on `{dependency}`"),
                "domain is pure: no I/O, no clock, no randomness",
                "pass what it needs as a parameter; a harmless library goes into PURE in xtask/src/tidy/crates.rs",
            );
        }
        if value.get("workspace") != Some(&toml::Value::Boolean(true)) {
            tell(
                dependency,
                format!("`{dependency}` has a version of its own"),
                "one table for every dependency: a version stands there and nowhere else",
                "write `name.workspace = true` and the version into the root Cargo.toml",
            );
        }
        if !is_used(tree, folder, dependency) {
            tell(
                dependency,
                format!("`{dependency}` in [{table}] is not used"),
                "every dependency is built, audited and updated",
                "remove the line",
            );
        }
    }
    findings
}

fn dependencies(manifest: &toml::Table) -> impl Iterator<Item = (&'static str, &str, &toml::Value)> {
    ["dependencies", "dev-dependencies", "build-dependencies"].into_iter().flat_map(|table| {
        let entries = manifest.get(table).and_then(toml::Value::as_table).into_iter().flatten();
        entries.map(move |(dependency, value)| (table, dependency.as_str(), value))
    })
}

fn is_used(tree: &Tree, folder: &str, dependency: &str) -> bool {
    let ident = dependency.replace('-', "_");
    let inside = format!("{folder}/");
    tree.rust()
        .any(|(file, rust)| file.path.starts_with(&inside) && rust.idents().any(|token| token.text == ident))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    fn findings(name: &str, dependencies: &str, source: &str) -> Vec<String> {
        let manifest = format!("[package]\nname = \"x\"\n[lints]\nworkspace = true\n{dependencies}");
        let (cargo, lib) = (format!("crates/{name}/Cargo.toml"), format!("crates/{name}/src/lib.rs"));
        told(&check(&Tree::of(&[(&cargo, &manifest), (&lib, source)])))
    }

    #[test]
    fn the_line_holds() {
        let storage = "[dependencies]\nyichuang-storage.workspace = true\n";
        assert_eq!(findings("app", storage, "use yichuang_storage::X;"), [""; 0]);
        let told = findings("server", storage, "use yichuang_storage::X;");
        assert_eq!(
            told,
            ["crates/server/Cargo.toml:6 `server` depends on `yichuang-storage` in [dependencies]"]
        );
        let dev = "[dev-dependencies]\nyichuang-storage.workspace = true\n";
        assert_eq!(
            findings("server", dev, "use yichuang_storage::X;").len(),
            1,
            "tests do not go around the line"
        );
        let testkit = "[dev-dependencies]\nyichuang-testkit.workspace = true\n";
        assert_eq!(findings("server", testkit, "use yichuang_testkit::X;"), [""; 0]);
    }

    #[test]
    fn nothing_below_sees_what_is_above() {
        let on = |dependency: &str| format!("[dependencies]\nyichuang-{dependency}.workspace = true\n");
        for (name, dependency) in [
            ("domain", "storage"),
            ("storage", "app"),
            ("app", "cli"),
            ("testkit", "app"),
            ("sim", "storage"),
        ] {
            let told = findings(name, &on(dependency), &format!("use yichuang_{dependency}::X;"));
            let line = format!("`{name}` depends on `yichuang-{dependency}` in [dependencies]");
            assert!(told[0].ends_with(&line), "{told:?}");
        }
    }

    #[test]
    fn testkit_knows_storage_and_is_known_to_tests_only() {
        let storage = "[dependencies]\nyichuang-storage.workspace = true\n";
        assert_eq!(findings("testkit", storage, "use yichuang_storage::X;"), [""; 0]);
        let told = findings(
            "app",
            "[dependencies]\nyichuang-testkit.workspace = true\n",
            "use yichuang_testkit::X;",
        );
        assert_eq!(told, ["crates/app/Cargo.toml:6 `app` depends on `yichuang-testkit` in [dependencies]"]);
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        assert_eq!(
            findings("helpers", "", ""),
            ["crates/helpers/Cargo.toml:2 crate `helpers` has no place in the line"]
        );
    }

    #[test]
    fn domain_takes_pure_libraries_only() {
        let told = findings("domain", "[dependencies]\nrand.workspace = true\n", "use rand::x;");
        assert_eq!(told, ["crates/domain/Cargo.toml:6 `domain` depends on `rand`"]);
    }

    #[test]
    fn a_version_nobody_asks_for_is_found() {
        let root = ("Cargo.toml", "[workspace.dependencies]\ncsv = \"1\"\ntoml = \"1\"\n");
        let app = "[lints]\nworkspace = true\n[dependencies]\ntoml.workspace = true\n";
        let tree =
            Tree::of(&[root, ("crates/app/Cargo.toml", app), ("crates/app/src/lib.rs", "use toml::X;")]);
        assert_eq!(told(&check(&tree)), ["Cargo.toml:2 no member depends on `csv`"]);
    }

    #[test]
    fn databases_stay_in_storage() {
        let told = findings("app", "[dependencies]\nrusqlite.workspace = true\n", "use rusqlite::x;");
        assert_eq!(told, ["crates/app/Cargo.toml:6 `app` depends on `rusqlite`"]);
    }

    #[test]
    fn own_versions_unused_ones_and_missing_lints_are_found() {
        let told = findings("app", "[dependencies]\ncsv = \"1\"\n", "");
        assert_eq!(told[0], "crates/app/Cargo.toml:6 `csv` has a version of its own");
        assert_eq!(told[1], "crates/app/Cargo.toml:6 `csv` in [dependencies] is not used");
        let bare = Tree::of(&[("crates/app/Cargo.toml", "[package]\nname = \"x\"\n")]);
        assert_eq!(
            super::super::told(&check(&bare)),
            ["crates/app/Cargo.toml:1 no `[lints] workspace = true`"]
        );
    }
}
