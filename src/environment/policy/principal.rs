//! Who is named.

use crate::{data::arn::is_account, input::policy::WrittenPrincipal};

/// A principal, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Everyone.
    Everyone,
    /// A whole account.
    Account(String),
    /// A role, user or session of an account: narrower than the account.
    Within(String),
    /// A principal that was deleted: its id stands where its ARN was.
    Deleted,
    /// A service.
    Service(String),
    /// An identity provider or a canonical user: nothing that can call Lambda by a layer's policy.
    Other,
    /// Nothing that AWS accepts.
    Invalid,
}

impl Principal {
    /// Understands a principal as written.
    pub(super) fn of(written: &WrittenPrincipal) -> Self {
        let text = written.text.as_str();
        match written.kind.as_deref() {
            None if text == "*" => Self::Everyone,
            None => Self::Invalid,
            Some("AWS") => aws(text),
            Some("Service") if is_service(text) => Self::Service(text.to_owned()),
            Some("Service") => Self::Invalid,
            Some(_) => Self::Other,
        }
    }

    /// The account it lies in, when that is known.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Account(account) | Self::Within(account) => Some(account),
            _ => None,
        }
    }
}

fn aws(text: &str) -> Principal {
    if text == "*" {
        return Principal::Everyone;
    }
    if is_account(text) {
        return Principal::Account(text.to_owned());
    }
    if text.len() >= 16
        && (text.starts_with("AROA") || text.starts_with("AIDA"))
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        return Principal::Deleted;
    }
    arn(text).unwrap_or(Principal::Invalid)
}

/// `arn:aws:iam::111122223333:root`, `...:role/x`, `arn:aws:sts::111122223333:assumed-role/x/y`. A wildcard inside is not accepted.
fn arn(text: &str) -> Option<Principal> {
    let mut parts = text.splitn(6, ':');
    let (arn, partition, service, region) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (account, resource) = (parts.next()?, parts.next()?);
    let is_arn = arn == "arn" && partition.starts_with("aws") && region.is_empty() && is_account(account);
    if !is_arn || resource.contains(['*', '?']) {
        return None;
    }
    let begins = |kinds: &[&str]| {
        kinds.iter().any(|kind| resource.strip_prefix(kind).is_some_and(|name| !name.is_empty()))
    };
    match service {
        "iam" if resource == "root" => Some(Principal::Account(account.to_owned())),
        "iam" if begins(&["role/", "user/"]) => Some(Principal::Within(account.to_owned())),
        "sts" if begins(&["assumed-role/", "federated-user/"]) => Some(Principal::Within(account.to_owned())),
        _ => None,
    }
}

/// Service names end in one of three domains; some have a region inside.
fn is_service(text: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com"].iter().any(|ending| text.ends_with(ending))
        && !text.contains('*')
}
