//! `--shard`: which part of the work this run does, by the words of the user or of the engine that started it.

use crate::{
    data::array_jobs::{Engine, From, engines},
    model::shard::Shard,
};

use super::error::UsageError;

/// More runs than an engine starts for one job.
const MOST: usize = 10_000;

/// Reads `2/8`, `auto` or `auto/8`; `variable` gives the environment variables of the engine.
pub fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, UsageError> {
    let (index, of) = text.split_once('/').map_or((text, None), |(index, of)| (index, Some(of)));
    let of = of.map(|of| number(of, text)).transpose()?;
    if index == "auto" {
        return by_engine(of, &variable);
    }
    let of = of.ok_or_else(|| form(text))?;
    checked(number(index, text)?, of)
}

fn number(part: &str, text: &str) -> Result<usize, UsageError> {
    part.parse().map_err(|_| form(text))
}

fn form(text: &str) -> UsageError {
    UsageError::new(format!("--shard: `{text}` is not a part of the work"))
        .help("write 2/8 for the second of eight runs; auto or auto/8 where an array job numbers them")
}

fn checked(index: usize, of: usize) -> Result<Shard, UsageError> {
    if of == 0 || of > MOST || index == 0 || index > of {
        return Err(UsageError::new(format!("--shard: no run {index} of {of}"))
            .help(format!("runs are counted from 1, and there can be {MOST}")));
    }
    Ok(Shard { index, of })
}

/// The one engine that numbers this run. Two that do would mean different things, so neither is guessed.
fn by_engine(of: Option<usize>, variable: &impl Fn(&str) -> Option<String>) -> Result<Shard, UsageError> {
    let found: Vec<(&Engine, String)> =
        engines().iter().filter_map(|engine| Some((engine, variable(&engine.index)?))).collect();
    match found.as_slice() {
        [(engine, index)] => numbered(engine, index, of, variable),
        [] => Err(UsageError::new("--shard auto: nothing numbers this run").help(format!(
            "none of {} is set; write --shard 2/8",
            engines().iter().map(|engine| engine.index.as_str()).collect::<Vec<_>>().join(", ")
        ))),
        [(one, _), (two, _), ..] => {
            Err(UsageError::new(format!("--shard auto: {} and {} number this run", one.name, two.name))
                .help(format!("say which is meant: --shard $(({} + 1))/8", one.index)))
        }
    }
}

fn numbered(
    engine: &Engine,
    index: &str,
    of: Option<usize>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Shard, UsageError> {
    let read = |name: &str| -> Result<Option<usize>, UsageError> {
        variable(name).map(|text| whole(name, &text)).transpose()
    };
    let optional = |name: &Option<String>| name.as_deref().map(read).transpose().map(Option::flatten);
    let index = whole(&engine.index, index)?;
    let from = match &engine.from {
        From::Always(from) => usize::try_from(*from).unwrap_or_default(),
        From::Variable(name) => read(name)?.unwrap_or_default(),
    };
    let step = optional(&engine.step)?.unwrap_or(1).max(1);
    let count = optional(&engine.count)?;
    let of = match (of, count) {
        (Some(of), Some(count)) if of != count => {
            return Err(UsageError::new(format!("--shard auto/{of}: {} starts {count} runs", engine.name))
                .help("to repeat one run of several, name it: --shard 3/8"));
        }
        (Some(of), _) | (None, Some(of)) => of,
        (None, None) => {
            return Err(UsageError::new(format!("{} does not say how many runs there are", engine.name))
                .help("say it: --shard auto/8"));
        }
    };
    if let Some(last) = optional(&engine.last)? {
        let runs = last.saturating_sub(from).checked_div(step).unwrap_or_default().saturating_add(1);
        if runs != of {
            return Err(UsageError::new(format!("--shard auto: the indices of {} have gaps", engine.name))
                .help("start a range of runs without gaps, or name each: --shard 2/8"));
        }
    }
    let place = index.saturating_sub(from).checked_div(step).unwrap_or_default();
    checked(place.saturating_add(usize::from(index >= from)), of)
}

fn whole(name: &str, text: &str) -> Result<usize, UsageError> {
    text.parse().map_err(|_| UsageError::new(format!("--shard auto: {name} is `{text}`, not a number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(text: &str, variables: &[(&str, &str)]) -> Result<(usize, usize), String> {
        let of =
            |name: &str| variables.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned());
        parse(text, of).map(|shard| (shard.index, shard.of)).map_err(|error| error.to_string())
    }

    #[test]
    fn runs_are_counted_from_one() {
        assert_eq!(auto("1/1", &[]), Ok((1, 1)));
        assert_eq!(auto("8/8", &[]), Ok((8, 8)));
        for wrong in ["0/8", "9/8", "1/0", "1/10001", "3", "/", "a/b", "-1/3", "auto/x", "1/2/3", ""] {
            assert!(auto(wrong, &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_engine_counts_in_its_way() {
        let batch = [("AWS_BATCH_JOB_ARRAY_INDEX", "0"), ("AWS_BATCH_JOB_ARRAY_SIZE", "4")];
        assert_eq!(auto("auto", &batch), Ok((1, 4)));
        assert_eq!(auto("auto", &[("CI_NODE_INDEX", "4"), ("CI_NODE_TOTAL", "4")]), Ok((4, 4)));
        assert_eq!(auto("auto/6", &[("JOB_COMPLETION_INDEX", "5")]), Ok((6, 6)));
        let slurm = |id, count, min, max, step| {
            let names = ["ID", "COUNT", "MIN", "MAX", "STEP"].map(|name| format!("SLURM_ARRAY_TASK_{name}"));
            let values = [id, count, min, max, step];
            let pairs: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(values).collect();
            auto("auto", &pairs)
        };
        assert_eq!(slurm("7", "4", "1", "7", "2"), Ok((4, 4)));
        assert_eq!(slurm("0", "8", "0", "7", "1"), Ok((1, 8)));
        assert!(slurm("7", "3", "1", "7", "1").unwrap_err().contains("gaps"));
    }

    #[test]
    fn what_is_not_said_is_not_guessed() {
        assert!(auto("auto", &[("JOB_COMPLETION_INDEX", "5")]).unwrap_err().contains("how many"));
        assert!(auto("auto", &[]).unwrap_err().contains("nothing numbers"));
        let two = [("JOB_COMPLETION_INDEX", "1"), ("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "2")];
        assert!(auto("auto", &two).unwrap_err().contains("GitLab"));
        let batch = [("AWS_BATCH_JOB_ARRAY_INDEX", "0"), ("AWS_BATCH_JOB_ARRAY_SIZE", "4")];
        assert!(auto("auto/8", &batch).unwrap_err().contains("starts 4 runs"));
        assert!(auto("auto/8", &[("JOB_COMPLETION_INDEX", "x")]).unwrap_err().contains("not a number"));
        assert!(auto("auto", &[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "4")]).is_err());
    }
}
