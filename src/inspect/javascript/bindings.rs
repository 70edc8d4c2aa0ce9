//! What the names of a module mean: how often each is bound, what `require` is, which functions can be followed.

use std::collections::HashMap;

use oxc_ast::ast::{
    Argument, ArrowFunctionExpression, BindingIdentifier, BindingPattern, Declaration, Expression,
    FormalParameters, Function, FunctionBody, ObjectPropertyKind, Program, Statement, VariableDeclaration,
};
use oxc_ast_visit::{Visit, walk};

use super::{Goal, walk::DEEPEST};

/// A function whose body can be followed when it is called.
#[derive(Clone, Copy)]
pub(super) enum Callee<'b, 'a> {
    Function(&'b Function<'a>),
    Arrow(&'b ArrowFunctionExpression<'a>),
}

/// What `require` means at the top of a module.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Require {
    /// The one of Node.js.
    Own,
    /// Something of the module's own, or nobody can tell.
    Other,
    /// Nothing: the module is an ES module and makes none.
    Absent,
}

impl Require {
    pub(super) fn of(program: &Program<'_>, goal: Goal, names: &Names) -> Self {
        match (goal, names.elsewhere("require")) {
            (Goal::CommonJs, 0) => Self::Own,
            (Goal::Module, 0) => Self::Absent,
            (_, 1) if program.body.iter().any(makes_require) => Self::Own,
            _ => Self::Other,
        }
    }
}

/// `const require = createRequire(import.meta.url)`
fn makes_require(statement: &Statement<'_>) -> bool {
    let Statement::VariableDeclaration(declaration) = statement else { return false };
    declaration.declarations.iter().any(|one| {
        let Some(Expression::CallExpression(call)) = &one.init else { return false };
        let maker = match &call.callee {
            Expression::Identifier(callee) => callee.name.as_str(),
            Expression::StaticMemberExpression(member) => member.property.name.as_str(),
            _ => return false,
        };
        one.id.get_identifier_name().is_some_and(|name| name == "require") && maker.contains("reateRequire")
    })
}

/// How often each name is bound, by parameters and otherwise.
#[derive(Default)]
pub(super) struct Names {
    pub(super) bound: HashMap<String, (u32, u32)>,
    in_parameters: bool,
    depth: u32,
    pub(super) too_deep: bool,
}

impl Names {
    /// How often a name is bound other than by parameters.
    pub(super) fn elsewhere(&self, name: &str) -> u32 {
        self.bound.get(name).map_or(0, |(_, elsewhere)| *elsewhere)
    }

    /// Whether a name is bound exactly once, so that it means one thing wherever it stands.
    pub(super) fn once(&self, name: &str) -> bool {
        self.bound.get(name).is_some_and(|(parameters, elsewhere)| parameters.saturating_add(*elsewhere) == 1)
    }
}

impl<'a> Visit<'a> for Names {
    fn visit_expression(&mut self, it: &Expression<'a>) {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEEPEST {
            self.too_deep = true;
        } else {
            walk::walk_expression(self, it);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn visit_formal_parameters(&mut self, it: &FormalParameters<'a>) {
        let outer = std::mem::replace(&mut self.in_parameters, true);
        walk::walk_formal_parameters(self, it);
        self.in_parameters = outer;
    }

    fn visit_function_body(&mut self, it: &FunctionBody<'a>) {
        let outer = std::mem::replace(&mut self.in_parameters, false);
        walk::walk_function_body(self, it);
        self.in_parameters = outer;
    }

    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        let counts = self.bound.entry(it.name.to_string()).or_default();
        let count = if self.in_parameters { &mut counts.0 } else { &mut counts.1 };
        *count = count.saturating_add(1);
    }
}

/// The functions of a module's top level by name, where a name means one thing: declared, assigned to a variable, or wrapped by
/// esbuild's `__commonJS`.
pub(super) fn functions<'b, 'a>(program: &'b Program<'a>, names: &Names) -> HashMap<&'b str, Callee<'b, 'a>> {
    let mut found = HashMap::new();
    for statement in &program.body {
        match statement {
            Statement::FunctionDeclaration(function) => declared(function, &mut found),
            Statement::VariableDeclaration(declaration) => assigned(declaration, &mut found),
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::FunctionDeclaration(function) => declared(function, &mut found),
                Declaration::VariableDeclaration(declaration) => assigned(declaration, &mut found),
                _ => {}
            },
            _ => {}
        }
    }
    found.retain(|name, _| names.once(name));
    found
}

fn declared<'b, 'a>(function: &'b Function<'a>, found: &mut HashMap<&'b str, Callee<'b, 'a>>) {
    if let Some(id) = &function.id {
        found.insert(id.name.as_str(), Callee::Function(function));
    }
}

fn assigned<'b, 'a>(declaration: &'b VariableDeclaration<'a>, found: &mut HashMap<&'b str, Callee<'b, 'a>>) {
    for one in &declaration.declarations {
        if let (BindingPattern::BindingIdentifier(id), Some(init)) = (&one.id, &one.init)
            && let Some(callee) = function_of(init).or_else(|| wrapped(init))
        {
            found.insert(id.name.as_str(), callee);
        }
    }
}

pub(super) fn function_of<'b, 'a>(expression: &'b Expression<'a>) -> Option<Callee<'b, 'a>> {
    match expression {
        Expression::FunctionExpression(function) => Some(Callee::Function(function)),
        Expression::ArrowFunctionExpression(arrow) => Some(Callee::Arrow(arrow)),
        _ => None,
    }
}

/// `__commonJS({ "node_modules/x/index.js"(exports, module) { ... } })`, `__esm({ "src/x.ts"() { ... } })`
fn wrapped<'b, 'a>(expression: &'b Expression<'a>) -> Option<Callee<'b, 'a>> {
    let Expression::CallExpression(call) = expression else { return None };
    let Expression::Identifier(wrapper) = &call.callee else { return None };
    let Some(Argument::ObjectExpression(object)) = call.arguments.first() else { return None };
    let Some(ObjectPropertyKind::ObjectProperty(property)) = object.properties.first() else { return None };
    let known = wrapper.name.starts_with("__commonJS") || wrapper.name.starts_with("__esm");
    function_of(&property.value).filter(|_| known && object.properties.len() == 1)
}
