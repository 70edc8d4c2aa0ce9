//! Where `require` and `import` find a module: the algorithms of the Node.js documentation over the deployment's files.

use std::rc::Rc;

use crate::data::node::{is_builtin, is_bundled, is_prefixed_builtin};

use super::{
    exports_map::{self, Target},
    files::{At, Files, folder, resolve},
    manifest::{Manifest, Manifests, Read},
};

/// Where the runtime keeps the SDK.
const RUNTIME_MODULES: &str = "/var/runtime/node_modules";

/// What a specifier stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolution {
    /// A file, behind all links.
    File(String),
    /// A module of Node.js or of the runtime.
    Own,
    /// Loading it fails.
    Failed(Failure),
    /// It cannot be told.
    Unknown,
}

/// Why a module is not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no such file or package; `target` is the path that a `package.json` or a relative specifier leads to.
    NotFound {
        /// The absolute path that is not there, if one was settled on.
        target: Option<String>,
        /// Whether it is the `main` of a `package.json`.
        main: bool,
    },
    /// The package does not export it.
    NotExported {
        /// The package's `package.json`.
        manifest: String,
        /// `.` or `./sub/path`
        subpath: String,
    },
    /// `imports` of the own package does not define it.
    NotDefined {
        /// The `package.json` that was asked.
        manifest: String,
    },
    /// An `import` of a folder.
    Folder {
        /// The folder.
        target: String,
    },
    /// A `node:` name that this version does not have.
    NoBuiltin,
    /// A `package.json` on the way cannot be read.
    BrokenManifest {
        /// Its path.
        path: String,
        /// The parser's words.
        why: String,
    },
}

/// One step of a search: an answer, or on to the next place.
type Step = Option<Resolution>;

/// Looks modules up in one deployment.
pub(super) struct Resolver<'d, 'a> {
    pub(super) files: Rc<Files<'d, 'a>>,
    pub(super) manifests: Manifests<'d, 'a>,
    pub(super) major: u16,
    /// `NODE_PATH`, in order.
    pub(super) node_path: Vec<String>,
}

fn failed(failure: Failure) -> Resolution {
    Resolution::Failed(failure)
}

fn not_found(target: Option<String>) -> Resolution {
    failed(Failure::NotFound { target, main: false })
}

/// `@scope/name/sub` is the package `@scope/name` and the rest `sub`.
pub(super) fn package_name(specifier: &str) -> Option<(&str, &str)> {
    let slashes = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(slashes - 1).map(|(at, _)| at);
    let (name, rest) = match end {
        Some(at) => (specifier.get(..at)?, specifier.get(at..)?.strip_prefix('/')?),
        None => (specifier, ""),
    };
    let scoped = !specifier.starts_with('@') || name.contains('/');
    let valid = scoped && !name.is_empty() && !name.starts_with('.') && !name.contains(['\\', '%']);
    valid.then_some((name, rest))
}

fn is_relative(specifier: &str) -> bool {
    matches!(specifier, "." | "..") || specifier.starts_with("./") || specifier.starts_with("../")
}

impl Resolver<'_, '_> {
    /// `require(specifier)` in a file.
    pub(super) fn require(&self, specifier: &str, from: &str) -> Resolution {
        if let Some(own) = self.builtin(specifier) {
            return own;
        }
        if specifier.is_empty() || specifier.contains('\0') {
            return Resolution::Unknown;
        }
        let base = folder(from);
        if is_relative(specifier) || specifier.starts_with('/') {
            let path = resolve(base, specifier);
            let only_folder =
                specifier.ends_with('/') || matches!(specifier.rsplit('/').next(), Some("." | ".."));
            return self.path(&path, only_folder).unwrap_or_else(|| not_found(Some(path)));
        }
        if specifier.starts_with('#') {
            return self.internal(specifier, from, &["node", "require", "node-addons"], true);
        }
        if let Some(own) = self.own_package(specifier, from, &["node", "require", "node-addons"]) {
            return own;
        }
        self.packages(specifier, &self.search_path(base))
    }

