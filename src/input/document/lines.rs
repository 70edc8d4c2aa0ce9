//! From bytes to lines and columns without reading the text again for each of them.

use std::ops::Range;

use crate::model::place::{ReportPath, SourceSpan};

/// Bytes between two places of which the characters before are known: a minified text is one line of megabytes.
const STEP: usize = 1024;

/// Where the lines of a text begin, and how many characters stand before every [`STEP`]th byte.
#[derive(Debug)]
pub(in crate::input) struct Lines {
    starts: Vec<usize>,
    characters: Vec<usize>,
}

impl Lines {
    pub(in crate::input) fn of(text: &str) -> Self {
        let mut starts = vec![0];
        let mut characters = Vec::new();
        let mut count = 0usize;
        for (at, byte) in text.bytes().enumerate() {
            if at % STEP == 0 {
                characters.push(count);
            }
            if byte & 0b1100_0000 != 0b1000_0000 {
                count = count.saturating_add(1);
            }
            if byte == b'\n' {
                starts.push(at.saturating_add(1));
            }
        }
        Self { starts, characters }
    }

    /// The span of some bytes; beyond the end it is the end.
    pub(in crate::input) fn span(&self, file: &ReportPath, text: &str, range: &Range<usize>) -> SourceSpan {
        let mut offset = range.start.min(text.len());
        while !text.is_char_boundary(offset) {
            offset = offset.saturating_sub(1);
        }
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.characters_before(text, offset).saturating_sub(self.characters_before(text, start));
        SourceSpan {
            file: file.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column.saturating_add(1)).unwrap_or(u32::MAX),
            offset,
            length: range.end.min(text.len()).saturating_sub(offset),
        }
    }

    /// The byte at which a line begins; lines count from 1.
    pub(super) fn start_of(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }

    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let step = offset / STEP;
        let known = self.characters.get(step).copied().unwrap_or_default();
        let rest = text.as_bytes().get(step.saturating_mul(STEP)..offset).unwrap_or_default();
        known.saturating_add(rest.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count())
    }
}
