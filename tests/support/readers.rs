//! Other readers of zips, as views that can be compared. Nothing is unpacked: they list, and write contents to their output.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use layerlint::archive::{Scratch, archive::Archive, limits::Limits};

/// What a reader sees in a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// It takes the file for no zip.
    Refused,
    /// The names in order, and the contents of all files one behind the other; nothing when one cannot be read.
    Seen(Vec<String>, Option<Vec<u8>>),
}

/// All other readers that are here, with their views of each zip in turn, and the names of those that are not.
pub fn others(zips: &[PathBuf]) -> (BTreeMap<&'static str, Vec<View>>, Vec<&'static str>) {
    let mut views = BTreeMap::from([("the zip crate", zips.iter().map(|path| zip_crate(path)).collect())]);
    let mut absent = Vec::new();
    let mut add = |name, found: Option<Vec<View>>| match found {
        Some(found) => drop(views.insert(name, found)),
        None => absent.push(name),
    };
    add("Python", python(zips));
    add("Info-ZIP", program(zips, "unzip", &["-Z1"], &["-p"]));
    add("bsdtar", program(zips, "bsdtar", &["-tf"], &["-xOf"]));
    let seven = ["7zz", "7z"].into_iter().find(|name| is_here(name));
    add("7-Zip", seven.and_then(|name| program(zips, name, &["l", "-ba", "-slt"], &["x", "-so", "-p"])));
    (views, absent)
}

fn is_here(program: &str) -> bool {
    Command::new(program).arg("--version").stdin(Stdio::null()).output().is_ok()
}

/// Letters that no reader writes in another way, without what a folder ends with.
fn skeleton(name: &[u8]) -> String {
    let text: String = name
        .iter()
        .map(|byte| char::from(*byte))
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '\\'))
        .collect();
    text.trim_end_matches('/').to_owned()
}

/// Our own view.
pub fn layerlint(path: &Path) -> View {
    let archive = Archive::open(path, &Limits::default()).unwrap();
    if !archive.is_zip() {
        return View::Refused;
    }
    let mut scratch = Scratch::default();
    let mut content = Some(Vec::new());
    for (index, _) in
        archive.entries().iter().enumerate().filter(|(_, entry)| !entry.name_bytes().ends_with(b"/"))
    {
        match (archive.read(index, &mut scratch), &mut content) {
            (Ok(bytes), Some(content)) => content.extend_from_slice(bytes),
            _ => content = None,
        }
    }
    View::Seen(archive.entries().iter().map(|entry| skeleton(entry.name_bytes())).collect(), content)
}

fn zip_crate(path: &Path) -> View {
    let Ok(mut zip) = zip::ZipArchive::new(File::open(path).unwrap()) else { return View::Refused };
    let (mut names, mut content) = (Vec::new(), Some(Vec::new()));
    for index in 0..zip.len() {
        match zip.by_index_raw(index) {
            Ok(entry) => names.push(skeleton(entry.name_raw())),
            Err(_) => return View::Refused,
        }
        if names.last().is_some()
            && zip.by_index_raw(index).is_ok_and(|entry| entry.name_raw().ends_with(b"/"))
        {
            continue;
        }
        let mut bytes = Vec::new();
        match zip.by_index(index).map(|mut entry| entry.read_to_end(&mut bytes)) {
            Ok(Ok(_)) => content.iter_mut().for_each(|all: &mut Vec<u8>| all.extend_from_slice(&bytes)),
            _ => content = None,
        }
    }
    View::Seen(names, content)
}

/// One process for all zips: a line of hex for each part of each view.
const PYTHON: &str = r#"
import sys, zipfile
for path in sys.stdin.read().split("\n"):
    if not path: continue
    try: archive = zipfile.ZipFile(path)
    except Exception: print("refused"); continue
    content = b""
    for one in archive.infolist():
        print("name", one.orig_filename.encode("utf-8", "surrogateescape").hex())
        if one.orig_filename.endswith("/"): continue
        try: content = content if content is None else content + archive.read(one)
        except Exception: content = None
    print("content", "none" if content is None else content.hex())
"#;

fn python(zips: &[PathBuf]) -> Option<Vec<View>> {
    let mut child = Command::new("python3")
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let paths: Vec<&str> = zips.iter().map(|path| path.to_str().unwrap()).collect();
    child.stdin.take()?.write_all(paths.join("\n").as_bytes()).ok()?;
    let output = child.wait_with_output().ok().filter(|output| output.status.success())?;
    let (mut views, mut names) = (Vec::new(), Vec::new());
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("name", hex) => names.push(skeleton(&unhex(hex))),
            ("content", "none") => views.push(View::Seen(std::mem::take(&mut names), None)),
            ("content", hex) => views.push(View::Seen(std::mem::take(&mut names), Some(unhex(hex)))),
            _ => views.push(View::Refused),
        }
    }
    assert_eq!(views.len(), zips.len(), "Python says something about every zip");
    Some(views)
}

fn unhex(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A program that lists with one set of arguments and prints contents with another.
fn program(zips: &[PathBuf], name: &str, list: &[&str], print: &[&str]) -> Option<Vec<View>> {
    is_here(name).then(|| zips.iter().map(|path| by_program(path, name, list, print)).collect())
}

fn by_program(path: &Path, name: &str, list: &[&str], print: &[&str]) -> View {
    let run = |arguments: &[&str]| -> Output {
        let mut command = Command::new(name);
        command.args(arguments).arg(path).env("LC_ALL", "C.UTF-8").env("TZ", "UTC").stdin(Stdio::null());
        command.output().unwrap()
    };
    let listed = run(list);
    let lines = listed.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let names: Vec<String> = if name.starts_with("7z") {
        lines.filter_map(|line| line.strip_prefix(b"Path = ")).map(skeleton).collect()
    } else {
        lines.map(skeleton).collect()
    };
    if names.is_empty() && !listed.status.success() {
        return View::Refused;
    }
    let printed = run(print);
    // Info-ZIP ends with 1 when it has read everything and has something to say
    let read = printed.status.success() || name == "unzip" && printed.status.code() == Some(1);
    View::Seen(names, read.then_some(printed.stdout))
}
