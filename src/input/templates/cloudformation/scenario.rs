//! What a deployment may be: where a condition depends on what only the deployment knows, both answers are tried.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Alternatives of one resource that are looked at; beyond them a condition is unknown.
pub(in crate::input::templates) const MOST: usize = 16;

/// What is assumed about one expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::input::templates) enum Assumed {
    Is(String),
    Not(BTreeSet<String>),
}

/// Something that has to be assumed before a condition can be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::input::templates) struct Question {
    /// A parameter, or another expression as written.
    pub(in crate::input::templates) subject: String,
    /// The value that it is compared with.
    pub(in crate::input::templates) value: String,
}

/// All that is assumed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::input::templates) struct Scenario {
    assumed: BTreeMap<String, Assumed>,
}

impl Scenario {
    /// What is assumed about an expression.
    pub(in crate::input::templates) fn of(&self, subject: &str) -> Option<&Assumed> {
        self.assumed.get(subject)
    }

    /// Whether the answer to a question follows from what is assumed.
    pub(in crate::input::templates) fn answer(&self, question: &Question) -> Option<bool> {
        match self.of(&question.subject)? {
            Assumed::Is(value) => Some(*value == question.value),
            Assumed::Not(values) => values.contains(&question.value).then_some(false),
        }
    }

    /// The same, with an answer to the question.
    pub(in crate::input::templates) fn with(&self, question: &Question, yes: bool) -> Self {
        let mut more = self.clone();
        let assumed = match (yes, more.assumed.remove(&question.subject)) {
            (true, _) => Assumed::Is(question.value.clone()),
            (false, Some(Assumed::Not(mut values))) => {
                values.insert(question.value.clone());
                Assumed::Not(values)
            }
            (false, Some(is @ Assumed::Is(_))) => is,
            (false, None) => Assumed::Not(BTreeSet::from([question.value.clone()])),
        };
        more.assumed.insert(question.subject.clone(), assumed);
        more
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (subject, assumed)) in self.assumed.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            match assumed {
                Assumed::Is(value) => write!(f, "{comma}{subject} = {value}")?,
                Assumed::Not(values) => {
                    let values: Vec<&str> = values.iter().map(String::as_str).collect();
                    write!(f, "{comma}{subject} is not {}", values.join(" or "))?;
                }
            }
        }
        Ok(())
    }
}
