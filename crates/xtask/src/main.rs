//! `cargo run -p xtask -- codegen` writes the checked-in files that are made from the code. A test
//! here fails when one of them is stale.

mod docs;
mod schema;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

/// A file of the repository and what it must hold.
type Generated = (&'static str, String);

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments != ["codegen"] {
        bail!("there is one task: cargo run -p xtask -- codegen");
    }
    let mut out = std::io::stdout();
    for (name, text) in generate()? {
        let path = root().join(name);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            writeln!(out, "as it was  {name}")?;
            continue;
        }
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        writeln!(out, "written    {name}")?;
    }
    Ok(())
}

fn generate() -> anyhow::Result<Vec<Generated>> {
    Ok(vec![
        ("crates/server/migrations/schema.sql", schema::dump()?),
        ("docs/events.md", docs::events(server::event::CATALOGUE)),
        ("docs/config.md", docs::settings(server::config::DEFAULTS)),
    ])
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_what_the_code_makes() {
        for (name, text) in generate().unwrap() {
            let checked_in = fs::read_to_string(root().join(name)).unwrap_or_default();
            assert!(
                checked_in == text,
                "{name} is stale: run 'cargo run -p xtask -- codegen' and read the difference"
            );
        }
    }
}
