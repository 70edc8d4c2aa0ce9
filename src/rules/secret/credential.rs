//! secret/credential: keys and tokens in the text of a package.

use crate::{
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::secret::CREDENTIAL, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let told = &package.inventory.credential_files;
    for secret in package.inventory.secrets.iter().filter(|one| !told.contains(&one.entry)) {
        findings
            .at(package.entry_place(secret.entry))
            .subject(&secret.id)
            .say(format!("looks like {} on line {} ({})", secret.description, secret.line, secret.masked))
            .because("whoever may download the package has it, and a version that was published stays in everybody's copies")
            .fix("revoke it where it was issued, then read it at run time from Secrets Manager or Parameter Store")
            .count(usize::try_from(secret.count).unwrap_or(usize::MAX))
            .report();
    }
}
