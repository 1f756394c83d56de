//! The dependencies between the files of one crate form no cycle.
//!
//! The rule: a file may use its child modules, the modules beside it, and whatever its parents
//! define. Apart from the parents, no file may use, directly or through others, a file that uses
//! it. A dependency is a path in the code, in a `use` or not (`crate::a::B`, `super::b::c()`), and
//! points to the file that defines the item: re-exports are followed. Test code is ignored.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use crate::source::{code, idents, rust_files, without_tests};

#[test]
fn files_of_a_crate_form_no_cycle() {
    let mut faults = Vec::new();
    for (name, modules) in crates() {
        let cycle = cycle_in(&modules.arrows());
        faults.extend(cycle.map(|cycle| format!("{name}: {}", cycle.join(" -> "))));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn cycle_through_a_reexport_is_found_and_the_step_to_a_parent_is_allowed() {
    let modules = |b: &str| {
        Modules::from_files(&[
            ("lib.rs", "mod a; mod b; pub use b::inner::Deep; pub struct Top;"),
            ("a.rs", "use crate::Deep; pub fn make() -> Deep { Deep }"),
            ("b.rs", "pub mod inner;"),
            ("b/inner.rs", b),
        ])
    };
    let allowed = modules("use super::super::Top; pub struct Deep;");
    assert_eq!(cycle_in(&allowed.arrows()), None);
    let cycle = modules("pub struct Deep; pub fn f() { crate::a::make(); }");
    assert_eq!(cycle_in(&cycle.arrows()), Some(["a", "b/inner", "a"].map(str::to_owned).to_vec()));
    let tested = modules("pub struct Deep; #[cfg(test)] mod tests { use crate::a::make; }");
    assert_eq!(cycle_in(&tested.arrows()), None);
}

/// Each crate of ours by its folder, with its modules.
fn crates() -> Vec<(String, Modules)> {
    let mut files: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (path, text) in rust_files(&["crates"]) {
        let below = path.strip_prefix("crates/").unwrap_or_default();
        if let Some((name, file)) = below.split_once("/src/") {
            files.entry(name.to_owned()).or_default().push((file.to_owned(), text));
        }
    }
    let modules = |files: Vec<(String, String)>| {
        let files: Vec<_> = files.iter().map(|(file, text)| (&**file, &**text)).collect();
        Modules::from_files(&files)
    };
    files.into_iter().map(|(name, files)| (name, modules(files))).collect()
}

/// A module of one file, by its path from the crate's root; the root is empty.
type Path = Vec<String>;

/// The modules of a crate.
struct Modules {
    files: BTreeMap<Path, Module>,
    /// The results of [`Modules::step`] so far; `None` also while it searches, which ends circles of
    /// re-exports.
    found: RefCell<BTreeMap<(Path, String), Option<Found>>>,
}

struct Module {
    code: String,
    /// The items that the file defines itself.
    items: BTreeSet<String>,
    imports: Vec<Import>,
}

struct Import {
    path: Path,
    /// The name it has here; `*` for a glob import.
    name: String,
    is_reexport: bool,
}

impl Modules {
    fn from_files(files: &[(&str, &str)]) -> Modules {
        let mut modules = BTreeMap::new();
        for (file, text) in files {
            let is_test = file.split('/').any(|part| part == "tests" || part == "tests.rs");
            if !is_test {
                modules.insert(path_of(file), Module::read(text));
            }
        }
        Modules { files: modules, found: RefCell::default() }
    }

    /// Which files each file uses, without the steps to its parents.
    fn arrows(&self) -> BTreeMap<Path, BTreeSet<Path>> {
        let arrows = self.files.iter().map(|(from, module)| {
            let imported = module.imports.iter().filter(|import| module.needs(import));
            let named = paths_in(&module.code);
            let paths = imported.map(|import| import.path.clone()).chain(named);
            let ends = paths.filter_map(|path| self.definer(from, &path));
            let is_arrow = |to: &Path| !from.starts_with(to);
            (from.clone(), ends.filter(is_arrow).collect())
        });
        arrows.collect()
    }

    /// The module that defines what `path` names in module `at`; `None` when that is outside.
    fn definer(&self, at: &Path, path: &[String]) -> Option<Path> {
        match self.resolve(at, path)? {
            Found::Item(module) => Some(module),
            Found::Module(_) => None,
        }
    }

    fn resolve(&self, at: &Path, path: &[String]) -> Option<Found> {
        let mut here = at.clone();
        for (n, segment) in path.iter().enumerate() {
            match segment.as_str() {
                "crate" if n == 0 => here.clear(),
                "self" if n == 0 => {}
                "super" => drop(here.pop()?),
                "*" => break,
                name => match self.step(&here, name)? {
                    Found::Module(module) => here = module,
                    item @ Found::Item(_) => return Some(item),
                },
            }
        }
        Some(Found::Module(here))
    }

    /// The meaning of `name` in the module `at`: a child module, an item, or an import.
    fn step(&self, at: &Path, name: &str) -> Option<Found> {
        let mut child = at.clone();
        child.push(name.to_owned());
        if self.files.contains_key(&child) {
            return Some(Found::Module(child));
        }
        let module = self.files.get(at)?;
        if module.items.contains(name) {
            return Some(Found::Item(at.clone()));
        }
        let key = (at.clone(), name.to_owned());
        if let Some(found) = self.found.borrow().get(&key) {
            return found.clone();
        }
        self.found.borrow_mut().insert(key.clone(), None);
        let found = self.imported(at, module, name);
        self.found.borrow_mut().insert(key, found.clone());
        found
    }

    fn imported(&self, at: &Path, module: &Module, name: &str) -> Option<Found> {
        let is_it = |import: &&Import| import.name == name && import.path != [name];
        if let Some(import) = module.imports.iter().find(is_it) {
            return self.resolve(at, &import.path);
        }
        let globs = module.imports.iter().filter(|import| import.name == "*");
        globs.filter_map(|glob| self.resolve(at, &glob.path)).find_map(|found| match found {
            Found::Module(from) if from != *at => self.step(&from, name),
            Found::Module(_) | Found::Item(_) => None,
        })
    }
}

#[derive(Clone)]
enum Found {
    Module(Path),
    /// Something that this module defines.
    Item(Path),
}

impl Module {
    fn read(text: &str) -> Module {
        let code = without_tests(&code(text));
        let (mut rest, mut imports) = (String::new(), Vec::new());
        // A statement ends with `;` and a block with a brace; a `use` tree has braces of its own.
        let mut left = code.as_str();
        while let Some(at) = next_use(left) {
            rest.push_str(&left[..at]);
            let end = left[at..].find(';').map_or(left.len(), |end| at + end);
            let is_reexport = ends_with_pub(&rest);
            let tree = left[at..end].trim_start().trim_start_matches("use").trim();
            flatten(&[], tree, is_reexport, &mut imports);
            left = left.get(end + 1..).unwrap_or_default();
        }
        rest.push_str(left);
        let words: Vec<&str> = idents(&rest).collect();
        let items = words.windows(2).filter(|pair| DEFINES.contains(&pair[0]));
        let items = items.map(|pair| pair[1].to_owned()).collect();
        Module { code: rest, items, imports }
    }

    /// Whether an import counts as a dependency; a plain re-export does not.
    fn needs(&self, import: &Import) -> bool {
        !import.is_reexport || idents(&self.code).any(|word| word == import.name)
    }
}

/// Where the next `use` statement begins.
fn next_use(code: &str) -> Option<usize> {
    let starts = code.match_indices("use ").map(|(at, _)| at);
    starts.into_iter().find(|at| {
        let before = code[..*at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with(['\n', ';', '}', '{', ']']) || ends_with_pub(before)
    })
}

fn ends_with_pub(code: &str) -> bool {
    let code = code.trim_end();
    let word = match code.strip_suffix(')').and_then(|code| code.rfind('(')) {
        Some(open) => code[..open].trim_end(),
        None => code,
    };
    word.ends_with("pub")
}

/// The imports of a `use` tree below `prefix`.
fn flatten(prefix: &[String], tree: &str, is_reexport: bool, imports: &mut Vec<Import>) {
    let tree = tree.trim();
    if tree.is_empty() {
        return;
    }
    if let Some(inner) = tree.strip_prefix('{') {
        let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
        for part in split_outside_braces(inner) {
            flatten(prefix, part, is_reexport, imports);
        }
        return;
    }
    let (head, rest) = match tree.find("::").filter(|at| !tree[..*at].contains('{')) {
        Some(at) => (&tree[..at], Some(&tree[at + 2..])),
        None => (tree, None),
    };
    let mut words = head.split_whitespace();
    let segment = words.next().unwrap_or_default().to_owned();
    let mut path = prefix.to_vec();
    if let Some(rest) = rest {
        path.push(segment);
        return flatten(&path, rest, is_reexport, imports);
    }
    let renamed = words.nth(1).map(str::to_owned);
    if segment != "self" || path.is_empty() {
        path.push(segment);
    }
    let name = renamed.or_else(|| path.last().cloned()).unwrap_or_default();
    imports.push(Import { path, name, is_reexport });
}

fn split_outside_braces(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Every path of several segments in the code: `a::b`, `crate::a::B::new`.
fn paths_in(code: &str) -> Vec<Path> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c: char| !is_part(c)).filter(|word| word.contains("::"));
    let paths = words.map(|word| word.split("::").map(str::to_owned).collect::<Path>());
    paths.filter(|path| path.iter().all(|part| !part.is_empty() && !part.contains(':'))).collect()
}

fn path_of(file: &str) -> Path {
    let name = file.strip_suffix(".rs").unwrap_or(file);
    let mut path: Path = name.split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        path.pop();
    }
    path
}

/// One cycle, its first file at both ends.
fn cycle_in(arrows: &BTreeMap<Path, BTreeSet<Path>>) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    for start in arrows.keys() {
        let mut trail = Vec::new();
        if let Some(cycle) = walk(arrows, start, &mut trail, &mut done) {
            return Some(cycle);
        }
    }
    None
}

fn walk<'a>(
    arrows: &'a BTreeMap<Path, BTreeSet<Path>>,
    at: &'a Path,
    trail: &mut Vec<&'a Path>,
    done: &mut BTreeSet<&'a Path>,
) -> Option<Vec<String>> {
    let name = |path: &&Path| if path.is_empty() { "lib".to_owned() } else { path.join("/") };
    if let Some(first) = trail.iter().position(|seen| *seen == at) {
        return Some(trail[first..].iter().chain([&at]).map(name).collect());
    }
    if !done.insert(at) {
        return None;
    }
    trail.push(at);
    for to in arrows.get(at).into_iter().flatten() {
        if let Some(cycle) = walk(arrows, to, trail, done) {
            return Some(cycle);
        }
    }
    trail.pop();
    None
}

/// Words before the name of an item.
const DEFINES: [&str; 9] =
    ["struct", "enum", "trait", "type", "fn", "const", "static", "union", "macro_rules"];
