//! The whole file against its directory: every local header, every byte between, every end record. Only on demand.

mod compare;
mod tail;

use std::io;

use rawzip::ZipArchive;

use crate::model::size::Bytes;

use super::{
    anomaly::{Ambiguity, Anomaly, AnomalyKind, Looks, Surplus},
    entry::Entry,
    fields::Header,
    limits::Limits,
    source::PackageFile,
};
use compare::LONGEST_DESCRIPTOR;
use tail::Tail;

/// Bytes that are looked at behind an end record, and in each gap between entries.
const LOOK: u64 = 1 << 20;

/// Bytes of gaps that are looked at in one archive.
const LOOK_AT_ALL: u64 = 16 << 20;

/// Bytes that are read at once where headers lie close together, and where they do not.
const NEAR: u64 = 64 << 10;
const FAR: usize = 1 << 10;

/// Everything in which local headers, directory, end records and the bytes between them contradict one another.
pub(super) fn anomalies(
    zip: &ZipArchive<PackageFile>,
    entries: &[Entry],
    limits: &Limits,
) -> io::Result<Vec<Anomaly>> {
    let file = zip.get_ref();
    let start = zip.directory_offset();
    let size = zip.eocd_offset().saturating_sub(start);
    if size > limits.directory_bytes {
        return Ok(Vec::new());
    }
    let most = usize::try_from(size.saturating_add(LOOK)).unwrap_or(usize::MAX);
    let bytes = file.bytes_at(start, most)?;
    let headers = headers(&bytes, entries.len());
    let directory = headers.iter().fold(0, |sum: u64, one| sum.saturating_add(length(one.length)));
    let tail = Tail {
        bytes: &bytes,
        start,
        records_end: start.saturating_add(directory),
        eocd: zip.eocd_offset(),
        length: file.length(),
        entries: length(headers.len()),
    };
    let mut walk = Walk { windows: Windows::over(file), found: Vec::new() };
    let spans = walk.headers(entries, &headers)?;
    walk.layout(&spans, start)?;
    let mut found = walk.found;
    found.extend(tail.anomalies().into_iter().map(|kind| Anomaly { entry: None, kind }));
    Ok(found)
}

/// The records of the directory.
fn headers(bytes: &[u8], count: usize) -> Vec<Header<'_>> {
    let mut at = 0_usize;
    let next = || {
        let header = Header::central(bytes.get(at..)?)?;
        at = at.saturating_add(header.length);
        Some(header)
    };
    std::iter::from_fn(next).take(count).collect()
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// The bytes that an entry takes, from its local header to its descriptor.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
    entry: usize,
}

struct Walk<'a> {
    windows: Windows<'a>,
    found: Vec<Anomaly>,
}

