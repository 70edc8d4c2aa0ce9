//! runtime/missing-metadata: code on the start path asks for the metadata of a distribution, and it is not there.

use crate::{
    data::texts,
    environment::{deployment::Deployment, python::Trouble},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::python_imports::{because, shown};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::MISSING_METADATA, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(start) = deployment.python_start().filter(|_| deployment.is_complete()) else { return };
    for fault in &start.unmarked {
        let Trouble::NoMetadata { distribution, of_setuptools } = &fault.trouble else { continue };
        let words = if *of_setuptools {
            texts::PYTHON_NO_DISTRIBUTION.fill(&[("name", distribution)])
        } else {
            texts::PYTHON_IMPORT_ERROR.fill(&[
                ("handler", &start.module),
                ("error", &texts::PYTHON_NO_METADATA.fill(&[("name", distribution)])),
            ])
        };
        findings
            .at(fault.spot.package.entry_place(fault.spot.index))
            .subject(format!("distribution {distribution}"))
            .say(format!(
                "line {} asks for the metadata of {}, which was not shipped",
                fault.spot.line,
                shown(distribution)
            ))
            .lambda_says(words)
            .because(because(
                "a folder *.dist-info of that name lies nowhere on the search path",
                &fault.spot,
            ))
            .fix(format!(
                "keep the dist-info folders when the package is built: pip install --target python {}",
                shown(distribution)
            ))
            .report();
    }
}
