//! Builds the page with npm in the build's own folder; the source tree is not changed.
//!
//! The sources are copied to that folder; packages are fetched again only when the lock file has
//! changed. Without npm, or when npm fails, a small page that states the reason is used instead,
//! because the API does not need the page.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

fn main() -> io::Result<()> {
    let source = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("web");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for name in SOURCES {
        println!("cargo:rerun-if-changed=web/{name}");
    }
    println!("cargo:rerun-if-changed=build.rs");

    let page = out.join("page");
    if page.exists() {
        fs::remove_dir_all(&page)?;
    }
    if let Err(why) = build(&source, &out.join("web"), &page) {
        println!("cargo:warning=the console's page is not built: {why}");
        // npm may come later.
        println!("cargo:rerun-if-env-changed=PATH");
        fs::create_dir_all(&page)?;
        fs::write(page.join("index.html"), MISSING.replace("{why}", &escape(&why)))?;
    }
    Ok(())
}

fn build(source: &Path, work: &Path, page: &Path) -> Result<(), String> {
    let failed = |error: io::Error| format!("copying its sources: {error}");
    fs::create_dir_all(work).map_err(failed)?;
    for name in SOURCES {
        let to = work.join(name);
        if to.is_dir() {
            fs::remove_dir_all(&to).map_err(failed)?;
        }
        copy(&source.join(name), &to).map_err(failed)?;
    }
    packages(work)?;
    let page = page.to_string_lossy();
    npm(work, &["run", "build", "--", "--emptyOutDir", "--outDir", &page])
}

/// Fetch the packages, unless those of this very lock file are there.
fn packages(work: &Path) -> Result<(), String> {
    let lock = fs::read(work.join("package-lock.json")).map_err(|e| format!("lock file: {e}"))?;
    let stamp = work.join("node_modules/.complete");
    if fs::read(&stamp).is_ok_and(|complete| complete == lock) {
        return Ok(());
    }
    // Packages that only the tests need are left out: they would be half of the packages.
    let quick = ["--omit=dev", "--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=1"];
    npm(work, &[&["ci"], &quick[..]].concat())?;
    fs::write(stamp, lock).map_err(|e| format!("stamp: {e}"))
}

fn npm(work: &Path, arguments: &[&str]) -> Result<(), String> {
    let run = Command::new("npm").args(arguments).current_dir(work).output();
    let output = run.map_err(|error| format!("npm is needed (Node.js 20 or later): {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let output_text = String::from_utf8_lossy(&output.stderr).into_owned();
    let last: Vec<&str> = output_text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = last[last.len().saturating_sub(3)..].join(" | ");
    Err(format!("npm {} failed: {last}", arguments.first().unwrap_or(&"")))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The files of the page, below `web/`.
const SOURCES: [&str; 7] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
];

const MISSING: &str = r#"<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Heartline</title>
<h1>The page is not built / 页面未构建</h1>
<p>The engine and its API work. Install Node.js 20 or later with npm and build again.</p>
<p>引擎与接口正常。请安装 Node.js 20 以上版本（含 npm）后重新构建。</p>
<pre>{why}</pre>
</html>
"#;
