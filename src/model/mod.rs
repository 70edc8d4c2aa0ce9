//! The shared words of all rooms. Nothing here imports another room, reads a file or prints.

pub mod answer;
pub mod architecture;
pub mod baseline;
pub mod breakdown;
pub mod entry_path;
pub mod finding;
pub mod known;
pub mod merged;
pub mod native;
pub mod page;
pub mod paths;
pub mod place;
pub mod settings;
pub mod severity;
pub mod shard;
pub mod size;
pub mod text;
