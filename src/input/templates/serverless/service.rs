//! The template that Serverless makes of `serverless.yml`.

use std::{ops::Range, path::Path};

use crate::input::{
    document::{Located, Pair, Shape, made::Made},
    templates::{Answers, Artifact, Inventory},
};

use super::{
    Facts, maps,
    resources::Template,
    title,
    variables::{Value, Variables, last_of_each},
};

/// A service with its variables.
pub(super) struct Service<'a> {
    root: Located<'a>,
    variables: Variables<'a>,
    answers: &'a Answers,
    folder: &'a Path,
}

impl<'a> Service<'a> {
    pub(super) fn new(root: Located<'a>, answers: &'a Answers, folder: &'a Path) -> Self {
        Self { root, variables: Variables::new(root, answers), answers, folder }
    }

    /// What the user says, and the region of the provider.
    pub(super) fn answers(&self) -> Answers {
        let mut answers = self.answers.clone();
        let written = || self.variables.known(self.root.at(&["provider", "region"]));
        answers.region = answers.region.or_else(written);
        answers
    }

    /// The template, and what is known of its resources beside it.
    pub(super) fn template(&self, inventory: &mut Inventory<'_>) -> (Made, Facts) {
        let mut template = Template::default();
        let mut facts = Facts::default();
        for layer in self.members("layers", inventory) {
            self.layer(layer, &mut template, &mut facts);
        }
        for function in self.members("functions", inventory) {
            self.function(function, &mut template, &mut facts);
        }
        for part in self.variables.node(self.root.get("resources")).into_iter().flat_map(maps) {
            if let Some(part) = self.variables.node(Some(part)) {
                template.take(part, &self.variables);
            }
        }
        (template.made(self.root.range()), facts)
    }

    /// The members of a section, with their variables still in them. What lies in another file is said to be unknown.
    fn members(&self, section: &str, inventory: &mut Inventory<'_>) -> Vec<Pair<'a>> {
        let Some(written) = self.root.get(section) else { return Vec::new() };
        let mut found = Vec::new();
        let parts = match self.variables.value(written) {
            Value::Node(node) => maps(node),
            Value::Unknown(_) => vec![written],
            Value::Text(_) | Value::Absent => Vec::new(),
        };
        for part in parts {
            match self.variables.value(part) {
                Value::Node(node) => found.extend(last_of_each(node)),
                Value::Unknown(what) => {
                    let reason = "Serverless reads it while packing: `serverless package` first";
                    inventory.unresolved(&what, reason, Some(part.span()));
                }
                Value::Text(_) | Value::Absent => {}
            }
        }
        found
    }

    fn layer(&self, layer: Pair<'a>, template: &mut Template, facts: &mut Facts) {
        let Some(node) = self.variables.node(Some(layer.value)) else { return };
        let id = format!("{}LambdaLayer", title(layer.key));
        let mut properties = Properties::of(self, node);
        properties.take("LayerName", node.get("name"));
        properties.take("CompatibleRuntimes", node.get("compatibleRuntimes"));
        properties.take("CompatibleArchitectures", node.get("compatibleArchitectures"));
        let mut more = Vec::new();
        if let Some(retain) = node.get("retain").and_then(|retain| self.retention(retain)) {
            more.push(("UpdateReplacePolicy", retain));
        }
        facts.names.insert(id.clone(), layer.key.to_owned());
        facts.artifacts.insert(id.clone(), self.layer_artifact(node));
        template.resource(&id, layer.key_range(), "AWS::Lambda::LayerVersion", properties.made(), more);
        let accounts = self.variables.node(node.get("allowedAccounts"));
        for account in accounts.into_iter().flat_map(Located::items) {
            self.share(layer.key, &id, account, template);
        }
    }

    /// With `retain` every version has an id of its own, and the one before is kept.
    fn retention(&self, retain: Located<'a>) -> Option<Made> {
        match self.variables.known(Some(retain)).as_deref() {
            Some("true") => Some(Made::text("Retain", retain.range())),
            Some(_) => None,
            None => self.variables.made(retain),
        }
    }

    fn layer_artifact(&self, node: Located<'a>) -> Artifact {
        let path = node.at(&["package", "artifact"]).or_else(|| node.get("path"));
        match self.variables.known(path) {
            Some(path) => Artifact::named(self.folder, &path),
            None => Artifact::Missing("the service does not say where its content is".to_owned()),
        }
    }

    fn share(&self, layer: &str, id: &str, account: Located<'a>, template: &mut Template) {
        let Some(principal) = self.variables.made(account) else { return };
        let at = || account.range();
        let shown = self.variables.known(Some(account)).unwrap_or_default().replace('*', "Wild");
        let properties = vec![
            ("Action", Made::text("lambda:GetLayerVersion", at())),
            ("LayerVersionArn", Made::map(vec![("Ref", Made::text(id, at()))], at())),
            ("Principal", principal),
        ];
        let permission = format!("{}{shown}LambdaLayerPermission", title(layer));
        template.resource(
            &permission,
            at(),
            "AWS::Lambda::LayerVersionPermission",
            Made::map(properties, at()),
            Vec::new(),
        );
    }

    fn function(&self, function: Pair<'a>, template: &mut Template, facts: &mut Facts) {
        let Some(node) = self.variables.node(Some(function.value)) else { return };
        let provider = self.variables.node(self.root.get("provider"));
        let of_provider = |key: &str| provider.and_then(|provider| provider.get(key));
        let own = |key: &str| node.get(key).filter(|value| value.shape() != Shape::Null);
        let id = format!("{}LambdaFunction", title(function.key));
        let mut properties = Properties::of(self, node);
        properties.take("Handler", node.get("handler"));
        properties.take("Runtime", own("runtime").or_else(|| of_provider("runtime")));
        properties.list("Architectures", own("architecture").or_else(|| of_provider("architecture")));
        // the list of the function replaces that of the provider
        properties.take("Layers", own("layers").or_else(|| of_provider("layers")));
        properties.environment([of_provider("environment"), node.get("environment")]);
        if let Some(image) = node.get("image") {
            properties.text("PackageType", "Image", image.range());
        }
        facts.names.insert(id.clone(), function.key.to_owned());
        facts.artifacts.insert(id.clone(), self.function_artifact(node));
        template.resource(&id, function.key_range(), "AWS::Lambda::Function", properties.made(), Vec::new());
        if let Some(url) = node.get("url") {
            self.url(function.key, &id, url, template);
        }
    }

    fn function_artifact(&self, node: Located<'a>) -> Artifact {
        if node.get("image").is_some() {
            return Artifact::Image;
        }
        let own = node.at(&["package", "artifact"]);
        match self.variables.known(own.or_else(|| self.root.at(&["package", "artifact"]))) {
            Some(path) => Artifact::named(self.folder, &path),
            None => Artifact::Missing("Serverless packs it: `serverless package` first".to_owned()),
        }
    }

    /// `url: true` lets everybody in, and version 3 grants one of the two permissions that it takes.
    fn url(&self, function: &str, id: &str, url: Located<'a>, template: &mut Template) {
        let Some(node) = self.variables.node(Some(url)) else { return };
        let is_open = match node.shape() {
            Shape::Map => node.get("authorizer").is_none(),
            _ => node.is_true(),
        };
        if !is_open {
            return;
        }
        let at = || url.range();
        let target = || Made::map(vec![("Ref", Made::text(id, at()))], at());
        let permission = vec![
            ("FunctionName", target()),
            ("Action", Made::text("lambda:InvokeFunctionUrl", at())),
            ("Principal", Made::text("*", at())),
            ("FunctionUrlAuthType", Made::text("NONE", at())),
        ];
        let name = title(function);
        let ids = [format!("{name}LambdaPermissionFnUrl"), format!("{name}LambdaFunctionUrl")];
        let made = Made::map(permission, at());
        template.resource(&ids[0], at(), "AWS::Lambda::Permission", made, Vec::new());
        if self.is_version_3() {
            let properties = vec![("AuthType", Made::text("NONE", at())), ("TargetFunctionArn", target())];
            template.resource(&ids[1], at(), "AWS::Lambda::Url", Made::map(properties, at()), Vec::new());
        }
    }

    fn is_version_3(&self) -> bool {
        let version = self.variables.known(self.root.get("frameworkVersion"));
        version.is_some_and(|version| version.trim_start_matches(['^', '~', '=', '>', 'v']).starts_with('3'))
    }
}

/// The properties of a resource while it is made.
struct Properties<'s, 'a> {
    service: &'s Service<'a>,
    at: Range<usize>,
    made: Vec<(String, Range<usize>, Made)>,
}

impl<'s, 'a> Properties<'s, 'a> {
    fn of(service: &'s Service<'a>, node: Located<'a>) -> Self {
        Self { service, at: node.range(), made: Vec::new() }
    }

