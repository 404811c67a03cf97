//! Fetches the fonts of the notices with npm and lists the templates of `notices/`.
//!
//! Fonts come from, in this order: the folder in `YICHUANG_FONTS_DIR`, which holds the two files of [`FONTS`]
//! (an offline build); the cache in the target folder, named after the lock file; `npm ci`. Never from the
//! machine's own fonts: the same source must give the same bytes everywhere.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Path in the npm package and name here.
const FONTS: [(&str, &str); 2] = [
    ("400Regular/NotoSerifSC_400Regular.ttf", "NotoSerifSC_400Regular.ttf"),
    ("700Bold/NotoSerifSC_700Bold.ttf", "NotoSerifSC_700Bold.ttf"),
];
const PACKAGE: &str = "node_modules/@expo-google-fonts/noto-serif-sc";
const LOCKED: [&str; 2] = ["package.json", "package-lock.json"];

fn main() -> Outcome<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    templates(&here.join("../../notices"), &out)?;
    match fonts(&here.join("fonts"), &out) {
        Ok(folder) => println!("cargo::rustc-env=YICHUANG_FONTS={}", folder.display()),
        Err(fault) => println!("cargo::error={fault}"),
    }
    Ok(())
}

/// Writes `templates.rs`: every `notices/<kind>/<from-date>.typ` and the files they share.
fn templates(notices: &Path, out: &Path) -> Outcome<()> {
    println!("cargo::rerun-if-changed={}", notices.display());
    let (mut kinds, mut shared) = (String::new(), String::new());
    for entry in sorted(notices)? {
        if entry.is_dir() {
            for file in sorted(&entry)?.iter().filter(|file| file.extension().is_some_and(|e| e == "typ")) {
                let path = file.canonicalize()?;
                writeln!(kinds, "    ({:?}, {:?}, include_str!({path:?})),", name(&entry), stem(file))?;
            }
        } else if entry.extension().is_some_and(|e| e == "typ") {
            writeln!(shared, "    ({:?}, include_str!({:?})),", name(&entry), entry.canonicalize()?)?;
        }
    }
    let text = format!(
        "const TEMPLATES: &[(&str, &str, &str)] = &[\n{kinds}];\nconst SHARED: &[(&str, &str)] = &[\n{shared}];\n"
    );
    Ok(fs::write(out.join("templates.rs"), text)?)
}

/// The folder that holds the fonts.
fn fonts(locked: &Path, out: &Path) -> Outcome<PathBuf> {
    println!("cargo::rerun-if-env-changed=YICHUANG_FONTS_DIR");
    println!("cargo::rerun-if-env-changed=YICHUANG_NPM");
    let mut key = 0xcbf2_9ce4_8422_2325_u64;
    for file in LOCKED {
        println!("cargo::rerun-if-changed={}", locked.join(file).display());
        let bytes = fs::read(locked.join(file))?;
        key = bytes.iter().fold(key, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    }
    if let Ok(given) = env::var("YICHUANG_FONTS_DIR") {
        let given = PathBuf::from(given);
        return match FONTS.iter().find(|(_, name)| !given.join(name).is_file()) {
            Some((_, name)) => Err(format!("YICHUANG_FONTS_DIR={} holds no {name}.", given.display()).into()),
            None => Ok(given),
        };
    }
    let target = target_folder(out);
    let cache = target.join(format!("npm-fonts-{key:016x}"));
    if !cache.is_dir() {
        let fetched = target.join(format!("npm-fonts-{key:016x}.{}", std::process::id()));
        fetch(locked, &fetched)?;
        // Another build may have won the race; its folder holds the same.
        if fs::rename(&fetched, &cache).is_err() && cache.is_dir() {
            fs::remove_dir_all(&fetched)?;
        }
    }
    println!("cargo::rerun-if-changed={}", cache.display());
    Ok(cache)
}

/// Fetches the locked packages and keeps the fonts only.
fn fetch(locked: &Path, folder: &Path) -> Outcome<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let work = folder.join("npm");
    fs::create_dir_all(&work)?;
    for file in LOCKED {
        fs::copy(locked.join(file), work.join(file))?;
    }
    let npm =
        env::var("YICHUANG_NPM").unwrap_or_else(|_| if cfg!(windows) { "npm.cmd" } else { "npm" }.to_owned());
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--omit=dev"];
    let ran = Command::new(&npm).args(arguments).current_dir(&work).output().map_err(|fault| {
        format!(
            "`{npm}` could not be started ({fault}). The fonts of the notices come from npm at build time: \
             install Node.js with npm, or set YICHUANG_FONTS_DIR to a folder that holds {} and {}.",
            FONTS[0].1, FONTS[1].1
        )
    })?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr);
        let last: Vec<&str> = said.lines().rev().take(6).collect();
        return Err(format!("`npm ci` in {} failed: {}", locked.display(), last.join(" | ")).into());
    }
    for (path, name) in FONTS {
        fs::copy(work.join(PACKAGE).join(path), folder.join(name))?;
    }
    Ok(fs::remove_dir_all(&work)?)
}

/// The target folder, which Cargo marks: a cache there serves every profile.
fn target_folder(out: &Path) -> PathBuf {
    let marked = out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    marked.unwrap_or(out).to_owned()
}

fn sorted(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}
