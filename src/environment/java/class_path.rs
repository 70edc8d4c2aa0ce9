//! The class path as Lambda's client for Java builds it, and looking a class up on it.

use std::{collections::HashSet, sync::Arc};

use crate::{
    data::{
        runtimes::Runtime,
        search_paths::{Holds, Root},
    },
    environment::{deployment::Deployment, filesystem::Provider},
    inspect::class_file::ClassFile,
    model::paths,
};

use super::jars::{Jar, Jars, Opened, Read};

/// The first version that knows jars for several releases.
const FIRST_MULTI_RELEASE: u16 = 9;

/// A jar of the class path.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// Where it lies.
    pub provider: Provider<'a>,
    /// Its directory.
    pub jar: Arc<Jar>,
}

/// Classes of the function, then jars in the order in which they are searched.
#[derive(Debug)]
pub struct ClassPath<'a> {
    task: Arc<crate::environment::filesystem::Tree<'a>>,
    /// The jars.
    pub jars: Vec<Step<'a>>,
    /// Something of it could not be looked at: what is not found may be there.
    pub has_gaps: bool,
    /// A jar of the packages at hand could not be looked at.
    pub unread: bool,
    release: u16,
    pub(super) read: Arc<Jars>,
}

/// Where a class lies.
#[derive(Clone, Copy, Debug)]
pub struct ClassPlace<'a> {
    /// The class file, or the jar that it is in.
    pub provider: Provider<'a>,
    /// Its index in the jar.
    inner: Option<usize>,
}

/// The answer to looking a class up.
#[derive(Clone, Debug)]
pub enum Found<'a> {
    /// It is there.
    Class(ClassPlace<'a>, Arc<ClassFile>),
    /// It is there; nothing but its version can be read.
    OnlyVersion(ClassPlace<'a>, u16),
    /// It is not on the class path, and all of it was looked at.
    Missing,
    /// It belongs to the runtime, or nothing can be said.
    Unknown,
}

impl<'a> ClassPath<'a> {
    pub(super) fn of(deployment: &Deployment<'a>, read: &Arc<Jars>) -> Self {
        let mut path = Self {
            task: Arc::clone(&deployment.task),
            jars: Vec::new(),
            has_gaps: false,
            unread: false,
            release: deployment.runtime.and_then(Runtime::major).unwrap_or_default(),
            read: Arc::clone(read),
        };
        let mut seen = HashSet::new();
        for place in deployment.paths_of(Holds::Jars) {
            let mut names = deployment.tree(place.root).names_in(&place.folder);
            names.retain(|name| name.len() > 4 && name.ends_with(".jar"));
            // by code point, as the client sorts them
            names.sort_unstable();
            for name in names {
                path.push(deployment, place.root, &format!("{}/{name}", place.folder), &mut seen);
            }
        }
        path.unread = path.has_gaps;
        path.has_gaps |= !deployment.is_complete() || deployment.code.is_none();
        path
    }

    /// Adds a jar, and behind it what its manifest names.
    fn push(
        &mut self,
        deployment: &Deployment<'a>,
        root: Root,
        jar: &str,
        seen: &mut HashSet<(Root, String)>,
    ) {
        if !seen.insert((root, jar.to_owned())) {
            return;
        }
        let Some(provider) = deployment.tree(root).find(jar) else { return };
        // a link, or a jar that may not be read: the first leads elsewhere, the second is passed over
        if !provider.entry.is_file() {
            self.has_gaps = true;
            return;
        }
        if !provider.entry.mode.others_read() {
            return;
        }
        let opened = match self.read.open(&provider) {
            Opened::Jar(opened) => opened,
            Opened::Broken => return,
            Opened::Unknown => {
                self.has_gaps = true;
                return;
            }
        };
        self.jars.push(Step { provider, jar: Arc::clone(&opened) });
        for named in &opened.class_path {
            match beside(jar, named) {
                Some(path) if path.ends_with(".jar") => self.push(deployment, root, &path, seen),
                // a folder of classes, an address, a place outside
                _ => self.has_gaps = true,
            }
        }
    }

    /// Looks a class up by its binary name: `com/example/Handler`.
    pub fn find(&self, name: &str) -> Found<'a> {
        if is_of_runtime(name) {
            return Found::Unknown;
        }
        match self.place(name) {
            Some(place) => match self.read.class(&place.provider, place.inner) {
                Read::Class(class) if class.name == name => Found::Class(place, class),
                Read::OnlyVersion(major) => Found::OnlyVersion(place, major),
                Read::Class(_) | Read::Unknown => Found::Unknown,
            },
            None if self.has_gaps => Found::Unknown,
            None => Found::Missing,
        }
    }

    /// Where a class lies, its content unread.
    fn place(&self, name: &str) -> Option<ClassPlace<'a>> {
        let path = format!("{name}.class");
        let loose = self.task.find(&path).filter(|one| one.entry.mode.others_read());
        let in_jar = || {
            self.jars.iter().find_map(|step| {
                let entry = self.versioned(&step.jar, &path).or_else(|| step.jar.find(&path))?;
                Some(ClassPlace { provider: step.provider, inner: Some(entry.index) })
            })
        };
        loose.map(|provider| ClassPlace { provider, inner: None }).or_else(in_jar)
    }

    /// The entry for the newest release that the runtime takes.
    fn versioned<'j>(&self, jar: &'j Jar, path: &str) -> Option<&'j super::jars::JarEntry> {
        jar.multi_release.then_some(())?;
        (FIRST_MULTI_RELEASE..=self.release)
            .rev()
            .find_map(|release| jar.find(&format!("META-INF/versions/{release}/{path}")))
    }

    /// Paths of class files in the function that are in no jar.
    pub fn loose(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.task.paths().map(|(path, _)| path).filter(|path| path.ends_with(".class"))
    }
}

/// A place that a manifest names, as a path below the same root.
fn beside(jar: &str, named: &str) -> Option<String> {
    if named.contains(':') || named.starts_with('/') || named.contains('%') {
        return None;
    }
    paths::joined(jar.rsplit_once('/').map_or("", |(folder, _)| folder), named)
}

/// Beginnings of names that belong to the virtual machine or to Lambda's client.
const OF_RUNTIME: [&str; 11] = [
    "java/",
    "javax/",
    "jdk/",
    "sun/",
    "com/sun/",
    "org/w3c/",
    "org/xml/",
    "org/ietf/",
    "netscape/",
    "com/amazonaws/services/lambda/runtime/",
    "com/amazonaws/services/lambda/crac/",
];

/// Whether a class is looked for outside of the class path first.
fn is_of_runtime(name: &str) -> bool {
    OF_RUNTIME.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn manifests_name_places_beside_their_jar() {
        assert_eq!(beside("lib/a.jar", "b.jar").as_deref(), Some("lib/b.jar"));
        assert_eq!(beside("lib/a.jar", "../x/./b.jar").as_deref(), Some("x/b.jar"));
        assert_eq!(beside("lib/a.jar", "../../b.jar"), None);
        assert_eq!(beside("lib/a.jar", "file:/b.jar"), None);
    }
}
