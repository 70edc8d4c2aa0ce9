//! `exports` and `imports` of a `package.json`: PACKAGE_EXPORTS_RESOLVE and PACKAGE_IMPORTS_RESOLVE of the Node.js documentation.

use serde_json::{Map, Value};

/// What a map gives for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A path below the package: `./lib/index.js`.
    Path(String),
    /// Another package or a built-in module; from `imports` only.
    Package(String),
    /// The map gives nothing for it.
    Nothing,
    /// The map is one that Node.js refuses.
    Invalid,
}

/// What matching a target gives, before null and "no condition matched" become the same.
enum Matched {
    Target(Target),
    Null,
    Undefined,
}

/// Objects and lists inside one another that are looked into.
const DEEPEST: u32 = 64;

/// What `exports` gives for `.` or `./sub/path`.
pub(super) fn exports(map: &Value, subpath: &str, conditions: &[&str]) -> Target {
    let sugar = match map {
        Value::Object(object) => {
            let dots = object.keys().filter(|key| key.starts_with('.')).count();
            if dots != 0 && dots != object.len() {
                return Target::Invalid;
            }
            dots == 0
        }
        _ => true,
    };
    if !sugar {
        return map.as_object().map_or(Target::Nothing, |map| lookup(map, subpath, conditions, false));
    }
    if subpath != "." {
        return Target::Nothing;
    }
    settle(target(map, None, conditions, false, 0))
}

/// What `imports` gives for `#name`.
pub(super) fn imports(map: &Value, name: &str, conditions: &[&str]) -> Target {
    map.as_object().map_or(Target::Nothing, |map| lookup(map, name, conditions, true))
}

fn lookup(map: &Map<String, Value>, name: &str, conditions: &[&str], internal: bool) -> Target {
    if let Some(value) = map.get(name).filter(|_| !name.contains('*') && !name.ends_with('/')) {
        return settle(target(value, None, conditions, internal, 0));
    }
    let best = map
        .iter()
        .filter_map(|(key, value)| {
            let (before, after) = key.split_once('*')?;
            let inside = name.strip_prefix(before)?;
            let fits = !after.contains('*') && inside.len() > after.len();
            let matched = inside.strip_suffix(after).filter(|_| fits && name != before)?;
            Some((before.len(), key.len(), matched, value))
        })
        .max_by_key(|(before, whole, _, _)| (*before, *whole));
    match best {
        Some((_, _, matched, value)) => settle(target(value, Some(matched), conditions, internal, 0)),
        // folders with a slash at their end: gone since Node.js 17
        None if map.keys().any(|key| key.ends_with('/') && name.starts_with(key.as_str())) => Target::Invalid,
        None => Target::Nothing,
    }
}

fn settle(matched: Matched) -> Target {
    match matched {
        Matched::Target(target) => target,
        Matched::Null | Matched::Undefined => Target::Nothing,
    }
}

fn target(value: &Value, matched: Option<&str>, conditions: &[&str], internal: bool, depth: u32) -> Matched {
    if depth > DEEPEST {
        return Matched::Target(Target::Invalid);
    }
    let deeper = |value: &Value| target(value, matched, conditions, internal, depth.saturating_add(1));
    match value {
        Value::String(text) => Matched::Target(path(text, matched, internal)),
        Value::Null => Matched::Null,
        Value::Object(object) => {
            let taken =
                object.iter().filter(|(key, _)| *key == "default" || conditions.contains(&key.as_str()));
            taken
                .map(|(_, value)| deeper(value))
                .find(|matched| !matches!(matched, Matched::Undefined))
                .unwrap_or(Matched::Undefined)
        }
        Value::Array(all) => first_of(all.iter().map(deeper)),
        Value::Bool(_) | Value::Number(_) => Matched::Target(Target::Invalid),
    }
}

/// The first alternative that is a valid target; whether its file exists is not asked.
fn first_of(alternatives: impl Iterator<Item = Matched>) -> Matched {
    let mut last = Matched::Null;
    for one in alternatives {
        match one {
            Matched::Undefined => {}
            Matched::Null => last = Matched::Null,
            Matched::Target(Target::Invalid) => last = Matched::Target(Target::Invalid),
            found @ Matched::Target(_) => return found,
        }
    }
    last
}

fn path(text: &str, matched: Option<&str>, internal: bool) -> Target {
    let filled = matched.map_or_else(|| text.to_owned(), |matched| text.replace('*', matched));
    if !text.starts_with("./") {
        let foreign = internal && !text.starts_with("../") && !text.starts_with('/');
        return if foreign { Target::Package(filled) } else { Target::Invalid };
    }
    let leaves = filled.split(['/', '\\']).skip(1).any(|part| matches!(part, "." | ".." | "node_modules"));
    if leaves { Target::Invalid } else { Target::Path(filled) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(map: &str, subpath: &str, conditions: &[&str]) -> Option<String> {
        match exports(&serde_json::from_str(map).unwrap(), subpath, conditions) {
            Target::Path(path) => Some(path),
            _ => None,
        }
    }

    #[test]
    fn conditions_are_taken_in_the_order_of_the_map() {
        let map =
            r#"{"import": "./a.mjs", "require": {"node": null, "default": "./a.cjs"}, "default": "./a.js"}"#;
        assert_eq!(of(map, ".", &["node", "import"]).as_deref(), Some("./a.mjs"));
        assert_eq!(of(map, ".", &["node", "require"]), None, "null ends the search");
        assert_eq!(of(map, ".", &["require"]).as_deref(), Some("./a.cjs"));
        assert_eq!(of(r#"{".": {"import": "./a.mjs"}}"#, ".", &["require"]), None);
        assert_eq!(
            of(r#"{"node": {"import": "./a.mjs"}, "default": "./b.js"}"#, ".", &["node", "require"])
                .as_deref(),
            Some("./b.js")
        );
    }

    #[test]
    fn patterns_take_the_longest_prefix() {
        let map =
            r#"{".": "./i.js", "./*": "./lib/*.js", "./private/*": null, "./private/x/*.js": "./x/*.js"}"#;
        assert_eq!(of(map, "./a/b", &[]).as_deref(), Some("./lib/a/b.js"));
        assert_eq!(of(map, "./private/a", &[]), None);
        assert_eq!(of(map, "./private/x/y.js", &[]).as_deref(), Some("./x/y.js"));
        assert_eq!(of(map, "./../../etc", &[]), None);
        assert_eq!(of("\"./i.js\"", "./a", &[]), None);
        assert_eq!(of(r#"["bad", "./i.js"]"#, ".", &[]).as_deref(), Some("./i.js"));
    }

    #[test]
    fn maps_that_node_refuses() {
        let of = |map: &str, name: &str| exports(&serde_json::from_str(map).unwrap(), name, &[]);
        assert_eq!(of(r#"{".": "./a.js", "b": "./b.js"}"#, "."), Target::Invalid);
        assert_eq!(of(r#"{".": "a.js"}"#, "."), Target::Invalid);
        assert_eq!(of(r#"{"./a/": "./b/"}"#, "./a/c.js"), Target::Invalid);
        let map = serde_json::from_str(r##"{"#a": {"node": "b", "default": "./c.js"}}"##).unwrap();
        assert_eq!(imports(&map, "#a", &["node"]), Target::Package("b".to_owned()));
        assert_eq!(imports(&map, "#a", &[]), Target::Path("./c.js".to_owned()));
    }
}
