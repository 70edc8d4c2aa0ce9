//! native/malformed: files on the load path that are cut, empty or a link's name instead of a library.

use crate::{
    data::texts,
    environment::{deployment::Deployment, load_path::Loading},
    inspect::machine_code::{Format, NotCode},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::rebuild_command;

pub(super) static RULE: Rule = Rule { page: &pages::native::MALFORMED, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for binary in
        deployment.loaded_binaries().filter(crate::environment::load_path::Loadable::is_loaded_for_sure)
    {
        let (what, words) = match &binary.binary.format {
            Format::Elf(elf) => match elf.problem {
                Some(problem) => (problem.to_owned(), None),
                None => continue,
            },
            Format::NotCode(NotCode::Empty) => {
                ("an empty file where a library belongs".to_owned(), Some(&texts::FILE_TOO_SHORT))
            }
            Format::NotCode(NotCode::LinkAsText(target)) => {
                (format!("a link to {target} that was stored as a text file"), Some(&texts::FILE_TOO_SHORT))
            }
            _ => continue,
        };
        // an empty program is not a library: its text is another
        if matches!(binary.loading(), Some(Loading::Program | Loading::Extension)) && words.is_some() {
            continue;
        }
        let mounted = binary.package.mounted(&binary.entry.path.shown());
        let mut draft = findings
            .at(binary.place())
            .say(what)
            .because("the loader checks the file's structure before it maps it")
            .fix(if words.is_some() {
                "zip with -y to keep links, or copy the library itself".to_owned()
            } else {
                rebuild_command(deployment, &binary)
            });
        if let Some(words) = words {
            draft = draft.lambda_says(words.fill(&[("path", &mounted)]));
        }
        draft.report();
    }
}
