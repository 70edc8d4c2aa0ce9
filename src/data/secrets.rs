//! What credentials look like, and which files exist to hold them: `rules/data/secrets.toml`, or a team's own file of gitleaks.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::{RegexSet, bytes::Regex};
use serde::Deserialize;

use super::table;

/// Largest program that a pattern may become; one of a team's file that is larger is refused.
const LARGEST_PATTERN: usize = 8 << 20;

#[derive(Deserialize)]
struct Table {
    #[serde(default)]
    rules: Vec<Row>,
    #[serde(default)]
    allowlist: AllowRow,
    #[serde(default)]
    allowlists: Vec<AllowRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    #[serde(default)]
    description: String,
    regex: Option<String>,
    #[serde(default)]
    secret_group: usize,
    entropy: Option<f64>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    allowlist: AllowRow,
    #[serde(default)]
    allowlists: Vec<AllowRow>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AllowRow {
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    regex_target: RegexTarget,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RegexTarget {
    #[default]
    Secret,
    Match,
    Line,
}

/// One kind of credential.
#[derive(Debug)]
pub struct Pattern {
    /// Its name, part of a finding's identity.
    pub id: String,
    /// What it is, as the object of a sentence: `an AWS access key id`.
    pub description: String,
    regex: Regex,
    group: usize,
    entropy: f64,
    allow: Allow,
}

/// What is no secret although it looks like one.
#[derive(Debug, Default)]
struct Allow {
    paths: RegexSet,
    secrets: RegexSet,
    matches: RegexSet,
    stopwords: Vec<String>,
}

/// A place in a text that looks like a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// Where the secret begins, in bytes.
    pub offset: usize,
    /// The secret. Never shown.
    pub secret: &'a [u8],
}

/// All kinds of credentials that are looked for, behind one search for their keywords.
#[derive(Debug)]
pub struct Patterns {
    kinds: Vec<Pattern>,
    keywords: AhoCorasick,
    /// The pattern of each keyword.
    of_keyword: Vec<usize>,
    /// Patterns without a keyword: always run.
    always: Vec<usize>,
    allow: Allow,
}

/// Matches of one pattern in one text that are looked at: a text of nothing else would keep a scan busy for minutes.
const MOST_TRIED: usize = 10_000;

static BUILT_IN: LazyLock<Patterns> = LazyLock::new(built_in);

#[expect(clippy::expect_used, reason = "the table is part of the program, and a test parses it")]
fn built_in() -> Patterns {
    Patterns::parse(include_str!("../../rules/data/secrets.toml")).expect("a table of rules/data is valid")
}

/// The patterns that come with layerlint.
pub fn patterns() -> &'static Patterns {
    &BUILT_IN
}

impl Patterns {
    /// Reads a file of gitleaks. Fails with words for a person.
    pub fn parse(text: &str) -> Result<Self, String> {
        let table: Table = toml::from_str(text).map_err(|cause| cause.to_string())?;
        let mut keywords = Vec::new();
        let mut of_keyword = Vec::new();
        let mut always = Vec::new();
        let mut patterns = Vec::new();
        for row in table.rules {
            // a rule of gitleaks without a regex is about paths alone
            let Some(regex) = row.regex.clone() else { continue };
            let index = patterns.len();
            if row.keywords.is_empty() {
                always.push(index);
            }
            of_keyword.extend(row.keywords.iter().map(|_| index));
            keywords.extend(row.keywords.iter().map(|word| word.to_ascii_lowercase()));
            patterns.push(pattern(row, &regex)?);
        }
        let keywords = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&keywords)
            .map_err(|cause| cause.to_string())?;
        let allow = Allow::new(&[vec![table.allowlist], table.allowlists].concat())?;
        Ok(Self { kinds: patterns, keywords, of_keyword, always, allow })
    }

    /// Everything in `text` that looks like a credential, by pattern. `path` is the entry's.
    pub fn find<'a, 't>(&'a self, path: &str, text: &'t [u8]) -> Vec<(&'a Pattern, Vec<Hit<'t>>)> {
        if self.allow.paths.is_match(path) {
            return Vec::new();
        }
        let mut wanted: Vec<usize> = self.always.clone();
        wanted.extend(
            self.keywords
                .find_overlapping_iter(text)
                .filter_map(|found| self.of_keyword.get(found.pattern().as_usize()).copied()),
        );
        wanted.sort_unstable();
        wanted.dedup();
        let found = wanted.into_iter().filter_map(|index| self.kinds.get(index));
        found.map(|one| (one, self.hits(one, path, text))).filter(|(_, hits)| !hits.is_empty()).collect()
    }

    fn hits<'t>(&self, pattern: &Pattern, path: &str, text: &'t [u8]) -> Vec<Hit<'t>> {
        if pattern.allow.paths.is_match(path) {
            return Vec::new();
        }
        let found = pattern.regex.captures_iter(text).take(MOST_TRIED).filter_map(|captures| {
            let whole = captures.get(0)?;
            let secret = captures.get(pattern.group).or_else(|| captures.get(1)).unwrap_or(whole);
            let allowed = |allow: &Allow| allow.holds(whole.as_bytes(), secret.as_bytes());
            let real = entropy(secret.as_bytes()) >= pattern.entropy
                && !allowed(&self.allow)
                && !allowed(&pattern.allow);
            real.then_some(Hit { offset: secret.start(), secret: secret.as_bytes() })
        });
        found.collect()
    }
}