    fn put(&mut self, name: &str, made: Made, at: Range<usize>) {
        self.made.push((name.to_owned(), at, made));
    }

    fn text(&mut self, name: &str, text: &str, at: Range<usize>) {
        self.put(name, Made::text(text, at.clone()), at);
    }

    /// The value as it is, with its variables resolved.
    fn take(&mut self, name: &str, value: Option<Located<'a>>) {
        if let Some(value) = value
            && let Some(made) = self.service.variables.made(value)
        {
            self.put(name, made, value.range());
        }
    }

    /// The value as the only member of a list.
    fn list(&mut self, name: &str, value: Option<Located<'a>>) {
        if let Some(value) = value
            && let Some(made) = self.service.variables.made(value)
        {
            self.put(name, Made::list(vec![made], value.range()), value.range());
        }
    }

    /// The variables of the provider with those of the function, which win.
    fn environment(&mut self, maps: [Option<Located<'a>>; 2]) {
        let mut variables: Vec<(String, Range<usize>, Made)> = Vec::new();
        for map in maps.into_iter().flatten() {
            let Some(node) = self.service.variables.node(Some(map)) else {
                // of a map that is unknown, nothing is known of any variable
                return self.take_unknown_environment(map);
            };
            for pair in last_of_each(node) {
                if let Some(made) = self.service.variables.made(pair.value) {
                    variables.retain(|(name, _, _)| name != pair.key);
                    variables.push((pair.key.to_owned(), pair.key_range(), made));
                }
            }
        }
        let at = self.at.clone();
        let variables = ("Variables".to_owned(), at.clone(), Made::keyed(variables, at.clone()));
        self.put("Environment", Made::keyed(vec![variables], at.clone()), at);
    }

    fn take_unknown_environment(&mut self, map: Located<'a>) {
        if let Some(made) = self.service.variables.made(map) {
            self.put("Environment", Made::map(vec![("Variables", made)], map.range()), map.range());
        }
    }

    fn made(self) -> Made {
        Made::keyed(self.made, self.at)
    }
}
