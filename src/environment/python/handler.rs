//! The handler of a Python function, taken apart as Lambda's client does it.

use crate::{
    data::{python_client, runtimes::Family, search_paths::Holds},
    environment::{deployment::Deployment, filesystem::Provider},
    model::paths::within,
};

/// A handler: `src/app.handler` is the module `src.app` and the name `handler`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonHandler<'h> {
    /// The module as written: errors quote it so.
    pub written: &'h str,
    /// The module as it is imported, with dots.
    pub module: String,
    /// The name that it has to bind.
    pub symbol: &'h str,
}

/// Why the client cannot take a handler apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// There is no dot.
    NoDot,
    /// Nothing stands before the last dot.
    NoModule,
    /// Nothing stands behind the last dot.
    NoSymbol,
    /// It begins with a slash or a dot: Python takes it for a relative import.
    Relative,
    /// It has white space in it: the API refuses it.
    Refused,
}

/// Takes a handler apart: at its last dot, and a slash is a dot.
pub fn parse(handler: &str) -> Result<PythonHandler<'_>, Malformed> {
    if handler.chars().any(char::is_whitespace) {
        return Err(Malformed::Refused);
    }
    let (written, symbol) = handler.rsplit_once('.').ok_or(Malformed::NoDot)?;
    let module = written.replace('/', ".");
    if module.is_empty() {
        return Err(Malformed::NoModule);
    }
    if module.starts_with('.') {
        return Err(Malformed::Relative);
    }
    if symbol.is_empty() {
        return Err(Malformed::NoSymbol);
    }
    Ok(PythonHandler { written, module, symbol })
}

impl Deployment<'_> {
    /// The module that is taken in place of the handler's: one that Lambda's client has loaded before, or that is compiled in.
    pub fn shadowed_handler(&self) -> Option<Shadow> {
        let runtime = self.runtime.filter(|runtime| runtime.family == Family::Python)?;
        let handler = parse(self.handler?).ok()?;
        // the client asks the written name, up to its first dot
        let first = handler.written.split('.').next()?;
        if python_client::is_compiled_in(&runtime.language, first) {
            return Some(Shadow { module: first.to_owned(), is_compiled_in: true });
        }
        let top = handler.module.split('.').next()?;
        python_client::is_loaded_before(&runtime.language, top)
            .then(|| Shadow { module: top.to_owned(), is_compiled_in: false })
    }
}

impl<'a> Deployment<'a> {
    /// The file that the handler would name if Python's own module did not come first.
    pub fn shadowed_file(&self) -> Option<Provider<'a>> {
        let path = parse(self.handler?).ok()?.module.replace('.', "/");
        self.paths_of(Holds::PythonModules).into_iter().find_map(|place| {
            let base = within(&place.folder, &path);
            let endings = [".py", "/__init__.py"];
            endings.iter().find_map(|ending| self.tree(place.root).find(&format!("{base}{ending}")))
        })
    }
}

/// A module of Python itself whose name a handler has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadow {
    /// Its name.
    pub module: String,
    /// Whether it is compiled into the interpreter; else it is loaded before the handler.
    pub is_compiled_in: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_taken_apart_at_the_last_dot() {
        let of = |handler| parse(handler).map(|one| (one.written, one.module, one.symbol));
        assert_eq!(of("app.handler"), Ok(("app", "app".to_owned(), "handler")));
        assert_eq!(of("src/pkg.app.run"), Ok(("src/pkg.app", "src.pkg.app".to_owned(), "run")));
        assert_eq!(of("app. handler"), Err(Malformed::Refused));
        assert_eq!(of("handler"), Err(Malformed::NoDot));
        assert_eq!(of(".handler"), Err(Malformed::NoModule));
        assert_eq!(of("app."), Err(Malformed::NoSymbol));
        assert_eq!(of("/var/task/app.handler"), Err(Malformed::Relative));
        assert_eq!(of("./app.handler"), Err(Malformed::Relative));
    }
}
