//! Reads sources as identifiers (comments and strings blanked, tests cut out) or as comments.

use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below these folders: its path from the root, with `/`, and its text.
pub(crate) fn rust_files(folders: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in folders {
        walk(&root().join(folder), &mut files);
    }
    files.sort();
    files
}

fn walk(folder: &Path, files: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "node_modules" && name != "target") {
                walk(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            files.push((below, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The text with comments and the contents of strings blanked out.
pub(crate) fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skip = comment(rest).or_else(|| literal(rest, &out));
        match skip {
            Some(length) => {
                out.push(' ');
                rest = &rest[length..];
            }
            None => {
                out.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    out
}

/// A comment of a source.
pub(crate) struct Comment<'a> {
    /// The number of its first line, from 1.
    pub(crate) line: usize,
    /// Whether no code is before it on its line.
    pub(crate) stands_alone: bool,
    text: &'a str,
}

impl<'a> Comment<'a> {
    /// `//`, `///`, `//!` or `/*`, which tells comments on neighbouring lines apart.
    pub(crate) fn marker(&self) -> &'static str {
        let marker = ["///", "//!", "//"].into_iter().find(|marker| self.text.starts_with(marker));
        marker.unwrap_or("/*")
    }

    /// Its lines without the marker.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a str> {
        let marker = self.marker();
        let text = self.text.strip_prefix(marker).unwrap_or(self.text);
        text.strip_suffix("*/").unwrap_or(text).lines().map(str::trim)
    }
}

/// Every comment of a source in order.
pub(crate) fn comments(text: &str) -> Vec<Comment<'_>> {
    let mut found = Vec::new();
    let (mut at, mut line, mut line_start) = (0, 1, 0);
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if let Some(length) = comment(rest) {
            let stands_alone = text[line_start..at].trim().is_empty();
            found.push(Comment { line, stands_alone, text: &rest[..length] });
            length
        } else {
            literal(rest, &text[..at]).unwrap_or(next.len_utf8())
        };
        let passed = &rest[..length];
        line += passed.matches('\n').count();
        line_start = passed.rfind('\n').map_or(line_start, |n| at + n + 1);
        at += length;
    }
    found
}

/// The length of the comment that starts here.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if !text.starts_with("/*") {
        return None;
    }
    let (mut depth, mut at) = (0usize, 0usize);
    while at < text.len() {
        let here = &text[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    Some(text.len())
}

/// The length of the string or character that starts here; a lifetime is neither.
fn literal(text: &str, before: &str) -> Option<usize> {
    let glued = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
    if let Some(raw) = text.strip_prefix('r').filter(|_| !glued || before.ends_with('b')) {
        let hashes = raw.chars().take_while(|c| *c == '#').count();
        if raw[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let opened = 1 + hashes + 1;
            let length =
                text[opened..].find(&close).map_or(text.len(), |at| opened + at + close.len());
            return Some(length);
        }
    }
    if text.starts_with('"') {
        return Some(quoted(text, '"'));
    }
    let mut inside = text.strip_prefix('\'')?.chars();
    let (first, second) = (inside.next()?, inside.next()?);
    (first == '\\' || second == '\'').then(|| quoted(text, '\''))
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The code without what is compiled for tests only; takes the result of [`code`].
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::new();
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        rest = &rest[at + MARK.len()..];
        rest = &rest[item(rest)..];
    }
    out.push_str(rest);
    out
}

/// The length of the item that starts here: to its `;` or its closing brace.
fn item(code: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in code.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The identifiers in a piece of code.
pub(crate) fn idents(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[test]
fn comments_and_strings_are_blanked_and_code_is_kept() {
    let text =
        "let a = \"Instant\"; // HashMap\n/* File /* fs */ */ let b = 'x'; fn f<'a>(c: &'a str) {}";
    let words: Vec<String> = idents(&code(text)).map(str::to_owned).collect();
    assert_eq!(words.join(" "), "let a let b fn f a c a str");
    assert_eq!(code("r#\"a \" b\"# + br\"x\" + '\\''").trim(), "+ b  +");
}

#[test]
fn comments_are_found_outside_strings_with_their_lines() {
    let text = "let a = \"// no\"; // one\n\n/// two\nr#\"\n// no\"#\n/* three\n four */";
    let found: Vec<_> = comments(text)
        .iter()
        .map(|c| (c.line, c.stands_alone, c.marker(), c.lines().collect::<Vec<_>>().join("|")))
        .collect();
    let expected = [
        (1, false, "//", "one".to_owned()),
        (3, true, "///", "two".to_owned()),
        (6, true, "/*", "three|four".to_owned()),
    ];
    assert_eq!(found, expected);
}

#[test]
fn test_only_code_is_cut() {
    let text = "a\n#[cfg(test)]\nmod tests;\nb\n#[cfg(test)]\nmod t { fn x() { c; } }\nd";
    let words: Vec<String> = idents(&without_tests(text)).map(str::to_owned).collect();
    assert_eq!(words, ["a", "b", "d"]);
}
