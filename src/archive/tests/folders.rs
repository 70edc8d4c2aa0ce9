//! Folders as packages.

use std::fs;

use super::*;
use crate::archive::{Scratch, anomaly::LimitBreach, entry::EntryKind};

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    root
}

fn walked(root: &TempDir) -> Archive {
    Archive::open(root.path(), &Limits::default()).unwrap()
}

#[test]
fn entries_are_sorted_and_read() {
    let root = folder(&[("b/x.py", b"x"), ("b.py", b"yy"), ("a/z", b"zzz")]);
    let archive = walked(&root);
    let paths: Vec<&str> = archive.entries().iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, ["a", "a/z", "b", "b.py", "b/x.py"]);
    assert_eq!((kinds(&archive), archive.zipped(), archive.unzipped().0), (vec![], None, 6));
    let at = archive.position("b/x.py").unwrap();
    assert_eq!(archive.read(at, &mut Scratch::default()).unwrap(), b"x");
}

#[test]
fn a_folder_without_anything_is_empty() {
    assert_eq!(kinds(&walked(&folder(&[]))), [AnomalyKind::Empty]);
}

#[test]
fn a_file_that_vanishes_shrinks_or_grows_is_unreadable() {
    let root = folder(&[("gone", b"123"), ("grown", b"123"), ("less", b"123")]);
    let archive = walked(&root);
    fs::remove_file(root.path().join("gone")).unwrap();
    fs::write(root.path().join("grown"), b"1234").unwrap();
    fs::write(root.path().join("less"), b"12").unwrap();
    let mut scratch = Scratch::default();
    for (index, entry) in archive.entries().iter().enumerate() {
        let read = archive.read(index, &mut scratch);
        assert!(matches!(read, Err(AnomalyKind::Unreadable(_))), "{}: {read:?}", entry.path);
    }
}

#[test]
fn limits_hold_in_folders() {
    let root = folder(&[("a", b"123"), ("b", b"123")]);
    let reached = |limits: &Limits| kinds(&Archive::open(root.path(), limits).unwrap());
    let breach = |name, limit, actual| vec![AnomalyKind::LimitReached(LimitBreach { name, limit, actual })];
    assert_eq!(reached(&Limits { entries: 1, ..Limits::default() }), breach("entries", 1, 2));
    assert_eq!(reached(&Limits { entries: 2, ..Limits::default() }), []);
    assert_eq!(reached(&Limits { bytes: 5, ..Limits::default() }), breach("bytes", 5, 6));
}

#[cfg(unix)]
mod unix {
    use std::{
        ffi::OsStr,
        os::unix::{ffi::OsStrExt, fs::symlink},
    };

    use super::*;

    #[test]
    fn a_link_is_its_target_and_never_followed() {
        let root = folder(&[("a/x", b"secret")]);
        symlink("a/x", root.path().join("link")).unwrap();
        symlink(".", root.path().join("a/loop")).unwrap();
        let archive = walked(&root);
        assert_eq!(archive.entries().len(), 4);
        let at = archive.position("link").unwrap();
        let mut scratch = Scratch::default();
        assert_eq!(archive.entries()[at].kind, EntryKind::Symlink);
        assert_eq!(archive.read(at, &mut scratch).unwrap(), b"a/x");
        assert_eq!(archive.read_prefix(at, 2, &mut scratch).unwrap(), b"a/");
    }

    #[test]
    fn a_file_that_became_a_link_is_not_followed() {
        let root = folder(&[("a", b"123"), ("b", b"abc")]);
        let archive = walked(&root);
        fs::remove_file(root.path().join("a")).unwrap();
        symlink("b", root.path().join("a")).unwrap();
        let mut scratch = Scratch::default();
        assert!(matches!(archive.read(0, &mut scratch), Err(AnomalyKind::Unreadable(_))));
        assert!(matches!(archive.read_prefix(0, 2, &mut scratch), Err(AnomalyKind::Unreadable(_))));
    }

    #[test]
    fn names_that_are_no_text_stay_apart() {
        let root = tempfile::tempdir().unwrap();
        for name in [b"a\xfe", b"a\xff"] {
            if fs::write(root.path().join(OsStr::from_bytes(name)), name).is_err() {
                return; // this file system takes text only
            }
        }
        let archive = walked(&root);
        assert_eq!(kinds(&archive), []);
        let mut scratch = Scratch::default();
        for (index, entry) in archive.entries().iter().enumerate() {
            assert_eq!(archive.read(index, &mut scratch).unwrap(), entry.name_bytes());
        }
    }

    #[test]
    fn folders_too_deep_to_enter_are_named() {
        let root = folder(&[(&format!("{}x", "d/".repeat(300)), b"")]);
        assert!(matches!(kinds(&walked(&root))[..], [AnomalyKind::Unreadable(_)]));
    }
}
