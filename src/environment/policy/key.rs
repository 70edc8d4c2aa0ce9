//! Condition keys: which of them say who calls, and what of their values is fixed.

use crate::data::arn::{is_account, is_organization};

/// What a key identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identifies {
    Organization,
    OrganizationPath,
    Account,
    PrincipalArn,
    SourceAccount,
    SourceOrganization,
    SourceArn,
    UserId,
    Token,
    Network,
    Nothing,
}

/// What a value fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// This organisation, account or principal.
    Fixed(String),
    /// A wildcard or a policy variable stands where it has to be.
    Open,
    /// Something that no caller ever has.
    Never,
}

impl Identifies {
    /// Keys have no case.
    pub(super) fn of(key: &str) -> Self {
        match key.to_ascii_lowercase().as_str() {
            "aws:principalorgid" => Self::Organization,
            "aws:principalorgpaths" => Self::OrganizationPath,
            "aws:principalaccount" => Self::Account,
            "aws:principalarn" => Self::PrincipalArn,
            "aws:sourceaccount" | "aws:sourceowner" => Self::SourceAccount,
            "aws:sourceorgid" => Self::SourceOrganization,
            "aws:sourcearn" => Self::SourceArn,
            "aws:userid" => Self::UserId,
            "lambda:eventsourcetoken" => Self::Token,
            "aws:sourceip" | "aws:sourcevpc" | "aws:sourcevpce" => Self::Network,
            _ => Self::Nothing,
        }
    }

    /// Whether every caller has it: a signed call has an account, an ARN and a user id.
    pub(super) fn is_always_there(self) -> bool {
        matches!(self, Self::Account | Self::PrincipalArn | Self::UserId)
    }

    /// The part of a value that names an organisation, an account or a principal.
    pub(super) fn part(self, value: &str) -> Part {
        let part = match self {
            Self::OrganizationPath => value.split('/').next(),
            Self::PrincipalArn | Self::SourceArn => value.split(':').nth(4),
            Self::UserId => value.split(':').next(),
            _ => Some(value),
        };
        let Some(part) = part else {
            return if is_open(value) { Part::Open } else { Part::Never };
        };
        if let Some(fixed) = self.fixed(part) {
            return Part::Fixed(fixed.to_owned());
        }
        // the ARN of an S3 bucket has no account: whoever owns the name owns the bucket
        let without_account = self == Self::SourceArn && part.is_empty();
        if is_open(part) || without_account { Part::Open } else { Part::Never }
    }

    fn fixed(self, part: &str) -> Option<&str> {
        match self {
            Self::Organization | Self::OrganizationPath | Self::SourceOrganization => {
                is_organization(part).then_some(part)
            }
            // ids of accounts have one length, so a star behind one matches nothing more
            Self::Account | Self::PrincipalArn | Self::SourceAccount | Self::SourceArn => {
                Some(part.trim_end_matches('*')).filter(|id| is_account(id))
            }
            Self::UserId => {
                let id = part.trim_end_matches('*');
                let whole = id.len() >= 20 && (id.starts_with("AROA") || id.starts_with("AIDA"));
                Some(id).filter(|id| !is_open(id) && (whole || id.len() == part.len()))
            }
            Self::Token => Some(part).filter(|part| !is_open(part)),
            Self::Network | Self::Nothing => None,
        }
    }

    /// What a value that nobody ever has should have been.
    pub(super) fn noun(self) -> Option<&'static str> {
        match self {
            Self::Organization | Self::SourceOrganization => Some("organization id"),
            Self::OrganizationPath => Some("path of an organization"),
            Self::Account | Self::SourceAccount => Some("account id"),
            _ => None,
        }
    }
}

fn is_open(text: &str) -> bool {
    text.contains(['*', '?']) || text.contains("${")
}
