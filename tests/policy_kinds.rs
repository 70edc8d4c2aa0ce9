//! Policies of functions and identities with the verdict that they deserve, and how the kinds are told apart.

#![allow(clippy::pedantic, clippy::unwrap_used, reason = "a fault of a test is a panic")]

use layerlint::{
    environment::policy::{JudgedPolicy, judge},
    input::policy::{self, PolicySource},
    model::{place::ReportPath, settings::TrustSettings},
};

fn judged(statements: &str) -> JudgedPolicy {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let source = PolicySource::new(ReportPath::new("policy.json"), text);
    judge(&policy::parse(&source).unwrap(), &TrustSettings::default())
}

const FUNCTION: &str = r#""Resource": "arn:aws:lambda:eu-west-1:111122223333:function:orders""#;

fn of_function(principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "{action}", {FUNCTION}, "Condition": {{{condition}}}}}"#
    )
}

/// Sources: developer guide "Viewing resource-based IAM policies in Lambda"; IAM "The confused deputy problem"; AWS Config rule
/// lambda-function-public-access-prohibited for what counts as public.
#[test]
fn functions() {
    let invoke = "lambda:InvokeFunction";
    let s3 = r#"{"Service": "s3.amazonaws.com"}"#;
    for (principal, action, condition, expected, why) in [
        (r#""*""#, invoke, "", "public", "everyone"),
        (r#"{"AWS": "*"}"#, "lambda:*", "", "public", "everyone, everything"),
        (r#""*""#, "lambda:GetFunction", "", "public", "reading the code counts too"),
        (
            r#""*""#,
            invoke,
            r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#,
            "service-scoped",
            "a source of the owner",
        ),
        (
            r#""*""#,
            invoke,
            r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:t"}"#,
            "service-scoped",
            "one topic",
        ),
        (
            r#""*""#,
            invoke,
            r#""ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}"#,
            "public",
            "no account in the ARN",
        ),
        (
            r#""*""#,
            invoke,
            r#""StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#,
            "organization",
            "an organization",
        ),
        (r#""*""#, invoke, r#""StringLike": {"aws:PrincipalOrgID": "o-*"}"#, "public", "any organization"),
        (
            r#""*""#,
            invoke,
            r#""StringEquals": {"aws:PrincipalAccount": "444455556666"}"#,
            "cross-account",
            "an account by condition",
        ),
        (
            r#""*""#,
            invoke,
            r#""StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}"#,
            "public",
            "an open URL",
        ),
        (
            r#""*""#,
            invoke,
            r#""StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}"#,
            "public",
            "the kind of signature is no caller",
        ),
        (
            r#""*""#,
            invoke,
            r#""Bool": {"lambda:InvokedViaFunctionUrl": "true"}"#,
            "public",
            "the way in is no caller",
        ),
        (
            r#""*""#,
            invoke,
            r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#,
            "public",
            "a network is no caller",
        ),
        (
            r#""*""#,
            invoke,
            r#""StringEquals": {"aws:SourceVpce": "vpce-1"}"#,
            "public",
            "an endpoint is no caller",
        ),
        (s3, invoke, "", "service-unscoped", "no source"),
        (
            s3,
            invoke,
            r#""ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}"#,
            "service-unscoped",
            "a bucket without its account",
        ),
        (
            s3,
            invoke,
            r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#,
            "service-scoped",
            "an account",
        ),
        (s3, invoke, r#""StringLike": {"aws:SourceAccount": "*"}"#, "service-unscoped", "any account"),
        (
            s3,
            invoke,
            r#""StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}"#,
            "service-unscoped",
            "IfExists binds nobody",
        ),
        (
            r#"{"Service": "events.amazonaws.com"}"#,
            invoke,
            r#""ArnLike": {"aws:SourceArn": "arn:aws:events:*:111122223333:rule/*"}"#,
            "service-scoped",
            "rules of one account",
        ),
        (
            r#"{"Service": "apigateway.amazonaws.com"}"#,
            invoke,
            r#""ArnLike": {"aws:SourceArn": "arn:aws:execute-api:eu-west-1:111122223333:abc/*/GET/"}"#,
            "service-scoped",
            "an API",
        ),
        (
            r#"{"Service": "sns.amazonaws.com"}"#,
            invoke,
            r#""StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}"#,
            "service-scoped",
            "an organization's topics",
        ),
        (
            r#"{"Service": "alexa-appkit.amazon.com"}"#,
            invoke,
            r#""StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.x"}"#,
            "service-scoped",
            "one skill",
        ),
        (r#"{"Service": "alexa-appkit.amazon.com"}"#, invoke, "", "service-unscoped", "any skill"),
        (r#"{"AWS": "444455556666"}"#, invoke, "", "cross-account", "another account"),
        (
            r#"{"AWS": "444455556666"}"#,
            "lambda:UpdateFunctionCode",
            "",
            "cross-account",
            "it may replace the code",
        ),
        (r#"{"AWS": "111122223333"}"#, invoke, "", "same-account", "the owner"),
        (
            r#"{"AWS": "arn:aws:iam::444455556666:role/build"}"#,
            invoke,
            "",
            "cross-account",
            "a role elsewhere",
        ),
        (
            r#"{"AWS": "111122223333", "Service": "s3.amazonaws.com"}"#,
            invoke,
            "",
            "service-unscoped",
            "the owner and a service",
        ),
    ] {
        let judged = judged(&of_function(principal, action, condition));
        assert_eq!(judged.kind.as_str(), "function", "{why}");
        assert_eq!(judged.verdict.as_str(), expected, "{principal} {condition}: {why}: {}", judged.reason);
    }
}

/// Sources: service authorization reference of Lambda (resource types of each action); developer guide, condition key lambda:Layer.
#[test]
fn identities() {
    let arn = |rest: &str| format!(r#""arn:aws:lambda:eu-west-1:111122223333:{rest}""#);
    let any = r#""*""#.to_owned();
    for (action, resource, condition, expected, why) in [
        ("*", any.clone(), "", "identity-broad", "everything"),
        ("lambda:*", any.clone(), "", "identity-broad", "everything of Lambda"),
        (
            "lambda:Update*",
            any.clone(),
            "",
            "identity-broad",
            "a wildcard that holds UpdateFunctionConfiguration",
        ),
        (
            "lambda:UpdateFunctionConfiguration",
            any.clone(),
            "",
            "identity-broad",
            "any layer on any function",
        ),
        ("LAMBDA:updatefunctionconfiguration", any.clone(), "", "identity-broad", "actions have no case"),
        (
            "lambda:UpdateFunctionConfiguration",
            arn("function:*"),
            "",
            "identity-broad",
            "every function of a region",
        ),
        ("lambda:UpdateFunctionConfiguration", arn("function:orders"), "", "identity-ok", "one function"),
        (
            "lambda:UpdateFunctionConfiguration",
            arn("function:orders-*"),
            "",
            "identity-ok",
            "functions by their names",
        ),
        (
            "lambda:UpdateFunctionConfiguration",
            any.clone(),
            r#""ForAllValues:StringLike": {"lambda:Layer": ["arn:aws:lambda:*:111122223333:layer:*:*"]}"#,
            "identity-ok",
            "layers of one account",
        ),
        (
            "lambda:UpdateFunctionConfiguration",
            any.clone(),
            r#""ForAllValues:StringLike": {"lambda:Layer": ["arn:aws:lambda:*:*:layer:*:*"]}"#,
            "identity-broad",
            "layers of any account",
        ),
        (
            "lambda:UpdateFunctionConfiguration",
            any.clone(),
            r#""StringEquals": {"aws:RequestedRegion": "eu-west-1"}"#,
            "identity-broad",
            "a region is no layer",
        ),
        ("lambda:UpdateFunctionCode", any.clone(), "", "identity-ok", "no layer is involved"),
        ("lambda:InvokeFunction", any.clone(), "", "identity-ok", "calling is no power over layers"),
        ("lambda:GetLayerVersion", any.clone(), "", "identity-ok", "reading layers"),
        ("lambda:AddLayerVersionPermission", any.clone(), "", "identity-broad", "share anything"),
        (
            "lambda:AddLayerVersionPermission",
            arn("layer:*:*"),
            "",
            "identity-broad",
            "share any layer of a region",
        ),
        (
            "lambda:AddLayerVersionPermission",
            arn("layer:deps:*"),
            "",
            "identity-ok",
            "every version of one layer",
        ),
        ("lambda:AddLayerVersionPermission", arn("layer:deps:3"), "", "identity-ok", "one version"),
        (
            "lambda:AddLayerVersionPermission",
            arn("layer:deps*"),
            "",
            "identity-ok",
            "the star reaches over the version",
        ),
        (
            "lambda:AddLayerVersionPermission",
            arn("layer:deps"),
            "",
            "identity-ineffective",
            "no version in the ARN",
        ),
        ("lambda:PublishLayerVersion", any.clone(), "", "identity-broad", "publish anything"),
        ("lambda:PublishLayerVersion", arn("layer:deps"), "", "identity-ok", "one layer"),
        (
            "lambda:PublishLayerVersion",
            arn("layer:deps:*"),
            "",
            "identity-ineffective",
            "a version in the ARN",
        ),
        ("lambda:*", arn("function:orders"), "", "identity-ok", "everything about one function"),
        ("lambda:*", r#""arn:aws:lambda:*""#.to_owned(), "", "identity-broad", "a star over several parts"),
        ("s3:*", any.clone(), "", "identity-ok", "another service"),
    ] {
        let text = format!(
            r#"{{"Effect": "Allow", "Action": "{action}", "Resource": {resource}, "Condition": {{{condition}}}}}"#
        );
        let judged = judged(&text);
        assert_eq!(judged.kind.as_str(), "identity", "{why}");
        assert_eq!(judged.verdict.as_str(), expected, "{action} {resource} {condition}: {why}");
    }
}

#[test]
fn a_deny_takes_powers_away_only_when_it_is_about_everything() {
    let allow = r#"{"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}"#;
    for (deny, expected, why) in [
        (r#"{"Effect": "Deny", "Action": "lambda:*", "Resource": "*"}"#, "identity-ok", "all of it"),
        (
            r#"{"Effect": "Deny", "Action": "lambda:UpdateFunctionConfiguration", "Resource": "*"}"#,
            "identity-broad",
            "sharing is left",
        ),
        (
            r#"{"Effect": "Deny", "Action": "lambda:*", "Resource": "arn:aws:lambda:*:*:function:orders"}"#,
            "identity-broad",
            "about one function",
        ),
        (
            r#"{"Effect": "Deny", "NotAction": "lambda:InvokeFunction", "Resource": "*"}"#,
            "identity-ok",
            "all but calling",
        ),
        (
            r#"{"Effect": "Deny", "Action": "lambda:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"#,
            "identity-broad",
            "with a second factor",
        ),
    ] {
        assert_eq!(judged(&format!("{allow}, {deny}")).verdict.as_str(), expected, "{why}");
    }
}

#[test]
fn kinds_are_told_apart_by_what_a_document_says() {
    for (statement, kind, why) in [
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion"}"#,
            "layer",
            "its action",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "lambda:*", "Resource": "arn:aws:lambda:eu-west-1:111122223333:layer:a:1"}"#,
            "layer",
            "its resource",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction"}"#,
            "function",
            "its action",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:a"}"#,
            "function",
            "its resource",
        ),
        (
            r#"{"Effect": "Allow", "Action": "lambda:GetLayerVersion", "Resource": "*"}"#,
            "identity",
            "no principal",
        ),
        (r#"{"Effect": "Allow", "Principal": "*", "Action": "*"}"#, "layer", "nothing tells"),
    ] {
        assert_eq!(judged(statement).kind.as_str(), kind, "{why}");
    }
}

#[test]
fn an_identity_has_a_resource_and_no_principal() {
    let without = judged(r#"{"Effect": "Allow", "Action": "lambda:*"}"#);
    assert_eq!(without.verdict.as_str(), "invalid");
    assert_eq!(without.reason, "the statement has no Resource");
    let mixed = judged(
        r#"{"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}, {"Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion"}"#,
    );
    assert_eq!(
        mixed.reason, "the statement has no Principal",
        "one principal makes it the policy of a resource"
    );
}
