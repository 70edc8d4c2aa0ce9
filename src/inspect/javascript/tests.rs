//! What is read from JavaScript, by example.

use super::*;

fn cjs(text: &str) -> ModuleFacts {
    read(text.as_bytes(), Goal::CommonJs)
}

fn esm(text: &str) -> ModuleFacts {
    read(text.as_bytes(), Goal::Module)
}

fn certain(text: &str) -> Vec<String> {
    cjs(text).loads.into_iter().filter(|load| load.certain).map(|load| load.specifier).collect()
}

#[test]
fn what_is_required_as_soon_as_the_module_is_loaded() {
    for text in [
        "const a = require('x')",
        "require('x').y()",
        "var a = __importStar(require(`x`))",
        "(function () { require('x') })()",
        "!function () { require('x') }.call(this)",
        "(() => require('x'))()",
        "try { require('x') } finally { done() }",
        "function load() { return require('x') } load()",
        "const load = () => { require('x') }; load()",
        "var require_x = __commonJS({ 'x.js'(exports, module) { module.exports = require('x') } }); var y = __toESM(require_x())",
        "class A { static a = require('x') }",
        "switch (a) { case 1: break } require('x')",
        "for (const a of b) { if (a) break } require('x')",
        "do { require('x') } while (false)",
        "if (typeof a === 'function') { b() } require('x')",
        "#!/usr/bin/env node\n'use strict'\nrequire('x')",
        "require.resolve('x')",
    ] {
        assert_eq!(certain(text), ["x"], "{text}");
    }
}

#[test]
fn what_may_never_be_required() {
    for text in [
        "try { require('x') } catch (e) {}",
        "if (process.env.A) require('x')",
        "const a = b ? require('x') : null",
        "process.env.A && require('x')",
        "a ?? require('x')",
        "function f() { require('x') }",
        "exports.f = () => require('x')",
        "class A { a = require('x'); b() { require('x') } }",
        "[1].forEach(function () { require('x') })",
        "while (a) require('x')",
        "const { a = require('x') } = b",
        "a?.(require('x'))",
        "if (a) { return } require('x')",
        "function f() { if (a) return; require('x') } f()",
        "process.exit(0); require('x')",
        "async function f() { await a; require('x') } f()",
        "function f() { require('x') } function g(f) { f() }",
        "function r(require) { require('x') } r(a)",
        "(function (require) { require('x') })(a)",
        "var require = a; require('x')",
        "// require('x')\n'require(\"x\")'; /require('x')/; `${1} require('x')`",
        "require(x); require('x' + y); require('x', 2)",
        "out: { if (a) break out; require('x') }",
    ] {
        assert_eq!(certain(text), [""; 0], "{text}");
        assert_eq!(cjs(text).fault, None, "{text}");
    }
}

#[test]
fn exports_of_commonjs() {
    let names = |text: &str| {
        let exports = cjs(text).exports;
        assert!(!exports.dynamic, "{text}");
        exports.names.into_iter().filter(|name| name != "__esModule").collect::<Vec<_>>().join(" ")
    };
    for text in [
        "exports.handler = 1",
        "module.exports.handler = 1",
        "module.exports = { handler }",
        "module.exports = exports = { handler: 1 }",
        "exports = module.exports = { handler() {} }",
        "exports['handler'] = 1",
        "Object.defineProperty(exports, '__esModule', { value: true }); exports.handler = void 0; exports.handler = f",
        "Object.defineProperty(exports, 'handler', { enumerable: true, get: function () { return a.b } })",
        "var x = {}; __export(x, { handler: () => handler }); module.exports = __toCommonJS(x)",
        "Object.assign(exports, { handler })",
        "this.handler = 1",
        "if (typeof module !== 'undefined') { module.exports = { handler } }",
        "(0, a.b)(), exports.handler = c",
    ] {
        assert_eq!(names(text), "handler", "{text}");
    }
    assert_eq!(names("module.exports = function () {}; module.exports.a = exports.b = 1"), "a b");
    assert_eq!(names("exports = { a: 1 }"), "");
    assert_eq!(names("exports.a = 1; exports.a.c = 2; console.log(module.id, exports.a)"), "a");
}

