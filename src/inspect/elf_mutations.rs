//! Each field of an ELF file set to what a hostile or damaged file may hold, and files cut anywhere: reading ends, within bounds.

use std::time::{Duration, Instant};

use super::{
    elf::maker::{self, ElfSpec},
    machine_code::{Format, identify},
};

/// The longest that one read may take on a busy machine; a circle would take for ever.
const LONGEST: Duration = Duration::from_secs(5);

fn specimens() -> Vec<Vec<u8>> {
    let library = ElfSpec {
        machine: "aarch64",
        soname: Some("libx.so.1".to_owned()),
        needs: vec![
            ("libc.so.6".to_owned(), vec!["GLIBC_2.17".to_owned(), "GLIBC_2.4".to_owned()]),
            ("libz.so.1".to_owned(), vec!["ZLIB_1.2".to_owned()]),
        ],
        runpath: Some("$ORIGIN:/x".to_owned()),
        rpath: Some("$ORIGIN/../lib".to_owned()),
        defines: vec!["X_1".to_owned(), "X_2".to_owned()],
        exports: vec!["PyInit_x".to_owned(), "napi_register_module_v1".to_owned()],
        imports: vec!["PyLong_FromLong".to_owned()],
        executable_stack: true,
        misaligned: Some((0x2a10, 0x20000)),
        x86_level: Some(4),
        relro: true,
        text_relocations: true,
        debug: 40,
        ..ElfSpec::default()
    };
    let program = ElfSpec {
        machine: "x86_64",
        executable: true,
        interpreter: Some("/lib64/ld-linux-x86-64.so.2".to_owned()),
        ..library.clone()
    };
    vec![
        maker::build(&library),
        maker::build(&program),
        maker::build(&ElfSpec { machine: "i386", ..library }),
    ]
}

/// Reads a file; what it says of itself is not longer than it.
fn bounded(bytes: &[u8], how: &str) {
    let begin = Instant::now();
    if let Format::Elf(facts) = identify(bytes) {
        let names =
            facts.needed.iter().chain(&facts.rpath).chain(&facts.runpath).chain(&facts.version_definitions);
        assert!(names.map(String::len).sum::<usize>() <= bytes.len(), "{how}: more names than bytes");
        assert!(facts.properties.debug_bytes <= bytes.len() as u64, "{how}: more to strip than there is");
    }
    assert!(begin.elapsed() < LONGEST, "{how}: it took {:?}", begin.elapsed());
}

/// What a field of so many bytes is set to: nothing, its neighbours, places around the end of the file, and the largest numbers.
fn values(was: u64, width: usize, length: u64) -> Vec<u64> {
    let most = u64::MAX >> (64 - 8 * width);
    let mut values = vec![0, 1, 7, was.wrapping_add(1), was.wrapping_sub(1), length - 1, length, length + 1];
    values.extend([most, most - 1, most - length, most / 2, most / 2 + 1, 1 << 16, 1 << 31]);
    values.retain(|value| value & most != was);
    for value in &mut values {
        *value &= most;
    }
    values.sort_unstable();
    values.dedup();
    values
}

#[test]
fn every_field_can_hold_anything() {
    let mut tried = 0;
    for whole in specimens() {
        for width in [2, 4, 8] {
            for at in (0..=whole.len() - width).step_by(width) {
                let mut field = [0; 8];
                field[..width].copy_from_slice(&whole[at..at + width]);
                for value in values(u64::from_le_bytes(field), width, whole.len() as u64) {
                    let mut bytes = whole.clone();
                    bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
                    bounded(&bytes, &format!("{width} bytes at {at} = {value:#x}"));
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 5_000, "{tried}");
}

#[test]
fn every_file_can_end_anywhere() {
    for whole in specimens() {
        for length in 0..whole.len() {
            bounded(&whole[..length], &format!("cut at {length}"));
            let mut emptied = whole.clone();
            emptied[length..].fill(0);
            bounded(&emptied, &format!("zeros from {length}"));
        }
    }
}

#[test]
fn pairs_of_fields_of_the_header_can_disagree() {
    // what says where the tables are, how many rows they have and how long those are
    const FIELDS: [(usize, usize); 9] =
        [(16, 2), (32, 8), (40, 8), (52, 2), (54, 2), (56, 2), (58, 2), (60, 2), (62, 2)];
    for whole in specimens() {
        let extremes = [0, 1, 56, 64, 0xffff, whole.len() as u64, u64::MAX, u64::MAX - 55];
        for (first, one) in FIELDS.iter().flat_map(|field| extremes.map(|value| (*field, value))) {
            for (second, two) in FIELDS.iter().flat_map(|field| extremes.map(|value| (*field, value))) {
                let mut bytes = whole.clone();
                for ((at, width), value) in [(first, one), (second, two)] {
                    if at + width <= bytes.len() {
                        bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
                    }
                }
                bounded(&bytes, &format!("{first:?} = {one:#x}, {second:?} = {two:#x}"));
            }
        }
    }
}
