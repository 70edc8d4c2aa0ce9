//! What a CommonJS module exports: assignments to `exports` and `module.exports`, and the helpers that compilers write.
//!
//! A name counts wherever it is assigned, also where it may never be reached: the question is only which names cannot be there. As
//! soon as `exports` or `module` is used in a way that is not understood, code may add names, and the exports are dynamic.

use oxc_ast::ast::{
    Argument, ArrowFunctionExpression, AssignmentExpression, AssignmentTarget, BindingIdentifier,
    BindingPattern, CallExpression, Expression, ExpressionStatement, FormalParameters, Function,
    IdentifierReference, ObjectExpression, ObjectPropertyKind, Program, StaticMemberExpression,
    UnaryExpression, UnaryOperator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_syntax::scope::ScopeFlags;

use super::Exports;

/// Members of `module` that say nothing about exports.
const HARMLESS: [&str; 8] = ["id", "parent", "children", "hot", "filename", "paths", "loaded", "path"];

/// The exports of a program.
pub(super) fn exports(program: &Program<'_>) -> Exports {
    let mut reader = Reader { exports: Exports::default(), functions: 0, shadowed: 0 };
    reader.visit_program(program);
    reader.exports
}

struct Reader {
    exports: Exports,
    /// Functions around that have a `this` of their own.
    functions: u32,
    /// Functions around with a parameter named `exports` or `module`: what happens inside is about another module.
    shadowed: u32,
}

/// Whether an expression is the object that is exported: `exports` or `module.exports`.
fn is_exports(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::Identifier(id) => id.name == "exports",
        Expression::StaticMemberExpression(member) => is_module_exports(member),
        _ => false,
    }
}

fn is_module_exports(member: &StaticMemberExpression<'_>) -> bool {
    member.property.name == "exports"
        && matches!(&member.object, Expression::Identifier(id) if id.name == "module")
}

/// What an assignment is to.
enum Target {
    /// The exported object itself: `module.exports`.
    Whole,
    /// The variable `exports`: a new value for it exports nothing, unless `module.exports` gets it too.
    Variable,
    /// One name of it.
    Name(String),
    /// A name that is computed.
    Computed,
    /// Something else.
    Other,
}

impl Reader {
    fn target(&self, target: &AssignmentTarget<'_>) -> Target {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(id) if id.name == "exports" => Target::Variable,
            AssignmentTarget::StaticMemberExpression(member) if is_module_exports(member) => Target::Whole,
            AssignmentTarget::StaticMemberExpression(member)
                if is_exports(&member.object) || (self.functions == 0 && is_this(&member.object)) =>
            {
                Target::Name(member.property.name.to_string())
            }
            AssignmentTarget::ComputedMemberExpression(member) if is_exports(&member.object) => {
                match &member.expression {
                    Expression::StringLiteral(name) => Target::Name(name.value.to_string()),
                    _ => Target::Computed,
                }
            }
            _ => Target::Other,
        }
    }

    fn name(&mut self, name: &str) {
        self.exports.names.insert(name.to_owned());
    }

    /// The whole export object is replaced by a value; `alias` when the value also gets another name.
    fn whole(&mut self, value: &Expression<'_>, alias: bool) {
        match value {
            Expression::AssignmentExpression(inner) => match self.target(&inner.left) {
                Target::Whole | Target::Variable => self.whole(&inner.right, alias),
                _ => self.exports.dynamic = true,
            },
            Expression::ObjectExpression(object) => self.object(object),
            Expression::CallExpression(call) => self.made_by(call),
            Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_) => {}
            _ => self.exports.dynamic = true,
        }
        self.exports.dynamic |= alias;
    }

    fn object(&mut self, object: &ObjectExpression<'_>) {
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(one) => match one.key.static_name() {
                    Some(name) if !one.computed => self.name(&name),
                    _ => self.exports.dynamic = true,
                },
                ObjectPropertyKind::SpreadProperty(spread) => match required(&spread.argument) {
                    Some(from) => self.exports.from.push(from),
                    None => self.exports.dynamic = true,
                },
            }
        }
    }

    /// `module.exports = require("./x")`, and esbuild's `module.exports = __toCommonJS(x)`, whose names `__export` lists.
    fn made_by(&mut self, call: &CallExpression<'_>) {
        let is_esbuild =
            matches!(&call.callee, Expression::Identifier(id) if id.name.starts_with("__toCommonJS"));
        match required_by(call) {
            Some(from) => self.exports.from.push(from),
            None if is_esbuild => {}
            None => self.exports.dynamic = true,
        }
    }

    /// A call that is known to add names; whether it was understood.
    fn known_call(&mut self, call: &CallExpression<'_>) -> bool {
        let first = call.arguments.first().and_then(Argument::as_expression);
        let second = call.arguments.get(1).and_then(Argument::as_expression);
        match callee_name(&call.callee) {
            "defineProperty" if first.is_some_and(is_exports) => match second {
                Some(Expression::StringLiteral(name)) => {
                    self.name(name.value.as_str());
                    true
                }
                _ => false,
            },
            "__export" | "__exportStar" | "assign" => self.helper(first, second, call.arguments.len()),
            _ => false,
        }
    }

    /// `__export(x, { a: () => a })`, `__exportStar(require("./x"), exports)`, `Object.assign(exports, { a })`.
    fn helper(
        &mut self,
        first: Option<&Expression<'_>>,
        second: Option<&Expression<'_>>,
        count: usize,
    ) -> bool {
        match (first, second) {
            (Some(from), Some(to)) if is_exports(to) => match required(from) {
                Some(from) => {
                    self.exports.from.push(from);
                    true
                }
                None => false,
            },
            (Some(to), Some(Expression::ObjectExpression(object))) if count == 2 => {
                // esbuild's target is a variable that becomes the exports
                let known = is_exports(to) || matches!(to, Expression::Identifier(_));
                if known {
                    self.object(object);
                }
                known
            }
            _ => false,
        }
    }
}