    /// `require.resolve(name, { paths })` from folders.
    pub(super) fn require_from(&self, name: &str, folders: &[&str]) -> Resolution {
        if let Some(own) = self.builtin(name) {
            return own;
        }
        let places: Vec<String> = folders.iter().flat_map(|one| self.search_path(one)).collect();
        self.packages(name, &places)
    }

    /// `import specifier` in a file.
    pub(super) fn import(&self, specifier: &str, from: &str) -> Resolution {
        const CONDITIONS: [&str; 3] = ["node", "import", "node-addons"];
        if let Some(own) = self.builtin(specifier) {
            return own;
        }
        let plain = specifier.split(['?', '#']).next().unwrap_or_default();
        if is_relative(specifier) || specifier.starts_with('/') {
            // `%20` and the like are told apart by nobody but URLs
            if plain.contains(['%', '\\']) {
                return Resolution::Unknown;
            }
            let folder_only = plain.ends_with('/') || matches!(plain, "." | "..");
            return self.exact(&resolve(folder(from), plain), folder_only);
        }
        if specifier.starts_with('#') {
            return self.internal(specifier, from, &CONDITIONS, false);
        }
        if package_name(specifier).is_none()
            || specifier.split('/').next().is_some_and(|first| first.contains(':'))
        {
            return Resolution::Unknown;
        }
        if let Some(own) = self.own_package(specifier, from, &CONDITIONS) {
            return own;
        }
        self.import_package(specifier, folder(from), &CONDITIONS)
    }

    fn builtin(&self, specifier: &str) -> Option<Resolution> {
        match specifier.strip_prefix("node:") {
            Some(name) => Some(match is_prefixed_builtin(self.major, name) {
                Some(true) => Resolution::Own,
                Some(false) => failed(Failure::NoBuiltin),
                None => Resolution::Unknown,
            }),
            None => is_builtin(self.major, specifier).then_some(Resolution::Own),
        }
    }

    /// `node_modules` of a folder and of all above it, then `NODE_PATH`.
    fn search_path(&self, base: &str) -> Vec<String> {
        let mut places = upward(base);
        places.extend(self.node_path.iter().cloned());
        places
    }

    /// LOAD_AS_FILE and LOAD_AS_DIRECTORY.
    fn path(&self, path: &str, only_folder: bool) -> Step {
        let at = self.files.at(path);
        if !only_folder {
            if let At::File(_) = at {
                return Some(self.found(path));
            }
            if let Some(step) = self.with_endings(path) {
                return Some(step);
            }
        }
        match at {
            At::Folder => self.main(path),
            At::Unknown => Some(Resolution::Unknown),
            At::File(_) | At::Nothing => None,
        }
    }

    fn found(&self, path: &str) -> Resolution {
        self.files.real(path).map_or(Resolution::Unknown, Resolution::File)
    }

    fn with_endings(&self, path: &str) -> Step {
        [".js", ".json", ".node"].iter().find_map(|ending| {
            let path = format!("{path}{ending}");
            match self.files.is_file(&path) {
                Some(true) => Some(self.found(&path)),
                Some(false) => None,
                None => Some(Resolution::Unknown),
            }
        })
    }

    /// The main file of a folder.
    fn main(&self, folder: &str) -> Step {
        let main = match self.manifests.of(folder) {
            Read::Known(manifest) => manifest.main.clone(),
            Read::Absent => None,
            Read::Broken { path, why } => return Some(failed(Failure::BrokenManifest { path, why })),
            Read::Unknown => return Some(Resolution::Unknown),
        };
        let index = format!("{folder}/index");
        let Some(main) = main else { return self.with_endings(&index) };
        let path = resolve(folder, &main);
        if let At::File(_) = self.files.at(&path) {
            return Some(self.found(&path));
        }
        self.with_endings(&path)
            .or_else(|| self.with_endings(&format!("{path}/index")))
            .or_else(|| self.with_endings(&index))
            .or(Some(failed(Failure::NotFound { target: Some(path), main: true })))
    }

