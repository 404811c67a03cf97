//! Fetches the front-end packages with npm and lists every asset with its hash and its gzip form.
//!
//! Packages come from, in this order: the `node_modules` folder in `YICHUANG_ASSETS_DIR` (an offline build); the cache
//! in the target folder, named after the lock file; `npm ci`. Never from another server when a page is shown.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Path in `node_modules` and name here.
const PACKAGED: [(&str, &str); 2] =
    [("bootstrap/dist/css/bootstrap.min.css", "bootstrap.css"), ("htmx.org/dist/htmx.min.js", "htmx.js")];
/// Our own, in `static`.
const OWN: [&str; 5] = ["tokens.css", "desk.css", "public.css", "desk.js", "public.js"];
const LOCKED: [&str; 2] = ["package.json", "package-lock.json"];

fn main() -> Outcome<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    let modules = match modules(&here.join("web"), &out) {
        Ok(modules) => modules,
        Err(fault) => {
            println!("cargo::error={fault}");
            return Ok(());
        }
    };
    let mut files: Vec<(PathBuf, &str)> =
        PACKAGED.iter().map(|(path, name)| (modules.join(path), *name)).collect();
    files.extend(OWN.iter().map(|name| (here.join("static").join(name), *name)));
    let mut list = String::new();
    for (path, name) in files {
        println!("cargo::rerun-if-changed={}", path.display());
        list.push_str(&asset(&path, name, &out)?);
    }
    Ok(fs::write(out.join("assets.rs"), format!("const ASSETS: &[Asset] = &[\n{list}];\n"))?)
}

/// One asset as a line of Rust: its name, its path with the hash of its content, its bytes twice.
fn asset(path: &Path, name: &str, out: &Path) -> Outcome<String> {
    let bytes = fs::read(path).map_err(|fault| format!("{}: {fault}", path.display()))?;
    let hash = fnv(&bytes, 0xcbf2_9ce4_8422_2325);
    let (plain, packed) = (out.join(name), out.join(format!("{name}.gz")));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes)?;
    fs::write(&packed, encoder.finish()?)?;
    fs::write(&plain, &bytes)?;
    let (stem, kind) = name.split_once('.').ok_or("an asset has a kind")?;
    let media = if kind == "css" { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
    let mut line = String::new();
    write!(
        line,
        "    Asset {{ name: {name:?}, path: \"/assets/{stem}.{hash:016x}.{kind}\", media: {media:?}, "
    )?;
    writeln!(line, "bytes: include_bytes!({plain:?}), gzip: include_bytes!({packed:?}) }},")?;
    Ok(line)
}

fn fnv(bytes: &[u8], from: u64) -> u64 {
    bytes.iter().fold(from, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The `node_modules` folder.
fn modules(locked: &Path, out: &Path) -> Outcome<PathBuf> {
    println!("cargo::rerun-if-env-changed=YICHUANG_ASSETS_DIR");
    println!("cargo::rerun-if-env-changed=YICHUANG_NPM");
    let mut key = 0xcbf2_9ce4_8422_2325;
    for file in LOCKED {
        println!("cargo::rerun-if-changed={}", locked.join(file).display());
        key = fnv(&fs::read(locked.join(file))?, key);
    }
    if let Ok(given) = env::var("YICHUANG_ASSETS_DIR") {
        let given = PathBuf::from(given);
        return match PACKAGED.iter().find(|(path, _)| !given.join(path).is_file()) {
            Some((path, _)) => {
                Err(format!("YICHUANG_ASSETS_DIR={} holds no {path}.", given.display()).into())
            }
            None => Ok(given),
        };
    }
    let marked = out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let target = marked.unwrap_or(out);
    let cache = target.join(format!("npm-web-{key:016x}"));
    if !cache.is_dir() {
        let fetched = target.join(format!("npm-web-{key:016x}.{}", std::process::id()));
        fetch(locked, &fetched)?;
        // Another build may have won the race; its folder holds the same.
        if fs::rename(&fetched, &cache).is_err() && cache.is_dir() {
            fs::remove_dir_all(&fetched)?;
        }
    }
    Ok(cache.join("node_modules"))
}

fn fetch(locked: &Path, folder: &Path) -> Outcome<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for file in LOCKED {
        fs::copy(locked.join(file), folder.join(file))?;
    }
    let npm =
        env::var("YICHUANG_NPM").unwrap_or_else(|_| if cfg!(windows) { "npm.cmd" } else { "npm" }.to_owned());
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--omit=dev"];
    let ran = Command::new(&npm).args(arguments).current_dir(folder).output().map_err(|fault| {
        format!(
            "`{npm}` could not be started ({fault}). The style sheets and scripts of the pages come from npm at build \
             time: install Node.js with npm, or set YICHUANG_ASSETS_DIR to a node_modules folder made elsewhere with \
             `npm ci` in {}.",
            locked.display()
        )
    })?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr);
        let last: Vec<&str> = said.lines().rev().take(6).collect();
        return Err(format!("`npm ci` in {} failed: {}", locked.display(), last.join(" | ")).into());
    }
    Ok(())
}
