//! `import` and `export` statements.

use oxc_ast::ast::{
    ExportSpecifier, ImportAttributeKey, ImportDeclarationSpecifier, ModuleExportName, Program, Statement,
    WithClause,
};
use oxc_parser::ParserReturn;
use oxc_span::{GetSpan, Span};

use super::{Exports, Import, ModuleSyntax};
use crate::inspect::lines::Lines;

/// All statements that ask for a module, in order.
pub(super) fn imports(program: &Program<'_>, lines: &Lines) -> Vec<Import> {
    program.body.iter().filter_map(|statement| import(statement, lines)).collect()
}

fn import(statement: &Statement<'_>, lines: &Lines) -> Option<Import> {
    let (source, names, with) = match statement {
        Statement::ImportDeclaration(one) if one.phase.is_none() => {
            let names = one.specifiers.iter().flatten().filter_map(imported).collect();
            (&one.source, names, &one.with_clause)
        }
        Statement::ExportAllDeclaration(one) => (&one.source, Vec::new(), &one.with_clause),
        Statement::ExportFromDeclaration(one) => {
            (&one.source, one.specifiers.iter().map(handed_on).collect(), &one.with_clause)
        }
        _ => return None,
    };
    Some(Import {
        specifier: source.value.to_string(),
        names,
        attribute: with.as_deref().and_then(kind),
        line: lines.line(start(source.span)),
    })
}

pub(super) fn start(span: Span) -> usize {
    usize::try_from(span.start).unwrap_or_default()
}

fn imported(one: &ImportDeclarationSpecifier<'_>) -> Option<String> {
    match one {
        ImportDeclarationSpecifier::ImportSpecifier(one) => Some(name(&one.imported)),
        ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => Some("default".to_owned()),
        ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => None,
    }
}

fn handed_on(one: &ExportSpecifier<'_>) -> String {
    name(&one.local)
}

fn name(name: &ModuleExportName<'_>) -> String {
    match name {
        ModuleExportName::IdentifierName(one) => one.name.to_string(),
        ModuleExportName::IdentifierReference(one) => one.name.to_string(),
        ModuleExportName::StringLiteral(one) => one.value.to_string(),
    }
}

/// The value of `type` in `with { type: "json" }`.
fn kind(with: &WithClause<'_>) -> Option<String> {
    let is_type = |key: &ImportAttributeKey<'_>| match key {
        ImportAttributeKey::Identifier(one) => one.name == "type",
        ImportAttributeKey::StringLiteral(one) => one.value == "type",
    };
    with.with_entries.iter().find(|one| is_type(&one.key)).map(|one| one.value.value.to_string())
}

/// What the module exports by its statements.
pub(super) fn exports(record: &oxc_syntax::module_record::ModuleRecord<'_>) -> Exports {
    use oxc_syntax::module_record::ExportExportName;
    let mut exports = Exports::default();
    let entries = record.local_export_entries.iter().chain(&record.indirect_export_entries);
    for entry in entries.chain(&record.star_export_entries) {
        match (&entry.export_name, &entry.module_request) {
            (ExportExportName::Name(name), _) => drop(exports.names.insert(name.name.to_string())),
            (ExportExportName::Default(_), _) => drop(exports.names.insert("default".to_owned())),
            (ExportExportName::Null, Some(from)) => exports.from.push(from.name.to_string()),
            (ExportExportName::Null, None) => exports.dynamic = true,
        }
    }
    exports
}

/// The first thing that only a module may hold, and where it is.
pub(super) fn first_syntax(parsed: &ParserReturn<'_>) -> (ModuleSyntax, usize) {
    let statement = parsed.program.body.iter().find_map(|statement| {
        let syntax = match statement {
            Statement::ImportDeclaration(_) => ModuleSyntax::Import,
            Statement::ExportAllDeclaration(_)
            | Statement::ExportFromDeclaration(_)
            | Statement::ExportDeclaration(_)
            | Statement::ExportNamedDeclaration(_)
            | Statement::ExportDefaultDeclaration(_) => ModuleSyntax::Export,
            _ => return None,
        };
        Some((syntax, statement.span()))
    });
    let meta = || Some((ModuleSyntax::Meta, *parsed.module_record.import_metas.first()?));
    let (syntax, span) = statement.or_else(meta).unwrap_or((ModuleSyntax::Await, Span::default()));
    (syntax, start(span))
}
