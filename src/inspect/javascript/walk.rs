//! Which `require` calls a module makes as soon as it is loaded, and which only perhaps.
//!
//! A call counts as certain when nothing stands between it and the loading of the module: no condition, no loop, no `try` with a
//! `catch`, no way out before it, and only functions that are called on the spot or by name at the top of the module.

use std::collections::{HashMap, HashSet};

use oxc_ast::ast::{
    Argument, ArrowFunctionExpression, AssignmentExpression, AssignmentPattern, AssignmentTargetWithDefault,
    AwaitExpression, BindingPattern, BreakStatement, CallExpression, ChainExpression, ConditionalExpression,
    ContinueStatement, DoWhileStatement, Expression, ForInStatement, ForOfStatement, ForStatement,
    FormalParameters, Function, IdentifierReference, IfStatement, LabeledStatement, LogicalExpression,
    Program, PropertyDefinition, ReturnStatement, SwitchStatement, ThrowStatement, TryStatement,
    UnaryExpression, UnaryOperator, WhileStatement, WithStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_syntax::scope::ScopeFlags;

use crate::inspect::lines::Lines;

use super::{
    ForeignName, Goal, How, Load,
    bindings::{Callee, Names, Require, function_of, functions},
    esm::start,
};

/// Expressions inside one another that are followed; string sums of generators are the deepest.
pub(super) const DEEPEST: u32 = 20_000;

/// What was found.
pub(super) struct Walked {
    pub(super) loads: Vec<Load>,
    pub(super) foreign: Option<ForeignName>,
    pub(super) too_deep: bool,
}

/// Walks a module.
pub(super) fn walk(program: &Program<'_>, goal: Goal, lines: &Lines) -> Walked {
    let mut names = Names::default();
    names.visit_program(program);
    let require = Require::of(program, goal, &names);
    let mut walker = Walker {
        lines,
        functions: functions(program, &names),
        followed: HashSet::new(),
        names: &names,
        goal,
        require,
        guards: 0,
        exited: false,
        broke: false,
        shadowed: 0,
        depth: 0,
        found: Walked { loads: Vec::new(), foreign: None, too_deep: names.too_deep },
    };
    if !names.too_deep {
        walker.visit_program(program);
    }
    walker.found
}

struct Walker<'b, 'a> {
    lines: &'b Lines,
    functions: HashMap<&'b str, Callee<'b, 'a>>,
    followed: HashSet<String>,
    names: &'b Names,
    goal: Goal,
    require: Require,
    /// Conditions, loops, `try` blocks and functions that are not called here.
    guards: u32,
    /// A way out of the function at hand was passed.
    exited: bool,
    /// A `break` or `continue` of the loop or block at hand was passed.
    broke: bool,
    /// Functions around that have a parameter named `require`.
    shadowed: u32,
    depth: u32,
    found: Walked,
}

impl<'a> Walker<'_, 'a> {
    fn is_certain(&self) -> bool {
        self.guards == 0 && !self.exited && !self.broke
    }

    fn guarded(&mut self, visit: impl FnOnce(&mut Self)) {
        self.guards = self.guards.saturating_add(1);
        visit(self);
        self.guards = self.guards.saturating_sub(1);
    }

    /// A loop or a block, beyond which its own `break` means nothing.
    fn breakable(&mut self, visit: impl FnOnce(&mut Self)) {
        let outer = self.broke;
        visit(self);
        self.broke = outer;
    }

    fn load(&mut self, specifier: &str, how: How, at: usize) {
        if self.shadowed > 0 {
            return;
        }
        let certain = self.is_certain() && (how == How::Import || self.require == Require::Own);
        let line = self.lines.line(at);
        self.found.loads.push(Load { specifier: specifier.to_owned(), how, certain, line });
    }

    /// The name of CommonJS that a reference uses although nothing defines it in an ES module.
    fn foreign(&mut self, name: &str, at: usize) {
        let known = ["require", "module", "exports", "__dirname", "__filename"].contains(&name);
        if known
            && self.goal == Goal::Module
            && self.found.foreign.is_none()
            && self.is_certain()
            && !self.names.bound.contains_key(name)
        {
            self.found.foreign = Some(ForeignName { name: name.to_owned(), line: self.lines.line(at) });
        }
    }

    /// Walks a body that runs now, with its own ways out.
    fn run(&mut self, callee: Callee<'_, 'a>) {
        let outer = std::mem::replace(&mut self.exited, false);
        // what runs after a way out does not run for certain
        self.guards = self.guards.saturating_add(u32::from(outer));
        let parameters = match callee {
            Callee::Function(function) => &function.params,
            Callee::Arrow(arrow) => &arrow.params,
        };
        let shadows = u32::from(has_require(parameters));
        self.shadowed = self.shadowed.saturating_add(shadows);
        match callee {
            Callee::Function(function) => {
                if let Some(body) = &function.body {
                    self.visit_function_body(body);
                }
            }
            Callee::Arrow(arrow) => self.visit_arrow_function_body(&arrow.body),
        }
        self.shadowed = self.shadowed.saturating_sub(shadows);
        self.guards = self.guards.saturating_sub(u32::from(outer));
        self.exited = outer;
    }

    /// A function that is called by its name.
    fn follow(&mut self, name: &str) {
        let Some(callee) = self.functions.get(name).copied().filter(|_| self.is_certain()) else { return };
        if is_plain(callee) && self.followed.insert(name.to_owned()) {
            self.run(callee);
        }
    }

    fn call(&mut self, it: &CallExpression<'a>) {
        let at = start(it.span);
        match &it.callee {
            Expression::Identifier(callee) if callee.name == "require" || callee.name == "__require" => {
                if let (Some(specifier), 1) = (literal(it.arguments.first()), it.arguments.len()) {
                    self.load(specifier, How::Require, at);
                }
            }
            Expression::Identifier(callee) => self.follow(callee.name.as_str()),
            Expression::StaticMemberExpression(member) if is_named(&member.object, "require") => {
                if let (Some(specifier), 1, "resolve") =
                    (literal(it.arguments.first()), it.arguments.len(), member.property.name.as_str())
                {
                    self.load(specifier, How::Resolve, at);
                }
            }
            Expression::StaticMemberExpression(member)
                if is_named(&member.object, "process") && member.property.name == "exit" =>
            {
                self.exited = true;
            }
            _ => {}
        }
    }
}