    /// A package in one of several `node_modules` folders, as `require` looks.
    fn packages(&self, specifier: &str, places: &[String]) -> Resolution {
        for place in places {
            if let Some(step) = self.package_in(place, specifier) {
                return step;
            }
        }
        not_found(None)
    }

    fn package_in(&self, place: &str, specifier: &str) -> Step {
        if place == RUNTIME_MODULES {
            let name = package_name(specifier).map_or(specifier, |(name, _)| name);
            return is_bundled(self.major, name).then_some(Resolution::Own);
        }
        if place.starts_with("/var/runtime") {
            return None;
        }
        match self.files.at(place) {
            At::Folder => {}
            At::Unknown => return Some(Resolution::Unknown),
            At::File(_) | At::Nothing => return None,
        }
        if let Some((name, rest)) = package_name(specifier) {
            let root = format!("{place}/{name}");
            let subpath = if rest.is_empty() { ".".to_owned() } else { format!("./{rest}") };
            match self.manifests.of(&root) {
                Read::Known(manifest) if manifest.exports.is_some() => {
                    return Some(self.exported(&manifest, &subpath, &["node", "require", "node-addons"]));
                }
                Read::Broken { path, why } => {
                    return Some(failed(Failure::BrokenManifest { path, why }));
                }
                Read::Unknown => return Some(Resolution::Unknown),
                Read::Known(_) | Read::Absent => {}
            }
        }
        self.path(&resolve(place, specifier), specifier.ends_with('/'))
    }

    /// What `exports` of a package gives, if its file is there.
    fn exported(&self, manifest: &Manifest, subpath: &str, conditions: &[&str]) -> Resolution {
        let Some(map) = &manifest.exports else { return Resolution::Unknown };
        match exports_map::exports(map, subpath, conditions) {
            Target::Path(path) => self.exact(&resolve(folder(&manifest.path), &path), path.ends_with('/')),
            Target::Nothing => {
                failed(Failure::NotExported { manifest: manifest.path.clone(), subpath: subpath.to_owned() })
            }
            Target::Package(_) | Target::Invalid => Resolution::Unknown,
        }
    }

    /// A path that has to be a file as it is.
    fn exact(&self, path: &str, folder_only: bool) -> Resolution {
        match self.files.at(path) {
            At::File(_) if !folder_only => self.found(path),
            At::Folder => failed(Failure::Folder { target: path.to_owned() }),
            At::Unknown => Resolution::Unknown,
            At::File(_) | At::Nothing => not_found(Some(path.to_owned())),
        }
    }

    /// A package that names itself and has `exports`.
    fn own_package(&self, specifier: &str, from: &str, conditions: &[&str]) -> Step {
        let (name, rest) = package_name(specifier)?;
        match self.manifests.scope(from) {
            Read::Known(manifest) if manifest.exports.is_some() && manifest.name.as_deref() == Some(name) => {
                let subpath = if rest.is_empty() { ".".to_owned() } else { format!("./{rest}") };
                Some(self.exported(&manifest, &subpath, conditions))
            }
            Read::Broken { path, why } => Some(failed(Failure::BrokenManifest { path, why })),
            Read::Unknown => Some(Resolution::Unknown),
            Read::Known(_) | Read::Absent => None,
        }
    }

