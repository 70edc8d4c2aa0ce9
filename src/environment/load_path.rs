//! Which machine code is loaded in a deployment, and how; what is shipped for other platforms is told apart.

use crate::{
    archive::entry::Entry,
    data::{
        platform_names::NamedPlatform,
        runtimes::{Family, Runtime},
        search_paths::{self, Holds},
    },
    inspect::{inventory::Binary, machine_code::Format},
    model::{architecture::Architecture, place::Place},
};

use super::{
    deployment::{Deployment, root_of},
    package::Package,
};

/// How a file with machine code comes to be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loading {
    /// Imported by Python: its name follows an extension module's pattern or it defines `PyInit_*`.
    PythonExtension,
    /// Required by Node.js.
    NodeAddon,
    /// Required by Ruby from a gem's folder.
    RubyExtension,
    /// Found through `LD_LIBRARY_PATH`: `lib/` of a layer, `lib/` or the root of a function.
    Library,
    /// Reached from another library by RUNPATH or by the package's own code (`*.libs/`, beside the extension).
    BundledLibrary,
    /// On `PATH`, started by name.
    Program,
    /// Started by Lambda as an extension.
    Extension,
    /// Started by Lambda as the runtime.
    Bootstrap,
}

/// Whether a file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It is, in this way.
    Loaded(Loading),
    /// Its path names another platform: the package picks another file at run time.
    OtherPlatform,
    /// Nothing in this runtime looks there.
    OffPath,
}

/// What files are laid out for, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The runtime.
    pub runtime: Option<&'static Runtime>,
    /// The architecture.
    pub architecture: Option<Architecture>,
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        let id = |one: &Self| one.runtime.map(|runtime| runtime.id.as_str());
        self.architecture == other.architecture && id(self) == id(other)
    }
}

impl Eq for Target {}

/// One binary of a deployment.
#[derive(Clone, Copy, Debug)]
pub struct Loadable<'a> {
    /// The package that ships it.
    pub package: &'a Package,
    /// Its entry.
    pub entry: &'a Entry,
    /// What it is.
    pub binary: &'a Binary,
    /// Whether it is loaded.
    pub reach: Reach,
}

impl<'a> Loadable<'a> {
    /// Its place.
    pub fn place(&self) -> Place {
        self.package.entry_place(self.binary.entry)
    }

    /// The path that Lambda gives it.
    pub fn mounted(&self) -> String {
        self.package.mounted(self.entry.path.as_str())
    }

    /// Whether it is loaded for sure when the package is used: not merely lying in a folder that code may open.
    pub fn is_loaded_for_sure(&self) -> bool {
        matches!(self.reach, Reach::Loaded(loading) if loading != Loading::BundledLibrary || self.in_libs_folder())
    }

    /// Whether it is for this architecture, or the architecture is not known.
    pub fn is_for(&self, architecture: Option<Architecture>) -> bool {
        architecture.is_none() || architecture_of(self.binary) == architecture
    }

    /// Whether something starts it or imports it by name, and the loader does not merely find it for another.
    pub fn is_loaded_first(&self) -> bool {
        !matches!(self.loading(), None | Some(Loading::Library | Loading::BundledLibrary))
    }

    /// How it is loaded, if it is.
    pub fn loading(&self) -> Option<Loading> {
        match self.reach {
            Reach::Loaded(loading) => Some(loading),
            Reach::OtherPlatform | Reach::OffPath => None,
        }
    }

    /// Whether it lies in a folder of libraries that a wheel's repair put there: `numpy.libs/`.
    fn in_libs_folder(&self) -> bool {
        self.entry.path.parent().ends_with(".libs")
    }

    /// What the ELF header says, if it is one.
    pub fn elf(&self) -> Option<&'a crate::inspect::elf::ElfFacts> {
        match &self.binary.format {
            Format::Elf(elf) => Some(elf),
            _ => None,
        }
    }
}

impl<'a> Deployment<'a> {
    /// All machine code of the deployment that is not hidden by a later layer, with how it is loaded.
    pub fn binaries(&self) -> &[Loadable<'a>] {
        self.binaries.get_or_init(|| self.packages().flat_map(|package| self.binaries_of(package)).collect())
    }

    /// The machine code that is loaded.
    pub fn loaded_binaries(&self) -> impl Iterator<Item = Loadable<'a>> {
        self.binaries().iter().copied().filter(|one| matches!(one.reach, Reach::Loaded(_)))
    }

    fn binaries_of(&self, package: &'a Package) -> Vec<Loadable<'a>> {
        let tree = self.tree(root_of(package.role));
        let target = self.platform();
        let stays = |binary: &&Binary| {
            let path = package.entry(binary.entry).map(|entry| entry.path.as_str()).unwrap_or_default();
            tree.find(path)
                .is_none_or(|last| std::ptr::eq(last.package, package) && last.index == binary.entry)
        };
        package
            .inventory
            .binaries
            .iter()
            .filter(stays)
            .filter_map(|binary| {
                let entry = package.entry(binary.entry)?;
                Some(Loadable { package, entry, binary, reach: target.reach(package, entry, binary) })
            })
            .collect()
    }

    /// What the deployment is laid out for.
    pub fn platform(&self) -> Target {
        Target { runtime: self.runtime, architecture: self.architecture }
    }
}