/// Whether a body runs to its end when called: neither a generator nor async.
fn is_plain(callee: Callee<'_, '_>) -> bool {
    match callee {
        Callee::Function(function) => !function.generator && !function.r#async,
        Callee::Arrow(arrow) => !arrow.r#async,
    }
}

fn has_require(parameters: &FormalParameters<'_>) -> bool {
    let named = |pattern: &BindingPattern<'_>| {
        pattern.get_binding_identifiers().iter().any(|id| id.name == "require")
    };
    parameters.items.iter().any(|one| named(&one.pattern))
}

fn is_named(expression: &Expression<'_>, name: &str) -> bool {
    matches!(expression, Expression::Identifier(id) if id.name == name)
}

/// The text of a literal argument: a string, or a template without anything put in.
fn literal<'e>(argument: Option<&'e Argument<'_>>) -> Option<&'e str> {
    match argument? {
        Argument::StringLiteral(text) => Some(text.value.as_str()),
        Argument::TemplateLiteral(template) if template.expressions.is_empty() => {
            template.quasis.first()?.value.cooked.as_ref().map(oxc_ast::ast::Str::as_str)
        }
        _ => None,
    }
}

/// The function that a call runs on the spot: `(function () {})()`, `(() => {})()`, `(function () {}).call(this)`.
fn on_the_spot<'e, 'a>(callee: &'e Expression<'a>) -> Option<Callee<'e, 'a>> {
    match callee {
        Expression::StaticMemberExpression(member)
            if matches!(member.property.name.as_str(), "call" | "apply") =>
        {
            function_of(&member.object)
        }
        other => function_of(other),
    }
}

impl<'a> Visit<'a> for Walker<'_, 'a> {
    fn visit_expression(&mut self, it: &Expression<'a>) {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEEPEST {
            self.found.too_deep = true;
        } else {
            walk::walk_expression(self, it);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let Some(callee) = on_the_spot(&it.callee).filter(|callee| is_plain(*callee)) {
            self.visit_arguments(&it.arguments);
            self.run(callee);
            return;
        }
        // arguments are evaluated before the call
        self.visit_expression(&it.callee);
        self.visit_arguments(&it.arguments);
        self.call(it);
    }

    fn visit_await_expression(&mut self, it: &AwaitExpression<'a>) {
        if let Expression::ImportExpression(import) = &it.argument
            && let Expression::StringLiteral(specifier) = &import.source
            && self.goal == Goal::Module
        {
            self.load(specifier.value.as_str(), How::Import, start(it.span));
        }
        walk::walk_await_expression(self, it);
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.foreign(it.name.as_str(), start(it.span));
    }