#[test]
fn exports_that_only_running_would_tell() {
    for text in [
        "module.exports = make()",
        "module.exports = new Thing()",
        "module.exports = { ...others }",
        "module.exports = { [name]: 1 }",
        "exports[name] = 1",
        "add(exports)",
        "add(module)",
        "var self = module.exports; self.handler = 1",
        "const app = module.exports = {}; app.handler = 1",
        "Object.keys(a).forEach(function (k) { Object.defineProperty(exports, k, {}) })",
        "(function () { this.handler = 1 }).call(this)",
        "(function (factory) { factory(require, exports) })(function (require, exports) { exports.handler = 1 })",
        "var module = {}; module.exports = {}",
        "eval('exports.handler = 1')",
        "module.exports = wrapped",
    ] {
        assert!(cjs(text).exports.dynamic, "{text}");
    }
    assert_eq!(cjs("module.exports = require('./x')").exports.from, ["./x"]);
    assert_eq!(cjs("tslib_1.__exportStar(require('./x'), exports)").exports.from, ["./x"]);
    assert_eq!(cjs("module.exports = { ...require('./x'), a: 1 }").exports.from, ["./x"]);
}

#[test]
fn modules() {
    let facts = esm(
        "import a, { b as c } from 'x';\nimport * as d from 'y';\nimport e from './z.json' with { type: 'json' };\nexport * from 'w';\n\
         export { f as g, default as h } from 'v';\nexport const i = 1;\nexport default 2;\nconst j = await import('u');",
    );
    let specifiers: Vec<&str> = facts.imports.iter().map(|one| one.specifier.as_str()).collect();
    assert_eq!(specifiers, ["x", "y", "./z.json", "w", "v"]);
    let names: Vec<String> = facts.imports.iter().map(|one| one.names.join(" ")).collect();
    assert_eq!(names, ["default b", "", "default", "", "f default"]);
    assert_eq!(facts.imports.get(2).and_then(|one| one.attribute.as_deref()), Some("json"));
    assert_eq!(
        facts.exports.names.iter().map(String::as_str).collect::<Vec<_>>(),
        ["default", "g", "h", "i"]
    );
    assert_eq!(facts.exports.from, ["w"]);
    assert_eq!(
        facts.loads.first().map(|load| (load.specifier.as_str(), load.certain, load.line)),
        Some(("u", true, 8))
    );
}

#[test]
fn names_of_commonjs_in_a_module() {
    let foreign = |text: &str| esm(text).foreign.map(|one| one.name);
    assert_eq!(foreign("const a = require('x')").as_deref(), Some("require"));
    assert_eq!(foreign("exports.handler = 1").as_deref(), Some("exports"));
    assert_eq!(foreign("module.exports = {}").as_deref(), Some("module"));
    assert_eq!(foreign("const a = __dirname + '/b'").as_deref(), Some("__dirname"));
    for text in [
        "if (typeof require !== 'undefined') require('x')",
        "typeof module === 'object' && module.exports",
        "export const f = () => require('x')",
        "import { createRequire } from 'module'; const require = createRequire(import.meta.url); require('x')",
        "import path from 'path'; const __dirname = path.dirname('x'); a(__dirname)",
    ] {
        assert_eq!(foreign(text), None, "{text}");
    }
    let made = esm(
        "import { createRequire } from 'module'; const require = createRequire(import.meta.url); require('x')",
    );
    assert!(made.loads.iter().any(|load| load.certain && load.specifier == "x"));
}

