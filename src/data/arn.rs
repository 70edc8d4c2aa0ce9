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
        let version = match next() {
            Some(text) => Some(version(text)?),
            None => None,
        };
        let valid = is_partition(partition) && is_region(region) && is_account(account) && is_name(name);
        (valid && parts.next().is_none()).then_some(Self { partition, region, account, name, version })
    }

    /// Whether both name the same layer, whatever the versions.
    pub fn is_same_layer(&self, other: &LayerArn<'_>) -> bool {
        (self.region, self.account, self.name) == (other.region, other.account, other.name)
    }
}

/// A layer ARN in a template: parts that only a deployment knows are written `${...}` and are nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartialArn<'a> {
    /// The region.
    pub region: Option<&'a str>,
    /// The account.
    pub account: Option<&'a str>,
    /// The layer's name.
    pub name: Option<&'a str>,
    /// The version.
    pub version: VersionPart,
    /// Region, account and name as written: equal for references to the same layer.
    written: [&'a str; 3],
}

/// The version in a [`PartialArn`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionPart {
    /// A number.
    Known(u32),
    /// Known to a deployment only.
    Open,
    /// There is none, or a word such as `latest`, which Lambda has not got.
    Missing,
}

/// What a text is that should be the ARN of a layer version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArnReading<'a> {
    /// A layer ARN, as far as it is known.
    Arn(PartialArn<'a>),
    /// Too much of it is known to a deployment only.
    Open,
    /// Something else.
    Wrong,
}

impl<'a> PartialArn<'a> {
    /// Reads a text in which `${...}` stands for what only a deployment knows.
    pub fn read(text: &'a str) -> ArnReading<'a> {
        let parts = split_outside_holes(text);
        let head: [&str; 7] = match parts.get(..7).and_then(|head| head.try_into().ok()) {
            Some(head) if parts.len() <= 8 => head,
            _ if text.contains("${") => return ArnReading::Open,
            _ => return ArnReading::Wrong,
        };
        let [arn, partition, service, region, account, kind, name] = head;
        let fits = |part: &str, test: fn(&str) -> bool| part.contains("${") || test(part);
        let is_arn = fits(arn, |part| part == "arn")
            && fits(partition, is_partition)
            && fits(service, |part| part == "lambda")
            && fits(region, is_region)
            && fits(account, is_account)
            && fits(kind, |part| part == "layer")
            && fits(name, is_name);
        if !is_arn {
            return ArnReading::Wrong;
        }
        let known = |part: &'a str| Some(part).filter(|part| !part.contains("${"));
        let version = match parts.get(7) {
            None => VersionPart::Missing,
            Some(part) if part.contains("${") => VersionPart::Open,
            Some(part) => version(part).map_or(VersionPart::Missing, VersionPart::Known),
        };
        ArnReading::Arn(Self {
            region: known(region),
            account: known(account),
            name: known(name),
            version,
            written: [region, account, name],
        })
    }

    /// What references to one layer have in common, whatever the versions: region, account and name as written.
    pub fn layer(&self) -> [&'a str; 3] {
        self.written
    }

    /// Whether both name the same layer, whatever the versions.
    pub fn is_same_layer(&self, other: &PartialArn<'_>) -> bool {
        self.written == other.written
    }
}

/// Colons inside of `${...}` part nothing.
fn split_outside_holes(text: &str) -> Vec<&str> {
    let mut inside = false;
    text.split(|c| {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            _ => {}
        }
        c == ':' && !inside
    })
    .collect()
}

fn version(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|version| digits && *version > 0)
}

/// The pattern of the API would take an empty partition too, which no ARN has.
fn is_partition(text: &str) -> bool {
    text.strip_prefix("aws").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_alphabetic() || c == '-'))
}

/// `eu-west-1`, `us-gov-west-1`, `us-isob-east-1`, `eusc-de-east-1`.
fn is_region(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_digit = |number: &str| number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_kind = |kind: &str| kind == "gov" || kind.strip_prefix("iso").is_some_and(|rest| rest.len() <= 1);
    let parts: Vec<&str> = text.strip_prefix("eusc-").unwrap_or(text).split('-').collect();
    match parts.as_slice() {
        [country, place, number] => {
            country.len() == 2 && is_word(country) && is_word(place) && is_digit(number)
        }
        [country, kind, place, number] => {
            let words = is_word(country) && is_word(kind) && is_word(place);
            country.len() == 2 && words && is_kind(kind) && is_digit(number)
        }
        _ => false,
    }
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
        for region in ["us-isob-east-1", "us-iso-east-1", "eusc-de-east-1", "ap-southeast-2"] {
            assert!(is_region(region), "{region}");
        }
        for wrong in [
            "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:0",
            "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:+1",
            "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:",
            "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:99999999999",
            "arn:aws:lambda:europe-west-1:111122223333:layer:metrics:1",
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
    fn parts_that_only_a_deployment_knows_are_left_open() {
        let read = |text| match PartialArn::read(text) {
            ArnReading::Arn(arn) => Some((arn.region, arn.account, arn.name, arn.version)),
            _ => None,
        };
        assert_eq!(
            read("arn:${AWS::Partition}:lambda:${AWS::Region}:111122223333:layer:metrics:7"),
            Some((None, Some("111122223333"), Some("metrics"), VersionPart::Known(7)))
        );
        for (ending, version) in
            [("", VersionPart::Missing), (":latest", VersionPart::Missing), (":${V}", VersionPart::Open)]
        {
            let text = format!("arn:aws:lambda:eu-west-1:111122223333:layer:metrics{ending}");
            assert!(
                matches!(PartialArn::read(&text), ArnReading::Arn(arn) if arn.version == version),
                "{text}"
            );
        }
        assert_eq!(PartialArn::read("${LayerArn}"), ArnReading::Open);
        assert_eq!(PartialArn::read("${Base}:7"), ArnReading::Open);
        for wrong in ["metrics", "arn:aws:lambda:eu-west-1:1111:layer:a:1", "arn:aws:s3:::bucket", ""] {
            assert_eq!(PartialArn::read(wrong), ArnReading::Wrong, "{wrong}");
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