fn is_this(expression: &Expression<'_>) -> bool {
    matches!(expression, Expression::ThisExpression(_))
}

fn callee_name<'e>(callee: &'e Expression<'_>) -> &'e str {
    match callee {
        Expression::Identifier(id) => id.name.as_str(),
        Expression::StaticMemberExpression(member) => member.property.name.as_str(),
        _ => "",
    }
}

fn required(expression: &Expression<'_>) -> Option<String> {
    match expression {
        Expression::CallExpression(call) => required_by(call),
        _ => None,
    }
}

fn required_by(call: &CallExpression<'_>) -> Option<String> {
    let Expression::Identifier(callee) = &call.callee else { return None };
    match call.arguments.first() {
        Some(Argument::StringLiteral(specifier)) if callee.name == "require" && call.arguments.len() == 1 => {
            Some(specifier.value.to_string())
        }
        _ => None,
    }
}

/// Whether parameters bind a name of the module's own export objects.
fn shadows(parameters: &FormalParameters<'_>) -> bool {
    let named = |pattern: &BindingPattern<'_>| {
        pattern.get_binding_identifiers().iter().any(|id| id.name == "exports" || id.name == "module")
    };
    parameters.items.iter().any(|one| named(&one.pattern))
}

impl<'a> Visit<'a> for Reader {
    fn visit_expression_statement(&mut self, it: &ExpressionStatement<'a>) {
        match &it.expression {
            Expression::AssignmentExpression(one) => self.assignment(one, false),
            Expression::SequenceExpression(all) => {
                for one in &all.expressions {
                    match one {
                        Expression::AssignmentExpression(one) => self.assignment(one, false),
                        other => self.visit_expression(other),
                    }
                }
            }
            other => self.visit_expression(other),
        }
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        self.assignment(it, true);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.exports.dynamic |= matches!(&it.callee, Expression::Identifier(id) if id.name == "eval");
        if self.shadowed == 0 && self.known_call(it) {
            // the values may use `exports` themselves
            it.arguments
                .iter()
                .skip(1)
                .filter_map(Argument::as_expression)
                .filter(|one| !is_exports(one))
                .for_each(|one| self.visit_expression(one));
            return;
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        let own =
            |object: &Expression<'_>| matches!(object, Expression::Identifier(id) if id.name == "module");
        let harmless = HARMLESS.contains(&it.property.name.as_str()) && own(&it.object);
        // reading a name of the exports adds none
        if !harmless && !is_exports(&it.object) {
            walk::walk_static_member_expression(self, it);
        }
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.exports.dynamic |= self.shadowed == 0 && (it.name == "exports" || it.name == "module");
    }

    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        self.exports.dynamic |= self.shadowed == 0 && (it.name == "exports" || it.name == "module");
    }

    fn visit_unary_expression(&mut self, it: &UnaryExpression<'a>) {
        // `typeof module` and `typeof exports` add nothing
        if it.operator != UnaryOperator::Typeof {
            walk::walk_unary_expression(self, it);
        }
    }

    fn visit_arguments(&mut self, it: &oxc_allocator::Vec<'a, Argument<'a>>) {
        // `(function () { this.x = 1 }).call(this)`
        let hands_on = it.iter().any(|one| matches!(one, Argument::ThisExpression(_)));
        self.exports.dynamic |= self.functions == 0 && self.shadowed == 0 && hands_on;
        walk::walk_arguments(self, it);
    }

    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        let shadowed = u32::from(shadows(&it.params));
        self.shadowed = self.shadowed.saturating_add(shadowed);
        self.functions = self.functions.saturating_add(1);
        walk::walk_function(self, it, flags);
        self.functions = self.functions.saturating_sub(1);
        self.shadowed = self.shadowed.saturating_sub(shadowed);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        let shadowed = u32::from(shadows(&it.params));
        self.shadowed = self.shadowed.saturating_add(shadowed);
        walk::walk_arrow_function_expression(self, it);
        self.shadowed = self.shadowed.saturating_sub(shadowed);
    }
}

impl Reader {
    fn assignment(&mut self, it: &AssignmentExpression<'_>, inside: bool) {
        if self.shadowed > 0 {
            self.visit_assignment_target(&it.left);
            self.visit_expression(&it.right);
            return;
        }
        match self.target(&it.left) {
            Target::Whole => {
                self.whole(&it.right, inside);
                self.values(&it.right);
                return;
            }
            // `exports = module.exports = ...`
            Target::Variable => {
                if let Expression::AssignmentExpression(inner) = &it.right {
                    return self.assignment(inner, inside);
                }
            }
            Target::Name(name) => self.name(&name),
            Target::Computed => self.exports.dynamic = true,
            Target::Other => self.visit_assignment_target(&it.left),
        }
        self.visit_expression(&it.right);
    }

    /// What stands inside a value that was understood as a whole.
    fn values(&mut self, value: &Expression<'_>) {
        match value {
            Expression::AssignmentExpression(inner) => self.values(&inner.right),
            other => self.visit_expression(other),
        }
    }
}
