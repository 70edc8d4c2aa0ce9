//! Class files of the Java virtual machine: version, name, ancestors and methods. Code and attributes are skipped.

use std::ops::Range;

/// `public`, of a method.
const PUBLIC: u16 = 0x0001;
/// `static`, of a method.
const STATIC: u16 = 0x0008;

/// What a class file says about itself. Names are binary ones: `java/lang/Object`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassFile {
    /// The major version: 61 is Java 17.
    pub major: u16,
    /// Its name.
    pub name: String,
    /// Its superclass; nothing for `java/lang/Object`.
    pub superclass: Option<String>,
    /// The interfaces that it names.
    pub interfaces: Vec<String>,
    /// The methods that it declares.
    pub methods: Vec<Method>,
}

/// A method of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name; `<init>` for a constructor.
    pub name: String,
    /// Its descriptor: `(Ljava/lang/String;)V`.
    pub descriptor: String,
    /// Whether it is public.
    pub is_public: bool,
    /// Whether it is static.
    pub is_static: bool,
}

impl Method {
    /// The types of its parameters as descriptors write them; nothing when the descriptor is none.
    pub fn parameters(&self) -> Option<Vec<&str>> {
        let mut rest = self.descriptor.strip_prefix('(')?.split_once(')')?.0;
        let mut found = Vec::new();
        while !rest.is_empty() {
            let dimensions = rest.len().saturating_sub(rest.trim_start_matches('[').len());
            let end = match rest.get(dimensions..)?.as_bytes().first()? {
                b'L' => rest.find(';')?.checked_add(1)?,
                _ => dimensions.checked_add(1)?,
            };
            found.push(rest.get(..end)?);
            rest = rest.get(end..)?;
        }
        Some(found)
    }

    /// The classes that its parameters and its result are of.
    pub fn classes(&self) -> impl Iterator<Item = &str> {
        self.descriptor.split(['(', ')', ';']).filter_map(|part| part.split_once('L').map(|(_, name)| name))
    }
}

/// The bytes are no class file, or end in the middle of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// The major version in the first eight bytes; nothing when they are not those of a class file.
pub fn major(bytes: &[u8]) -> Option<u16> {
    let mut reader = Reader { bytes, at: 0 };
    (reader.u32().ok()? == 0xCAFE_BABE).then_some(())?;
    reader.skip(2).ok()?;
    reader.u16().ok()
}

/// Reads a class file.
pub fn parse(bytes: &[u8]) -> Result<ClassFile, Malformed> {
    let major = major(bytes).ok_or(Malformed)?;
    let mut reader = Reader { bytes, at: 8 };
    let pool = Pool::read(&mut reader)?;
    reader.skip(2)?;
    let (this, parent) = (reader.u16()?, reader.u16()?);
    let name = pool.class(this).ok_or(Malformed)?;
    let superclass = if parent == 0 { None } else { Some(pool.class(parent).ok_or(Malformed)?) };
    let count = reader.u16()?;
    let mut interfaces = Vec::new();
    for _ in 0..count {
        interfaces.push(pool.class(reader.u16()?).ok_or(Malformed)?);
    }
    for _ in 0..reader.u16()? {
        member(&mut reader)?;
    }
    let count = reader.u16()?;
    let mut methods = Vec::new();
    for _ in 0..count {
        let (access, name, descriptor) = member(&mut reader)?;
        methods.push(Method {
            name: pool.text(name).ok_or(Malformed)?,
            descriptor: pool.text(descriptor).ok_or(Malformed)?,
            is_public: access & PUBLIC != 0,
            is_static: access & STATIC != 0,
        });
    }
    Ok(ClassFile { major, name, superclass, interfaces, methods })
}

/// A field or a method: access, name and descriptor. Its attributes are passed over.
fn member(reader: &mut Reader<'_>) -> Result<(u16, u16, u16), Malformed> {
    let head = (reader.u16()?, reader.u16()?, reader.u16()?);
    for _ in 0..reader.u16()? {
        reader.skip(2)?;
        let length = usize::try_from(reader.u32()?).map_err(|_| Malformed)?;
        reader.skip(length)?;
    }
    Ok(head)
}

