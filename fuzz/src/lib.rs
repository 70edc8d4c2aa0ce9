//! What the targets share: a whole run over one package, and packages made of bytes.

use std::{
    io::{Cursor, Write},
    path::PathBuf,
    sync::LazyLock,
};

use layerlint::{
    archive::limits::Limits,
    check::{Options, check as judge},
    input::{adhoc::AdHoc, project::Project},
    model::severity::{Certainty, Severity},
    output::{Format, Style, render},
    triage::report::FailOn,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Names that make layerlint look into a file.
const NAMES: [&str; 32] = [
    "app.py",
    "index.js",
    "index.mjs",
    "package.json",
    "lib/libx.so",
    "lib/liby.so.1",
    "python/pkg/__init__.py",
    "python/pkg/_x.cpython-312-x86_64-linux-gnu.so",
    "python/pkg/data.py",
    "python/pkg-1.0.dist-info/RECORD",
    "python/pkg-1.0.dist-info/WHEEL",
    "python/pkg-1.0.dist-info/METADATA",
    "python/x.pth",
    "python/numpy/core/x.abi3.so",
    "nodejs/node_modules/zod/package.json",
    "nodejs/node_modules/zod/index.js",
    "nodejs/node_modules/@img/sharp-linux-x64/lib/x.node",
    "nodejs/package.json",
    "node_modules/a/package.json",
    "node_modules/a/main.cjs",
    "java/lib/a.jar",
    "lib/b.jar",
    "com/example/Handler.class",
    "com/example/Base.class",
    "META-INF/MANIFEST.MF",
    "extensions/agent",
    "bootstrap",
    "bin/tool",
    ".env",
    ".aws/credentials",
    "inner.zip",
    "config.json",
];

/// Runtimes with a handler for each.
const RUNTIMES: [(&str, &str); 5] = [
    ("python3.12", "app.handler"),
    ("nodejs22.x", "index.handler"),
    ("java21", "com.example.Handler::run"),
    ("provided.al2023", "bootstrap"),
    ("python3.9", "pkg.data.handler"),
];

/// Where the package of this process lies: in memory, where there is such a place.
static PLACE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    folder.join(format!("layerlint-fuzz-{}.zip", std::process::id()))
});

/// Judges a zip as a function and as a layer of it, and prints the report in every format.
pub fn check(zip: &[u8], runtime: &str) {
    std::fs::write(&*PLACE, zip).expect("the place for the package can be written");
    let handler =
        RUNTIMES.iter().find(|(name, _)| *name == runtime).map(|(_, handler)| (*handler).to_owned());
    let request = AdHoc {
        function: Some(PLACE.clone()),
        layers: vec![PLACE.display().to_string()],
        runtime: Some(runtime.to_owned()),
        handler,
        ..AdHoc::default()
    };
    let mut project = Project::default();
    request.add_to(&mut project).expect("the package is there");
    let report = judge(&project, &options()).expect("a damaged package is no mistake of the request");
    for format in Format::ALL {
        let text = render(format, &report, Style { color: false, width: 100, links: false });
        let steers = |c: char| c.is_control() && c != '\n';
        assert!(!text.chars().any(steers), "{format:?} prints a control character: {text:?}");
    }
}

/// Judges an honest zip of files that the bytes describe: a runtime, then names with contents.
pub fn package(bytes: &[u8]) {
    let Some((first, mut rest)) = bytes.split_first() else { return };
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o755);
    let mut seen = 0_u32;
    while let [name, low, high, after @ ..] = rest {
        let at = usize::from(*name) % NAMES.len();
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(after.len());
        let (content, left) = after.split_at(length);
        rest = left;
        // a name for the first time: what is there twice is for the target `check`
        if seen & (1 << at) == 0 {
            seen |= 1 << at;
            writer.start_file(NAMES[at], options).expect("written to memory");
            writer.write_all(content).expect("written to memory");
        }
    }
    let zip = writer.finish().expect("written to memory").into_inner();
    check(&zip, RUNTIMES[usize::from(*first) % RUNTIMES.len()].0);
}

fn options() -> Options {
    Options {
        limits: Limits {
            entries: 10_000,
            entry_bytes: 1 << 20,
            bytes: 8 << 20,
            real_bytes: 16 << 20,
            ..Limits::default()
        },
        today: jiff::civil::date(2026, 11, 20),
        pedantic: true,
        min_severity: Severity::Info,
        min_certainty: Certainty::Advice,
        no_ignores: false,
        verify: true,
        breakdown: true,
        shard: None,
        packages_at_once: layerlint::check::PACKAGES_AT_ONCE,
        cache: None,
        fail_on: FailOn::Error,
        strict_unresolved: false,
    }
}
