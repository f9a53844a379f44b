//! `switchboard doctor`: looks whether everything is as it should be, and says what to do.

use std::fmt::Write as _;

use store::{ReadTx, Scope, Store};

use super::print;
use crate::{config::Config, error::Result, http::tls::Tls, secret, setup, workspace};

/// One finding: what was looked at, and what is wrong with it.
type Finding = (String, Option<String>);

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let mut findings: Vec<Finding> = vec![("settings".to_owned(), None)];
    // What is asked for is the server's to make.
    if !config.tls.listen.is_empty() && config.tls.acme_domains.is_empty() {
        let wrong = Tls::open(config).err().map(|error| format!("{error:#}"));
        findings.push(("certificate".to_owned(), wrong));
    }
    if config.database_url.0.is_empty() {
        let file = setup::database_file(config);
        if file.exists() {
            let checked = tokio::task::spawn_blocking(move || store::check_file(&file)).await?;
            findings
                .push(("database file".to_owned(), checked.err().map(|error| error.to_string())));
        }
    }
    let store = setup::open(config, &setup::world()).await?;
    findings.push((format!("schema {}", setup::MIGRATIONS.len()), None));
    findings.push((format!("secret key in {}", secret::place(config)), None));
    for workspace in store.system_read(workspace::list).await? {
        let wrong = look_at(&store, workspace.id.as_str()).await?;
        findings.push((format!("workspace {}", workspace.slug), wrong));
    }
    let mut text = String::new();
    for (what, wrong) in &findings {
        match wrong {
            None => writeln!(text, "ok     {what}")?,
            Some(wrong) => writeln!(text, "WRONG  {what}: {wrong}")?,
        }
    }
    print(&text)?;
    if findings.iter().any(|(_, wrong)| wrong.is_some()) {
        anyhow::bail!("something is wrong: restore a backup, or ask for help with the lines above");
    }
    Ok(())
}

/// What a workspace promises, counted anew.
async fn look_at(store: &Store, workspace: &str) -> Result<Option<String>> {
    store.read(&Scope::new(workspace), look).await
}

/// A counted sum, and the sum that is kept.
const SUMS: [(&str, &str, &str); 10] = [
    (
        "the counter of contacts",
        "select count(*) from contact where workspace = ?1",
        "select cast(coalesce(sum(count), 0) as bigint) from contact_counter where workspace = ?1",
    ),
    (
        "the addresses of contacts",
        "select count(*) from contact where workspace = ?1 and email is not null",
        "select count(*) from contact_email e join contact c on c.workspace = e.workspace
         and c.id = e.contact and c.email_folded = e.email_folded where e.workspace = ?1",
    ),
    (
        "the numbers of contacts",
        "select count(*) from contact where workspace = ?1 and phone is not null",
        "select count(*) from contact_phone p join contact c on c.workspace = p.workspace
         and c.id = p.contact and c.phone = p.phone where p.workspace = ?1",
    ),
    (
        "the counters of tags",
        "select count(*) from contact_tag where workspace = ?1",
        "select cast(coalesce(sum(count), 0) as bigint) from contact_tag_counter
         where workspace = ?1",
    ),
    (
        "the counters of conversations",
        "select count(*) from conversation where workspace = ?1 and merged_into is null",
        "select cast(coalesce(sum(count), 0) as bigint) from conversation_counter
         where workspace = ?1",
    ),
    (
        "the open conversations of operators",
        "select count(*) from conversation where workspace = ?1 and status = 'open'
         and assigned_to is not null",
        "select cast(coalesce(sum(open_conversations), 0) as bigint) from operator
         where workspace = ?1",
    ),
    (
        "the numbers of messages",
        "select count(*) from message where workspace = ?1 and type <> 'note'",
        "select cast(coalesce(sum(last_number), 0) as bigint) from conversation
         where workspace = ?1 and merged_into is null",
    ),
    (
        "the messages of visitors",
        "select count(*) from message where workspace = ?1 and type = 'visitor'",
        "select cast(coalesce(sum(visitor_count), 0) as bigint) from conversation
         where workspace = ?1 and merged_into is null",
    ),
    (
        "the counter of visitors",
        "select count(*) from visitor where workspace = ?1 and device <> 'bot'",
        "select cast(coalesce(sum(count), 0) as bigint) from visitor_counter
         where workspace = ?1",
    ),
    (
        "the numbers of the log",
        "select coalesce(max(seq) - min(seq) + 1, 0) from event where workspace = ?1",
        "select count(*) from event where workspace = ?1",
    ),
];

fn look(tx: &mut ReadTx<'_>) -> Result<Option<String>> {
    for (what, counted, kept) in SUMS {
        let counted = count(tx, counted)?;
        let kept = count(tx, kept)?;
        if counted != kept {
            return Ok(Some(format!("{what}: {counted} counted, {kept} kept")));
        }
    }
    Ok(None)
}

fn count(tx: &mut ReadTx<'_>, sql: &'static str) -> Result<i64> {
    Ok(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0))
}
