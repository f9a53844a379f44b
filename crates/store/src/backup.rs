//! A consistent copy of a SQLite database that is in use.

use std::{fs, path::Path};

use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};

/// Copies the database at `from`, as it is at one moment, to a new file at `to`, and checks the
/// copy. Writers go on meanwhile.
///
/// # Errors
/// [`Error::Refused`] when `to` exists or the copy does not pass SQLite's own check.
pub fn copy_file(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(Error::refused(format!("{} exists already: name a new file", to.display())));
    }
    let name = to.to_str().ok_or_else(|| Error::refused("the file's name is not UTF-8"))?;
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    source.execute("vacuum into ?1", [name])?;
    drop(source);
    let checked = check_file(to);
    if checked.is_err() {
        // What is not whole must not be taken for a backup.
        fs::remove_file(to).map_err(Error::internal)?;
    }
    checked?;
    let file = fs::File::open(to).map_err(Error::internal)?;
    file.sync_all().map_err(Error::internal)?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let folder = fs::File::open(folder).map_err(Error::internal)?;
        folder.sync_all().map_err(Error::internal)?;
    }
    Ok(())
}

/// Looks whether the database at `path` is whole.
///
/// # Errors
/// [`Error::Refused`] says what is damaged.
pub fn check_file(path: &Path) -> Result<()> {
    let copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let says: String = copy.query_row("pragma integrity_check(1)", [], |row| row.get(0))?;
    if says == "ok" {
        Ok(())
    } else {
        Err(Error::refused(format!("the database is damaged: {says}")))
    }
}
