//! What becomes of a Java handler: its class and ancestors on the class path, its method, its constructor.

mod class_path;
mod jars;
mod natives;

use std::{collections::HashSet, sync::Arc};

use crate::{
    data::runtimes::{Family, Runtime},
    inspect::class_file::{ClassFile, Method},
};

pub use class_path::{ClassPath, ClassPlace, Found, Step};
pub use jars::{Jar, JarEntry, Jars};
pub use natives::JarNative;

use super::deployment::Deployment;

/// The interfaces that a handler without a method has to implement. They come from Lambda's own client.
const HANDLERS: [&str; 2] = [
    "com/amazonaws/services/lambda/runtime/RequestHandler",
    "com/amazonaws/services/lambda/runtime/RequestStreamHandler",
];

/// Types that decide whether an overload can be a handler.
const CONTEXT: &str = "Lcom/amazonaws/services/lambda/runtime/Context;";
const INPUT: &str = "Ljava/io/InputStream;";
const OUTPUT: &str = "Ljava/io/OutputStream;";

/// Ancestors that are followed: no real class has so many.
const MOST_ANCESTORS: usize = 1000;

/// Types of methods that are followed.
const MOST_TYPES: usize = 500;

/// The class path of a deployment, and what is wrong with its handler.
#[derive(Debug)]
pub struct Start<'a> {
    /// The class path.
    pub class_path: ClassPath<'a>,
    /// What Java would say of the handler first; nothing when it would be loaded, and when that cannot be told.
    pub fault: Option<Fault<'a>>,
}

/// Why a handler cannot be used. Names are as people write them: `com.example.Handler`.
#[derive(Clone, Debug)]
pub enum Fault<'a> {
    /// A class is newer than the runtime.
    TooNew {
        /// Where it lies.
        place: ClassPlace<'a>,
        /// Its binary name.
        class: String,
        /// Its major version.
        major: u16,
    },
    /// The handler's class is nowhere.
    NoClass,
    /// An ancestor of the handler's class is nowhere.
    NoAncestor {
        /// Where the class that names it lies.
        place: ClassPlace<'a>,
        /// The binary name of that class.
        of: String,
        /// The binary name of what is missing.
        missing: String,
    },
    /// The class implements none of the interfaces, and the handler names no method.
    NoInterface(ClassPlace<'a>),
    /// A public method of the class names a class that is nowhere, so that no method can be looked up.
    NoSignature {
        /// Where the class lies.
        place: ClassPlace<'a>,
        /// The method whose parameters or result it is.
        method: String,
        /// The binary name of what is missing.
        missing: String,
    },
    /// No public method of that name takes what Lambda passes.
    NoMethod {
        /// Where the class lies.
        place: ClassPlace<'a>,
        /// Public methods that it declares.
        others: Vec<String>,
    },
    /// There is no public constructor without parameters.
    NoConstructor(ClassPlace<'a>),
}

/// Follows a Java handler; nothing for other languages.
pub(super) fn follow<'a>(deployment: &Deployment<'a>) -> Option<Start<'a>> {
    let runtime = deployment.runtime.filter(|runtime| runtime.family == Family::Java)?;
    let mut class_path = ClassPath::of(deployment, &deployment.jars);
    class_path.has_gaps |= is_altered(deployment);
    let fault = deployment
        .handler
        .filter(|_| deployment.code.is_some())
        .and_then(|handler| judge(&class_path, runtime, handler));
    Some(Start { class_path, fault })
}

/// Whether the environment changes what is loaded: an agent, another class path, a program before the virtual machine.
fn is_altered(deployment: &Deployment<'_>) -> bool {
    const VARIABLES: [&str; 4] =
        ["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "AWS_LAMBDA_EXEC_WRAPPER"];
    const WORDS: [&str; 4] = ["-javaagent", "-agent", "-Xbootclasspath", "class.path"];
    deployment.function().is_some_and(|function| {
        let value = |name: &&str| function.environment.get(*name);
        VARIABLES.iter().any(|name| {
            value(name).is_some_and(|value| {
                name.ends_with("WRAPPER") || WORDS.iter().any(|word| value.contains(word))
            })
        })
    })
}

type Ancestry<'a> = Vec<(ClassPlace<'a>, Arc<ClassFile>)>;

fn judge<'a>(path: &ClassPath<'a>, runtime: &Runtime, handler: &str) -> Option<Fault<'a>> {
    let (class, method) = match handler.rsplit_once("::") {
        Some((class, method)) => (class, Some(method)),
        None => (handler, None),
    };
    let name = class.replace('.', "/");
    let (known, whole) = match ancestry(path, runtime, &name) {
        Ok(found) => found,
        Err(fault) => return fault,
    };
    let (place, own) = known.first()?;
    let fault = match method {
        None => no_interface(&known, whole, *place),
        Some(method) => {
            no_signature(path, runtime, &known).or_else(|| no_method(&known, whole, method, *place))
        }
    };
    let needs_instance = method.is_none_or(|method| {
        let mut named = own.methods.iter().filter(|one| one.name == method && one.is_public).peekable();
        named.peek().is_none() || named.any(|one| !one.is_static)
    });
    fault.or_else(|| {
        let is_constructor = |one: &Method| one.name == "<init>" && one.descriptor == "()V" && one.is_public;
        (needs_instance && !own.methods.iter().any(is_constructor)).then_some(Fault::NoConstructor(*place))
    })
}

