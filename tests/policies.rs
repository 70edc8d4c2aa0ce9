//! Policies with the verdict that IAM's rules give them, each with its reason.

#![allow(clippy::pedantic, clippy::unwrap_used, reason = "a fault of a test is a panic")]

use layerlint::{
    environment::policy::judge,
    input::policy::{self, PolicySource},
    model::{place::ReportPath, settings::TrustSettings},
};

const RESOURCE: &str = r#""Resource": "arn:aws:lambda:eu-west-1:111122223333:layer:deps:3""#;

fn verdict(text: &str) -> &'static str {
    let source = PolicySource::layer(ReportPath::new("policy.json"), text.to_owned(), None);
    let document = policy::parse(&source).unwrap_or_else(|error| panic!("{error}: {text}"));
    judge(&document, &TrustSettings::default()).verdict.as_str()
}

/// One Allow of GetLayerVersion with this principal and condition.
fn allow(principal: &str, condition: &str) -> String {
    statement(
        "Allow",
        &format!("\"Principal\": {principal}"),
        "\"Action\": \"lambda:GetLayerVersion\"",
        condition,
    )
}

fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    let condition =
        if condition.is_empty() { String::new() } else { format!(", \"Condition\": {condition}") };
    format!(r#"{{"Effect": "{effect}", {principal}, {action}, {RESOURCE}{condition}}}"#)
}

fn document(statements: &[String]) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "))
}

