//! Native libraries of a .NET function: what `deps.json` lists by platform, and what lies where .NET or the loader finds it.

use serde_json::Value;

use crate::{
    archive::Scratch,
    data::{
        native_libraries::{self, BuiltFor},
        platform_names::NamedPlatform,
    },
    inspect::built_for,
    model::{architecture::Architecture, paths::within},
};

use super::{
    deployment::Deployment,
    dotnet::{self, Picked},
    filesystem::{Provider, Tree},
    native_sets::{MOST, Member},
};

impl<'a> Deployment<'a> {
    /// The native libraries of the packages that the function was published with; nothing when they are not known.
    pub fn dotnet_natives(&self, picked: &Picked<'a>, architecture: Architecture) -> Option<Vec<Member<'a>>> {
        let list = picked.deps?;
        let deps = dotnet::read_json(&list)?;
        let name = deps.get("runtimeTarget")?.get("name")?.as_str()?;
        let libraries = deps.get("targets")?.get(name)?.as_object()?;
        let mut members = Vec::new();
        for (library, assets) in libraries {
            members.extend(listed(list, library, assets, architecture));
            if members.len() > MOST {
                return None;
            }
        }
        let mut scratch = Scratch::default();
        for (tree, folder) in [(&*self.task, ""), (&*self.task, "lib"), (&*self.opt, "lib")] {
            members.extend(found(tree, folder, &mut scratch));
        }
        Some(members)
    }
}

/// The native assets of one NuGet package, those for the whole publication (`native`) and those by platform (`runtimeTargets`).
fn listed<'a>(
    list: Provider<'a>,
    library: &str,
    assets: &Value,
    architecture: Architecture,
) -> Vec<Member<'a>> {
    let member = |path: &str, built_for| Member {
        provider: list,
        inner: None,
        unit: library.to_owned(),
        name: path.rsplit('/').next().unwrap_or(path).to_owned(),
        built_for,
        on_load_path: false,
    };
    let object = |key: &str| assets.get(key).and_then(Value::as_object).into_iter().flatten();
    let plain = object("native").map(|(path, _)| member(path, BuiltFor::Unknown));
    let by_platform = object("runtimeTargets").filter_map(|(path, one)| {
        let text = |key: &str| one.get(key).and_then(Value::as_str);
        let rid = text("rid").filter(|_| text("assetType") == Some("native"))?;
        Some(member(path, of_rid(rid, architecture)))
    });
    // symbols for debuggers and import libraries lie beside
    let is_code = |one: &Member<'_>| native_libraries::is_native(&one.name);
    plain.chain(by_platform).filter(is_code).take(MOST.saturating_add(1)).collect()
}

/// What an identifier stands for: `linux-musl-arm64`. Those of single distributions are not judged.
fn of_rid(rid: &str, architecture: Architecture) -> BuiltFor {
    if native_libraries::rids(architecture).iter().any(|own| own == rid) {
        return BuiltFor::Linux(Some(architecture));
    }
    let named = NamedPlatform::of(rid);
    match rid.split('-').next().unwrap_or_default() {
        "linux" if named.musl => BuiltFor::Musl(named.architecture),
        "linux" => BuiltFor::Linux(named.architecture),
        "osx" => BuiltFor::MacOs,
        "win" | "win7" | "win8" | "win81" | "win10" => BuiltFor::Windows,
        "android" | "ios" | "iossimulator" | "tvos" | "maccatalyst" | "browser" | "freebsd" => {
            BuiltFor::Other
        }
        _ => BuiltFor::Unknown,
    }
}

/// Native libraries directly in a folder that is searched.
fn found<'a>(tree: &Tree<'a>, folder: &str, scratch: &mut Scratch) -> Vec<Member<'a>> {
    let names = tree.names_in(folder);
    let paths = names.into_iter().filter(|name| native_libraries::is_native(name)).take(MOST);
    paths
        .filter_map(|name| {
            let path = within(folder, name);
            let provider = tree.find(&path)?;
            let bytes = provider.package.archive.read_prefix(provider.index, built_for::BEGINNING, scratch);
            let built_for = bytes.map_or(BuiltFor::Unknown, |bytes| built_for::of(&path, bytes));
            // an assembly is a file for Windows, too
            let is_assembly = built_for == BuiltFor::Windows;
            (!is_assembly).then(|| Member {
                provider,
                inner: None,
                unit: path,
                name: name.to_owned(),
                built_for,
                on_load_path: true,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_tell_platforms() {
        let arm = Architecture::Arm64;
        for (rid, built_for) in [
            ("linux-arm64", BuiltFor::Linux(Some(arm))),
            ("linux", BuiltFor::Linux(Some(arm))),
            ("unix", BuiltFor::Linux(Some(arm))),
            ("linux-x64", BuiltFor::Linux(Some(Architecture::X86_64))),
            ("linux-arm", BuiltFor::Linux(None)),
            ("linux-musl-arm64", BuiltFor::Musl(Some(arm))),
            ("osx-arm64", BuiltFor::MacOs),
            ("win10-x64", BuiltFor::Windows),
            ("rhel.7-x64", BuiltFor::Unknown),
            ("android-arm64", BuiltFor::Other),
        ] {
            assert_eq!(of_rid(rid, arm), built_for, "{rid}");
        }
    }
}
