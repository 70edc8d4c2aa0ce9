//! Runtimes and the operating systems below them.

use std::{fmt, sync::LazyLock};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use crate::model::architecture::Architecture;

pub use super::near_names::nearest;
use super::{table, versions::SymbolVersion};

/// Runtimes that look for their code in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// `CPython`.
    Python,
    /// Node.js.
    Nodejs,
    /// The Java virtual machine.
    Java,
    /// Ruby.
    Ruby,
    /// .NET.
    Dotnet,
    /// The old Go runtime.
    Go,
    /// OS only: the package brings its own `bootstrap`.
    Provided,
    /// A customer-managed runtime, about which nothing is known.
    Custom,
}

impl Family {
    /// The name that people know.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Nodejs => "Node.js",
            Self::Java => "Java",
            Self::Ruby => "Ruby",
            Self::Dotnet => ".NET",
            Self::Go => "Go",
            Self::Provided => "OS-only",
            Self::Custom => "customer-managed",
        }
    }
}

/// An operating system of the execution environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Os {
    /// Amazon Linux.
    Al1,
    /// Amazon Linux 2.
    Al2,
    /// Amazon Linux 2023.
    Al2023,
}

/// What an operating system offers to machine code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OsFacts {
    /// Which.
    #[serde(rename = "id")]
    pub os: Os,
    /// Its name.
    pub name: String,
    /// The newest `GLIBC_` version.
    pub glibc: SymbolVersion,
    /// The newest `GLIBCXX_` version that every environment has.
    pub glibcxx: SymbolVersion,
    /// The newest `GLIBCXX_` version that was seen in any environment.
    pub glibcxx_newest: SymbolVersion,
    /// The same of `CXXABI_`.
    pub cxxabi: SymbolVersion,
    /// The newest `CXXABI_` version that was seen.
    pub cxxabi_newest: SymbolVersion,
    /// The same of `GCC_`, which libgcc defines.
    pub libgcc: SymbolVersion,
    /// The newest `GCC_` version that was seen.
    pub libgcc_newest: SymbolVersion,
    /// Where that was read.
    pub source: String,
}

/// One row of the runtimes table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Runtime {
    /// `python3.12`
    pub id: String,
    /// How it looks for code.
    pub family: Family,
    /// The language's version: `3.12`, `22`, `21`.
    pub language: String,
    /// The operating system; nothing for a customer-managed runtime.
    #[serde(default)]
    pub os: Option<Os>,
    /// The architectures it is offered on.
    pub architectures: Vec<Architecture>,
    /// From this day without security patches.
    #[serde(default, deserialize_with = "day")]
    pub deprecated: Option<Date>,
    /// From this day no function can be created with it.
    #[serde(default, deserialize_with = "day")]
    pub block_create: Option<Date>,
    /// From this day no function that has it can be updated.
    #[serde(default, deserialize_with = "day")]
    pub block_update: Option<Date>,
    /// What AWS names to move to.
    #[serde(default)]
    pub successor: Option<String>,
    /// `NODE_MODULE_VERSION`.
    #[serde(default)]
    pub node_abi: Option<u16>,
    /// `cp312`
    #[serde(default)]
    pub cpython_tag: Option<String>,
    /// The newest class file version.
    #[serde(default)]
    pub max_class_major: Option<u16>,
    /// `3.3.0`
    #[serde(default)]
    pub gem_abi: Option<String>,
}

/// Where in its life a runtime is on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// It gets security patches.
    Supported {
        /// Until this day, when that is announced.
        until: Option<Date>,
        /// Days until then.
        days_left: Option<i32>,
    },
    /// Without patches; functions can still be created and updated.
    Deprecated {
        /// Since when.
        since: Date,
        /// From when on no function can be created.
        create_blocked_on: Option<Date>,
    },
    /// No function can be created, and no layer can be published for it.
    CreateBlocked {
        /// Since when.
        since: Date,
        /// From when on no function can be updated.
        update_blocked_on: Option<Date>,
    },
    /// Functions can be neither created nor updated.
    UpdateBlocked {
        /// Since when.
        since: Date,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(deserialize_with = "day")]
    as_of: Option<Date>,
    runtime: Vec<Runtime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct OsTable {
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    os: Vec<OsFacts>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/runtimes.toml")));
static SYSTEMS: LazyLock<OsTable> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/operating-systems.toml")));

/// Every runtime.
pub fn all() -> &'static [Runtime] {
    &TABLE.runtime
}

