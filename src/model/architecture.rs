//! The two instruction sets that Lambda offers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An instruction set of Lambda, spelled as the API spells it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum Architecture {
    /// 64-bit x86, the default of a function that names none.
    #[serde(rename = "x86_64")]
    X86_64,
    /// 64-bit Arm (AWS Graviton).
    #[serde(rename = "arm64")]
    Arm64,
}

impl Architecture {
    /// Both, in the order in which reports list them.
    pub const ALL: [Self; 2] = [Self::X86_64, Self::Arm64];

    /// The spelling of the Lambda API: `x86_64` or `arm64`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// The spelling of GNU triplets and wheel tags: `x86_64` or `aarch64`.
    pub fn gnu(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "aarch64",
        }
    }

    /// Reads the API spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
