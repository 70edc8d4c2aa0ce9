//! Sizes as people write them in the configuration: `240 MB`, `52428800`, `1.5 GiB`.

/// Reads a size in bytes. Decimal units are powers of 1000, `Ki`/`Mi`/`Gi` of 1024; no unit means bytes.
pub fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim().replace(['_', ','], "");
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = factor_of(unit.trim())?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = whole.parse().ok()?;
    if part.is_empty() {
        return whole.checked_mul(factor);
    }
    let scale = 10u64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let part: u64 = part.parse().ok()?;
    whole.checked_mul(factor)?.checked_add(part.checked_mul(factor)?.checked_div(scale)?)
}

fn factor_of(unit: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 11] = [
        ("", 1),
        ("b", 1),
        ("bytes", 1),
        ("k", 1_000),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("m", 1_000_000),
    ];
    UNITS.iter().find(|(name, _)| unit.eq_ignore_ascii_case(name)).map(|(_, factor)| *factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("240 MB", Some(240_000_000)),
            ("52428800", Some(52_428_800)),
            ("1.5 GiB", Some(1_610_612_736)),
            ("10kb", Some(10_000)),
            ("262_144_000", Some(262_144_000)),
            ("0.25 MB", Some(250_000)),
            ("ten MB", None),
            ("10 parsecs", None),
            ("99999999999999999999 GB", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(parse_bytes(text), bytes, "{text:?}");
        }
    }
}