fn pattern(row: Row, regex: &str) -> Result<Pattern, String> {
    let regex = regex::bytes::RegexBuilder::new(regex)
        .size_limit(LARGEST_PATTERN)
        .unicode(false)
        .build()
        .or_else(|_| regex::bytes::RegexBuilder::new(regex).size_limit(LARGEST_PATTERN).build())
        .map_err(|cause| format!("pattern {}: {cause}", row.id))?;
    let described = if row.description.is_empty() { format!("a {}", row.id) } else { row.description };
    Ok(Pattern {
        id: row.id,
        description: described,
        // the first group is the secret, as it is in gitleaks unless a rule says otherwise
        group: row.secret_group.max(1),
        regex,
        entropy: row.entropy.unwrap_or_default(),
        allow: Allow::new(&[vec![row.allowlist], row.allowlists].concat())?,
    })
}

impl Allow {
    fn new(rows: &[AllowRow]) -> Result<Self, String> {
        let set = |texts: Vec<&String>| RegexSet::new(texts).map_err(|cause| format!("allowlist: {cause}"));
        let of = |target: fn(RegexTarget) -> bool| {
            set(rows.iter().filter(|row| target(row.regex_target)).flat_map(|row| &row.regexes).collect())
        };
        Ok(Self {
            paths: set(rows.iter().flat_map(|row| &row.paths).collect())?,
            secrets: of(|target| target == RegexTarget::Secret)?,
            matches: of(|target| target != RegexTarget::Secret)?,
            stopwords: rows.iter().flat_map(|row| &row.stopwords).map(|word| word.to_lowercase()).collect(),
        })
    }

    fn holds(&self, whole: &[u8], secret: &[u8]) -> bool {
        let (whole, secret) = (String::from_utf8_lossy(whole), String::from_utf8_lossy(secret));
        let lower = secret.to_lowercase();
        self.stopwords.iter().any(|word| lower.contains(word.as_str()))
            || self.secrets.is_match(&secret)
            || self.matches.is_match(&whole)
    }
}

/// Shannon entropy in bits a byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let total = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}

#[derive(Deserialize)]
struct FileTable {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    unread: Unread,
    file: Vec<CredentialFile>,
    hook: Vec<Hook>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hook {
    begins: String,
    #[serde(rename = "what")]
    _what: String,
    effect: Effect,
}

/// What a line of code of a well-known tool does when Python starts.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// `distutils` is there again.
    Distutils,
    /// A package is made without its `__init__` being run.
    Namespace,
}

#[derive(Deserialize)]
struct Unread {
    suffixes: Vec<String>,
}

/// A file that exists to hold credentials.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialFile {
    name: Option<String>,
    suffix: Option<String>,
    folder: Option<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default = "yes")]
    installed: bool,
    /// What it is, as the object of a sentence.
    pub what: String,
}

fn yes() -> bool {
    true
}

static FILES: LazyLock<FileTable> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/secrets.toml")));

/// What a path is, when it is a file for credentials.
pub fn credential_file(path: &str) -> Option<&'static CredentialFile> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    FILES.file.iter().find(|one| one.is_at(path, folder, name))
}

/// Whether a line of a `.pth` file is one that a well-known tool writes.
pub fn is_known_hook(line: &str) -> bool {
    known_hook(line).is_some()
}

/// What a line of a `.pth` file does, when a well-known tool writes it.
pub fn known_hook(line: &str) -> Option<Effect> {
    FILES.hook.iter().find(|hook| line.starts_with(hook.begins.as_str())).map(|hook| hook.effect)
}

/// Whether a file of this name may hold text.
pub fn may_be_text(name: &str) -> bool {
    !FILES.unread.suffixes.iter().any(|suffix| name.ends_with(suffix.as_str())) && !name.contains(".so.")
}

impl CredentialFile {
    fn is_at(&self, path: &str, folder: &str, name: &str) -> bool {
        let named = self.name.as_deref().is_none_or(|wanted| wanted == name)
            && self.suffix.as_deref().is_none_or(|suffix| name.ends_with(suffix));
        let within = self.folder.as_deref().is_none_or(|wanted| folder.rsplit('/').next() == Some(wanted));
        named && within && (self.installed || !path.contains("node_modules/"))
    }

