//! Tests around imports, judged as the interpreter of a version on Linux would.

use ruff_python_ast::{CmpOp, ExceptHandler, Expr, Number, Stmt};

/// What a test gives; nothing when only running it would tell.
pub(super) fn truth(test: &Expr, version: (u8, u8)) -> Option<bool> {
    match test {
        Expr::BooleanLiteral(literal) => Some(literal.value),
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(value) => {
                value.as_u64().and_then(|value| u32::try_from(value).ok()).map(|value| value != 0)
            }
            _ => None,
        },
        Expr::Name(name) if name.id.as_str() == "TYPE_CHECKING" => Some(false),
        Expr::Attribute(attribute) if attribute.attr.as_str() == "TYPE_CHECKING" => Some(false),
        Expr::UnaryOp(unary) if unary.op == ruff_python_ast::UnaryOp::Not => {
            truth(&unary.operand, version).map(|value| !value)
        }
        Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
            ([op], [right]) => compared(&compare.left, *op, right, version),
            _ => None,
        },
        _ => None,
    }
}

fn compared(left: &Expr, op: CmpOp, right: &Expr, version: (u8, u8)) -> Option<bool> {
    match dotted(left)?.as_str() {
        "sys.version_info" => {
            let wanted = numbers(right)?;
            let own = [u32::from(version.0), u32::from(version.1)];
            let own = own.get(..wanted.len().min(2))?;
            ordered(own, op, wanted.get(..own.len())?, wanted.len() > 2)
        }
        "sys.platform" => same(op, text(right)? == "linux"),
        "os.name" => same(op, text(right)? == "posix"),
        "__name__" => same(op, false).filter(|_| text(right).is_some_and(|text| text == "__main__")),
        _ => None,
    }
}

/// A comparison that hangs on the third number is not decided.
fn ordered(own: &[u32], op: CmpOp, wanted: &[u32], longer: bool) -> Option<bool> {
    if longer && own == wanted {
        return None;
    }
    match op {
        CmpOp::Eq => Some(own == wanted),
        CmpOp::NotEq => Some(own != wanted),
        CmpOp::Lt => Some(own < wanted),
        CmpOp::LtE => (own != wanted || !longer).then_some(own <= wanted),
        // (3, 11, 4) is above (3, 11)
        CmpOp::Gt => Some(own >= wanted && own.len() == 2 || own > wanted),
        CmpOp::GtE => Some(own >= wanted),
        _ => None,
    }
}

fn same(op: CmpOp, equal: bool) -> Option<bool> {
    match op {
        CmpOp::Eq => Some(equal),
        CmpOp::NotEq => Some(!equal),
        _ => None,
    }
}

fn numbers(expr: &Expr) -> Option<Vec<u32>> {
    let Expr::Tuple(tuple) = expr else { return None };
    let number = |one: &Expr| match one {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(value) => value.as_u64().and_then(|value| u32::try_from(value).ok()),
            _ => None,
        },
        _ => None,
    };
    tuple.elts.iter().map(number).collect()
}

fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// `a.b` of a name or an attribute of a name.
pub(super) fn dotted(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str().to_owned()),
        Expr::Attribute(attribute) => match &*attribute.value {
            Expr::Name(name) => Some(format!("{}.{}", name.id.as_str(), attribute.attr.as_str())),
            _ => None,
        },
        _ => None,
    }
}

/// Exceptions under which a failed import falls.
const OF_IMPORT: [&str; 4] = ["ImportError", "ModuleNotFoundError", "Exception", "BaseException"];

/// Whether a handler catches a failed import and goes on, as far as its words tell: a name that is none of Python's may be one of these.
pub(super) fn catches_import(handlers: &[ExceptHandler]) -> bool {
    handlers.iter().any(|handler| {
        let ExceptHandler::ExceptHandler(handler) = handler;
        let catches = match handler.type_.as_deref() {
            None => true,
            Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(names_import),
            Some(one) => names_import(one),
        };
        catches && !handler.body.iter().any(|stmt| matches!(stmt, Stmt::Raise(_)))
    })
}

fn names_import(expr: &Expr) -> bool {
    match dotted(expr) {
        Some(name) => {
            let last = name.rsplit('.').next().unwrap_or_default();
            OF_IMPORT.contains(&last)
                || !(last.ends_with("Error") || last.ends_with("Exit") || last.ends_with("Interrupt"))
        }
        None => true,
    }
}

/// Whether a context manager swallows a failed import: `suppress(ImportError)`.
pub(super) fn suppresses_import(context: &Expr) -> bool {
    let Expr::Call(call) = context else { return false };
    let is_suppress = dotted(&call.func).is_some_and(|name| name.ends_with("suppress"));
    is_suppress && call.arguments.args.iter().any(names_import)
}
