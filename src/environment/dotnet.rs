//! What the .NET runtime reads before a function's assembly is loaded: which files it picks, and what they ask for.

use serde_json::Value;

use crate::{
    archive::Scratch,
    data::runtimes::{Family, Runtime},
    model::{answer::Answer, size::Bytes},
};

use super::{deployment::Deployment, filesystem::Provider};

/// Bytes of a configuration that is read.
const LONGEST_CONFIGURATION: u64 = 16 << 20;

/// Bytes of an assembly that is searched for a name.
const LONGEST_ASSEMBLY: u64 = 64 << 20;

/// The first major version whose start is the script that is described here.
const FIRST: u16 = 6;

/// A variable that names the assembly whose configuration is taken.
const MAIN_ASSEMBLY: &str = "LAMBDA_DOTNET_MAIN_ASSEMBLY";

/// A variable that lets the runtime take another major version than the one asked for.
const ROLL_FORWARD: &str = "DOTNET_ROLL_FORWARD";

/// How a handler is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start<'h> {
    /// The runtime loads a type of an assembly: `Assembly::Type::Method`.
    Library {
        /// The assembly, without an ending.
        assembly: &'h str,
        /// The type, with its namespace.
        class: &'h str,
    },
    /// The assembly is a program; its file name.
    Program(String),
}

/// Takes a handler apart as the runtime's start script does. Nothing when it is malformed.
pub fn start(handler: &str) -> Option<Start<'_>> {
    if !handler.contains(':') {
        let file = if handler.ends_with(".dll") { handler.to_owned() } else { format!("{handler}.dll") };
        return Some(Start::Program(file));
    }
    let mut parts = handler.splitn(3, "::").map(str::trim);
    let (assembly, class, method) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = ![assembly, class, method].iter().any(|part| part.is_empty());
    whole.then_some(Start::Library { assembly, class })
}

/// A shared framework that a configuration asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framework {
    /// `Microsoft.NETCore.App`
    pub name: String,
    /// `8.0.0`
    pub version: String,
}

impl Framework {
    /// The major version.
    pub fn major(&self) -> Option<u16> {
        self.version.split('.').next()?.parse().ok()
    }
}

/// What `runtimeconfig.json` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The frameworks that it asks for.
    pub frameworks: Vec<Framework>,
    /// Whether a newer major version will do.
    pub rolls_forward: bool,
}

/// A function's configuration files, as the start script picks them.
#[derive(Debug)]
pub struct Picked<'a> {
    /// The assembly whose files are looked for first.
    pub assembly: String,
    /// The `deps.json`; nothing where there is none or several of other names.
    pub deps: Option<Provider<'a>>,
    /// The `runtimeconfig.json`, likewise.
    pub configuration: Option<Provider<'a>>,
}

