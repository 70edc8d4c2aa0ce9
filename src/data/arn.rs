//! Names that the Lambda API takes: layer ARNs, account and organisation ids (patterns of the botocore service model).

/// The ARN of a layer, or of one version of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerArn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`...
    pub partition: &'a str,
    /// The region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// The layer's name.
    pub name: &'a str,
    /// The version, from 1.
    pub version: Option<u32>,
}

impl<'a> LayerArn<'a> {
    /// Reads `arn:aws:lambda:REGION:ACCOUNT:layer:NAME[:VERSION]`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(':');
        let mut next = || parts.next();
        let head = (next()?, next()?, next()?, next()?, next()?, next()?);
        let ("arn", partition, "lambda", region, account, "layer") = head else { return None };
        let name = next()?;
        let version = next().map(|version| version.parse::<u32>().ok().filter(|version| *version > 0));
        let ends = parts.next().is_none();
        let valid =
            ends && is_partition(partition) && is_region(region) && is_account(account) && is_name(name);
        match version {
            _ if !valid => None,
            Some(None) => None,
            Some(version) => Some(Self { partition, region, account, name, version }),
            None => Some(Self { partition, region, account, name, version: None }),
        }
    }

    /// Whether both name the same layer, whatever the versions.
    pub fn is_same_layer(&self, other: &LayerArn<'_>) -> bool {
        (self.region, self.account, self.name) == (other.region, other.account, other.name)
    }
}

fn is_partition(text: &str) -> bool {
    text.strip_prefix("aws").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_alphabetic() || c == '-'))
}

fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = parts.last().is_some_and(|last| last.len() == 1 && last.chars().all(|c| c.is_ascii_digit()));
    let words = parts.len().checked_sub(1).and_then(|last| parts.get(..last)).unwrap_or_default();
    number
        && words.len() >= 2
        && words.iter().all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()))
}

fn is_name(text: &str) -> bool {
    (1..=140).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Whether a text is an account id: twelve digits.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is an organisation id: `o-` and 10 to 32 lower-case letters or digits.
pub fn is_organization(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|rest| {
        (10..=32).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layer_arns_are_read_by_the_pattern_of_the_api() {
        let arn = LayerArn::parse("arn:aws:lambda:eu-west-1:111122223333:layer:metrics:7").unwrap();
        assert_eq!(
            (arn.region, arn.account, arn.name, arn.version),
            ("eu-west-1", "111122223333", "metrics", Some(7))
        );
        assert_eq!(
            LayerArn::parse("arn:aws-us-gov:lambda:us-gov-west-1:111122223333:layer:a").unwrap().version,
            None
        );
        for wrong in [
            "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:0",
            "arn:aws:lambda:eu-west-1:11112222333:layer:metrics:1",
            "arn:aws:lambda:eu-west-1:111122223333:function:metrics",
            "arn:aws:lambda:nowhere:111122223333:layer:metrics:1",
            "arn:aws:lambda:eu-west-1:111122223333:layer:me trics:1",
            "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:1:2",
            "metrics",
            "",
        ] {
            assert_eq!(LayerArn::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_have_their_lengths() {
        assert!(is_account("111122223333") && !is_account("1111-2222-3333") && !is_account("11112222333"));
        assert!(
            is_organization("o-a1b2c3d4e5")
                && !is_organization("o-short")
                && !is_organization("o-A1B2C3D4E5")
        );
    }
}
