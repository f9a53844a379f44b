//! The rules of the house, as one test over the files of the repository. Each rule is a function
//! from files to complaints, with a test of its own.

mod code;
mod licences;
mod papers;
#[path = "../source/mod.rs"]
mod source;
mod tables;
mod words;

use source::{File, files, sql};

/// What is wrong, and where.
type Complaints = Vec<String>;

#[test]
fn the_house_is_tidy() {
    let (crates, bench) = (files("crates", ".rs"), files("bench", ".rs"));
    let rust: Vec<File> = crates.iter().chain(&bench).cloned().collect();
    let program: Vec<File> = files(sql::SOURCES, ".rs");
    let shipped = sql::sources();
    let map = &program.iter().find(|file| file.name.ends_with("src/lib.rs")).unwrap().text;
    let mut complaints = Complaints::new();
    complaints.extend(code::imports_go_up(map, &shipped));
    complaints.extend(code::engines_stay_in_the_store(&crates, &files("crates", "Cargo.toml")));
    complaints.extend(code::clients_stay_outside(&shipped));
    complaints.extend(code::work_without_a_workspace_is_counted(&shipped, code::SYSTEM_USES));
    complaints.extend(code::files_fit(&rust));
    complaints.extend(code::nothing_is_forgotten(&crates));
    complaints.extend(code::migrations_are_mentioned(
        &files("crates/server/migrations", ".sql"),
        &program,
    ));
    complaints
        .extend(tables::stay_in_their_slice(&shipped, &files("crates/server/migrations", ".sql")));
    complaints.extend(tables::statements_name_the_workspace(&sql::statements(&shipped)));
    complaints.extend(words::none_is_banned(&rust));
    complaints.extend(papers::have_one_title(&files(".", ".md")));
    complaints.extend(papers::links_lead_somewhere(&files(".", ".md")));
    complaints.extend(papers::name_every_event(&files("docs", "events.md")));
    complaints.extend(papers::name_every_setting(&files("docs", "config.md")));
    complaints.extend(licences::are_allowed(&licences::metadata()));
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// A file of a test.
#[cfg(test)]
fn file(name: &str, text: &str) -> File {
    File { name: name.to_owned(), text: text.to_owned() }
}