impl<'a> Deployment<'a> {
    /// The files that the start script picks for a handler that names a type. Nothing for other handlers and for old runtimes.
    pub fn dotnet_files(&self) -> Option<Picked<'a>> {
        self.dotnet_runtime()?;
        let Start::Library { assembly, .. } = start(self.handler?)? else { return None };
        let own = self.variable(MAIN_ASSEMBLY).filter(|name| !name.is_empty());
        let assembly = own.map_or(assembly, |name| name.strip_suffix(".dll").unwrap_or(name)).to_owned();
        Some(Picked {
            deps: self.picked(&assembly, ".deps.json"),
            configuration: self.picked(&assembly, ".runtimeconfig.json"),
            assembly,
        })
    }

    /// The configuration beside an assembly that is a program.
    pub fn dotnet_program_configuration(&self) -> Option<Provider<'a>> {
        self.dotnet_runtime()?;
        let Start::Program(file) = start(self.handler?)? else { return None };
        self.task.find(&file)?;
        self.task.find(&format!("{}.runtimeconfig.json", file.strip_suffix(".dll")?))
    }

    fn dotnet_runtime(&self) -> Option<&'static Runtime> {
        let of_family =
            self.runtime.filter(|runtime| runtime.family == Family::Dotnet && self.code.is_some())?;
        of_family.major().filter(|major| *major >= FIRST).map(|_| of_family)
    }

    /// The file of the assembly, or else the only one of its kind at the root.
    fn picked(&self, assembly: &str, ending: &str) -> Option<Provider<'a>> {
        let is_file = |one: &Provider<'_>| one.entry.is_file();
        if let Some(own) = self.task.find(&format!("{assembly}{ending}")).filter(is_file) {
            return Some(own);
        }
        let names = self.task.names_in("");
        let mut others = names.iter().filter(|name| name.ends_with(ending) && !name.starts_with('.'));
        match (others.next(), others.next()) {
            (Some(only), None) => self.task.find(only).filter(is_file),
            _ => None,
        }
    }

    /// What a `runtimeconfig.json` asks for; nothing when it cannot be read, or the program brings its own runtime.
    pub fn dotnet_configuration(&self, file: &Provider<'a>) -> Option<Configuration> {
        let json = read_json(file)?;
        let options = json.get("runtimeOptions")?;
        let mut listed: Vec<&Value> =
            options.get("frameworks").and_then(Value::as_array).into_iter().flatten().collect();
        listed.extend(options.get("framework"));
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let frameworks: Vec<Framework> = listed
            .into_iter()
            .filter_map(|one| Some(Framework { name: text(one, "name")?, version: text(one, "version")? }))
            .collect();
        let rule = self.variable(ROLL_FORWARD).or_else(|| options.get("rollForward").and_then(Value::as_str));
        // how it was said before .NET Core 3
        let old = options.get("rollForwardOnNoCandidateFx").and_then(Value::as_u64) == Some(2);
        let rolls_forward = old || rule.is_some_and(|rule| rule.to_ascii_lowercase().ends_with("major"));
        (!frameworks.is_empty()).then_some(Configuration { frameworks, rolls_forward })
    }

    /// Whether the assembly of the handler holds a type of that name. Unknown is everything but a name that stands nowhere in the file:
    /// a type's name is always stored whole.
    pub fn dotnet_type(&self) -> Answer<()> {
        let unknown = || Answer::Unknown("the assembly cannot be searched".to_owned());
        let Some(Start::Library { assembly, class }) = self.handler.and_then(start) else { return unknown() };
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '`');
        let name = class.rsplit(['.', '+']).next().unwrap_or_default();
        if name.is_empty() || !class.chars().all(plain) {
            return unknown();
        }
        let file = self.task.find(&format!("{assembly}.dll"));
        let Some(file) = file.filter(|one| one.entry.is_file() && one.entry.size <= Bytes(LONGEST_ASSEMBLY))
        else {
            return unknown();
        };
        let mut scratch = Scratch::default();
        let Ok(bytes) = file.package.archive.read(file.index, &mut scratch) else { return unknown() };
        if !is_assembly(bytes) {
            return unknown();
        }
        // names end with a zero byte, and a name may be the end of a longer one
        let mut wanted = name.as_bytes().to_vec();
        wanted.push(0);
        if aho_corasick::AhoCorasick::new([&wanted]).is_ok_and(|search| !search.is_match(bytes)) {
            Answer::Missing
        } else {
            unknown()
        }
    }
}

/// Whether a file is a Windows executable with .NET metadata in the clear.
fn is_assembly(bytes: &[u8]) -> bool {
    let root = b"BSJB";
    bytes.starts_with(b"MZ") && bytes.windows(root.len()).any(|window| window == root)
}

/// A JSON file of the function, as the host reads it: a byte order mark is passed over. Comments make it unknown.
pub fn read_json(file: &Provider<'_>) -> Option<Value> {
    if file.entry.size > Bytes(LONGEST_CONFIGURATION) {
        return None;
    }
    let mut scratch = Scratch::default();
    let bytes = file.package.archive.read(file.index, &mut scratch).ok()?;
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()
}

/// The runtime identifier that `deps.json` was made for: `linux-x64` of `.NETCoreApp,Version=v8.0/linux-x64`.
pub fn target_of(deps: &Value) -> Option<&str> {
    let name = deps.get("runtimeTarget")?.get("name")?.as_str()?;
    name.split_once('/').map(|(_, identifier)| identifier).filter(|identifier| !identifier.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_taken_apart_at_double_colons() {
        let library = Start::Library { assembly: "Orders", class: "Shop.Orders+Inner" };
        assert_eq!(start("Orders::Shop.Orders+Inner::Get"), Some(library));
        assert_eq!(start("Orders"), Some(Start::Program("Orders.dll".to_owned())));
        assert_eq!(start("Orders.dll"), Some(Start::Program("Orders.dll".to_owned())));
        for malformed in ["Orders:", "Orders::Get", "Orders::::Get", "::A::Get", ":"] {
            assert_eq!(start(malformed), None, "{malformed}");
        }
    }

    #[test]
    fn the_runtime_identifier_stands_behind_the_slash() {
        let of = |name: &str| {
            let deps = serde_json::json!({ "runtimeTarget": { "name": name } });
            target_of(&deps).map(str::to_owned)
        };
        assert_eq!(of(".NETCoreApp,Version=v8.0/linux-x64").as_deref(), Some("linux-x64"));
        assert_eq!(of(".NETCoreApp,Version=v8.0"), None);
    }
}
