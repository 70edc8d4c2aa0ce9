//! runtime/invocation-failure: the function initialises, and its first invocation fails.

use crate::{
    data::texts,
    environment::{
        deployment::Deployment,
        java::{ClassPlace, Fault, Start},
    },
    model::place::Place,
    rules::{
        layout, pages,
        registry::{Check, Draft, Findings, Rule},
    },
};

use super::python_imports;

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::INVOCATION_FAILURE, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    python_imports::late(deployment, findings);
    java(deployment, findings);
}

fn java(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (Some(start), Some(code), Some(handler)) =
        (deployment.java_start(), deployment.code, deployment.handler)
    else {
        return;
    };
    let Some(fault) = &start.fault else { return };
    let (class, method) = handler.rsplit_once("::").unwrap_or((handler, "handleRequest"));
    // said by runtime/handler-malformed
    if class.is_empty() || method.is_empty() {
        return;
    }
    let report = |draft: Draft<'_>| draft.subject(format!("handler {handler}")).report();
    match fault {
        // said by runtime/class-version, before the first invocation
        Fault::TooNew { .. } => {}
        Fault::NoClass => {
            let root = deployment.task.is_empty() || layout::explains_missing_file(code);
            if !root && !layout::explains_missing_class(deployment) {
                report(no_class(start, class, findings.at(code.place())));
            }
        }
        Fault::NoAncestor { place, of, missing } => {
            report(no_ancestor(class, of, missing, findings.at(at(place))));
        }
        Fault::NoInterface(place) => report(no_interface(class, findings.at(at(place)))),
        Fault::NoSignature { place, method: of, missing } => {
            report(no_signature(class, method, (of, missing), findings.at(at(place))));
        }
        Fault::NoMethod { place, others } => report(no_method(class, method, others, findings.at(at(place)))),
        Fault::NoConstructor(place) => report(no_constructor(class, findings.at(at(place)))),
    }
}

fn at(place: &ClassPlace<'_>) -> Place {
    place.provider.package.entry_place(place.provider.index)
}

fn dotted(name: &str) -> String {
    name.replace('/', ".")
}

fn no_class<'f>(start: &Start<'_>, class: &str, draft: Draft<'f>) -> Draft<'f> {
    let near = nearest(start, class);
    draft
        .say(format!("the first invocation fails: the handler's class {class} is not on the class path"))
        .lambda_says(texts::JAVA_CLASS_NOT_FOUND.fill(&[("class", class)]))
        .because(match &near {
            Some(near) => format!(
                "initialising succeeds without it, so that a deployment looks healthy; {near} is there"
            ),
            None => "initialising succeeds without it, so that a deployment looks healthy".to_owned(),
        })
        .fix(match near {
            Some(near) if !near.contains(' ') => format!("set the handler to {near}, or add the class"),
            _ => {
                "add the class below the root of the zip or in a jar in lib/, or mend the handler".to_owned()
            }
        })
}

/// A class of the same simple name in another package, or of a similar name in the same.
fn nearest(start: &Start<'_>, class: &str) -> Option<String> {
    let simple = class.rsplit('.').next()?;
    let jars = start.class_path.jars.iter().flat_map(|step| step.jar.entries());
    let names = start.class_path.loose().chain(jars.map(|entry| &*entry.path));
    names
        .filter_map(|path| path.strip_suffix(".class"))
        .filter(|path| !path.starts_with("META-INF/"))
        .filter_map(|path| {
            let name = path.rsplit('/').next()?;
            let distance = if name == simple { 0 } else { strsim::damerau_levenshtein(&dotted(path), class) };
            (distance <= 3).then(|| (distance, dotted(path)))
        })
        .min()
        .map(|(_, name)| name)
}

fn no_ancestor<'f>(class: &str, of: &str, missing: &str, draft: Draft<'f>) -> Draft<'f> {
    draft
        .say(format!("the first invocation fails: {} needs {}, which is not on the class path", dotted(of), dotted(missing)))
        .lambda_says(texts::JAVA_ERROR_LOADING_CLASS.fill(&[("class", class), ("missing", missing)]))
        .because("a class is loaded together with its superclass and interfaces; errorType is java.lang.NoClassDefFoundError")
        .fix("add the jar that holds it to lib/ of the function, or to java/lib/ of a layer")
}

fn no_interface<'f>(class: &str, draft: Draft<'f>) -> Draft<'f> {
    draft
        .say(format!("the first invocation fails: {class} implements no handler interface, and the handler names no method"))
        .lambda_says(texts::JAVA_NO_INTERFACE.fill(&[("class", class)]))
        .because("without ::method a handler has to implement RequestHandler or RequestStreamHandler")
        .fix(format!("set the handler to {class}::method, or let the class implement RequestHandler"))
}

fn no_signature<'f>(class: &str, method: &str, (of, missing): (&str, &str), draft: Draft<'f>) -> Draft<'f> {
    draft
        .say(format!(
            "the first invocation fails: the method {of} names {}, which is not on the class path",
            dotted(missing)
        ))
        .lambda_says(texts::JAVA_ERROR_LOADING_METHOD.fill(&[("method", method), ("class", class)]))
        .because(
            "looking up one method resolves the parameters and results of all public methods of the class",
        )
        .fix("add the jar that holds it to lib/ of the function, or to java/lib/ of a layer")
}

fn no_method<'f>(class: &str, method: &str, others: &[String], draft: Draft<'f>) -> Draft<'f> {
    let because = if others.iter().any(|one| one == method) {
        format!("{method} is there, and takes what Lambda cannot pass: an event, or streams, and a Context")
    } else if others.is_empty() {
        "the class has no public method".to_owned()
    } else {
        format!("its public methods are {}", others.iter().take(5).cloned().collect::<Vec<_>>().join(", "))
    };
    draft
        .say(format!("the first invocation fails: {class} has no public method {method} that Lambda can call"))
        .lambda_says(texts::JAVA_NO_METHOD.fill(&[("method", method), ("class", class)]))
        .because(because)
        .fix(format!("name one that is there, or declare: public String {method}(Map<String, Object> event, Context context)"))
}

fn no_constructor<'f>(class: &str, draft: Draft<'f>) -> Draft<'f> {
    draft
        .say(format!("the first invocation fails: {class} has no public constructor without parameters"))
        .lambda_says(texts::JAVA_NO_CONSTRUCTOR.fill(&[("class", class)]))
        .because("the client makes the handler itself and has nothing to pass")
        .fix("declare a public constructor without parameters, or make the method static")
}
