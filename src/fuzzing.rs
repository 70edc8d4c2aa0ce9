//! Every parser of bytes that strangers write, each behind one function: what the fuzz targets and the property tests call.
//!
//! A parser here never fails: it returns, in bounded time, whatever the bytes. Where more can be promised, it is asserted.

use std::{
    ops::ControlFlow,
    path::Path,
    thread::{self, ScopedJoinHandle},
};

use crate::{
    archive::{Scratch, archive::Archive, limits::Limits},
    data::{arn::LayerArn, platform_names::NamedPlatform, secrets, versions::SymbolVersion},
    environment::policy::judge,
    input::{
        document::{Document, Located},
        manifest::ManifestFile,
        policy::{self, PolicyKind, PolicySource},
        project::Project,
        quantity::parse_bytes,
        settings,
        templates::{self, Answers},
    },
    inspect::{self, class_file, javascript, machine_code, nested, python},
    model::{
        entry_path::EntryPath,
        place::{ReportPath, SourceSpan},
        settings::TrustSettings,
        text::SafeText,
    },
};

/// A parser with its name, which is that of its fuzz target.
pub struct Parser {
    /// The name of the fuzz target.
    pub name: &'static str,
    /// Parses, and asserts what it promises.
    pub run: fn(&[u8]),
}

/// All parsers.
pub const PARSERS: [Parser; 13] = [
    Parser { name: "zip", run: zip },
    Parser { name: "structure", run: structure },
    Parser { name: "machine_code", run: machine_code },
    Parser { name: "metadata", run: metadata },
    Parser { name: "javascript", run: javascript },
    Parser { name: "python", run: python },
    Parser { name: "class_file", run: class_file },
    Parser { name: "policy", run: policy },
    Parser { name: "manifest", run: manifest },
    Parser { name: "document", run: document },
    Parser { name: "templates", run: templates },
    Parser { name: "terraform", run: terraform },
    Parser { name: "names", run: names },
];

/// Runs one of them by name; `false` when there is none of that name.
pub fn run(name: &str, bytes: &[u8]) -> bool {
    let parser = PARSERS.iter().find(|one| one.name == name);
    parser.inspect(|one| (one.run)(bytes)).is_some()
}

/// Small ones, so that each of millions of runs is short.
fn limits() -> Limits {
    Limits {
        entries: 10_000,
        entry_bytes: 1 << 20,
        bytes: 8 << 20,
        real_bytes: 16 << 20,
        nesting_depth: 3,
        ..Limits::default()
    }
}

/// The central directory and the content of every entry: as long as it says, and it begins with its beginning.
fn zip(bytes: &[u8]) {
    let Some(archive) = Archive::in_memory(bytes.to_vec(), &limits()) else { return };
    let (mut whole, mut begin) = (Scratch::default(), Scratch::default());
    for (index, entry) in archive.entries().iter().enumerate() {
        let Ok(read) = archive.read(index, &mut whole) else { continue };
        assert_eq!(read.len() as u64, entry.size.0, "an entry has the size that it says");
        if let Ok(prefix) = archive.read_prefix(index, 64, &mut begin) {
            assert!(read.starts_with(prefix), "a beginning is the beginning");
        }
    }
    assert!(archive.anomalies().is_sorted(), "anomalies are in order");
}

/// Local headers, end records, the bytes between, and archives inside.
fn structure(bytes: &[u8]) {
    let Some(archive) = Archive::in_memory(bytes.to_vec(), &limits()) else { return };
    assert_eq!(archive.structure(), archive.structure(), "two looks see the same");
    let inside = nested::open_all(&archive);
    assert!(inside.archives.iter().all(|one| one.entry < archive.entries().len()));
}

/// ELF, Mach-O, PE and what lies in their place.
fn machine_code(bytes: &[u8]) {
    if let machine_code::Format::Elf(facts) = machine_code::identify(bytes) {
        let names = facts.needed.iter().chain(&facts.module_inits).map(String::len).sum::<usize>();
        // a byte that is not UTF-8 becomes three
        assert!(names <= bytes.len().saturating_mul(3), "names do not outweigh the file");
    }
}

/// `RECORD` and `WHEEL` of Python, `package.json` of npm.
fn metadata(bytes: &[u8]) {
    let _ = inspect::distributions::of_package_json("node_modules/zod/package.json", 0, bytes);
    let _ = inspect::wheels::read("python/x-1.dist-info/WHEEL", bytes);
    let code = inspect::wheels::read("python/x-1.dist-info/RECORD", bytes);
    assert!(code.iter().flat_map(|(_, wheel)| &wheel.code).all(|path| path.starts_with("python/")));
    let rows = inspect::record::parse("python/x-1.dist-info/RECORD", bytes);
    assert!(rows.iter().all(|row| row.path.starts_with("python/")), "rows stay below their folder");
}

/// JavaScript as CommonJS and as a module.
fn javascript(bytes: &[u8]) {
    on_stack(javascript::STACK, || {
        for goal in [javascript::Goal::CommonJs, javascript::Goal::Module] {
            let _ = javascript::read(bytes, goal);
        }
    });
}

/// Python, as the oldest and the newest version that functions run on.
fn python(bytes: &[u8]) {
    on_stack(python::STACK, || {
        for minor in [8, 14] {
            let _ = python::read(bytes, (3, minor));
        }
    });
}