#[test]
fn principals() {
    for (principal, expected, why) in [
        (r#""*""#, "public", "everyone"),
        (r#"{"AWS": "*"}"#, "public", "everyone, as an AWS principal"),
        (r#"{"AWS": ["444455556666", "*"]}"#, "public", "one of a list is everyone"),
        (r#"{"AWS": "444455556666"}"#, "cross-account", "an account by its id"),
        (r#"{"AWS": "arn:aws:iam::444455556666:root"}"#, "cross-account", "an account by its root"),
        (r#"{"AWS": "arn:aws-cn:iam::444455556666:root"}"#, "cross-account", "another partition"),
        (
            r#"{"AWS": "arn:aws:iam::444455556666:role/build"}"#,
            "cross-account",
            "a role is narrower than its account",
        ),
        (r#"{"AWS": "arn:aws:sts::444455556666:assumed-role/build/me"}"#, "cross-account", "a session"),
        (r#"{"AWS": "111122223333"}"#, "same-account", "the owner of the resource"),
        (r#"{"AWS": ["111122223333", "444455556666"]}"#, "cross-account", "the owner and another"),
        (r#"{"AWS": "AROAEXAMPLEEXAMPLE12"}"#, "nobody", "a role that was deleted"),
        (r#"{"AWS": []}"#, "nobody", "an empty list names nobody"),
        (r#"{}"#, "nobody", "an empty object names nobody"),
        (r#"{"Service": "ec2.amazonaws.com"}"#, "service-unscoped", "a service without a source"),
        (r#"{"Service": "alexa-appkit.amazon.com"}"#, "service-unscoped", "a service under amazon.com"),
        (
            r#"{"Federated": "cognito-identity.amazonaws.com"}"#,
            "nobody",
            "an identity provider cannot call Lambda",
        ),
        (r#""444455556666""#, "invalid", "a bare string other than *"),
        (r#"{"AWS": "44445555666"}"#, "invalid", "eleven digits"),
        (r#"{"AWS": "arn:aws:iam::444455556666:role/*"}"#, "invalid", "a wildcard inside an ARN"),
        (r#"{"AWS": "arn:aws:iam::*:root"}"#, "invalid", "a wildcard for an account"),
        (r#"{"Service": "*"}"#, "invalid", "no service is called *"),
        (r#"{"Everyone": "*"}"#, "invalid", "no such type"),
        (r#"["*"]"#, "invalid", "a list without a type"),
    ] {
        assert_eq!(verdict(&document(&[allow(principal, "")])), expected, "{principal}: {why}");
    }
}

#[test]
fn conditions_of_a_grant_to_everyone() {
    let org = r#"{"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#;
    for (condition, expected, why) in [
        (format!(r#"{{"StringEquals": {org}}}"#), "organization", "a fixed organization"),
        (format!(r#"{{"StringEqualsIgnoreCase": {org}}}"#), "organization", "case does not matter in an id"),
        (format!(r#"{{"StringLike": {org}}}"#), "organization", "Like without a wildcard"),
        (format!(r#"{{"ForAnyValue:StringEquals": {org}}}"#), "organization", "false without the key"),
        (
            r#"{"StringEquals": {"AWS:principalorgid": "o-a1b2c3d4e5"}}"#.into(),
            "organization",
            "keys have no case",
        ),
        (
            r#"{"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-z9y8x7w6v5"]}}"#.into(),
            "organization",
            "two of them",
        ),
        (
            r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}}"#.into(),
            "organization",
            "a path below a fixed organization",
        ),
        (
            r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}}"#.into(),
            "public",
            "root ids are not unique",
        ),
        (r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#.into(), "public", "every organization"),
        (r#"{"StringLike": {"aws:PrincipalOrgID": "*"}}"#.into(), "public", "every organization"),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "*"}}"#.into(), "nobody", "compared letter by letter"),
        (
            r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalOrgID}"}}"#.into(),
            "public",
            "a variable equals itself",
        ),
        (format!(r#"{{"StringEqualsIfExists": {org}}}"#), "public", "true without the key"),
        (format!(r#"{{"ForAllValues:StringEquals": {org}}}"#), "public", "true without the key"),
        (format!(r#"{{"StringNotEquals": {org}}}"#), "public", "everyone else"),
        (r#"{"Null": {"aws:PrincipalOrgID": "false"}}"#.into(), "public", "any organization"),
        (
            r#"{"StringEquals": {"aws:PrincipalAccount": "444455556666"}}"#.into(),
            "cross-account",
            "a fixed account",
        ),
        (r#"{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#.into(), "same-account", "the owner"),
        (
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/*"}}"#.into(),
            "cross-account",
            "the account of the ARN is fixed",
        ),
        (
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/build"}}"#.into(),
            "public",
            "a role name in any account",
        ),
        (
            r#"{"StringEquals": {"aws:SourceAccount": "444455556666"}}"#.into(),
            "service-scoped",
            "only calls of a service carry it",
        ),
        (
            r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}"#.into(),
            "public",
            "an S3 ARN has no account",
        ),
        (r#"{"StringLike": {"aws:userid": "AROAEXAMPLEID:*"}}"#.into(), "cross-account", "one role"),
        (r#"{"Bool": {"aws:SecureTransport": "true"}}"#.into(), "public", "everyone can use TLS"),
        (
            r#"{"StringEquals": {"aws:username": "build"}}"#.into(),
            "public",
            "every account can name a user so",
        ),
        (r#"{"StringEquals": {"aws:PrincipalTag/team": "x"}}"#.into(), "public", "every account can tag"),
        (
            r#"{"StringEquals": {"aws:ResourceAccount": "111122223333"}}"#.into(),
            "public",
            "true for every caller",
        ),
        (
            r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#.into(),
            "public",
            "a network, not an identity",
        ),
        (
            r#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}"#.into(),
            "public",
            "chosen by the caller",
        ),
        (
            format!(r#"{{"StringEquals": {org}, "Bool": {{"aws:SecureTransport": "true"}}}}"#),
            "organization",
            "one that binds is enough",
        ),
        (
            r#"{"StringMatches": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#.into(),
            "invalid",
            "no such operator",
        ),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-SHORT"}}"#.into(), "invalid", "no organization id"),
    ] {
        assert_eq!(verdict(&document(&[allow("\"*\"", &condition)])), expected, "{condition}: {why}");
    }
}

#[test]
fn statements_together() {
    let everyone = "\"Principal\": \"*\"";
    let get = "\"Action\": \"lambda:GetLayerVersion\"";
    let open = || statement("Allow", everyone, get, "");
    let deny = |condition: &str| statement("Deny", everyone, get, condition);
    let other_org = r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#;
    for (statements, expected, why) in [
        (vec![], "no-policy", "no statement"),
        (vec![deny("")], "nobody", "Deny alone grants nothing"),
        (vec![open(), deny("")], "nobody", "Deny takes it away"),
        (vec![open(), deny(other_org)], "organization", "all but the organization are denied"),
        (
            vec![open(), deny(r#"{"Bool": {"aws:SecureTransport": "false"}}"#)],
            "public",
            "denied without TLS only",
        ),
        (vec![allow(r#"{"AWS": "444455556666"}"#, ""), open()], "public", "the widest counts"),
        (
            vec![statement("Allow", everyone, "\"Action\": \"lambda:*\"", "")],
            "public",
            "a wildcard covers it",
        ),
        (vec![statement("Allow", everyone, "\"Action\": \"*\"", "")], "public", "everything covers it"),
        (
            vec![statement(
                "Allow",
                everyone,
                "\"Action\": [\"s3:GetObject\", \"LAMBDA:getLayerVersion\"]",
                "",
            )],
            "public",
            "actions have no case",
        ),
        (vec![statement("Allow", everyone, "\"Action\": \"s3:*\"", "")], "nobody", "another service"),
        (vec![statement("Allow", everyone, "\"NotAction\": \"s3:*\"", "")], "public", "all but S3"),
        (vec![statement("Allow", everyone, "\"NotAction\": \"lambda:*\"", "")], "nobody", "all but Lambda"),
        (
            vec![statement("Allow", "\"NotPrincipal\": {\"AWS\": \"444455556666\"}", get, "")],
            "public",
            "everyone but one",
        ),
        (vec![statement("allow", everyone, get, "")], "invalid", "effects have case"),
    ] {
        assert_eq!(verdict(&document(&statements)), expected, "{why}");
    }
    let single = format!(r#"{{"Statement": {}}}"#, open());
    assert_eq!(verdict(&single), "public", "a statement need not stand in a list");
    for (text, why) in [
        ("[]", "no object"),
        (r#"{"Version": "2012-10-17"}"#, "no statement"),
        (r#"{"Version": "2020-01-01", "Statement": []}"#, "no such version"),
        (r#"{"Statement": ["x"]}"#, "a statement is an object"),
        (r#"{"Statement": [], "Extra": 1}"#, "an unknown key"),
    ] {
        assert_eq!(verdict(text), "invalid", "{why}");
    }
}

/// A Deny takes away only what it is about.
#[test]
fn a_deny_about_another_layer_takes_nothing_away() {
    let deny = |resource: &str| {
        format!(r#"{{"Effect": "Deny", "Principal": "*", "Action": "lambda:*", {resource}}}"#)
    };
    let open = || allow("\"*\"", "");
    for (resource, expected, why) in [
        (r#""Resource": "*""#, "nobody", "every resource"),
        (r#""Resource": "arn:aws:lambda:eu-west-1:111122223333:layer:deps:*""#, "nobody", "every version"),
        (r#""Resource": "arn:aws:lambda:eu-west-1:111122223333:layer:other:1""#, "public", "another layer"),
        (
            r#""NotResource": "arn:aws:lambda:eu-west-1:111122223333:layer:deps:*""#,
            "public",
            "everything but this layer",
        ),
    ] {
        assert_eq!(verdict(&document(&[open(), deny(resource)])), expected, "{why}");
    }
}

/// A command that a person pastes into a shell holds nothing that the file could have put there.
#[test]
fn the_command_of_a_mend_holds_no_foreign_words() {
    let text = document(&[allow("\"*\"", "").replacen('{', "{\"Sid\": \"$(touch x)\", ", 1)]);
    let source = PolicySource::layer(ReportPath::new("policy.json"), text, None);
    let judged = judge(&policy::parse(&source).unwrap(), &TrustSettings::default());
    let command = judged.statements.first().unwrap().removal();
    assert!(command.ends_with("--statement-id SID"), "{command}");
}

/// Text that is no JSON, or nests without end, is an error with a place and no crash.
#[test]
fn hostile_text_is_refused() {
    for text in
        ["", "{", "{\"a\":}", "nul", &"[".repeat(100_000), &"{\"a\":".repeat(100_000), "{} {}", "// x\n{}"]
    {
        let source = PolicySource::layer(ReportPath::new("policy.json"), text.to_owned(), None);
        assert!(policy::parse(&source).is_err(), "{}", text.get(..20).unwrap_or(text));
    }
}