/// The class with all its ancestors on the class path, nearest first, and whether those of the runtime are known to add nothing.
fn ancestry<'a>(
    path: &ClassPath<'a>,
    runtime: &Runtime,
    name: &str,
) -> Result<(Ancestry<'a>, bool), Option<Fault<'a>>> {
    let newest = runtime.max_class_major.unwrap_or(u16::MAX);
    let mut known: Ancestry<'a> = Vec::new();
    let mut whole = true;
    let mut seen = HashSet::from([name.to_owned()]);
    let mut queue = vec![(name.to_owned(), None::<(ClassPlace<'a>, String)>)];
    while let Some((class, by)) = queue.pop() {
        match path.find(&class) {
            Found::OnlyVersion(place, major) if major > newest => {
                return Err(Some(Fault::TooNew { place, class, major }));
            }
            Found::Class(place, file) if file.major > newest => {
                return Err(Some(Fault::TooNew { place, class, major: file.major }));
            }
            Found::Class(place, file) if known.len() < MOST_ANCESTORS => {
                // a stack: the interfaces are loaded first, in their order, then the superclass
                for parent in file.superclass.iter().chain(file.interfaces.iter().rev()) {
                    if seen.insert(parent.clone()) {
                        queue.push((parent.clone(), Some((place, class.clone()))));
                    }
                }
                known.push((place, file));
            }
            Found::Missing => {
                return Err(Some(match by {
                    None => Fault::NoClass,
                    Some((place, of)) => Fault::NoAncestor { place, of, missing: class },
                }));
            }
            Found::Unknown if class == "java/lang/Object" || HANDLERS.contains(&class.as_str()) => {}
            _ if known.is_empty() => return Err(None),
            _ => whole = false,
        }
    }
    Ok((known, whole))
}

fn no_interface<'a>(known: &Ancestry<'a>, whole: bool, place: ClassPlace<'a>) -> Option<Fault<'a>> {
    let is_handler = |name: &String| HANDLERS.contains(&name.as_str());
    let implements = known.iter().any(|(_, class)| class.interfaces.iter().any(is_handler));
    (whole && !implements).then_some(Fault::NoInterface(place))
}

/// Looking up one method resolves the types of all public ones, with their ancestors.
fn no_signature<'a>(path: &ClassPath<'a>, runtime: &Runtime, known: &Ancestry<'a>) -> Option<Fault<'a>> {
    let mut seen = HashSet::new();
    known.iter().find_map(|(place, class)| {
        let public = class.methods.iter().filter(|method| method.is_public && !method.name.starts_with('<'));
        let types = public.flat_map(|method| method.classes().map(move |name| (method, name)));
        types.filter(|(_, name)| seen.len() < MOST_TYPES && seen.insert((*name).to_owned())).find_map(
            |(method, name)| {
                let missing = match ancestry(path, runtime, name) {
                    Err(Some(Fault::NoClass)) => name.to_owned(),
                    Err(Some(Fault::NoAncestor { missing, .. })) => missing,
                    Err(Some(too_new @ Fault::TooNew { .. })) => return Some(too_new),
                    _ => return None,
                };
                Some(Fault::NoSignature { place: *place, method: method.name.clone(), missing })
            },
        )
    })
}

fn no_method<'a>(known: &Ancestry<'a>, whole: bool, name: &str, place: ClassPlace<'a>) -> Option<Fault<'a>> {
    // what the client's own interfaces and java.lang.Object declare is there too
    let inherited = matches!(name, "toString" | "hashCode")
        || (name == "handleRequest"
            && known
                .iter()
                .any(|(_, class)| class.interfaces.iter().any(|one| HANDLERS.contains(&one.as_str()))));
    let fits = |method: &Method| method.name == name && method.is_public && takes_event(method);
    if inherited || !whole || known.iter().any(|(_, class)| class.methods.iter().any(fits)) {
        return None;
    }
    let own = known.first().map(|(_, class)| class.methods.as_slice()).unwrap_or_default();
    let mut others: Vec<String> = own
        .iter()
        .filter(|method| method.is_public && !method.name.starts_with('<'))
        .map(|method| method.name.clone())
        .collect();
    others.sort();
    others.dedup();
    Some(Fault::NoMethod { place, others })
}

/// Whether Lambda can pass what a method takes.
fn takes_event(method: &Method) -> bool {
    let Some(parameters) = method.parameters() else { return true };
    match parameters.as_slice() {
        [] | [_] => true,
        [first, second] => match *first {
            OUTPUT => *second == CONTEXT,
            CONTEXT => false,
            INPUT => matches!(*second, OUTPUT | CONTEXT),
            _ => *second == CONTEXT,
        },
        [first, second, third] => (*first, *second, *third) == (INPUT, OUTPUT, CONTEXT),
        _ => false,
    }
}
