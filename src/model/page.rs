//! A rule's page as the build compiled it in.

use super::severity::{Certainty, Severity};

/// What a rule has to be given. Nothing is inflated or read that no selected rule needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Machine code parsed: ELF dynamic section, format and machine of everything else.
    MachineCode,
    /// The targets of symbolic links.
    Links,
    /// The first bytes of files that would be executed or that are suspiciously small.
    Prefixes,
    /// Name and version of installed packages that only a file's content tells (`package.json`).
    Distributions,
    /// Hashes of entries whose size and CRC-32 are equal to another's.
    Digests,
    /// Every local header compared with the central directory.
    LocalHeaders,
    /// The directories of archives inside of packages.
    Nested,
    /// Texts searched for credentials.
    Texts,
    /// Sources of installed wheels compared with their `RECORD`.
    Records,
}

/// The profile a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// On unless ignored.
    Default,
    /// On with `--pedantic` or when selected by name.
    Pedantic,
}

/// One rule's page: `rules/<category>/<name>.md`, parsed by the build script.
#[derive(Debug)]
pub struct Page {
    /// `category/name`, the contract with users.
    pub id: &'static str,
    /// `archive`, `layout`, `runtime`, `native`, `size`, `collision`, `deployment`, `policy` or `secret`.
    pub category: &'static str,
    /// The rule's name inside its category.
    pub name: &'static str,
    /// One clause: what is wrong.
    pub summary: &'static str,
    /// The severity a finding has unless its rule says a milder one.
    pub severity: Severity,
    /// How sure the rule is.
    pub certainty: Certainty,
    /// The version of layerlint that first had it.
    pub since: &'static str,
    /// What has to be read for it.
    pub needs: &'static [Need],
    /// A CVSS-like number for code scanning, only on security rules.
    pub security_severity: Option<&'static str>,
    /// Whether it runs by default.
    pub profile: Profile,
    /// Earlier ids that configurations may still name.
    pub renamed_from: &'static [&'static str],
    /// The page after its head, in Markdown.
    pub markdown: &'static str,
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Page {}

impl PartialOrd for Page {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Page {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.id.cmp(other.id)
    }
}

impl Page {
    /// The text below a `## heading` of the page, trimmed.
    pub fn section(&self, heading: &str) -> Option<&'static str> {
        let mut sections = self.markdown.split("\n## ");
        sections.next();
        sections.find_map(|section| {
            let (title, body) = section.split_once('\n')?;
            (title.trim() == heading).then(|| body.trim())
        })
    }
}