    /// Whether it counts whatever it holds.
    pub fn by_name(&self) -> bool {
        self.contains.is_empty()
    }

    /// Whether its text shows that it holds credentials.
    pub fn shows(&self, text: &[u8]) -> bool {
        let text = String::from_utf8_lossy(text).to_lowercase();
        let filled = |word: &String| {
            text.match_indices(word.as_str()).any(|(at, _)| {
                let rest = text.get(at.saturating_add(word.len())..).unwrap_or_default();
                let value = rest.lines().next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
                !word.ends_with('=') || (!value.is_empty() && !value.starts_with(['$', '<', '{']))
            })
        };
        self.by_name() || self.contains.iter().any(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(path: &str, text: &str) -> Vec<String> {
        patterns().find(path, text.as_bytes()).into_iter().map(|(one, _)| one.id.clone()).collect()
    }

    #[test]
    fn keys_are_told_from_examples_and_words() {
        for (text, expected) in [
            ("key = 'AKIA2E3KQ7VB5NRWXDTP'", &["aws-access-key-id"][..]),
            ("key = 'AKIAIOSFODNN7EXAMPLE'", &[]),
            ("AKIAAAAAAAAAAAAAAAAA", &[]),
            ("XAKIA2E3KQ7VB5NRWXDTPX", &[]),
            (
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYzQ8r2Lk0Vt\n",
                &["aws-secret-access-key"],
            ),
            ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n", &[]),
            ("token: ghp_x7Qm2Rk9Zt4Lw8Vn3Bc6Yd1Hf5Jg0Ps2Ae4U", &["github-token"]),
            ("-----BEGIN PRIVATE KEY-----", &[]),
            ("postgres://svc:uR7x9kQ2mZ@db.prod.acme.io/x", &["database-password"]),
            ("postgres://scott:tiger@localhost/x", &[]),
            ("postgres://svc:uR7x9kQ2mZ@db.example.com/x", &[]),
        ] {
            assert_eq!(ids("python/app.py", text), expected, "{text}");
        }
    }

    #[test]
    fn a_private_key_needs_a_body() {
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        let more = "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu";
        for (text, found) in [
            (format!("-----BEGIN PRIVATE KEY-----\n{line}\n{more}\n-----END PRIVATE KEY-----"), true),
            (format!("\"-----BEGIN RSA PRIVATE KEY-----\\n{line}\\n{more}\\n\""), true),
            (format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{line}\n{more}\n"), false),
            ("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----".to_owned(), false),
            (format!("-----BEGIN CERTIFICATE-----\n{line}\n{more}\n"), false),
        ] {
            assert_eq!(!ids("a.pem", &text).is_empty(), found, "{text}");
        }
    }

    #[test]
    fn folders_of_made_up_keys_are_left_out() {
        let text = "AKIA2E3KQ7VB5NRWXDTP";
        assert!(ids("python/pkg/tests/test_x.py", text).is_empty());
        assert!(ids("python/botocore/data/iam/x.json", text).is_empty());
        assert_eq!(ids("python/latest/x.py", text).len(), 1);
    }

    #[test]
    fn a_file_of_gitleaks_is_read_and_a_wrong_one_is_refused() {
        let own = Patterns::parse(
            "title = 'ours'\n[extend]\nuseDefault = true\n[[rules]]\nid = 'acme'\nregex = '''acme-([0-9]{6})'''\nkeywords = ['acme-']\n[[rules.allowlists]]\nregexes = ['^000000$']\n",
        )
        .unwrap();
        let hits = own.find("a.py", b"acme-123456 acme-000000");
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].1, [Hit { offset: 5, secret: b"123456" }]);
        assert!(Patterns::parse("[[rules]]\nid = 'x'\nregex = '('").unwrap_err().contains("pattern x"));
    }

    #[test]
    fn files_for_credentials_are_told_by_name_and_content() {
        let shows =
            |path: &str, text: &str| credential_file(path).is_some_and(|one| one.shows(text.as_bytes()));
        assert!(shows(".aws/credentials", ""));
        assert!(!shows("credentials", ""));
        assert!(shows("app/.env", "DB_PASSWORD=hunter2"));
        assert!(!shows("app/.env", "STAGE=prod\nDB_PASSWORD=\nAPI_TOKEN=${TOKEN}"));
        assert!(!shows("nodejs/node_modules/x/.env", "TOKEN=abc"));
        assert!(shows("terraform.tfstate", "{}"));
        assert!(!shows(".npmrc", "registry=https://r.example"));
        assert!(may_be_text("app.py") && !may_be_text("libz.so.1") && !may_be_text("x.d.ts"));
    }
}