    /// `#name` of the own package.
    fn internal(&self, specifier: &str, from: &str, conditions: &[&str], requires: bool) -> Resolution {
        let manifest = match self.manifests.scope(from) {
            Read::Known(manifest) => manifest,
            Read::Broken { path, why } => return failed(Failure::BrokenManifest { path, why }),
            Read::Absent | Read::Unknown => return Resolution::Unknown,
        };
        let not_defined = || failed(Failure::NotDefined { manifest: manifest.path.clone() });
        let Some(map) = &manifest.imports else { return not_defined() };
        match exports_map::imports(map, specifier, conditions) {
            Target::Path(path) => self.exact(&resolve(folder(&manifest.path), &path), false),
            // a package that an import names is looked up as an import, whoever asks
            Target::Package(name) if requires => self
                .builtin(&name)
                .unwrap_or_else(|| self.import_package(&name, folder(&manifest.path), conditions)),
            Target::Package(name) => self.import(&name, &manifest.path),
            Target::Nothing => not_defined(),
            Target::Invalid => Resolution::Unknown,
        }
    }

    /// PACKAGE_RESOLVE, and from Node.js 18 on `NODE_PATH`, to which Lambda's Node.js is patched.
    fn import_package(&self, specifier: &str, base: &str, conditions: &[&str]) -> Resolution {
        let Some((name, rest)) = package_name(specifier) else { return Resolution::Unknown };
        let mut places = upward(base);
        if self.major >= 18 {
            places.extend(self.node_path.iter().cloned());
        }
        for place in places {
            if place == RUNTIME_MODULES && is_bundled(self.major, name) {
                return Resolution::Own;
            }
            let root = format!("{place}/{name}");
            match self.files.at(&root) {
                At::Folder => return self.import_from(&root, rest, conditions),
                At::Unknown => return Resolution::Unknown,
                At::File(_) | At::Nothing => {}
            }
        }
        not_found(None)
    }

    fn import_from(&self, root: &str, rest: &str, conditions: &[&str]) -> Resolution {
        let main = match self.manifests.of(root) {
            Read::Known(manifest) if manifest.exports.is_some() => {
                let subpath = if rest.is_empty() { ".".to_owned() } else { format!("./{rest}") };
                return self.exported(&manifest, &subpath, conditions);
            }
            Read::Known(manifest) => manifest.main.clone(),
            Read::Absent => None,
            Read::Broken { path, why } => return failed(Failure::BrokenManifest { path, why }),
            Read::Unknown => return Resolution::Unknown,
        };
        if !rest.is_empty() {
            return self.exact(&resolve(root, rest), rest.ends_with('/'));
        }
        let main = main.map(|main| resolve(root, &main));
        let of_main = ["", ".js", ".json", ".node", "/index.js", "/index.json", "/index.node"];
        let of_root = ["/index.js", "/index.json", "/index.node"];
        let tried = main.iter().flat_map(|main| of_main.iter().map(move |ending| format!("{main}{ending}")));
        let tried = tried.chain(of_root.iter().map(|ending| format!("{root}{ending}")));
        for path in tried {
            match self.files.is_file(&path) {
                Some(true) => return self.found(&path),
                Some(false) => {}
                None => return Resolution::Unknown,
            }
        }
        let target = main.unwrap_or_else(|| format!("{root}/index.js"));
        failed(Failure::NotFound { target: Some(target), main: true })
    }
}

/// `node_modules` of a folder and of all above it.
fn upward(base: &str) -> Vec<String> {
    let mut places = Vec::new();
    let mut at = base;
    loop {
        if at != "/" && !at.ends_with("/node_modules") {
            places.push(format!("{at}/node_modules"));
        }
        if at == "/" {
            return places;
        }
        at = folder(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        assert_eq!(package_name("a"), Some(("a", "")));
        assert_eq!(package_name("a/b/c.js"), Some(("a", "b/c.js")));
        assert_eq!(package_name("@s/a/b"), Some(("@s/a", "b")));
        assert_eq!(package_name("@s"), None);
        assert_eq!(package_name("./a"), None);
        assert_eq!(package_name("string_decoder/"), Some(("string_decoder", "")));
    }

    #[test]
    fn folders_upward() {
        assert_eq!(
            upward("/opt/nodejs/node_modules/a"),
            ["/opt/nodejs/node_modules/a/node_modules", "/opt/nodejs/node_modules", "/opt/node_modules"]
        );
    }
}
