//! Rules about the code: who uses whom, what is named where, and that it fits a head.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Complaints,
    source::{File, Token, tokens},
};

const FILE_LINES_MAX: usize = 600;
/// What slices know of `http`, which is below them.
const HTTP_FOR_SLICES: [&str; 26] = [
    "Allowed",
    "App",
    "Asker",
    "Body",
    "Browser",
    "Data",
    "ErrorBody",
    "Fields",
    "Form",
    "Partner",
    "Person",
    "Post",
    "Problem",
    "Public",
    "Query",
    "Reply",
    "Run",
    "Scoped",
    "Token",
    "as_text",
    "asset",
    "guest_client",
    "needs",
    "number_of",
    "read_bytes",
    "text_asset",
];

/// `lib.rs` is the map: a module uses those above it, and of `http` the extractors and answers.
pub(crate) fn imports_go_up(map: &str, files: &[File]) -> Complaints {
    let order = modules(map);
    let place = |module: &str| order.iter().position(|known| known == module);
    let mut complaints = Complaints::new();
    for file in files {
        let Some((_, inside)) = file.name.split_once("src/") else { continue };
        let own = inside.split(['/', '.']).next().unwrap_or_default();
        let Some(own_place) = place(own) else { continue };
        for (line, path) in crate_paths(&file.text) {
            let Some(used) = place(&path[0]) else { continue };
            if used <= own_place {
                continue;
            }
            let door = path.get(1).is_some_and(|name| HTTP_FOR_SLICES.contains(&name.as_str()));
            if path[0] != "http" || !door {
                let path = path.join("::");
                complaints
                    .push(format!("{}:{line}: '{own}' is above '{path}' in lib.rs", file.name));
            }
        }
    }
    complaints
}

fn modules(map: &str) -> Vec<String> {
    let all = tokens(map);
    let named = all.windows(2).filter(|pair| pair[0].1 == Token::Word("mod".to_owned()));
    named
        .filter_map(
            |pair| if let Token::Word(name) = &pair[1].1 { Some(name.clone()) } else { None },
        )
        .collect()
}

/// Every path that begins with `crate`, to its second name, groups taken apart.
fn crate_paths(text: &str) -> Vec<(usize, Vec<String>)> {
    let all = tokens(text);
    let mut found = Vec::new();
    for (at, (_, token)) in all.iter().enumerate() {
        if *token == Token::Word("crate".to_owned()) && is_path(&all[at + 1..]) {
            branches(&all, at + 3, &mut Vec::new(), &mut found);
        }
    }
    found
}

fn is_path(rest: &[(usize, Token)]) -> bool {
    matches!(rest, [(_, Token::Sign(':')), (_, Token::Sign(':')), ..])
}

/// Reads one branch of a tree of names at `at`; says where it ends.
fn branches(
    all: &[(usize, Token)],
    mut at: usize,
    path: &mut Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    match all.get(at) {
        Some((line, Token::Word(name))) => {
            path.push(name.clone());
            if is_path(&all[at + 1..]) && path.len() < 2 {
                at = branches(all, at + 3, path, found);
            } else {
                found.push((*line, path.clone()));
                at += 1;
            }
            path.pop();
            at
        }
        Some((_, Token::Sign('{'))) => {
            at += 1;
            while at < all.len() && all[at].1 != Token::Sign('}') {
                match all[at].1 {
                    Token::Word(_) => at = branches(all, at, path, found),
                    // What is deeper than two names does not matter.
                    Token::Sign('{') => at = skip(all, at),
                    _ => at += 1,
                }
            }
            at + 1
        }
        _ => at + 1,
    }
}

