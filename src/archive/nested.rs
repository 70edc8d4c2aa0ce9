//! Archives inside of archives: the jars, wheels and zips that a package carries.

use std::sync::Arc;

use super::{
    anomaly::{AnomalyKind, LimitBreach},
    archive::{self, Archive},
    bytes::Scratch,
    source::PackageFile,
};

/// How archives are named that other programs open in place. Others are data, whatever they hold.
const ENDINGS: [&str; 7] = [".jar", ".war", ".ear", ".aar", ".zip", ".whl", ".egg"];

/// Whether a name is that of an archive.
pub fn is_archive_name(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

impl Archive {
    /// Opens an entry that is an archive itself. It is inflated once and checked; its directory and entries are then read as those of
    /// any other, under the same limits, which its bytes and its time count against.
    ///
    /// Fails when the entry cannot be read, and where `nesting-depth` ends. What is wrong *inside* are the anomalies of the archive
    /// that comes back; an entry that is no zip opens as one with [`AnomalyKind::NotAZip`].
    pub fn nested(&self, index: usize, scratch: &mut Scratch) -> Result<Self, AnomalyKind> {
        let (limit, actual) = (self.limits().nesting_depth, self.depth().saturating_add(1));
        if actual > limit {
            return Err(AnomalyKind::LimitReached(LimitBreach { name: "nesting-depth", limit, actual }));
        }
        let bytes = self.read_owned(index, scratch)?;
        let opened = archive::open_content(PackageFile::in_memory(bytes), self.limits());
        let opened = opened.map_err(|cause| AnomalyKind::Unreadable(super::source::words(&cause)))?;
        Ok(Self::surveyed(opened, self.limits(), actual, Arc::clone(self.budget())))
    }
}
