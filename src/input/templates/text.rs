//! Texts as they come: of a bounded length, in UTF-8 or in the UTF-16 that some shells write.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::{
    input::{
        document::{LONGEST, too_long},
        error::UsageError,
        places::shown,
    },
    model::place::ReportPath,
};

/// The text of a file.
pub(super) fn of_file(path: &Path) -> Result<String, UsageError> {
    let file = shown(path);
    let opened = File::open(path);
    let bytes = opened.and_then(|opened| bounded(&opened));
    decoded(&file, bytes.map_err(|cause| unreadable(&file, &cause))?)
}

/// The text of standard input, or of another stream.
pub(super) fn of_stream(file: &ReportPath, stream: impl Read) -> Result<String, UsageError> {
    decoded(file, bounded(stream).map_err(|cause| unreadable(file, &cause))?)
}

fn unreadable(file: &ReportPath, cause: &io::Error) -> UsageError {
    UsageError::new(format!("cannot read {file}: {cause}"))
}

/// One byte more than a text may have, so that the reader of the text can tell.
fn bounded(stream: impl Read) -> io::Result<Vec<u8>> {
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    stream.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A mark at the beginning tells UTF-16, which `>` of Windows PowerShell writes.
fn decoded(file: &ReportPath, bytes: Vec<u8>) -> Result<String, UsageError> {
    if bytes.len() > LONGEST {
        return Err(too_long(file));
    }
    let wide = match bytes.get(..2) {
        Some([0xff, 0xfe]) => Some(units(&bytes, u16::from_le_bytes)),
        Some([0xfe, 0xff]) => Some(units(&bytes, u16::from_be_bytes)),
        _ => None,
    };
    match wide {
        Some(units) => String::from_utf16(&units)
            .map_err(|_| UsageError::new(format!("{file}: neither UTF-8 nor whole UTF-16"))),
        None => String::from_utf8(bytes).map_err(|error| not_utf8(file, &error)),
    }
}

fn units(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Vec<u16> {
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().map(|pair| unit(*pair)).collect()
}

/// Says where the first byte is that is no text.
fn not_utf8(file: &ReportPath, error: &std::string::FromUtf8Error) -> UsageError {
    let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    let text = String::from_utf8_lossy(before);
    let line = text.matches('\n').count().saturating_add(1);
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count().saturating_add(1);
    UsageError::new(format!("{file}:{line}:{column}: is no text in UTF-8"))
        .help("templates are written in UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        of_stream(&ReportPath::new("a.yaml"), bytes).map_err(|error| error.to_string())
    }

    #[test]
    fn texts_of_windows_are_read() {
        assert_eq!(read(b"\xff\xfe{\0}\0"), Ok("\u{feff}{}".to_owned()));
        assert_eq!(read(b"\xfe\xff\0{\0}"), Ok("\u{feff}{}".to_owned()));
        assert!(read(b"\xff\xfe\0\xd8").unwrap_err().contains("UTF-16"));
    }

    #[test]
    fn the_first_byte_that_is_no_text_is_told() {
        assert_eq!(
            read("a: ä\nb: ä\u{0}".as_bytes()).unwrap(),
            "a: ä\nb: ä\u{0}",
            "what is no YAML is told by its parser"
        );
        assert_eq!(read(b"a: 1\nb: \xe4\n").unwrap_err(), "a.yaml:2:4: is no text in UTF-8");
    }

    #[test]
    fn a_stream_without_end_is_left() {
        let error = of_stream(&ReportPath::new("stdin"), io::repeat(b' ')).unwrap_err().to_string();
        assert_eq!(error, format!("stdin is too long to be read: more than {LONGEST} bytes"));
    }
}
