//! What a rule is, and the sink that it speaks into.
