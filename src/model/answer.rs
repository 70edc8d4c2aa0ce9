//! Found, not found, or not to be known from the inputs: three different answers.

/// What a question about a deployment is answered with. Unknown never becomes an error and never a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// It is there.
    Found(T),
    /// Everything that could hold it is at hand, and it is not there.
    Missing,
    /// Something that could hold it is not at hand, or only running the code would tell; the reason stands alone as a clause.
    Unknown(String),
}

impl<T> Answer<T> {
    /// What was found.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(value) => Some(value),
            Self::Missing | Self::Unknown(_) => None,
        }
    }

    /// Whether it is certain that it is not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn unknown_is_neither_found_nor_missing() {
        let unknown: Answer<u8> = Answer::Unknown("a layer has no local copy".to_owned());
        assert!(!unknown.is_missing());
        assert_eq!(unknown.found(), None);
        assert!(Answer::<u8>::Missing.is_missing());
        assert_eq!(Answer::Found(3).found(), Some(3));
    }
}