    fn visit_unary_expression(&mut self, it: &UnaryExpression<'a>) {
        // `typeof require` may be asked anywhere
        if it.operator == UnaryOperator::Typeof && matches!(it.argument, Expression::Identifier(_)) {
            return;
        }
        walk::walk_unary_expression(self, it);
    }

    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        let shadows = u32::from(has_require(&it.params));
        self.shadowed = self.shadowed.saturating_add(shadows);
        let outer = self.exited;
        self.guarded(|walker| walk::walk_function(walker, it, flags));
        self.exited = outer;
        self.shadowed = self.shadowed.saturating_sub(shadows);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        let shadows = u32::from(has_require(&it.params));
        self.shadowed = self.shadowed.saturating_add(shadows);
        let outer = self.exited;
        self.guarded(|walker| walk::walk_arrow_function_expression(walker, it));
        self.exited = outer;
        self.shadowed = self.shadowed.saturating_sub(shadows);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        if it.r#static {
            walk::walk_property_definition(self, it);
        } else {
            self.guarded(|walker| walk::walk_property_definition(walker, it));
        }
    }

    fn visit_if_statement(&mut self, it: &IfStatement<'a>) {
        self.visit_expression(&it.test);
        self.guarded(|walker| {
            walker.visit_statement(&it.consequent);
            if let Some(other) = &it.alternate {
                walker.visit_statement(other);
            }
        });
    }

    fn visit_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        self.visit_expression(&it.test);
        self.guarded(|walker| {
            walker.visit_expression(&it.consequent);
            walker.visit_expression(&it.alternate);
        });
    }

    fn visit_logical_expression(&mut self, it: &LogicalExpression<'a>) {
        self.visit_expression(&it.left);
        self.guarded(|walker| walker.visit_expression(&it.right));
    }

    fn visit_chain_expression(&mut self, it: &ChainExpression<'a>) {
        self.guarded(|walker| walk::walk_chain_expression(walker, it));
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        if it.operator.is_logical() {
            self.guarded(|walker| walk::walk_assignment_expression(walker, it));
        } else {
            walk::walk_assignment_expression(self, it);
        }
    }

    fn visit_assignment_pattern(&mut self, it: &AssignmentPattern<'a>) {
        self.guarded(|walker| walk::walk_assignment_pattern(walker, it));
    }

    fn visit_assignment_target_with_default(&mut self, it: &AssignmentTargetWithDefault<'a>) {
        self.guarded(|walker| walk::walk_assignment_target_with_default(walker, it));
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.visit_expression(&it.discriminant);
        self.breakable(|walker| walker.guarded(|walker| walker.visit_switch_cases(&it.cases)));
    }

    fn visit_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.breakable(|walker| walk::walk_do_while_statement(walker, it));
    }

    fn visit_labeled_statement(&mut self, it: &LabeledStatement<'a>) {
        self.breakable(|walker| walk::walk_labeled_statement(walker, it));
    }

    fn visit_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.visit_expression(&it.test);
        self.breakable(|walker| walker.guarded(|walker| walker.visit_statement(&it.body)));
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        if let Some(init) = &it.init {
            self.visit_for_statement_init(init);
        }
        self.breakable(|walker| {
            walker.guarded(|walker| {
                it.test.iter().chain(&it.update).for_each(|one| walker.visit_expression(one));
                walker.visit_statement(&it.body);
            });
        });
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.visit_expression(&it.right);
        self.breakable(|walker| walker.guarded(|walker| walker.visit_statement(&it.body)));
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.visit_expression(&it.right);
        self.breakable(|walker| walker.guarded(|walker| walker.visit_statement(&it.body)));
    }

    fn visit_with_statement(&mut self, it: &WithStatement<'a>) {
        self.visit_expression(&it.object);
        self.guarded(|walker| walker.visit_statement(&it.body));
    }

    fn visit_try_statement(&mut self, it: &TryStatement<'a>) {
        match &it.handler {
            None => self.visit_block_statement(&it.block),
            Some(handler) => self.guarded(|walker| {
                walker.visit_block_statement(&it.block);
                walker.visit_catch_clause(handler);
            }),
        }
        if let Some(last) = &it.finalizer {
            self.visit_block_statement(last);
        }
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        walk::walk_return_statement(self, it);
        self.exited = true;
    }

    fn visit_throw_statement(&mut self, it: &ThrowStatement<'a>) {
        walk::walk_throw_statement(self, it);
        self.exited = true;
    }

    fn visit_break_statement(&mut self, _: &BreakStatement<'a>) {
        self.broke = true;
    }

    fn visit_continue_statement(&mut self, _: &ContinueStatement<'a>) {
        self.broke = true;
    }
}
