//! Placeholder until the page is built.
fn main() {
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    let _ = std::fs::create_dir_all(format!("{out}/page"));
    let _ = std::fs::write(format!("{out}/page/index.html"), "<!doctype html>");
}
