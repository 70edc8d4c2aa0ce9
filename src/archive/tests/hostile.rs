//! Any bytes at all: opened, every entry read, no panic.

use proptest::prelude::*;

use super::*;
use crate::archive::Scratch;

fn read_everything(bytes: &[u8]) {
    let limits = Limits { entry_bytes: 1 << 20, bytes: 1 << 22, ..Limits::default() };
    let (_folder, archive) = open_with(bytes, &limits);
    let mut scratch = Scratch::default();
    for index in 0..archive.entries().len() {
        let prefix = archive.read_prefix(index, 64, &mut scratch).map(<[u8]>::to_vec);
        let whole = archive.read(index, &mut scratch);
        if let (Ok(prefix), Ok(whole)) = (prefix, whole) {
            assert_eq!(prefix, whole[..whole.len().min(64)], "two ways to read one entry");
        }
    }
}

fn small() -> Vec<u8> {
    let inner = two_files();
    zip_of(
        &[("a/b.py", b"x = 1"), ("lib/x.jar", &inner), ("long", &[65; 5_000])],
        CompressionMethod::Deflated,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn flipped_bytes_and_cuts_end_well(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        cuts: bool,
    ) {
        let mut bytes = small();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_everything(&bytes);
    }

    #[test]
    fn any_numbers_in_the_headers_end_well(
        nth in 0..3_usize,
        field in prop::sample::select(vec![8_usize, 10, 16, 20, 24, 28, 30, 32, 34, 38, 42]),
        value: u32,
        large: bool,
    ) {
        let mut bytes = small();
        patch(&mut bytes, CENTRAL, nth, field, if large { u32::MAX } else { value }.to_le_bytes());
        read_everything(&bytes);
    }

    #[test]
    fn any_end_record_ends_well(record in proptest::collection::vec(any::<u8>(), 16), zip64: bool, wide: [u64; 4]) {
        let mut bytes = small();
        let at = place_of(&bytes, END, 0);
        let mut tail = Vec::new();
        if zip64 {
            let here = u64::try_from(at).unwrap();
            tail.extend_from_slice(b"PK\x06\x06");
            tail.extend_from_slice(&44_u64.to_le_bytes());
            tail.extend_from_slice(&[0; 12]);
            tail.extend(wide.iter().flat_map(|number| number.to_le_bytes()));
            tail.extend_from_slice(b"PK\x06\x07\0\0\0\0");
            tail.extend_from_slice(&here.to_le_bytes());
            tail.extend_from_slice(&[1, 0, 0, 0]);
        }
        tail.extend_from_slice(END);
        tail.extend_from_slice(&if zip64 { vec![0xff; 16] } else { record });
        tail.extend_from_slice(&[0; 2]);
        bytes.truncate(at);
        bytes.extend_from_slice(&tail);
        read_everything(&bytes);
    }
}
