//! What a policy of an identity lets its holder do with layers.

use crate::input::policy::{Effect, PolicyDocument, Statement};

use super::{action, glob};

/// Something that a holder can do to other people's code by way of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Power {
    /// Put a layer on a function, and so code into it.
    Attach,
    /// Let other accounts download a layer.
    Share,
    /// Publish a version that others may take up.
    Publish,
}

/// How far a power reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every function, or every layer.
    Broad,
    /// Named functions or layers, or layers of named accounts.
    Named,
    /// None: the ARN has not the form that the action is compared with.
    Ineffective,
}

/// One power that a statement gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What.
    pub power: Power,
    /// How far.
    pub scope: Scope,
}

impl Power {
    const ALL: [Self; 3] = [Self::Attach, Self::Share, Self::Publish];

    /// The action, in lower case.
    fn action(self) -> &'static str {
        match self {
            Self::Attach => "lambda:updatefunctionconfiguration",
            Self::Share => "lambda:addlayerversionpermission",
            Self::Publish => "lambda:publishlayerversion",
        }
    }

    /// The action as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attach => "lambda:UpdateFunctionConfiguration",
            Self::Share => "lambda:AddLayerVersionPermission",
            Self::Publish => "lambda:PublishLayerVersion",
        }
    }
}

/// The powers that each statement gives, after what a Deny without conditions takes from everybody.
pub(super) fn grants(document: &PolicyDocument) -> Vec<Vec<Grant>> {
    document.statements.iter().map(|one| of_statement(one, &document.statements)).collect()
}

fn of_statement(statement: &Statement, all: &[Statement]) -> Vec<Grant> {
    if statement.effect != Some(Effect::Allow) {
        return Vec::new();
    }
    let powers = Power::ALL.into_iter().filter(|power| action::names(&statement.actions, power.action()));
    let left = powers.filter(|power| !is_denied(*power, all));
    left.map(|power| Grant { power, scope: scope(power, statement, all) })
        // a wildcard that happens to hold the action says nothing about layers: `lambda:*` on a function is meant for the function
        .filter(|grant| grant.scope != Scope::Ineffective || is_named(grant.power, statement))
        .collect()
}

fn is_named(power: Power, statement: &Statement) -> bool {
    let named = |action: &String| action.eq_ignore_ascii_case(power.action());
    !statement.actions.negated && statement.actions.values.iter().any(named)
}

/// A Deny about everything, without a condition.
fn is_denied(power: Power, all: &[Statement]) -> bool {
    all.iter().any(|one| {
        one.effect == Some(Effect::Deny)
            && one.conditions.is_empty()
            && action::names(&one.actions, power.action())
            && one.resources().any(|resource| resource == "*")
    })
}

fn scope(power: Power, statement: &Statement, all: &[Statement]) -> Scope {
    if power == Power::Attach && is_limited_to_layers(statement, all) {
        return Scope::Named;
    }
    let Some(resources) = statement.resources.as_ref().filter(|one| !one.negated) else {
        return Scope::Broad;
    };
    let scopes: Vec<Scope> = resources.values.iter().map(|resource| of_resource(power, resource)).collect();
    if scopes.contains(&Scope::Broad) {
        Scope::Broad
    } else if scopes.contains(&Scope::Named) {
        Scope::Named
    } else {
        Scope::Ineffective
    }
}

/// `lambda:Layer` names the layers that may be attached: as a condition of the Allow, or negated in a Deny.
fn is_limited_to_layers(statement: &Statement, all: &[Statement]) -> bool {
    let limits = |one: &Statement| {
        one.conditions.iter().any(|condition| {
            condition.key.eq_ignore_ascii_case("lambda:Layer")
                && !condition.values.is_empty()
                && condition.values.iter().all(|value| has_fixed_account(value))
        })
    };
    let denies = |one: &&Statement| {
        one.effect == Some(Effect::Deny) && action::names(&one.actions, Power::Attach.action())
    };
    limits(statement) || all.iter().filter(denies).any(limits)
}

fn has_fixed_account(arn: &str) -> bool {
    arn.split(':').nth(4).is_some_and(crate::data::arn::is_account)
}

/// `arn:partition:lambda:region:account:function:name` and `...:layer:name[:version]`.
fn of_resource(power: Power, resource: &str) -> Scope {
    if resource == "*" {
        return Scope::Broad;
    }
    let parts: Vec<&str> = resource.splitn(8, ':').collect();
    let (kind, name) = (parts.get(5).copied(), parts.get(6).copied());
    // a star may stand for several parts: `arn:aws:lambda:*` is everything of Lambda
    let wide = parts.last().is_some_and(|last| last.ends_with('*')) && parts.len() < 7;
    let wanted = if power == Power::Attach { "function" } else { "layer" };
    if wide {
        return if kind.is_none_or(|kind| glob::covers(kind, wanted)) {
            Scope::Broad
        } else {
            Scope::Ineffective
        };
    }
    let (Some(kind), Some(name)) = (kind, name) else { return Scope::Ineffective };
    if !glob::covers(kind, wanted) {
        return Scope::Ineffective;
    }
    let has_version = parts.len() > 7 || name.ends_with('*');
    let fits = match power {
        Power::Attach => true,
        Power::Share => has_version,
        Power::Publish => parts.len() == 7,
    };
    match (fits, name.chars().all(|c| matches!(c, '*' | '?'))) {
        (false, _) => Scope::Ineffective,
        (true, true) => Scope::Broad,
        (true, false) => Scope::Named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_read_by_the_form_of_the_action() {
        let of = |name: &str| format!("arn:aws:lambda:eu-west-1:111122223333:{name}");
        for (power, resource, expected) in [
            (Power::Attach, "*".to_owned(), Scope::Broad),
            (Power::Attach, "arn:aws:lambda:*".to_owned(), Scope::Broad),
            (Power::Attach, of("function:*"), Scope::Broad),
            (Power::Attach, of("function:orders"), Scope::Named),
            (Power::Attach, of("layer:*"), Scope::Ineffective),
            (Power::Share, of("layer:*"), Scope::Broad),
            (Power::Share, of("layer:*:*"), Scope::Broad),
            (Power::Share, of("layer:deps"), Scope::Ineffective),
            (Power::Share, of("layer:deps:*"), Scope::Named),
            (Power::Share, of("layer:deps*"), Scope::Named),
            (Power::Publish, of("layer:deps"), Scope::Named),
            (Power::Publish, of("layer:deps:*"), Scope::Ineffective),
            (Power::Publish, of("layer:*"), Scope::Broad),
        ] {
            assert_eq!(of_resource(power, &resource), expected, "{power:?} {resource}");
        }
    }
}
