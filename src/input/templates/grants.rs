//! Permission statements put together from the fields of other formats, as Lambda would store them.

use serde_json::{Map, Value, json};

use crate::{
    data::arn::{LayerArn, is_account},
    input::{
        policy::PolicyKind,
        project::{ComposedPolicy, PolicyContent, PolicyFile},
    },
    model::place::{ReportPath, SourceSpan},
};

/// The account that a template calls "this one". No account has this number.
pub(super) const THIS_ACCOUNT: &str = "000000000000";

/// The fields of one grant. A field that is known to a deployment only is nothing; a source that is bound in some unknown way is
/// [`Grant::bound_source`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grant {
    /// What makes it known in its template.
    pub(super) sid: String,
    /// `*`, an account, an ARN or a service.
    pub(super) principal: String,
    /// `lambda:GetLayerVersion`, `lambda:InvokeFunction`...
    pub(super) action: String,
    /// The layer version or function, when its ARN is known.
    pub(super) resource: Option<String>,
    /// `OrganizationId` or `PrincipalOrgID`.
    pub(super) organization: Option<String>,
    /// `SourceArn`.
    pub(super) source_arn: Option<String>,
    /// `SourceAccount`.
    pub(super) source_account: Option<String>,
    /// `FunctionUrlAuthType`.
    pub(super) url_auth: Option<String>,
    /// `InvokedViaFunctionUrl`.
    pub(super) via_url: bool,
    /// Where it is written.
    pub(super) at: Option<SourceSpan>,
}

impl Grant {
    fn statement(&self) -> Value {
        let mut statement = Map::new();
        statement.insert("Sid".to_owned(), json!(self.sid));
        statement.insert("Effect".to_owned(), json!("Allow"));
        statement.insert("Principal".to_owned(), self.written_principal());
        statement.insert("Action".to_owned(), json!(self.action));
        if let Some(resource) = &self.resource {
            statement.insert("Resource".to_owned(), json!(resource));
        }
        let conditions = self.conditions();
        if !conditions.is_empty() {
            statement.insert("Condition".to_owned(), Value::Object(conditions));
        }
        Value::Object(statement)
    }

    fn written_principal(&self) -> Value {
        match self.principal.as_str() {
            "*" => json!("*"),
            service if service.contains("amazonaws") => json!({ "Service": service }),
            other => json!({ "AWS": other }),
        }
    }

    fn conditions(&self) -> Map<String, Value> {
        let mut equals = Map::new();
        let mut add = |key: &str, value: Option<&String>| {
            if let Some(value) = value {
                equals.insert(key.to_owned(), json!(value));
            }
        };
        add("aws:PrincipalOrgID", self.organization.as_ref());
        add("AWS:SourceAccount", self.source_account.as_ref());
        add("lambda:FunctionUrlAuthType", self.url_auth.as_ref());
        let mut conditions = Map::new();
        if !equals.is_empty() {
            conditions.insert("StringEquals".to_owned(), Value::Object(equals));
        }
        if let Some(source) = &self.source_arn {
            conditions.insert("ArnLike".to_owned(), json!({ "AWS:SourceArn": source }));
        }
        if self.via_url {
            conditions.insert("Bool".to_owned(), json!({ "lambda:InvokedViaFunctionUrl": "true" }));
        }
        conditions
    }

    /// What the API refuses although the statement looks like one. The schema checks of templates let these pass.
    fn faults(&self, kind: PolicyKind) -> Option<String> {
        if kind != PolicyKind::Layer {
            return None;
        }
        if self.organization.is_some() && self.principal != "*" {
            return Some("an organization is given together with a principal other than \"*\"".to_owned());
        }
        match self.resource.as_deref().map(|arn| (arn, LayerArn::parse(arn))) {
            Some((_, Some(arn))) if arn.version.is_none() => {
                Some("the layer's ARN has no version: a permission is for one version".to_owned())
            }
            _ => None,
        }
    }
}

/// The grants of one layer or function as its policy.
pub(super) fn policy(
    kind: PolicyKind,
    of: &str,
    file: &ReportPath,
    grants: &[Grant],
    account: Option<&String>,
) -> Option<PolicyFile> {
    let first = grants.first()?;
    let statements: Vec<Value> = grants.iter().map(Grant::statement).collect();
    let faults = grants.iter().enumerate().filter_map(|(at, grant)| Some((at, grant.faults(kind)?)));
    let names_this_account = grants.iter().any(|grant| grant.principal.contains(THIS_ACCOUNT));
    let owner = account.cloned().or_else(|| names_this_account.then(|| THIS_ACCOUNT.to_owned()));
    Some(PolicyFile {
        content: PolicyContent::Composed(ComposedPolicy {
            file: file.clone(),
            text: json!({ "Version": "2012-10-17", "Statement": statements }).to_string(),
            places: grants.iter().filter_map(|grant| grant.at.clone()).collect(),
            owner,
            faults: faults.collect(),
        }),
        kind: Some(kind),
        of: Some(of.to_owned()),
        declared_at: first.at.clone(),
    })
}

/// Whether a text is an account id that YAML reads as a number.
pub(super) fn is_bare_account(text: &str) -> bool {
    is_account(text)
}
