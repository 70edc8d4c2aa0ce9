//! A zip or a folder as entries, with everything that is wrong about its structure.
//!
//! Opening fails only on I/O: a broken or hostile zip opens as an [`Archive`](archive::Archive) whose anomalies say what is wrong.
//! Nothing here judges (that is `rules`), nothing writes, nothing is unpacked to disk.

pub mod anomaly;
pub mod archive;
pub mod entry;
pub mod limits;
