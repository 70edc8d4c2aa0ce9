//! Paths with `/` between their parts, put together and freed of `.` and `..`.

/// A relative path from a folder; nothing when it climbs out.
pub fn joined(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The path of a name in a folder, which is `""` for the root.
pub fn within(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The absolute path of texts one behind another, without a slash at its end. `..` at the root stays there, as in the system.
pub fn absolute<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in texts.into_iter().flat_map(|text| text.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_stay_below_the_root() {
        assert_eq!(joined("lib", "../a/./b").as_deref(), Some("a/b"));
        assert_eq!(joined("", "../a"), None);
    }

    #[test]
    fn names_at_the_root_stand_alone() {
        assert_eq!((within("", "a"), within("lib/x", "a")), ("a".to_owned(), "lib/x/a".to_owned()));
    }

    #[test]
    fn absolute_paths_are_made_plain() {
        assert_eq!(absolute(["/opt/python/a/../a.libs/"]), "/opt/python/a.libs");
        assert_eq!(absolute(["/opt//x/./y"]), "/opt/x/y");
        assert_eq!(absolute(["/../.."]), "/");
        assert_eq!(absolute(["/opt", "../x"]), "/x");
    }
}
