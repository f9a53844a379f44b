//! Who is in which sequence. A person is in one at most, and what was is kept.

use serde_json::json;
use store::{ReadTx, Tx};

use crate::{
    error::Result,
    event,
    id::{self, ContactId, Id, kind},
};

/// Names a sequence.
pub type SequenceId = Id<kind::Sequence>;

/// What came of the wish to put someone into a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// They are in it now.
    Now,
    /// They are in it now, and left this one for it.
    InsteadOf(SequenceId),
    /// They were in it already.
    Already,
    /// They are in this one, and stay there.
    Elsewhere(SequenceId),
}

/// What becomes of someone who is in another sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfElsewhere {
    /// They stay there.
    #[default]
    Stay,
    /// They leave it.
    Leave,
}

/// Why someone left a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// They were put into another one.
    Replaced,
    /// A request asked for it.
    Asked,
    /// They may not be contacted any more.
    DoNotContact,
    /// They want no more messages.
    OptedOut,
    /// They were one person with someone who is in a sequence.
    Merged,
}

impl Reason {
    fn as_str(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Asked => "asked",
            Self::DoNotContact => "do_not_contact",
            Self::OptedOut => "opted_out",
            Self::Merged => "merged",
        }
    }
}

/// Puts someone into a sequence.
///
/// # Errors
/// Those of the store.
pub fn enrol(
    tx: &mut Tx<'_>,
    contact: &ContactId,
    sequence: &SequenceId,
    if_elsewhere: IfElsewhere,
) -> Result<Enrolled> {
    let before = find(tx, contact)?;
    let enrolled = match before {
        None => Enrolled::Now,
        Some(known) if known == *sequence => return Ok(Enrolled::Already),
        Some(other) if if_elsewhere == IfElsewhere::Stay => return Ok(Enrolled::Elsewhere(other)),
        Some(other) => {
            end(tx, contact, Reason::Replaced)?;
            Enrolled::InsteadOf(other)
        }
    };
    let now = tx.now();
    let sql = "insert into enrolment (workspace, contact, sequence, enrolled_at)
               values (?1, ?2, ?3, ?4)";
    tx.run(sql, &[contact.into(), sequence.into(), now.into()])?;
    let payload = json!({ "contact_id": contact, "sequence_id": sequence });
    event::append(tx, event::Kind::EnrolmentCreated, contact.as_str(), &payload.to_string())?;
    Ok(enrolled)
}

/// The sequence that someone is in.
///
/// # Errors
/// Those of the store.
pub fn find(tx: &mut ReadTx<'_>, contact: &ContactId) -> Result<Option<SequenceId>> {
    let sql = "select sequence from enrolment where workspace = ?1 and contact = ?2";
    Ok(tx.first(sql, &[contact.into()], |row| row.get(0))?)
}

/// Takes someone out of the sequence they are in. `false` if they are in none.
///
/// # Errors
/// Those of the store.
pub fn end(tx: &mut Tx<'_>, contact: &ContactId, reason: Reason) -> Result<bool> {
    let sql = "delete from enrolment where workspace = ?1 and contact = ?2
               returning sequence, enrolled_at";
    let ended = tx.first(sql, &[contact.into()], |row| {
        Ok::<_, crate::error::Error>((row.get::<SequenceId>(0)?, row.get::<i64>(1)?))
    })?;
    let Some((sequence, enrolled_at)) = ended else { return Ok(false) };
    let (id, now): (Id<kind::Enrolment>, _) = (id::new(tx), tx.now());
    let sql = "insert into enrolment_past
                   (workspace, id, contact, sequence, enrolled_at, ended_at, reason)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = [
        (&id).into(),
        contact.into(),
        (&sequence).into(),
        enrolled_at.into(),
        now.into(),
        reason.as_str().into(),
    ];
    tx.run(sql, &values)?;
    let payload = json!({
        "contact_id": contact, "sequence_id": sequence, "reason": reason.as_str(),
    });
    event::append(tx, event::Kind::EnrolmentEnded, contact.as_str(), &payload.to_string())?;
    Ok(true)
}

/// What was someone's is `kept`'s: they were one person. Nobody is in two sequences, so whoever is in
/// one already stays there.
///
/// # Errors
/// Those of the store.
pub fn follow_merge(tx: &mut Tx<'_>, gone: &ContactId, kept: &ContactId) -> Result<()> {
    if find(tx, kept)?.is_some() {
        end(tx, gone, Reason::Merged)?;
    }
    let sql = "update enrolment set contact = ?3 where workspace = ?1 and contact = ?2";
    tx.run(sql, &[gone.into(), kept.into()])?;
    let sql = "update enrolment_past set contact = ?3 where workspace = ?1 and contact = ?2";
    Ok(tx.run(sql, &[gone.into(), kept.into()])?)
}

/// Forgets someone who was erased.
///
/// # Errors
/// Those of the store.
pub fn forget(tx: &mut Tx<'_>, contact: &ContactId) -> Result<()> {
    tx.run("delete from enrolment where workspace = ?1 and contact = ?2", &[contact.into()])?;
    let sql = "delete from enrolment_past where workspace = ?1 and contact = ?2";
    Ok(tx.run(sql, &[contact.into()])?)
}
