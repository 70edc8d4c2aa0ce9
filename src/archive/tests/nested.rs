//! Archives inside of archives.

use super::*;
use crate::archive::{Scratch, anomaly::LimitBreach, nested::is_archive_name};

fn package() -> Vec<u8> {
    let innermost = two_files();
    let inner =
        zip_of(&[("a/B.class", b"\xca\xfe\xba\xbe"), ("x.jar", &innermost)], CompressionMethod::Deflated);
    zip_of(&[("java/lib/a.jar", &inner), ("java/lib/no.jar", b"no zip")], CompressionMethod::Deflated)
}

#[test]
fn a_jar_is_read_out_of_its_package() {
    let (_folder, outer) = open(&package());
    let mut scratch = Scratch::default();
    let jar = outer.nested(0, &mut scratch).unwrap();
    assert_eq!((jar.entries().len(), kinds(&jar)), (2, vec![]));
    let at = jar.position("a/B.class").unwrap();
    assert_eq!(jar.read(at, &mut scratch).unwrap(), b"\xca\xfe\xba\xbe");
    assert_eq!(jar.read_prefix(at, 2, &mut scratch).unwrap(), b"\xca\xfe");
    let none = outer.nested(1, &mut scratch).unwrap();
    assert!(matches!(kinds(&none)[..], [AnomalyKind::NotAZip(_)]));
}

#[test]
fn nesting_ends_where_the_limit_says() {
    let mut scratch = Scratch::default();
    let breach =
        |limit, actual| AnomalyKind::LimitReached(LimitBreach { name: "nesting-depth", limit, actual });
    for (limit, opened) in [(0, 0), (1, 1), (2, 2)] {
        let (_folder, mut archive) =
            open_with(&package(), &Limits { nesting_depth: limit, ..Limits::default() });
        let mut depth = 0;
        let end = loop {
            let at = usize::from(depth != 0);
            match archive.nested(at, &mut scratch) {
                Ok(inner) => archive = inner,
                Err(end) => break end,
            }
            depth += 1;
            if depth == 2 {
                break breach(2, 3);
            }
        };
        assert_eq!((depth, end), (opened, breach(limit, limit + 1)));
    }
}

#[test]
fn what_is_inside_draws_on_the_same_purse() {
    let (_folder, outer) = open_with(&package(), &Limits { real_bytes: 500, ..Limits::default() });
    let mut scratch = Scratch::default();
    let jar = outer.nested(0, &mut scratch).unwrap();
    let last = (0..1_000).find_map(|_| jar.read(0, &mut scratch).err()).unwrap();
    assert!(matches!(last, AnomalyKind::LimitReached(LimitBreach { name: "real-bytes", limit: 500, .. })));
}

#[test]
fn names_of_archives() {
    for (name, is) in [("a.jar", true), ("a.whl", true), ("a.zip", true), (".zip", false), ("a.docx", false)]
    {
        assert_eq!(is_archive_name(name), is, "{name}");
    }
}
