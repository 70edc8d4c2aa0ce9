//! What a native library is for: its first bytes tell system and processor, its path the C library.

use goblin::elf::header::{ELFOSABI_GNU, ELFOSABI_NONE};

use crate::data::{native_libraries::BuiltFor, platform_names::NamedPlatform};

use super::elf::Machine;

/// Bytes that are looked at.
pub const BEGINNING: usize = 64;

/// Reads the beginning of a file. `path` is where it lies in its package.
pub fn of(path: &str, beginning: &[u8]) -> BuiltFor {
    if beginning.starts_with(b"MZ") {
        return BuiltFor::Windows;
    }
    if is_mach_o(beginning) {
        return BuiltFor::MacOs;
    }
    let [0x7f, b'E', b'L', b'F', class, order, _, abi, ..] = beginning else { return BuiltFor::Unknown };
    let named = NamedPlatform::of(path);
    if ![ELFOSABI_NONE, ELFOSABI_GNU].contains(abi) || named.other_os {
        return BuiltFor::Other;
    }
    let architecture =
        machine(beginning).filter(|_| *class == 2 && *order == 1).and_then(Machine::architecture);
    if named.musl { BuiltFor::Musl(architecture) } else { BuiltFor::Linux(architecture) }
}

/// `e_machine` of a little-endian file.
fn machine(bytes: &[u8]) -> Option<Machine> {
    Some(Machine(u16::from_le_bytes([*bytes.get(18)?, *bytes.get(19)?])))
}

fn is_mach_o(bytes: &[u8]) -> bool {
    const MAGICS: [[u8; 4]; 5] = [
        [0xcf, 0xfa, 0xed, 0xfe],
        [0xce, 0xfa, 0xed, 0xfe],
        [0xfe, 0xed, 0xfa, 0xcf],
        [0xfe, 0xed, 0xfa, 0xce],
        [0xca, 0xfe, 0xba, 0xbe],
    ];
    MAGICS.iter().any(|magic| bytes.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use crate::model::architecture::Architecture;

    use super::{
        super::elf::maker::{self, ElfSpec},
        *,
    };

    #[test]
    fn beginnings_tell_systems() {
        let elf = |machine| maker::build(&ElfSpec { machine, ..ElfSpec::default() });
        let arm = elf("aarch64");
        assert_eq!(of("linux/libx.so", &arm), BuiltFor::Linux(Some(Architecture::Arm64)));
        assert_eq!(of("linux/musl/libx.so", &arm), BuiltFor::Musl(Some(Architecture::Arm64)));
        assert_eq!(of("android-aarch64/libx.so", &arm), BuiltFor::Other);
        assert_eq!(of("libx.so", &elf("i386")), BuiltFor::Linux(None));
        assert_eq!(of("libx.dylib", &maker::mach_o("arm64")), BuiltFor::MacOs);
        assert_eq!(of("win32/libx.so", &maker::pe("amd64")), BuiltFor::Windows);
        assert_eq!(of("libx.so", b"text"), BuiltFor::Unknown);
        let mut bsd = arm.clone();
        bsd[7] = 9;
        assert_eq!(of("libx.so", &bsd), BuiltFor::Other);
        for length in 0..BEGINNING {
            let _ = of("libx.so", &arm[..length]);
        }
    }
}