/// The runtime of an identifier.
pub fn find(id: &str) -> Option<&'static Runtime> {
    all().iter().find(|runtime| runtime.id == id)
}

/// The day on which the runtimes table was true.
pub fn data_as_of() -> Date {
    TABLE.as_of.unwrap_or_default()
}

impl Runtime {
    /// Where in its life it is on a day.
    pub fn lifecycle(&self, today: Date) -> Lifecycle {
        let reached = |date: Option<Date>| date.filter(|date| *date <= today);
        if let Some(since) = reached(self.block_update) {
            return Lifecycle::UpdateBlocked { since };
        }
        if let Some(since) = reached(self.block_create) {
            return Lifecycle::CreateBlocked { since, update_blocked_on: self.block_update };
        }
        if let Some(since) = reached(self.deprecated) {
            return Lifecycle::Deprecated { since, create_blocked_on: self.block_create };
        }
        let days_left = self.deprecated.and_then(|date| today.until(date).ok()).map(|span| span.get_days());
        Lifecycle::Supported { until: self.deprecated, days_left }
    }

    /// 12 of Python 3.12.
    pub fn python_minor(&self) -> Option<u8> {
        let minor = self.language.strip_prefix("3.")?;
        if self.family == Family::Python { minor.parse().ok() } else { None }
    }

    /// 22 of Node.js 22, 21 of Java 21.
    pub fn major(&self) -> Option<u16> {
        self.language.split('.').next()?.parse().ok()
    }

    /// What its operating system offers.
    pub fn os_facts(&self) -> Option<&'static OsFacts> {
        let os = self.os?;
        SYSTEMS.os.iter().find(|facts| facts.os == os)
    }

    /// Whether Lambda offers it on an architecture.
    pub fn runs_on(&self, architecture: Architecture) -> bool {
        self.architectures.contains(&architecture)
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let value = toml::value::Datetime::deserialize(deserializer)?;
    table::date(value).map(Some).ok_or_else(|| serde::de::Error::custom("not a day"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runtime_has_an_operating_system_with_facts() {
        for runtime in all().iter().filter(|runtime| runtime.family != Family::Custom) {
            assert!(runtime.os_facts().is_some(), "{}", runtime.id);
            assert!(!runtime.architectures.is_empty(), "{}", runtime.id);
        }
    }

    #[test]
    fn dates_are_in_order_and_successors_exist() {
        for runtime in all() {
            assert!(runtime.block_create <= runtime.block_update, "{}", runtime.id);
            if let Some(successor) = &runtime.successor {
                let successor =
                    find(successor).unwrap_or_else(|| panic!("{}: no successor {successor}", runtime.id));
                assert!(
                    matches!(successor.lifecycle(data_as_of()), Lifecycle::Supported { .. }),
                    "{}",
                    runtime.id
                );
            }
        }
    }

    /// Every runtime on the day before, on and after each of its dates.
    #[test]
    fn every_date_changes_what_is_said_on_its_day() {
        for runtime in all() {
            for date in [runtime.deprecated, runtime.block_create, runtime.block_update].into_iter().flatten()
            {
                for today in [date.yesterday().unwrap(), date, date.tomorrow().unwrap()] {
                    let past = |one: Option<Date>| one.is_some_and(|one| one <= today);
                    let right = match runtime.lifecycle(today) {
                        Lifecycle::UpdateBlocked { .. } => past(runtime.block_update),
                        Lifecycle::CreateBlocked { .. } => {
                            past(runtime.block_create) && !past(runtime.block_update)
                        }
                        Lifecycle::Deprecated { .. } => {
                            past(runtime.deprecated) && !past(runtime.block_create)
                        }
                        Lifecycle::Supported { .. } => {
                            !past(runtime.deprecated) && !past(runtime.block_create)
                        }
                    };
                    assert!(right, "{} on {today}", runtime.id);
                }
            }
        }
    }
}
