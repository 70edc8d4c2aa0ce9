//! Policies near the edges of IAM's rules: what Deny takes away, values that only look fixed, keys that every caller has.

#![allow(clippy::pedantic, clippy::unwrap_used, reason = "a fault of a test is a panic")]

use layerlint::{
    environment::policy::{JudgedPolicy, judge},
    input::policy::{self, PolicyKind, PolicySource},
    model::{place::ReportPath, settings::TrustSettings},
};

const RESOURCE: &str = r#""Resource": "arn:aws:lambda:eu-west-1:111122223333:layer:deps:3""#;
const EVERYONE: &str = r#""Principal": "*""#;
const ORG: &str = r#"{"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#;

fn judged(text: &str) -> JudgedPolicy {
    let source = PolicySource::layer(ReportPath::new("policy.json"), text.to_owned(), None);
    let document = policy::parse(&source).unwrap_or_else(|error| panic!("{error}: {text}"));
    judge(&document, &TrustSettings::default())
}

/// `Effect` and whatever stands behind it, with GetLayerVersion of one layer.
fn one(effect: &str, rest: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Action": "lambda:GetLayerVersion", {RESOURCE}, {rest}}}"#)
}

fn everyone_if(condition: &str) -> String {
    one("Allow", &format!(r#"{EVERYONE}, "Condition": {condition}"#))
}

fn deny_if(condition: &str) -> String {
    one("Deny", &format!(r#"{EVERYONE}, "Condition": {condition}"#))
}

fn account(id: &str) -> String {
    one("Allow", &format!(r#""Principal": {{"AWS": "{id}"}}"#))
}

fn document(statements: &[String]) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "))
}

/// Judges every document and shows all that differ, with the reason that the engine gives.
fn table(rows: &[(Vec<String>, &str, &str)]) {
    let mut wrong = Vec::new();
    for (statements, expected, why) in rows {
        let judged = judged(&document(statements));
        if judged.verdict.as_str() != *expected {
            wrong.push(format!(
                "{why}: wants {expected}, is {} ({})",
                judged.verdict.as_str(),
                judged.reason
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_deny_takes_away_only_what_it_is_about() {
    let open = || one("Allow", EVERYONE);
    let deny_on =
        |resource: &str| format!(r#"{{"Effect": "Deny", {EVERYONE}, "Action": "lambda:*", {resource}}}"#);
    let other_layer = r#""Resource": "arn:aws:lambda:eu-west-1:111122223333:layer:other:1""#;
    let but_layer = r#""NotResource": "arn:aws:lambda:eu-west-1:111122223333:layer:deps:*""#;
    let of_org = |operator: &str| deny_if(&format!(r#"{{"{operator}": {ORG}}}"#));
    let b = "444455556666";
    table(&[
        (vec![open(), deny_on(other_layer)], "public", "a Deny about another layer"),
        (vec![open(), deny_on(but_layer)], "public", "a Deny about everything but this layer"),
        (vec![open(), deny_on(r#""Resource": "*""#)], "nobody", "a Deny about every resource"),
        (vec![open(), deny_on(r#""Resource": []"#)], "public", "a Deny about nothing"),
        (
            vec![open(), deny_on(r#""Resource": "arn:aws:lambda:*:111122223333:layer:deps:*""#)],
            "nobody",
            "a Deny about every version",
        ),
        (
            vec![open(), deny_on(r#""Resource": "arn:aws:lambda:eu-west-1:111122223333:layer:deps:?""#)],
            "nobody",
            "a Deny about every version of one digit",
        ),
        (
            vec![
                format!(
                    r#"{{"Effect": "Allow", {EVERYONE}, "Action": "lambda:GetLayerVersion", "Resource": "*"}}"#
                ),
                deny_on(other_layer),
            ],
            "public",
            "an Allow wider than the Deny",
        ),
        (
            vec![open(), one("Deny", &format!(r#""NotPrincipal": {{"AWS": "{b}"}}"#))],
            "cross-account",
            "everyone but one account is denied",
        ),
        (
            vec![open(), one("Deny", r#""NotPrincipal": {"AWS": "111122223333"}"#)],
            "same-account",
            "everyone but the owner is denied",
        ),
        (
            vec![account(b), one("Deny", &format!(r#""Principal": {{"AWS": "arn:aws:iam::{b}:root"}}"#))],
            "nobody",
            "the account is denied by its root",
        ),
        (
            vec![account(b), one("Deny", &format!(r#""Principal": {{"AWS": "arn:aws:iam::{b}:role/x"}}"#))],
            "cross-account",
            "one role of the account is denied",
        ),
        (
            vec![open(), one("Deny", &format!(r#""Principal": {{"AWS": "{b}"}}"#))],
            "public",
            "everyone but one account is still everyone",
        ),
        (
            vec![account(b), deny_if(r#"{"StringNotEquals": {"aws:PrincipalAccount": "777788889999"}}"#)],
            "nobody",
            "all but another account are denied",
        ),
        (
            vec![open(), deny_if(r#"{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}"#)],
            "same-account",
            "all but the owner are denied",
        ),
        (
            vec![account(b), of_org("StringNotEquals")],
            "cross-account",
            "an account that may be of the organization",
        ),
        (vec![open(), of_org("StringNotEqualsIfExists")], "organization", "true without the key: denied too"),
        (vec![open(), of_org("ForAllValues:StringNotEquals")], "organization", "true without the key"),
        (
            vec![open(), of_org("ForAnyValue:StringNotEquals")],
            "public",
            "false without the key: who is in no organization is not denied",
        ),
        (vec![open(), of_org("StringEquals")], "public", "one organization is denied, the others are not"),
        (
            vec![
                everyone_if(&format!(r#"{{"StringEquals": {ORG}}}"#)),
                deny_if(r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-z9y8x7w6v5"}}"#),
            ],
            "nobody",
            "an account is in one organization only",
        ),
        (
            vec![
                open(),
                deny_if(&format!(
                    r#"{{"StringNotEqualsIfExists": {ORG}, "BoolIfExists": {{"aws:PrincipalIsAWSService": "false"}}}}"#
                )),
            ],
            "organization",
            "the usual perimeter: all but the organization and services",
        ),
        (
            vec![
                open(),
                deny_if(&format!(
                    r#"{{"StringNotEquals": {ORG}, "Bool": {{"aws:SecureTransport": "false"}}}}"#
                )),
            ],
            "public",
            "denied only where both hold",
        ),
    ]);
}

#[test]
fn what_looks_fixed_and_what_is() {
    let all = |condition: &str| vec![everyone_if(condition)];
    table(&[
        (
            all(r#"{"StringEquals": {"aws:PrincipalOrgID": ["o-*", "o-a1b2c3d4e5"]}}"#),
            "organization",
            "letter by letter o-* is nobody's id; the other one binds",
        ),
        (
            all(r#"{"StringLike": {"aws:PrincipalOrgID": ["o-*", "o-a1b2c3d4e5"]}}"#),
            "public",
            "values of one key are alternatives",
        ),
        (
            all(r#"{"StringEqualsIfExists": {"aws:PrincipalAccount": "444455556666"}}"#),
            "cross-account",
            "every caller has an account",
        ),
        (
            all(r#"{"ForAllValues:StringEquals": {"aws:PrincipalAccount": "444455556666"}}"#),
            "cross-account",
            "every caller has an account",
        ),
        (
            all(&format!(
                r#"{{"ForAllValues:StringEquals": {ORG}, "Null": {{"aws:PrincipalOrgID": "false"}}}}"#
            )),
            "organization",
            "Null asks for the key, so ForAllValues binds",
        ),
        (
            all(&format!(r#"{{"StringEqualsIfExists": {ORG}, "Null": {{"AWS:principalOrgId": false}}}}"#)),
            "organization",
            "Null asks for the key, so IfExists binds",
        ),
        (
            all(&format!(r#"{{"StringEqualsIfExists": {ORG}, "Null": {{"aws:PrincipalOrgID": "true"}}}}"#)),
            "public",
            "Null asks for callers without the key",
        ),
        (
            all(r#"{"NumericLessThan": {"aws:PrincipalAccount": "999999999999"}}"#),
            "public",
            "smaller than a number is nearly every account",
        ),
        (
            all(r#"{"StringEquals": {"aws:PrincipalAccount": "44445555666"}}"#),
            "invalid",
            "an account id of eleven digits",
        ),
        (all(r#"{"StringEquals": {"aws:SourceAccount": "somebody"}}"#), "invalid", "no account is called so"),
        (all(r#"{"StringLike": {"aws:SourceAccount": "*"}}"#), "public", "any source"),
        (
            all(r#"{"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#),
            "service-scoped",
            "a call that a service makes for the organization",
        ),
        (
            all(r#"{"StringEqualsIgnoreCase": {"aws:PrincipalOrgID": "O-A1B2C3D4E5"}}"#),
            "organization",
            "case does not count here",
        ),
        (
            all(r#"{"ForSomeValue:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#),
            "invalid",
            "no such set operator",
        ),
        (
            all(r#"{"NullIfExists": {"aws:PrincipalOrgID": "false"}}"#),
            "invalid",
            "IfExists does not go with Null",
        ),
        (
            all(r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666*"}}"#),
            "cross-account",
            "an account id has twelve digits, so the star adds none",
        ),
        (
            all(r#"{"StringLike": {"aws:PrincipalAccount": "44445555*"}}"#),
            "public",
            "the beginning of an account id",
        ),
        (all(r#"{"StringLike": {"aws:userid": "*:build"}}"#), "public", "a session name in any account"),
        (all(r#"{"StringEquals": {"aws:PrincipalOrgID": []}}"#), "nobody", "no value, no caller"),
        (
            all(r#"{"StringEquals": {"aws:PrincipalAccount": 444455556666}}"#),
            "cross-account",
            "numbers of conditions are read as their text",
        ),
        (
            vec![one(
                "Allow",
                r#""Principal": {"AWS": ["444455556666", "777788889999"]}, "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#,
            )],
            "nobody",
            "the named accounts and the condition exclude each other",
        ),
        (vec![one("Allow", r#""NotPrincipal": {"AWS": "*"}"#)], "nobody", "everyone but everyone"),
    ]);
}

#[test]
fn what_aws_would_not_accept() {
    let get = r#""Effect": "Allow", "Action": "lambda:GetLayerVersion""#;
    table(&[
        (
            vec![one("Allow", r#""Principal": {"AWS": 444455556666}"#)],
            "invalid",
            "a number drops leading zeros",
        ),
        (vec![one("Allow", r#""Principal": {"AWS": [["*"]]}"#)], "invalid", "a list in a list"),
        (
            vec![format!(r#"{{"Effect": "Allow", {EVERYONE}, "Action": true}}"#)],
            "invalid",
            "an action is a string",
        ),
        (
            vec![one("Allow", r#""Principal": {"AWS": "arn:aws:iam::444455556666:group/x"}"#)],
            "invalid",
            "a group",
        ),
        (
            vec![one("Allow", r#""Principal": {"AWS": "arn:aws:iam::444455556666:x"}"#)],
            "invalid",
            "no such resource",
        ),
        (
            vec![one("Allow", r#""Principal": {"AWS": "arn:aws:sts::444455556666:root"}"#)],
            "invalid",
            "STS has no root",
        ),
        (
            vec![format!(r#"{{{get}, {EVERYONE}, "Sid": "a; rm -rf ~"}}"#)],
            "invalid",
            "a Sid that no StatementId can be",
        ),
        (
            vec![format!(r#"{{{get}, {EVERYONE}, "Resource": "*", "NotResource": "*"}}"#)],
            "invalid",
            "Resource and NotResource",
        ),
        (
            vec![
                format!(r#"{{{get}, {EVERYONE}, "Sid": "a"}}"#),
                format!(r#"{{{get}, {EVERYONE}, "Sid": "a"}}"#),
            ],
            "invalid",
            "a Sid twice",
        ),
    ]);
    for (text, why) in [
        (
            r#"{"Policy": "{}", "Policy": "{\"Statement\": []}", "RevisionId": "x"}"#,
            "the wrapper names two policies",
        ),
        (r#"{"Policy": "{\"Policy\": \"{}\"}"}"#, "a wrapper in a wrapper"),
        (r#"{"Statement": [], "Policy": "{}"}"#, "a policy with a policy inside"),
    ] {
        assert_eq!(judged(text).verdict.as_str(), "invalid", "{why}");
    }
}

/// A command that a person pastes into a shell holds nothing that the file could have put there.
#[test]
fn the_command_of_a_mend_holds_no_foreign_words() {
    let text = document(&[format!(
        r#"{{"Sid": "$(touch x)", "Effect": "Allow", {EVERYONE}, "Action": "lambda:GetLayerVersion", {RESOURCE}}}"#
    )]);
    let command = judged(&text).statements.first().unwrap().removal();
    assert!(command.ends_with("--statement-id SID"), "{command}");
}

/// An account is named once, however often and in whatever spelling the statement names it.
#[test]
fn an_account_is_named_once() {
    let policy = judged(&document(&[one(
        "Allow",
        r#""Principal": {"AWS": ["444455556666", "arn:aws:iam::444455556666:root", "444455556666"]}"#,
    )]));
    assert_eq!(policy.reason, "admits 444455556666");
}

/// Statements are counted as they are written, also behind one that is none.
#[test]
fn statements_keep_their_numbers() {
    let policy = judged(&format!(r#"{{"Statement": ["x", {}]}}"#, one("Allow", EVERYONE)));
    assert_eq!(policy.decided_by, Some(0));
    assert_eq!(policy.statements.first().unwrap().identity(), "statement 1");
}

/// The engine judges the policies of functions too; the rules about layers say nothing of them.
#[test]
fn policies_of_functions() {
    let function = r#""Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:orders""#;
    let s3 = r#""Principal": {"Service": "s3.amazonaws.com"}"#;
    for (rest, expected, why) in [
        (EVERYONE.to_owned(), "public", "everyone may invoke it"),
        (s3.to_owned(), "service-unscoped", "any bucket of anybody"),
        (
            format!(r#"{s3}, "Condition": {{"ArnLike": {{"AWS:SourceArn": "arn:aws:s3:::bucket"}}}}"#),
            "service-unscoped",
            "the ARN of a bucket has no account",
        ),
        (
            format!(
                r#"{s3}, "Condition": {{"ArnLike": {{"AWS:SourceArn": "arn:aws:s3:::bucket"}}, "StringEquals": {{"AWS:SourceAccount": "111122223333"}}}}"#
            ),
            "service-scoped",
            "the account beside it is fixed",
        ),
        (
            r#""Principal": {"Service": "events.amazonaws.com"}, "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/x"}}"#.to_owned(),
            "service-scoped",
            "the ARN of a rule has an account",
        ),
        (
            r#""Principal": {"AWS": "111122223333", "Service": "logs.eu-west-1.amazonaws.com"}"#.to_owned(),
            "service-unscoped",
            "the owner, and a service",
        ),
        (r#""Principal": {"AWS": "444455556666"}"#.to_owned(), "cross-account", "another account"),
        (r#""Principal": {"AWS": "111122223333"}"#.to_owned(), "same-account", "the owner"),
    ] {
        let source = PolicySource {
            kind: Some(PolicyKind::Function),
            ..PolicySource::layer(
                ReportPath::new("policy.json"),
                format!(r#"{{"Statement": {{"Effect": "Allow", {function}, {rest}}}}}"#),
                None,
            )
        };
        let judged = judge(&policy::parse(&source).unwrap(), &TrustSettings::default());
        assert_eq!(judged.verdict.as_str(), expected, "{why}: {}", judged.reason);
        assert!(judged.layer_statements().is_empty());
    }
}

/// The owner is known from a Resource with wildcards too.
#[test]
fn the_owner_is_read_from_wildcard_resources() {
    let text = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "lambda:GetLayerVersion",
        "Resource": "arn:aws:lambda:*:111122223333:layer:deps:*"}}"#;
    assert_eq!(judged(text).verdict.as_str(), "same-account");
}

/// Text that is no JSON inside the string is an error that points at the string.
#[test]
fn faults_inside_the_string_point_at_the_string() {
    let text = "{\n  \"RevisionId\": \"x\",\n  \"Policy\": \"{\\\"Statement\\\": \"\n}";
    let source = PolicySource::layer(ReportPath::new("policy.json"), text.to_owned(), None);
    let error = policy::parse(&source).unwrap_err();
    let labels: Vec<_> = miette::Diagnostic::labels(&error).unwrap().collect();
    assert_eq!(labels.first().unwrap().offset(), text.find("\"{").unwrap());
}

/// A file that is made to be slow is refused or read in a moment.
#[test]
fn long_texts_take_no_time() {
    let keys: String = (0..20_000).map(|index| format!("\"{index}\":0,")).collect();
    let sids: String = (0..12_000).map(|index| format!("{{\"Sid\":\"{index}\"}},")).collect();
    let stars = "*a".repeat(60_000);
    for text in [
        format!("{{{keys}\"Statement\":[]}}"),
        format!("{{\"Statement\":[{sids}{{}}]}}"),
        format!("{{\"Statement\":[{}{{}}]}}", "{},".repeat(80_000)),
        document(&[
            format!(r#"{{"Effect":"Allow",{EVERYONE},"Action":"*","Resource":"{stars}"}}"#),
            format!(r#"{{"Effect":"Deny",{EVERYONE},"Action":"*","Resource":"{stars}"}}"#),
        ]),
    ] {
        let start = std::time::Instant::now();
        let source = PolicySource::layer(ReportPath::new("policy.json"), text, None);
        if let Ok(document) = policy::parse(&source) {
            judge(&document, &TrustSettings::default());
        }
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }
}