fn skip(all: &[(usize, Token)], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some((_, token)) = all.get(at) {
        match token {
            Token::Sign('{') => depth += 1,
            Token::Sign('}') => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Only `store` names an engine.
pub(crate) fn engines_stay_in_the_store(files: &[File], manifests: &[File]) -> Complaints {
    let is_ours = |file: &&File| !file.name.starts_with("crates/store/");
    let mut complaints = Complaints::new();
    for file in files.iter().filter(is_ours) {
        for (line, token) in tokens(&file.text) {
            if matches!(&token, Token::Word(word) if ["rusqlite", "postgres", "tokio_postgres"].contains(&word.as_str()))
            {
                complaints
                    .push(format!("{}:{line}: only the crate 'store' names an engine", file.name));
            }
        }
    }
    for file in manifests.iter().filter(is_ours) {
        let names = |line: &str| line.starts_with("rusqlite") || line.starts_with("postgres");
        if file.text.lines().any(names) {
            complaints.push(format!("{}: only the crate 'store' depends on an engine", file.name));
        }
    }
    complaints
}

/// What makes requests of others, or connections to them.
const CLIENTS: [&str; 5] = ["hyper_rustls", "legacy", "reqwest", "rustls_acme", "TcpStream"];

/// Only `outside` reaches others: it decides whom.
pub(crate) fn clients_stay_outside(files: &[File]) -> Complaints {
    let mut complaints = Complaints::new();
    for file in files.iter().filter(|file| file.name.contains("crates/server/src/")) {
        // The accept loop has streams of those who came.
        if file.name.contains("/outside/") || file.name.ends_with("/http/serve.rs") {
            continue;
        }
        for (line, token) in tokens(&file.text) {
            if matches!(&token, Token::Word(word) if CLIENTS.contains(&word.as_str())) {
                complaints.push(format!("{}:{line}: only 'outside' reaches others", file.name));
            }
        }
    }
    complaints
}

/// How often each file works without a workspace. Whoever adds one says why, in review.
pub(crate) const SYSTEM_USES: &[(&str, usize)] = &[
    // Whose key it is, is not known before it is found.
    ("crates/server/src/access/keys.rs", 1),
    // People work in many workspaces: whose account, login or link it is, is not known before.
    ("crates/server/src/account/http.rs", 2),
    ("crates/server/src/account/http_factor.rs", 3),
    ("crates/server/src/account/invitation.rs", 11),
    ("crates/server/src/account/login.rs", 1),
    ("crates/server/src/account/passkey.rs", 3),
    ("crates/server/src/account/sign_in.rs", 4),
    ("crates/server/src/account/throttle.rs", 4),
    // Whose files are to go.
    ("crates/server/src/attachment/blob.rs", 1),
    // The commands that list all workspaces, and whose a secret is already.
    ("crates/server/src/cli/doctor.rs", 1),
    ("crates/server/src/cli/keys.rs", 2),
    // Whether anybody ever asked anything.
    ("crates/server/src/cli/serve.rs", 1),
    // Whether the database answers, and which logs have grown.
    ("crates/server/src/http/health.rs", 2),
    // Whose key or token it is.
    ("crates/server/src/http/asker.rs", 1),
    ("crates/server/src/oauth/consent.rs", 3),
    ("crates/server/src/oauth/http.rs", 3),
    ("crates/server/src/oauth/mod.rs", 1),
    // Which nodes there are.
    ("crates/server/src/node.rs", 2),
    // What is to be sent and what is to go, whosever it is.
    ("crates/server/src/outbox.rs", 2),
    // The installation's facts.
    ("crates/server/src/setup.rs", 3),
    // Whose site it is, is not known before it is found.
    ("crates/server/src/site/mod.rs", 1),
    // Which workspaces have webhooks.
    ("crates/server/src/webhook/dispatch.rs", 1),
    // Which workspaces have something to do.
    ("crates/server/src/work.rs", 2),
    // A workspace by its slug.
    ("crates/server/src/workspace/mod.rs", 1),
];

/// Work that belongs to no workspace is rare, and every place of it is listed.
pub(crate) fn work_without_a_workspace_is_counted(
    files: &[File],
    listed: &[(&str, usize)],
) -> Complaints {
    let mut counted = BTreeMap::new();
    let is_one = |name: &str| ["system", "system_read", "system_glance"].contains(&name);
    for file in files {
        let all = tokens(&file.text);
        let uses = all.windows(3).filter(|three| {
            three[0].1 == Token::Sign('.')
                && matches!(&three[1].1, Token::Word(name) if is_one(name))
                && three[2].1 == Token::Sign('(')
        });
        counted.insert(file.name.as_str(), uses.count());
    }
    let names: BTreeSet<&str> =
        counted.keys().copied().chain(listed.iter().map(|(name, _)| *name)).collect();
    let mut complaints = Complaints::new();
    for name in names {
        let found = counted.get(name).copied().unwrap_or(0);
        let wanted = listed.iter().find(|(listed, _)| *listed == name).map_or(0, |(_, uses)| *uses);
        if found != wanted {
            complaints.push(format!(
                "{name}: works {found} times without a workspace, and SYSTEM_USES says {wanted}"
            ));
        }
    }
    complaints
}

/// A file fits a head.
pub(crate) fn files_fit(files: &[File]) -> Complaints {
    let long = files.iter().filter(|file| FILE_LINES_MAX < file.text.lines().count());
    long.map(|file| format!("{}: more than {FILE_LINES_MAX} lines", file.name)).collect()
}

/// A module that no `mod` names is not compiled, and nobody would know.
pub(crate) fn nothing_is_forgotten(files: &[File]) -> Complaints {
    let mut complaints = Complaints::new();
    for file in files {
        let Some((folder, name)) = file.name.rsplit_once('/') else { continue };
        let is_root =
            matches!(name, "lib.rs" | "main.rs" | "build.rs") || folder.ends_with("/tests");
        if is_root {
            continue;
        }
        let (folder, module) = match name {
            "mod.rs" => folder.rsplit_once('/').unwrap_or_default(),
            _ => (folder, name.trim_end_matches(".rs")),
        };
        let homes = ["mod.rs", "lib.rs", "main.rs"].map(|home| format!("{folder}/{home}"));
        let is_named = files.iter().any(|parent| {
            let is_near =
                homes.contains(&parent.name) || parent.name.starts_with(&format!("{folder}/"));
            is_near && modules(&parent.text).iter().any(|known| known == module)
        });
        if !is_named {
            complaints.push(format!("{}: no module names it", file.name));
        }
    }
    complaints
}

/// A migration that is not in the list never runs.
pub(crate) fn migrations_are_mentioned(migrations: &[File], program: &[File]) -> Complaints {
    let mut complaints = Complaints::new();
    for migration in migrations {
        let name = migration.name.rsplit('/').next().unwrap_or_default();
        let is_mentioned = program.iter().any(|file| file.text.contains(name));
        if name != "schema.sql" && !is_mentioned {
            complaints.push(format!("{}: nothing runs it", migration.name));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    #[test]
    fn a_use_downwards_is_found() {
        let map = "pub mod error;\npub mod contact;\npub mod http;\npub mod cli;";
        let bad = "use crate::{error::{Error, Result}, http::{App, router, openapi::{a, b}}, cli};";
        let found = imports_go_up(map, &[file("crates/server/src/contact/mod.rs", bad)]);
        assert_eq!(
            found,
            [
                "crates/server/src/contact/mod.rs:1: 'contact' is above 'http::router' in lib.rs",
                "crates/server/src/contact/mod.rs:1: 'contact' is above 'http::openapi' in lib.rs",
                "crates/server/src/contact/mod.rs:1: 'contact' is above 'cli' in lib.rs",
            ]
        );
        let good = "use crate::contact::Contact; fn f() { crate::error::x() }";
        assert!(imports_go_up(map, &[file("crates/server/src/http/mod.rs", good)]).is_empty());
        let bad = "// crate::cli\nfn f() { crate::contact::x() }";
        assert_eq!(imports_go_up(map, &[file("crates/server/src/error.rs", bad)]).len(), 1);
    }

    #[test]
    fn an_engine_outside_the_store_is_found() {
        let bad = [file("crates/server/src/a.rs", "use rusqlite::Connection;")];
        let good = [file("crates/store/src/a.rs", "use rusqlite::Connection; // postgres")];
        let manifest = [file("crates/server/Cargo.toml", "postgres.workspace = true")];
        assert_eq!(engines_stay_in_the_store(&bad, &manifest).len(), 2);
        assert!(engines_stay_in_the_store(&good, &[]).is_empty());
    }

    #[test]
    fn a_client_inside_is_found() {
        let text = "use hyper_rustls::HttpsConnector;";
        let bad = [file("crates/server/src/a.rs", text)];
        let good = [file("crates/server/src/outside/a.rs", text)];
        assert_eq!(clients_stay_outside(&bad).len(), 1);
        assert!(clients_stay_outside(&good).is_empty());
    }

    #[test]
    fn every_system_transaction_is_listed() {
        let files = [file("a.rs", "store.system(|tx| 1); store.system_read(f)"), file("b.rs", "")];
        assert!(work_without_a_workspace_is_counted(&files, &[("a.rs", 2)]).is_empty());
        assert_eq!(work_without_a_workspace_is_counted(&files, &[("b.rs", 1)]).len(), 2);
    }

    #[test]
    fn a_long_file_is_found() {
        let long = "\n".repeat(FILE_LINES_MAX + 1);
        assert_eq!(files_fit(&[file("a.rs", &long), file("b.rs", "\n")]).len(), 1);
    }

    #[test]
    fn a_module_and_a_migration_without_mention_are_found() {
        let files = [
            file("crates/a/src/lib.rs", "mod b;"),
            file("crates/a/src/b/mod.rs", "pub mod c;"),
            file("crates/a/src/b/c.rs", ""),
            file("crates/a/src/b/d.rs", ""),
            file("crates/a/src/e/mod.rs", ""),
        ];
        assert_eq!(
            nothing_is_forgotten(&files),
            [
                "crates/a/src/b/d.rs: no module names it",
                "crates/a/src/e/mod.rs: no module names it",
            ]
        );
        let migrations = [file("m/0001_a.sql", ""), file("m/0002_b.sql", "")];
        let program = [file("setup.rs", "include_str!(\"0001_a.sql\")")];
        assert_eq!(
            migrations_are_mentioned(&migrations, &program),
            ["m/0002_b.sql: nothing runs it"]
        );
    }
}
