//! Rules about SQL: whose table it is, and whose data.

use crate::{
    Complaints,
    source::{File, Token, sql, sql::Statement, tokens},
};

/// Which part of the program a table belongs to.
const OWNERS: &[(&str, &str)] = &[
    ("account", "account/"),
    ("app", "oauth/"),
    ("app_grant", "oauth/"),
    ("app_token", "oauth/"),
    ("assignment", "conversation/"),
    ("attachment", "attachment/"),
    ("contact", "contact/"),
    ("contact_attribute", "contact/"),
    ("contact_counter", "contact/"),
    ("contact_email", "contact/"),
    ("contact_list", "contact/"),
    ("contact_phone", "contact/"),
    ("contact_redirect", "contact/"),
    ("contact_suggestion", "contact/"),
    ("contact_tag", "contact/"),
    ("contact_tag_counter", "contact/"),
    ("conversation", "conversation/"),
    ("conversation_counter", "conversation/"),
    ("conversation_read", "conversation/"),
    ("conversation_tag", "conversation/"),
    ("credential", "access/"),
    ("delivery", "webhook/"),
    ("dialer_entry", "dialer.rs"),
    ("enrolment", "enrolment.rs"),
    ("enrolment_past", "enrolment.rs"),
    ("event", "event/"),
    ("event_counter", "event/"),
    ("first_run", "setting/"),
    ("guess", "account/"),
    ("idempotency", "idempotency/"),
    ("installation", "setup.rs"),
    ("intake_receipt", "receipt/"),
    ("job", "job/"),
    ("lead", "lead/"),
    ("lead_note", "lead/"),
    ("login", "account/"),
    ("membership", "account/"),
    ("draft", "conversation/"),
    ("mention", "conversation/"),
    ("message", "conversation/"),
    ("message_counter", "conversation/"),
    ("message_edit", "conversation/"),
    ("node", "node.rs"),
    ("operator", "operator/"),
    ("outbox", "outbox.rs"),
    ("pageview", "visitor/"),
    ("passkey", "account/"),
    ("rate_lease", "http/limit"),
    ("reader_cursor", "event/"),
    ("record", "record/"),
    ("record_counter", "record/"),
    ("recovery_code", "account/"),
    ("request", "request_log/"),
    ("routing_pointer", "routing/"),
    ("rollup", "report/"),
    ("setting", "setting/"),
    ("site", "site/"),
    ("site_seen", "site/"),
    ("voucher", "account/"),
    ("visit", "visitor/"),
    ("visitor", "visitor/"),
    ("visitor_counter", "visitor/"),
    ("webhook", "webhook/"),
    ("workspace", "workspace/"),
];

/// Who else may name a table, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("cli/doctor.rs", "*", "it looks whether what the slices keep twice is the same"),
    ("demo/mod.rs", "contact_counter", "it fills only a workspace that never had a contact"),
];

/// A slice names its own tables; what it needs of others, it asks their functions for.
pub(crate) fn stay_in_their_slice(files: &[File], migrations: &[File]) -> Complaints {
    let mut complaints = Complaints::new();
    let known = made_by(migrations);
    for table in known.iter().filter(|table| OWNERS.iter().all(|(owned, _)| owned != table)) {
        complaints.push(format!("the table '{table}' has no owner: name it in OWNERS"));
    }
    for (table, _) in OWNERS.iter().filter(|(owned, _)| !known.iter().any(|table| table == owned)) {
        complaints.push(format!("OWNERS names '{table}', and no migration makes it"));
    }
    for file in files {
        let Some((_, inside)) = file.name.split_once("src/") else { continue };
        for (line, token) in tokens(&file.text) {
            let Token::Text(text) = token else { continue };
            for table in sql::tables(&text) {
                let owner = OWNERS.iter().find(|(owned, _)| *owned == table);
                let Some((_, owner)) = owner else { continue };
                let excepted = EXCEPTIONS
                    .iter()
                    .any(|(who, what, _)| *who == inside && (*what == "*" || *what == table));
                if !inside.starts_with(owner) && !excepted {
                    complaints.push(format!(
                        "{}:{line}: the table '{table}' belongs to '{owner}': call a function there",
                        file.name
                    ));
                }
            }
        }
    }
    complaints
}

fn made_by(migrations: &[File]) -> Vec<String> {
    let mut made: Vec<String> = migrations
        .iter()
        .flat_map(|file| file.text.lines())
        .filter_map(|line| line.strip_prefix("create table "))
        .filter_map(|rest| rest.split([' ', '(']).next().map(str::to_owned))
        .collect();
    let is_dropped = |name: &String| {
        let line = format!("drop table {name};");
        migrations.iter().any(|file| file.text.lines().any(|other| other == line))
    };
    made.retain(|name| !is_dropped(name));
    made.sort();
    made.dedup();
    made
}

/// Statements that belong to no workspace, by how they begin, and why.
const WITHOUT_WORKSPACE: &[(&str, &str)] = &[("select 1", "whether the database answers")];

/// `?1` is the workspace in every statement, but for those of a system transaction.
pub(crate) fn statements_name_the_workspace(statements: &[Statement]) -> Complaints {
    let mut complaints = Complaints::new();
    for Statement { place, text, is_whole } in statements {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // The rest of such a piece comes while the program runs, and a debug build checks it there.
        let goes_on = !is_whole && text.ends_with("from (");
        let excepted = WITHOUT_WORKSPACE.iter().any(|(begin, _)| text.starts_with(begin));
        if !text.contains("?1") && !goes_on && !excepted {
            complaints.push(format!("{place}: it is not limited to a workspace: {text}"));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    fn migrations() -> Vec<File> {
        let text: String =
            OWNERS.iter().map(|(table, _)| format!("create table {table} (\n")).collect();
        vec![file("crates/server/migrations/0001_a.sql", &text)]
    }

    #[test]
    fn a_foreign_table_is_found() {
        let good = file("crates/server/src/contact/a.rs", "\"select 1 from contact_tag\"");
        let bad = file("crates/server/src/contact/a.rs", "\n\"select 1 from (select 1 from job)\"");
        assert!(stay_in_their_slice(&[good], &migrations()).is_empty());
        assert_eq!(
            stay_in_their_slice(&[bad], &migrations()),
            [
                "crates/server/src/contact/a.rs:2: the table 'job' belongs to 'job/': call a function there"
            ]
        );
    }

    #[test]
    fn a_table_without_an_owner_is_found() {
        let mut more = migrations();
        more.push(file("0002_b.sql", "create table invoice (\n"));
        assert_eq!(stay_in_their_slice(&[], &more).len(), 1);
        assert_eq!(stay_in_their_slice(&[], &[]).len(), OWNERS.len());
    }

    #[test]
    fn a_statement_for_all_workspaces_is_found() {
        let statement = |text: &str| Statement {
            place: "a:1".to_owned(),
            text: text.to_owned(),
            is_whole: true,
        };
        let good = statement("select id\n from event where workspace = ?1");
        let bad = statement("delete from event");
        assert_eq!(statements_name_the_workspace(&[good, bad]).len(), 1);
    }
}
