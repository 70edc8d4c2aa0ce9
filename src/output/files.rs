//! Report files: written whole or not at all.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Writes a file by way of a temporary one beside it, so that nobody ever reads half a report.
///
/// What is there and is no regular file, such as `/dev/stdout` or a pipe, is written to and never replaced; a link is followed.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let path = match fs::metadata(path) {
        Ok(found) if found.is_file() => fs::canonicalize(path)?,
        Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => return OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes()),
        Err(_) => path.to_owned(),
    };
    let temporary = beside(&path)?;
    let done = create(&temporary, text).and_then(|()| fs::rename(&temporary, &path));
    if done.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    done
}

fn beside(path: &Path) -> io::Result<PathBuf> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    Ok(path.with_file_name(name))
}

fn create(path: &Path, text: &str) -> io::Result<()> {
    // a link that somebody laid there is not followed; the leftover of a killed run with this number is taken away
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|one| one.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_report_replaces_the_one_before_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write_whole(&path, "one").unwrap();
        write_whole(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(names(folder.path()), ["report.json"]);
    }

    #[test]
    fn a_folder_that_is_not_there_and_a_folder_in_the_way_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_whole(&folder.path().join("none/report.json"), "x").is_err());
        fs::create_dir(folder.path().join("report.json")).unwrap();
        assert!(write_whole(&folder.path().join("report.json"), "x").is_err());
        assert_eq!(names(folder.path()), ["report.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_devices_are_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_whole(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let null = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &null).unwrap();
        write_whole(&null, "x").unwrap();
        assert!(fs::symlink_metadata(&null).unwrap().is_symlink());
    }
}
