//! The exact words of Lambda and of the loaders it runs, from `rules/data/texts.toml`.

/// One error text with `{name}` placeholders.
#[derive(Debug)]
pub struct Text {
    /// Its key in the table.
    pub id: &'static str,
    /// The words, with `{name}` where the service puts a value.
    pub template: &'static str,
    /// Where it was read.
    pub source: &'static str,
}

impl Text {
    /// The words with every `{name}` replaced by its value.
    pub fn fill(&self, values: &[(&str, &str)]) -> String {
        let mut out = self.template.to_owned();
        for (name, value) in values {
            out = out.replace(&format!("{{{name}}}"), value);
        }
        out
    }
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));