/// What is kept of a constant.
enum Constant {
    Text(Range<usize>),
    Class(u16),
    Other,
}

struct Pool<'a> {
    bytes: &'a [u8],
    constants: Vec<Constant>,
}

impl<'a> Pool<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let count = usize::from(reader.u16()?);
        // the first has no constant, and one of eight bytes takes two places
        let mut constants = vec![Constant::Other];
        while constants.len() < count {
            let tag = reader.u8()?;
            constants.push(match tag {
                1 => {
                    let length = usize::from(reader.u16()?);
                    let start = reader.at;
                    reader.skip(length)?;
                    Constant::Text(start..reader.at)
                }
                7 => Constant::Class(reader.u16()?),
                _ => {
                    reader.skip(size_of_constant(tag)?)?;
                    Constant::Other
                }
            });
            if matches!(tag, 5 | 6) {
                constants.push(Constant::Other);
            }
        }
        Ok(Self { bytes: reader.bytes, constants })
    }

    fn text(&self, index: u16) -> Option<String> {
        let Constant::Text(range) = self.constants.get(usize::from(index))? else { return None };
        Some(String::from_utf8_lossy(self.bytes.get(range.clone())?).into_owned())
    }

    fn class(&self, index: u16) -> Option<String> {
        let Constant::Class(name) = self.constants.get(usize::from(index))? else { return None };
        self.text(*name)
    }
}

/// Bytes after the tag of a constant that is not looked at.
fn size_of_constant(tag: u8) -> Result<usize, Malformed> {
    match tag {
        8 | 16 | 19 | 20 => Ok(2),
        15 => Ok(3),
        3 | 4 | 9..=12 | 17 | 18 => Ok(4),
        5 | 6 => Ok(8),
        _ => Err(Malformed),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let start = self.at;
        self.skip(N)?;
        self.bytes.get(start..self.at).and_then(|bytes| bytes.try_into().ok()).ok_or(Malformed)
    }

    fn u8(&mut self) -> Result<u8, Malformed> {
        self.take().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Result<u16, Malformed> {
        self.take().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Result<u32, Malformed> {
        self.take().map(u32::from_be_bytes)
    }

    fn skip(&mut self, count: usize) -> Result<(), Malformed> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len()).ok_or(Malformed)?;
        self.at = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `public class A extends B { public void m(String[][] s, int i) }` without its code.
    fn sample() -> Vec<u8> {
        let mut bytes = vec![0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 65];
        let texts = ["A", "B", "m", "([[Ljava/lang/String;ILp/Q;)Lp/R;"];
        bytes.extend(7u16.to_be_bytes());
        for text in texts {
            bytes.push(1);
            bytes.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes.extend([7, 0, 1, 7, 0, 2]);
        for value in [1u16, 5, 6, 0, 0, 1, PUBLIC, 3, 4, 0, 0] {
            bytes.extend(value.to_be_bytes());
        }
        bytes
    }

    #[test]
    fn a_class_is_read() {
        let class = parse(&sample()).unwrap();
        assert_eq!((class.major, class.name.as_str(), class.superclass.as_deref()), (65, "A", Some("B")));
        let method = class.methods.first().unwrap();
        assert!(method.is_public && !method.is_static);
        assert_eq!(method.parameters().unwrap(), ["[[Ljava/lang/String;", "I", "Lp/Q;"]);
        assert_eq!(method.classes().collect::<Vec<_>>(), ["java/lang/String", "p/Q", "p/R"]);
    }

    #[test]
    fn no_beginning_of_a_class_is_a_class() {
        let whole = sample();
        for length in 0..whole.len().saturating_sub(2) {
            assert_eq!(parse(whole.get(..length).unwrap()), Err(Malformed), "{length}");
        }
    }

    #[test]
    fn descriptors_that_are_none_have_no_parameters() {
        for descriptor in ["", "(", "()", "(L)V", "([)V", "(Lx)V", "\u{e9}"] {
            let method = Method {
                name: String::new(),
                descriptor: descriptor.to_owned(),
                is_public: true,
                is_static: false,
            };
            let expected: Option<Vec<&str>> = (descriptor == "()").then(Vec::new);
            assert_eq!(method.parameters(), expected, "{descriptor}");
        }
    }
}