/// The stack that parsers which recurse are given.
fn on_stack(size: usize, work: impl FnOnce() + Send) {
    let done = thread::scope(|scope| {
        thread::Builder::new().stack_size(size).spawn_scoped(scope, work).map(ScopedJoinHandle::join)
    });
    if let Ok(Err(panic)) = done {
        std::panic::resume_unwind(panic);
    }
}

/// Class files of Java.
fn class_file(bytes: &[u8]) {
    let major = class_file::major(bytes);
    if let Ok(class) = class_file::parse(bytes) {
        assert!(major.is_some(), "what parses has a version");
        for method in &class.methods {
            let _ = (method.parameters(), method.classes().count());
        }
    }
}

/// Policies of all kinds, and what they admit.
fn policy(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for kind in [None, Some(PolicyKind::Layer), Some(PolicyKind::Function), Some(PolicyKind::Identity)] {
        let source =
            PolicySource { kind, ..PolicySource::new(ReportPath::new("p.json"), text.clone().into()) };
        if let Ok(document) = policy::parse(&source) {
            let judged = judge(&document, &TrustSettings::default());
            assert_eq!(judged.statements.len(), document.statements.len(), "every statement is judged");
        }
    }
}

/// `layerlint.toml` and `pyproject.toml` without the files that they name, and files of patterns.
fn manifest(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for name in ["layerlint.toml", "pyproject.toml"] {
        let Ok(Some(file)) = ManifestFile::parse(Path::new(name), &text) else { continue };
        if file.manifest.extend.is_none() && file.manifest.secrets.patterns.is_none() {
            let _ = settings::resolve(&file).map_err(|error| error.to_string());
        }
    }
    let _ = secrets::Patterns::parse(&text);
}

/// Templates and the output of commands: YAML and JSON, with every place in them.
fn document(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    for read in [Document::read, Document::yaml, Document::json] {
        let Ok(document) = read(ReportPath::new("t.yaml"), text.clone()) else { continue };
        let mut left = 10_000_usize;
        for root in document.roots() {
            let _ = visit(root, &mut left, 0);
        }
        let inside = |span: SourceSpan| span.offset.saturating_add(span.length) <= document.text.len();
        assert!(document.repeated_keys().all(|(_, span)| inside(span)), "places lie in the text");
        assert!(document.comments.iter().all(|one| inside(one.at.clone())), "places lie in the text");
    }
}

/// Templates as they come through standard input: functions, layers and policies of each front end.
fn templates(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut project = Project::default();
    if templates::add_text(text, &Answers::default(), &mut project).is_ok() {
        let packages = project.packages.len();
        assert!(project.functions.iter().filter_map(|one| one.package).all(|index| index < packages));
    }
}

/// `.tf` and `.tf.json` files: resources with what expressions are worth. What is listed lies in the text.
fn terraform(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let length = text.len();
    let mut project = Project::default();
    let answers =
        Answers { parameters: [("env".to_owned(), "[\"prod\"]".to_owned())].into(), ..Answers::default() };
    if templates::add_terraform(text, &answers, &mut project).is_ok() {
        let ends = project.unresolved.iter().filter_map(|one| one.at.as_ref());
        assert!(
            ends.into_iter().all(|at| at.offset.saturating_add(at.length) <= length),
            "places lie in the text"
        );
        assert!(project.functions.iter().all(|one| one.declared_at.is_some()), "functions have places");
    }
}

/// Looks at values as readers of templates do: so many and so deep, no more.
fn visit(value: Located<'_>, left: &mut usize, depth: usize) -> ControlFlow<()> {
    *left = left.checked_sub(1).map_or(ControlFlow::Break(()), ControlFlow::Continue)?;
    let range = value.range();
    assert!(range.start <= range.end && range.end <= value.document().text.len(), "places lie in the text");
    let _ = (value.shape(), value.span(), value.scalar(), value.is_true(), value.get("Type"));
    if depth < 100 {
        let inner = value.items().chain(value.pairs().map(|pair| pair.value));
        inner.into_iter().try_for_each(|one| visit(one, left, depth.saturating_add(1)))?;
    }
    ControlFlow::Continue(())
}

/// Names, ARNs, versions, `.pth` lines, credentials: small texts. What is shown steers no terminal.
fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let path = EntryPath::new(&text);
    assert_eq!(EntryPath::new(path.as_str()), path, "a normalised path stays as it is");
    for shown in [SafeText::from_bytes(bytes), SafeText::new(&*text), path.shown(), shown_path(&text)] {
        assert!(!shown.chars().any(char::is_control), "nothing that is shown controls a terminal");
        assert_eq!(SafeText::new(shown.as_str()), shown, "safe text stays as it is");
    }
    let _ = (LayerArn::parse(&text), SymbolVersion::parse(&text), parse_bytes(&text));
    let _ = (NamedPlatform::of(&text), inspect::distributions::normalised(&text));
    let _ = inspect::secrets::code_line("python/x.pth", bytes);
    for name in ["app.py", ".env", ".aws/credentials", ".npmrc"] {
        let _ = inspect::secrets::is_credential_file(name, bytes);
        for secret in inspect::secrets::find(secrets::patterns(), 0, name, bytes) {
            assert!(secret.line <= bytes.len().saturating_add(1), "lines lie in the text");
        }
    }
}

fn shown_path(text: &str) -> SafeText {
    SafeText::new(ReportPath::new(text).as_str())
}
