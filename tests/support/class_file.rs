//! Class files from a description: what a compiler would write, without the code of the methods.

use serde::Deserialize;

/// A class by its names. Everything is public and there is a constructor, unless it says otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClassSpec {
    /// Its binary name; the entry's path when left out.
    pub name: Option<String>,
    /// The release of Java; 8 when left out.
    pub java: Option<u16>,
    pub extends: Option<String>,
    pub implements: Vec<String>,
    /// `name(descriptor)result`, with `static ` or `private ` before it.
    pub methods: Vec<String>,
    /// No constructor without parameters.
    pub no_constructor: bool,
    /// Only this many bytes of it.
    pub cut: Option<usize>,
}

/// The bytes of the class file of an entry.
pub fn build(spec: &ClassSpec, path: &str) -> Vec<u8> {
    let mut pool = Pool::default();
    let from_path = path.trim_end_matches(".class").split("versions/").last().unwrap();
    let from_path = from_path
        .split_once('/')
        .filter(|(top, _)| top.parse::<u8>().is_ok())
        .map_or(from_path, |(_, rest)| rest);
    let this = pool.class(spec.name.as_deref().unwrap_or(from_path));
    let parent = pool.class(spec.extends.as_deref().unwrap_or("java/lang/Object"));
    let interfaces: Vec<u16> = spec.implements.iter().map(|name| pool.class(name)).collect();
    let constructor = (!spec.no_constructor).then(|| "<init>()V".to_owned());
    let methods: Vec<[u16; 3]> =
        constructor.iter().chain(&spec.methods).map(|text| method(&mut pool, text)).collect();
    let mut bytes = vec![0xCA, 0xFE, 0xBA, 0xBE, 0, 0];
    let mut put = |value: u16| bytes.extend(value.to_be_bytes());
    put(44 + spec.java.unwrap_or(8));
    put(pool.count + 1);
    bytes.extend(&pool.bytes);
    let mut put = |value: u16| bytes.extend(value.to_be_bytes());
    [0x21, this, parent, interfaces.len() as u16].into_iter().for_each(&mut put);
    interfaces.into_iter().for_each(&mut put);
    put(0);
    put(methods.len() as u16);
    for [access, name, descriptor] in methods {
        [access, name, descriptor, 0].into_iter().for_each(&mut put);
    }
    put(0);
    bytes.truncate(spec.cut.unwrap_or(bytes.len()));
    bytes
}

fn method(pool: &mut Pool, text: &str) -> [u16; 3] {
    let (access, text) = match text.split_once(' ') {
        Some(("static", text)) => (0x0009, text),
        Some(("private", text)) => (0x0002, text),
        _ => (0x0001, text),
    };
    let (name, rest) = text.split_once('(').unwrap();
    [access, pool.text(name), pool.text(&format!("({rest}"))]
}

#[derive(Default)]
struct Pool {
    bytes: Vec<u8>,
    count: u16,
}

impl Pool {
    fn text(&mut self, text: &str) -> u16 {
        self.bytes.push(1);
        self.bytes.extend((text.len() as u16).to_be_bytes());
        self.bytes.extend(text.as_bytes());
        self.count += 1;
        self.count
    }

    fn class(&mut self, name: &str) -> u16 {
        let text = self.text(name);
        self.bytes.push(7);
        self.bytes.extend(text.to_be_bytes());
        self.count += 1;
        self.count
    }
}