impl Walk<'_> {
    fn say(&mut self, entry: Option<usize>, kind: AnomalyKind) {
        self.found.push(Anomaly { entry, kind });
    }

    /// Compares each local header, in the order in which they lie.
    fn headers(&mut self, entries: &[Entry], headers: &[Header<'_>]) -> io::Result<Vec<Span>> {
        let mut order: Vec<usize> = (0..entries.len().min(headers.len())).collect();
        order.sort_by_key(|index| entries.get(*index).map(|entry| entry.offset));
        let mut spans = Vec::with_capacity(order.len());
        for index in order {
            let (Some(entry), Some(central)) = (entries.get(index), headers.get(index)) else { continue };
            match self.header(index, entry, central)? {
                Some(end) => spans.push(Span { start: entry.offset, end, entry: index }),
                None => self.say(Some(index), AnomalyKind::MissingLocalHeader),
            }
        }
        Ok(spans)
    }

    /// Where the entry ends; nothing when it has no local header.
    fn header(&mut self, index: usize, entry: &Entry, central: &Header<'_>) -> io::Result<Option<u64>> {
        let fixed = self.windows.bytes(entry.offset, Header::LOCAL)?;
        let Some(header_length) = Header::local_length(fixed) else { return Ok(None) };
        let local_bytes = self.windows.bytes(entry.offset, header_length)?.to_vec();
        let Some(local) = Header::local(&local_bytes) else { return Ok(None) };
        let data_end = entry.offset.saturating_add(length(header_length)).saturating_add(entry.compressed.0);
        let descriptor = if local.has_descriptor() {
            compare::descriptor(self.windows.bytes(data_end, LONGEST_DESCRIPTOR)?, entry, &local)
        } else {
            compare::Descriptor::None
        };
        let differences = compare::differences(central, &local, entry, descriptor);
        if !differences.is_empty() {
            self.say(Some(index), AnomalyKind::HeaderMismatch(differences));
        }
        Ok(Some(data_end.saturating_add(descriptor.length())))
    }

    /// Looks between the entries: shared bytes, bytes of nobody, entries behind the directory.
    fn layout(&mut self, spans: &[Span], directory: u64) -> io::Result<()> {
        let mut left = LOOK_AT_ALL;
        let mut gaps = Gaps::default();
        let mut last: Option<Span> = None;
        for span in spans {
            if span.end > directory {
                self.say(Some(span.entry), AnomalyKind::Ambiguous(Ambiguity::EntryBehindDirectory));
                continue;
            }
            let end = last.map_or(0, |last| last.end);
            if let Some(last) = last.filter(|last| span.start < last.end) {
                self.say(Some(span.entry), AnomalyKind::Overlap { with: last.entry });
            }
            self.gap(end, span.start, last.is_none(), &mut gaps, &mut left)?;
            last = Some(last.filter(|last| last.end > span.end).unwrap_or(*span));
        }
        let end = last.map_or(directory, |last| last.end);
        self.gap(end, directory, false, &mut gaps, &mut left)?;
        // an entry that nobody lists is more than bytes of nobody
        if let Some(name) = gaps.hidden {
            self.say(None, AnomalyKind::Ambiguous(Ambiguity::HiddenEntry(name)));
            return Ok(());
        }
        for surplus in [gaps.before, gaps.between].into_iter().flatten() {
            self.say(None, surplus);
        }
        Ok(())
    }

    fn gap(&mut self, start: u64, end: u64, first: bool, gaps: &mut Gaps, left: &mut u64) -> io::Result<()> {
        let bytes = end.saturating_sub(start);
        if bytes == 0 {
            return Ok(());
        }
        let most = bytes.min(LOOK).min(*left);
        *left = left.saturating_sub(most);
        let content = self.windows.file.bytes_at(start, usize::try_from(most).unwrap_or_default())?;
        if gaps.hidden.is_none() {
            gaps.hidden = tail::first_hidden(&content);
        }
        gaps.take(first, bytes, &content);
        Ok(())
    }
}

/// Bytes of nobody among the entries.
#[derive(Default)]
struct Gaps {
    before: Option<AnomalyKind>,
    between: Option<AnomalyKind>,
    hidden: Option<String>,
}

impl Gaps {
    fn take(&mut self, first: bool, bytes: u64, content: &[u8]) {
        if first {
            self.before = Some(surplus(Surplus::Before, bytes, content));
            return;
        }
        // zeros align what follows, as some zippers do
        if content.iter().all(|byte| *byte == 0) {
            return;
        }
        match &mut self.between {
            Some(AnomalyKind::ExtraData { bytes: sum, .. }) => *sum = sum.saturating_add(Bytes(bytes)),
            _ => self.between = Some(surplus(Surplus::Between, bytes, content)),
        }
    }
}

fn surplus(place: Surplus, bytes: u64, content: &[u8]) -> AnomalyKind {
    let looks = match content {
        [b'#', b'!', ..] => Looks::Script,
        [b'M', b'Z', ..] => Looks::WindowsProgram,
        [0x7f, b'E', b'L', b'F', ..] => Looks::LinuxProgram,
        _ => Looks::Other,
    };
    AnomalyKind::ExtraData { place, bytes: Bytes(bytes), looks }
}

/// A file read in pieces: large ones where the next header is near, small ones where it is not.
struct Windows<'a> {
    file: &'a PackageFile,
    at: u64,
    bytes: Vec<u8>,
}

impl<'a> Windows<'a> {
    fn over(file: &'a PackageFile) -> Self {
        Self { file, at: 0, bytes: Vec::new() }
    }

    /// So many bytes at a position; fewer at the end of the file.
    fn bytes(&mut self, at: u64, most: usize) -> io::Result<&[u8]> {
        if !self.holds(at, most) {
            let near = at.wrapping_sub(self.at) < NEAR.saturating_mul(2);
            let size = if near { usize::try_from(NEAR).unwrap_or(FAR) } else { FAR };
            self.bytes = self.file.bytes_at(at, size.max(most))?;
            self.at = at;
        }
        let from = usize::try_from(at.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let rest = self.bytes.get(from..).unwrap_or_default();
        Ok(rest.get(..most).unwrap_or(rest))
    }

    fn holds(&self, at: u64, most: usize) -> bool {
        let end = self.at.saturating_add(length(self.bytes.len()));
        at >= self.at && at.saturating_add(length(most)) <= end
    }
}