#[test]
fn what_does_not_parse() {
    let first = |text: &str| match cjs(text).fault {
        Some(Fault::ModuleSyntax { first, line }) => Some((first, line)),
        _ => None,
    };
    assert_eq!(first("'a';\nimport x from 'x'"), Some((ModuleSyntax::Import, 2)));
    assert_eq!(first("export const a = 1"), Some((ModuleSyntax::Export, 1)));
    assert_eq!(first("a(import.meta.url)"), Some((ModuleSyntax::Meta, 1)));
    assert_eq!(first("const a = await b"), Some((ModuleSyntax::Await, 1)));
    assert!(matches!(cjs("const a = {").fault, Some(Fault::Syntax { line: 1, .. })));
    assert!(matches!(cjs("\n\nfoo(;").fault, Some(Fault::Syntax { line: 3, .. })));
    assert!(matches!(esm("export const a =").fault, Some(Fault::Syntax { .. })));
    assert_eq!(cjs("with (a) {} var let = 010; return; new.target; yield = await").fault, None);
    assert_eq!(read(b"\xef\xbb\xbf'\xff'", Goal::CommonJs).fault, None);
}

/// Whatever the source is, reading it ends: no panic, no exhausted stack.
#[test]
fn hostile_sources_are_refused() {
    let units = [
        "(",
        "[",
        "({a=",
        "a=>",
        "`${",
        "!",
        "if(a);else ",
        "class extends ",
        "(a?(b=",
        "(function(){",
        "a+",
        "a.b",
        "a()",
    ];
    let run = move || {
        for unit in units {
            let _ = read(unit.repeat(30_000).as_bytes(), Goal::CommonJs);
            let _ = read(unit.repeat(900).as_bytes(), Goal::Module);
        }
        // just below the bound: what is accepted fits into the stack
        for unit in ["!", "- ", "typeof ", "a=>", "a?", "a=", "a**", "new ", "a:", "async x=>"] {
            let _ = read(unit.repeat(29_000).as_bytes(), Goal::CommonJs);
        }
        for unit in ["!", "new ", "if(a)", "for(;;)", "a?b:"] {
            let _ = read((unit.repeat(58_000 / unit.len()) + "a").as_bytes(), Goal::Module);
        }
        let sum = vec!["'a'"; 50_000].join("+");
        let _ = read(sum.as_bytes(), Goal::CommonJs);
    };
    std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
}

/// The parser makes chains of these in a loop, so its own stack says nothing about those who go down the tree.
#[test]
fn chains_without_an_end_are_refused() {
    let run = || {
        for unit in [".b", "()", "[0]", "/b", "``", " in b"] {
            let text = format!("a{}", unit.repeat(2_000_000));
            assert_eq!(read(text.as_bytes(), Goal::CommonJs).fault, Some(Fault::TooMuch), "{unit}");
        }
        // a tree of gigabytes
        assert_eq!(read("a;".repeat(3_000_000).as_bytes(), Goal::Module).fault, Some(Fault::TooMuch));
    };
    std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
}

/// Damaged sources are read to an end, whatever byte is wrong.
#[test]
fn damaged_sources_are_read_to_an_end() {
    const SOURCE: &str = "#!x\n'use strict'; import a, { b as c } from 'x' with { type: 'json' }; export * from `y`; export default class A extends B { #p = 1; static { this.q = 1n } get [r]() { return `${s}${`t`}` } async *u() { yield* await v } }\n\
        const { d = require('z'), ...e } = f?.[g]?.(h) ?? (i || j && k); label: for await (const l of m) { if (n) continue label; else break } switch (o) { case 1: default: }\n\
        try { module.exports = { w, x() {}, ...require('./y') } } catch { throw new Error(/[/(]\\/{2}/dgv) } finally { exports['a'] = (b, c = 1) => d ** -e }";
    const MARKS: &[u8] = b"(){}[]`'\"/\\\n;,.=>*";
    let run = || {
        let mut state = 1_u64;
        for _ in 0..4000 {
            let mut bytes = SOURCE.as_bytes().to_vec();
            for _ in 0..=state % 4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(state >> 33).unwrap() % bytes.len();
                match state >> 20 & 3 {
                    0 => bytes[at] = MARKS[usize::try_from(state >> 25).unwrap() % MARKS.len()],
                    1 => bytes.truncate(at.max(1)),
                    2 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, u8::try_from(state >> 40 & 0xff).unwrap()),
                }
                if bytes.is_empty() {
                    bytes.push(b'x');
                }
            }
            let _ = read(&bytes, Goal::CommonJs);
            let _ = read(&bytes, Goal::Module);
        }
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).unwrap().join().unwrap();
    });
}
