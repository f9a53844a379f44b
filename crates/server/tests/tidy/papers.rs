//! Rules about documents.

use server::{config, event};

use crate::{Complaints, source, source::File};

/// One title, first of all.
pub(crate) fn have_one_title(files: &[File]) -> Complaints {
    let mut complaints = Complaints::new();
    for file in files {
        let text = without_code(&file.text);
        let titles = text.iter().filter(|line| line.starts_with("# ")).count();
        // What is compiled into another page has its titles there.
        if titles != 1 && !file.name.starts_with("crates/") {
            complaints.push(format!("{}: {titles} titles, and a document has one", file.name));
        }
    }
    complaints
}

/// A relative link leads to a file of the repository.
pub(crate) fn links_lead_somewhere(files: &[File]) -> Complaints {
    let mut complaints = Complaints::new();
    for file in files {
        let folder = source::root().join(&file.name);
        let folder = folder.parent().expect("a file is in a folder");
        for target in links(&file.text) {
            let path = target.split('#').next().unwrap_or_default();
            let is_elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !is_elsewhere && !path.is_empty() && !folder.join(path).exists() {
                complaints.push(format!("{}: '{target}' leads nowhere", file.name));
            }
        }
    }
    complaints
}

/// The targets of `[text](target)`.
fn links(text: &str) -> Vec<String> {
    let lines = without_code(text);
    let parts = lines.iter().flat_map(|line| line.split("](").skip(1));
    parts.filter_map(|rest| rest.split([')', ' ']).next().map(str::to_owned)).collect()
}

/// The lines outside fenced blocks.
fn without_code(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            lines.push(line);
        }
    }
    lines
}

/// Whoever listens to events finds each in the document.
pub(crate) fn name_every_event(files: &[File]) -> Complaints {
    let missing = event::CATALOGUE.iter().filter(|(_, name, _)| !is_named(files, name));
    missing.map(|(_, name, _)| format!("docs/events.md: '{name}' is missing")).collect()
}

/// Whoever configures finds each setting in the document.
pub(crate) fn name_every_setting(files: &[File]) -> Complaints {
    let mut section = String::new();
    let mut complaints = Complaints::new();
    for line in config::DEFAULTS.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            let name = format!("{section}{name}");
            if !is_named(files, &name) {
                complaints.push(format!("docs/config.md: '{name}' is missing"));
            }
        }
    }
    complaints
}

fn is_named(files: &[File], name: &str) -> bool {
    files.iter().any(|file| file.text.contains(&format!("`{name}`")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    #[test]
    fn a_second_title_is_found_and_code_is_none() {
        let good = file("README.md", "# One\n\n```sh\n# a comment\n```\n");
        let bad = file("README.md", "# One\n# Two\n");
        assert!(have_one_title(&[good]).is_empty());
        assert_eq!(have_one_title(&[bad]).len(), 1);
    }

    #[test]
    fn a_dead_link_is_found() {
        let text = "[a](Cargo.toml) [b](https://example.com) [c](#here) [d](gone.md#there)";
        let found = links_lead_somewhere(&[file("README.md", text)]);
        assert_eq!(found, ["README.md: 'gone.md#there' leads nowhere"]);
    }

    #[test]
    fn a_missing_event_and_setting_are_found() {
        assert_eq!(name_every_event(&[]).len(), event::CATALOGUE.len());
        let found = name_every_setting(&[file("docs/config.md", "`listen`")]);
        assert!(!found.iter().any(|line| line.contains("'listen'")));
        assert!(found.iter().any(|line| line.contains("'plans.free.burst'")));
    }
}
