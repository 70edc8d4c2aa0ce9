//! One self-contained HTML file: findings, where the bytes go, the merged /opt. It loads nothing, and its findings read without scripts.

mod findings;
mod sizes;
mod treemap;

use std::fmt::Write as _;

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

use crate::{model::breakdown::Stack, triage::report::Report};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The report.
pub fn render(report: &Report) -> String {
    let mut body = String::new();
    findings::write(&mut body, report);
    sizes::write(&mut body, &report.stacks);
    page("layerlint report", &body)
}

/// Where the bytes go, alone.
pub fn size(stacks: &[Stack]) -> String {
    let mut body = "<h1>Where the bytes go</h1>\n".to_owned();
    sizes::write(&mut body, stacks);
    page("layerlint size", &body)
}

/// The policy admits this script and this style and nothing else: should a name ever get through as markup, it could do nothing.
fn page(title: &str, body: &str) -> String {
    let hash = |text: &str| BASE64.encode(&Sha256::digest(text.as_bytes()));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         {body}<footer>layerlint {}</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        hash(STYLE),
        hash(SCRIPT),
        env!("CARGO_PKG_VERSION"),
    )
}

/// Text as text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // two of these could read as a command of a build service when the file goes to a log
            ':' | '#' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::sample::{BROKEN, HOSTILE, entry, finding, report};

    #[test]
    fn names_are_text_in_the_page() {
        for name in HOSTILE.into_iter().chain(["</script><img src=x onerror=alert(1)>", "' onload='x"]) {
            let mut one = finding(&BROKEN, entry("deps", name));
            one.message = name.into();
            one.fix = Some(name.into());
            let html = render(&report(vec![one], &[]));
            assert!(!html.contains("<img") && !html.contains("onload='"), "{html}");
            assert_eq!(html.matches("<script>").count(), 1);
        }
    }

    #[test]
    fn nothing_is_loaded_from_anywhere() {
        let html = render(&report(vec![finding(&BROKEN, entry("deps", "x.so"))], &[]));
        assert!(!html.contains("src=") && !html.contains("@import") && !html.contains("url("), "{html}");
        assert!(html.contains("default-src 'none'"));
    }
}
