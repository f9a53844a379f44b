//! The reader of the log that counts: in quarters of an hour, of which the days of every zone are made.

use jiff::Timestamp;
use serde::Deserialize;
use store::Tx;

use super::{Measure, quarter};
use crate::{
    conversation,
    error::Result,
    event::{
        Entry,
        reader::{Cursor, Reader},
    },
    id::ConversationId,
    site,
};

/// Counts what reports tell.
pub const ROLLUP: Reader = Reader {
    cursor: Cursor {
        name: "report",
        kinds: &[
            "conversation.created",
            "conversation.closed",
            "conversation.rated",
            "message.created",
            "contact.created",
        ],
        batch: 64,
    },
    take,
};

/// What it reads of a conversation. What was forgotten meanwhile has but its id.
#[derive(Deserialize)]
struct Talk {
    channel: Option<String>,
    assigned_to: Option<String>,
    created_at: Option<Timestamp>,
    rating: Option<Rated>,
}

#[derive(Deserialize)]
struct Rated {
    score: i64,
}

#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: Option<String>,
    conversation_id: Option<ConversationId>,
    number: Option<i64>,
    operator: Option<Speaker>,
}

#[derive(Deserialize)]
struct Speaker {
    id: String,
}

#[derive(Deserialize)]
struct Met {
    source: Option<String>,
}

fn take(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    for entry in entries {
        let payload = entry.payload.get();
        match entry.kind.as_str() {
            "message.created" => {
                if let Ok(said) = serde_json::from_str(payload) {
                    count_message(tx, entry.at, &said)?;
                }
            }
            "contact.created" => {
                let source = serde_json::from_str(payload).ok().and_then(|met: Met| met.source);
                let of = source.map(|source| format!("source:{source}"));
                add(tx, Measure::Leads, entry.at, &Counted::one(0), &[of])?;
            }
            kind => {
                if let Ok(talk) = serde_json::from_str(payload) {
                    count_talk(tx, entry.at, kind, &talk)?;
                }
            }
        }
    }
    Ok(())
}

fn count_talk(tx: &mut Tx<'_>, at: Timestamp, kind: &str, talk: &Talk) -> Result<()> {
    let channel = talk.channel.as_ref().map(|channel| format!("channel:{channel}"));
    let operator = talk.assigned_to.as_ref().map(|id| format!("operator:{id}"));
    match kind {
        "conversation.created" => {
            add(tx, Measure::ConversationsCreated, at, &Counted::one(0), &[channel])
        }
        "conversation.closed" => {
            let took = talk.created_at.map_or(0, |begun| at.duration_since(begun).as_secs());
            add(tx, Measure::Resolution, at, &Counted::one(took.max(0)), &[operator])
        }
        _ => {
            let Some(Rated { score }) = talk.rating else { return Ok(()) };
            let of = [operator, Some(format!("score:{score}"))];
            add(tx, Measure::Rating, at, &Counted::one(score), &of)
        }
    }
}

fn count_message(tx: &mut Tx<'_>, at: Timestamp, said: &Said) -> Result<()> {
    match said.kind.as_deref() {
        Some("visitor") => add(tx, Measure::MessagesReceived, at, &Counted::one(0), &[]),
        Some("operator") => {
            let of = [said.operator.as_ref().map(|one| format!("operator:{}", one.id))];
            add(tx, Measure::MessagesSent, at, &Counted::one(0), &of)?;
            count_reply(tx, at, said, &of)
        }
        _ => Ok(()),
    }
}

/// The first answer to a visitor, and how long they waited for it.
fn count_reply(tx: &mut Tx<'_>, at: Timestamp, said: &Said, of: &[Option<String>]) -> Result<()> {
    let (Some(id), Some(number)) = (&said.conversation_id, said.number) else { return Ok(()) };
    let Some(answered) = conversation::first_answered(tx, id, number, at)? else { return Ok(()) };
    let waited = at.duration_since(answered.since).as_secs().max(0);
    add(tx, Measure::FirstReply, at, &Counted::one(waited), of)?;
    let hours = match &answered.site {
        Some(id) => site::find(tx, id).ok().and_then(|site| site.settings.hours),
        None => None,
    };
    let open = hours.map_or(waited, |hours| hours.open_between(answered.since, at).as_secs());
    add(tx, Measure::FirstReplyOpenHours, at, &Counted::one(open), of)
}

struct Counted {
    count: i64,
    sum: i64,
}

impl Counted {
    fn one(sum: i64) -> Self {
        Self { count: 1, sum }
    }
}

fn add(
    tx: &mut Tx<'_>,
    measure: Measure,
    at: Timestamp,
    counted: &Counted,
    of: &[Option<String>],
) -> Result<()> {
    let sql = "insert into rollup (workspace, measure, dimension, quarter, count, sum)
               values (?1, ?2, ?3, ?4, ?5, ?6)
               on conflict (workspace, measure, dimension, quarter) do update set
                   count = rollup.count + excluded.count, sum = rollup.sum + excluded.sum";
    let whole = String::new();
    for dimension in std::iter::once(&whole).chain(of.iter().flatten()) {
        let values = [
            measure.as_str().into(),
            dimension.into(),
            quarter(at).into(),
            counted.count.into(),
            counted.sum.into(),
        ];
        tx.run(sql, &values)?;
    }
    Ok(())
}