impl Target {
    /// Whether a file is loaded, and how. It depends on no other package.
    pub fn reach(&self, package: &Package, entry: &Entry, binary: &Binary) -> Reach {
        if let Some(loading) = started_by_lambda(package, entry, self) {
            return Reach::Loaded(loading);
        }
        let path = entry.path.as_str();
        if let Some(loading) = self.python_loading(package, path, binary) {
            return loading;
        }
        if NamedPlatform::of(path).is_foreign_to(self.architecture)
            || package.inventory.is_of_other_system(path)
        {
            return Reach::OtherPlatform;
        }
        self.other_loading(package, path)
    }

    /// Python's extension modules are judged by their tags, which name a platform on purpose.
    fn python_loading(&self, package: &Package, path: &str, binary: &Binary) -> Option<Reach> {
        if !self.may_be(Family::Python) || !self.on_path_of(package, path, Holds::PythonModules) {
            return None;
        }
        // a wheel for any platform brings machine code that it can do without
        if package.inventory.is_of_any_platform(path) {
            return if matches!(binary.format, Format::Elf(_)) { None } else { Some(Reach::OtherPlatform) };
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if is_tagged_extension(name) || defines_module(binary) {
            return Some(Reach::Loaded(Loading::PythonExtension));
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder.ends_with(".libs") || folder.ends_with(".dylibs") {
            return Some(Reach::Loaded(Loading::BundledLibrary));
        }
        None
    }

    fn other_loading(&self, package: &Package, path: &str) -> Reach {
        let name = path.rsplit('/').next().unwrap_or_default();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let shared = name.ends_with(".so") || name.contains(".so.");
        if shared && (folder == "lib" || (folder.is_empty() && !package.is_layer())) {
            return Reach::Loaded(Loading::Library);
        }
        if name.ends_with(".node")
            && self.on_path_of(package, path, Holds::NodeModules)
            && self.may_be(Family::Nodejs)
        {
            return Reach::Loaded(Loading::NodeAddon);
        }
        if shared && self.may_be(Family::Ruby) && self.on_path_of(package, path, Holds::Gems) {
            return Reach::Loaded(Loading::RubyExtension);
        }
        if folder == "bin" && package.is_layer() {
            return Reach::Loaded(Loading::Program);
        }
        if shared
            && [Holds::PythonModules, Holds::NodeModules]
                .iter()
                .any(|holds| self.on_path_of(package, path, *holds))
        {
            return Reach::Loaded(Loading::BundledLibrary);
        }
        Reach::OffPath
    }

    /// Whether the runtime is of this family, as far as is known.
    fn may_be(&self, family: Family) -> bool {
        self.runtime.is_none_or(|runtime| runtime.family == family)
    }

    /// Whether a path lies below a folder that the runtime searches for this kind of thing. Without a runtime, below any such folder.
    fn on_path_of(&self, package: &Package, path: &str, holds: Holds) -> bool {
        if !package.is_layer() {
            return true;
        }
        let root = root_of(package.role);
        let below = |folder: &str| {
            folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        match self.runtime {
            Some(runtime) => search_paths::of(runtime)
                .iter()
                .any(|one| one.holds == holds && one.root == root && below(&one.folder)),
            None => match holds {
                Holds::PythonModules => below("python"),
                Holds::NodeModules => below("nodejs"),
                Holds::Gems => below("ruby/gems"),
                _ => false,
            },
        }
    }
}

fn started_by_lambda(package: &Package, entry: &Entry, target: &Target) -> Option<Loading> {
    let path = entry.path.as_str();
    if package.is_layer() && entry.path.parent() == "extensions" {
        return Some(Loading::Extension);
    }
    let custom =
        target.runtime.is_some_and(|runtime| matches!(runtime.family, Family::Provided | Family::Custom));
    (path == "bootstrap" && custom).then_some(Loading::Bootstrap)
}

/// Whether a name follows the pattern of an extension module with a tag: `x.cpython-312-x86_64-linux-gnu.so`, `x.abi3.so`, `x.pyd`.
pub fn is_tagged_extension(name: &str) -> bool {
    let ends = |ending: &str| {
        std::path::Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
    };
    ends("pyd")
        || (ends("so") && (name.contains(".cpython-") || name.contains(".abi3") || name.contains(".pypy")))
}

/// Whether a shared object defines the entry point of an extension module.
fn defines_module(binary: &Binary) -> bool {
    matches!(&binary.format, Format::Elf(elf) if !elf.module_inits.is_empty())
}

/// The architecture that a machine-code file is for, if it is one of Lambda's.
pub fn architecture_of(binary: &Binary) -> Option<Architecture> {
    match &binary.format {
        Format::Elf(elf) => elf.machine.architecture(),
        _ => None,
    }
}
