//! The table of `layerlint native`.

use crate::{
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading},
    },
    inspect::machine_code::Format,
    model::{
        native::{Found, NativeRow, NativeTable, NeedRow},
        text::SafeText,
    },
};

use super::{Closure, Provided, closure::Met};

/// The binaries of every deployment that has some; a layer declared for several targets is told for each.
pub fn tables(deployments: &[Deployment<'_>]) -> Vec<NativeTable> {
    deployments.iter().map(table).filter(|table| !table.rows.is_empty()).collect()
}

fn table(deployment: &Deployment<'_>) -> NativeTable {
    let closure = Closure::of(deployment);
    let name = deployment
        .function()
        .map(|function| function.name.clone())
        .or_else(|| deployment.packages().next().map(|package| package.label.name.clone()));
    let architecture = deployment.architecture;
    let roots = deployment.loaded_binaries().filter(|one| one.is_loaded_first() && one.is_for(architecture));
    let met = closure.as_ref().map(|closure| closure.met(roots)).unwrap_or_default();
    let closure = |binary: &Loadable<'_>| closure.as_ref().filter(|_| binary.is_for(architecture));
    let rows = deployment.binaries().iter().map(|binary| row(*binary, closure(binary), &met));
    NativeTable { name: name.unwrap_or_default(), target: deployment.target(), rows: rows.collect() }
}

fn row<'a>(binary: Loadable<'a>, closure: Option<&Closure<'a>>, met: &Met<'a>) -> NativeRow {
    let version = |prefix: &str| Some(SafeText::new(binary.elf()?.highest(prefix)?.to_string()));
    NativeRow {
        path: SafeText::new(binary.package.mounted(&binary.entry.path.shown())),
        package: binary.package.label.name.clone(),
        format: SafeText::new(format_of(&binary.binary.format)),
        loading: binary.loading().map(word),
        glibc: version("GLIBC_"),
        glibcxx: version("GLIBCXX_"),
        cxxabi: version("CXXABI_"),
        libgcc: version("GCC_"),
        needs: closure.map(|closure| needs(closure, binary, met)).unwrap_or_default(),
    }
}

/// What a binary gets from what loads it, and else as if it were loaded alone.
fn needs<'a>(closure: &Closure<'a>, binary: Loadable<'a>, met: &Met<'a>) -> Vec<NeedRow> {
    let met = met.get(&binary.mounted());
    let row = |(library, provided): (String, Provided<'a>)| NeedRow {
        library: SafeText::new(library),
        found: match provided {
            Provided::Package(_) => Found::Package,
            Provided::System => Found::System,
            Provided::Runtime => Found::Runtime,
            Provided::Unproven => Found::Unproven,
            Provided::Undecided => Found::Undecided,
            Provided::Missing => Found::Missing,
        },
        path: match provided {
            Provided::Package(object) => {
                Some(SafeText::new(object.package.mounted(&object.entry.path.shown())))
            }
            _ => None,
        },
    };
    let told = |(library, alone): (String, Provided<'a>)| {
        let provided = met.and_then(|met| met.get(&library)).copied().unwrap_or(alone);
        row((library, provided))
    };
    closure.needs(binary).into_iter().map(told).collect()
}

fn format_of(format: &Format) -> String {
    match format {
        Format::Elf(elf) => format!("ELF {}", elf.machine.name()),
        Format::MachO { machines } => format!("Mach-O {}", machines.join(" and ")),
        Format::Pe { machine } => format!("PE {machine}"),
        Format::Wasm => "WebAssembly".to_owned(),
        Format::StaticLibrary => "static library".to_owned(),
        Format::NotCode(_) => "no machine code".to_owned(),
    }
}

fn word(loading: Loading) -> &'static str {
    match loading {
        Loading::PythonExtension => "imported by Python",
        Loading::NodeAddon => "required by Node.js",
        Loading::RubyExtension => "required by Ruby",
        Loading::Library => "on LD_LIBRARY_PATH",
        Loading::BundledLibrary => "beside what needs it",
        Loading::Program => "on PATH",
        Loading::Extension => "started as an extension",
        Loading::Bootstrap => "started as the runtime",
    }
}
