//! Zips written header by header, so that each can say what it likes.

/// The signatures of the records (APPNOTE 4.3).
pub const LOCAL: &[u8] = b"PK\x03\x04";
pub const CENTRAL: &[u8] = b"PK\x01\x02";
pub const END: &[u8] = b"PK\x05\x06";

/// A header as a test wants it. The content is stored.
#[derive(Clone, Default)]
pub struct Raw {
    pub name: &'static str,
    pub data: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub crc: u32,
    pub compressed: u32,
    pub size: u32,
    pub extra: Vec<u8>,
    pub comment: Vec<u8>,
}

pub fn raw(name: &'static str, data: &[u8]) -> Raw {
    let size = u32::try_from(data.len()).unwrap();
    Raw { name, data: data.to_vec(), crc: crc32fast::hash(data), compressed: size, size, ..Raw::default() }
}

impl Raw {
    pub fn fields(&self, out: &mut Vec<u8>) {
        for number in [20, self.flags, self.method, 0, 0x5c21] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for number in [self.crc, self.compressed, self.size] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for length in [self.name.len(), self.extra.len()] {
            out.extend_from_slice(&u16::try_from(length).unwrap().to_le_bytes());
        }
    }

    pub fn local(&self) -> Vec<u8> {
        let mut out = LOCAL.to_vec();
        self.fields(&mut out);
        [out, self.name.into(), self.extra.clone(), self.data.clone()].concat()
    }

    pub fn central(&self, offset: usize) -> Vec<u8> {
        let mut out = [CENTRAL, &[20, 3]].concat();
        self.fields(&mut out);
        out.extend_from_slice(&u16::try_from(self.comment.len()).unwrap().to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&(0o100_644_u32 << 16).to_le_bytes());
        out.extend_from_slice(&u32::try_from(offset).unwrap().to_le_bytes());
        [out, self.name.into(), self.extra.clone(), self.comment.clone()].concat()
    }
}

pub fn end(count: u16, size: usize, offset: usize, comment: &[u8]) -> Vec<u8> {
    let mut out = [END, &[0; 4]].concat();
    out.extend_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
    for number in [size, offset] {
        out.extend_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
    }
    out.extend_from_slice(&u16::try_from(comment.len()).unwrap().to_le_bytes());
    [out, comment.to_vec()].concat()
}

/// A zip of entries that say one thing at the entry and another in the directory, after `base` bytes.
pub fn zip_from(base: usize, entries: &[(Raw, Raw)], comment: &[u8]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (local, central) in entries {
        directory.extend(central.central(base + bytes.len()));
        bytes.extend(local.local());
    }
    let start = base + bytes.len();
    let count = u16::try_from(entries.len()).unwrap();
    let end = end(count, directory.len(), start, comment);
    [bytes, directory, end].concat()
}

pub fn honest(entries: &[Raw]) -> Vec<u8> {
    zip_from(0, &entries.iter().map(|one| (one.clone(), one.clone())).collect::<Vec<_>>(), b"")
}

pub fn extra(id: u16, data: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

pub fn zip64(count: u64, size: usize, offset: usize) -> Vec<u8> {
    let mut out = b"PK\x06\x06".to_vec();
    out.extend_from_slice(&44_u64.to_le_bytes());
    out.extend_from_slice(&[45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, size as u64, offset as u64] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out
}

pub fn locator(at: usize) -> Vec<u8> {
    [&b"PK\x06\x07\0\0\0\0"[..], &(at as u64).to_le_bytes(), &[1, 0, 0, 0]].concat()
}
