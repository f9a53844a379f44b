//! Operators: the people who work in a workspace.

pub mod http;
pub mod keys;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use store::{ReadTx, Row, Scope, Sql, Store, Tx};
use utoipa::ToSchema;

use crate::{
    access::{Permission, Rights, Sees},
    email::Email,
    error::{Error, Result},
    event,
    id::{self, OperatorId, kind},
    page::{Page, Paging, Total},
    time,
};

/// Someone who works in a workspace.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Operator {
    /// Names them for good.
    pub id: OperatorId,
    /// What colleagues call them.
    pub name: String,
    /// Where they get mail.
    #[schema(value_type = String, format = Email)]
    pub email: String,
    /// A picture of them.
    pub avatar_url: Option<String>,
    /// What they may do, in the two words of the documents.
    pub role: Role,
    /// What they may do, to the word.
    pub access_role: AccessRole,
    /// Whether they see only the conversations that were given to them.
    pub own_conversations_only: bool,
    /// Whether they take conversations now.
    pub status: Status,
    /// What they do now, to the word.
    pub agent_status: AgentStatus,
    /// Since when.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub status_changed_at: Option<jiff::Timestamp>,
    /// Since when they do not work here any more; `null` if they do.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deactivated_at: Option<jiff::Timestamp>,
    /// How many conversations they take at once.
    pub max_concurrent: i64,
    /// How many they have now.
    pub open_conversations: i64,
    /// The number that stands for them where ids are numbers.
    pub number: i64,
    /// When they joined.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
}

/// What an operator may do, in the two words of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// The day's work.
    Operator,
}

/// What an operator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessRole {
    /// Everything, and who else is an owner.
    Owner,
    /// Everything.
    Admin,
    /// The day's work.
    Operator,
    /// Looks, and changes nothing.
    Viewer,
}

/// Whether an operator takes conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Available, or busy with one.
    Online,
    /// Not there.
    Offline,
}

/// What an operator does now. Leads and calls are distributed among those who are available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    /// Not there.
    Offline,
    /// Takes whatever comes.
    Available,
    /// There, and takes nothing.
    Busy,
    /// Back soon.
    OnBreak,
    /// Talks to someone.
    OnCall,
    /// Writes down what was talked about.
    WrapUp,
    /// Is being called.
    Ringing,
}

impl AgentStatus {
    /// In the order of their documented numbers, from 0.
    const ALL: [Self; 7] = [
        Self::Offline,
        Self::Available,
        Self::Busy,
        Self::OnBreak,
        Self::OnCall,
        Self::WrapUp,
        Self::Ringing,
    ];

    /// The documented number.
    pub fn number(self) -> i64 {
        let place = Self::ALL.iter().position(|status| *status == self);
        place.and_then(|place| i64::try_from(place).ok()).unwrap_or(0)
    }

    /// What people read.
    pub fn words(self) -> &'static str {
        match self {
            Self::Offline => "Offline",
            Self::Available => "Available",
            Self::Busy => "Busy",
            Self::OnBreak => "On Break",
            Self::OnCall => "On Call",
            Self::WrapUp => "Wrap-up",
            Self::Ringing => "Ringing",
        }
    }

    fn of(number: i64) -> Self {
        let place = usize::try_from(number).ok();
        place.and_then(|place| Self::ALL.get(place).copied()).unwrap_or(Self::Offline)
    }
}

/// What to change of an operator: absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct OperatorPatch {
    /// What colleagues call them.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// What they may do, in the two words of the documents.
    #[serde(default)]
    pub role: Option<Role>,
    /// What they may do, to the word. It goes before `role`.
    #[serde(default)]
    pub access_role: Option<AccessRole>,
    /// Whether they see only the conversations that were given to them.
    #[serde(default)]
    pub own_conversations_only: Option<bool>,
    /// What they do now.
    #[serde(default)]
    pub agent_status: Option<AgentStatus>,
    /// How many conversations they take at once.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    pub max_concurrent: Option<i64>,
    /// `false` for someone who does not work here any more.
    #[serde(default)]
    pub is_active: Option<bool>,
}

/// What `GET /v1/operators/{id}/availability` says.
#[derive(Debug, Serialize, ToSchema)]
pub struct Availability {
    operator_id: OperatorId,
    status: Status,
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    status_changed_at: Option<jiff::Timestamp>,
    open_conversations: i64,
    max_concurrent: i64,
}

/// What it takes to make one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewOperator {
    /// Where they get mail; no two of a workspace have the same.
    #[schema(value_type = String, format = Email, max_length = 254)]
    pub email: Email,
    /// What colleagues call them.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What they may do, in the two words of the documents: `operator` unless told otherwise.
    #[serde(default)]
    pub role: Option<Role>,
    /// What they may do, to the word. It goes before `role`.
    #[serde(default)]
    pub access_role: Option<AccessRole>,
    /// Whether they see only the conversations that were given to them.
    #[serde(default)]
    pub own_conversations_only: bool,
}

const NAME_CHARS_MAX: usize = 200;
const MAX_CONCURRENT_DEFAULT: i64 = 5;
const MAX_CONCURRENT_MAX: i64 = 100;
/// Operators that a list without pages shows.
const LISTED_MAX: i64 = 1_000;

macro_rules! columns {
    () => {
        "id, name, email, avatar_url, role, agent_status, status_changed_at, max_concurrent, number,
         created_at, deactivated_at, open_conversations, own_only_at"
    };
}

impl AccessRole {
    /// From the one who may most.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Operator, Self::Viewer];

    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }

    /// The same, in the two words of the documents.
    pub fn documented(self) -> Role {
        match self {
            Self::Owner | Self::Admin => Role::Admin,
            Self::Operator | Self::Viewer => Role::Operator,
        }
    }

    /// What it allows.
    pub fn rights(self) -> Rights {
        use Permission as P;
        let read = [
            P::ContactsRead,
            P::ConversationsRead,
            P::VisitorsRead,
            P::ChatbotsRead,
            P::OperatorsRead,
        ];
        match self {
            Self::Owner | Self::Admin => Rights::ALL,
            Self::Operator => {
                Rights::of(read.into_iter().chain([P::ContactsWrite, P::ConversationsWrite]))
            }
            Self::Viewer => Rights::of(read),
        }
    }

    /// What the two words of the documents, and ours, mean together.
    fn of(role: Option<Role>, access_role: Option<Self>) -> Option<Self> {
        access_role.or_else(|| {
            role.map(|role| match role {
                Role::Admin => Self::Admin,
                Role::Operator => Self::Operator,
            })
        })
    }
}

impl NewOperator {
    /// Someone of this role who sees every conversation.
    pub fn new(email: Email, name: &str, role: AccessRole) -> Self {
        let (name, access_role) = (name.to_owned(), Some(role));
        Self { email, name, role: None, access_role, own_conversations_only: false }
    }
}

/// Adds an operator, unless the address is one's already.
///
/// # Errors
/// When the address is taken, or the name is blank or too long.
pub fn create(tx: &mut Tx<'_>, new: &NewOperator) -> Result<Operator> {
    let name = check_name(&new.name)?;
    let id: OperatorId = id::new(tx);
    let now = tx.now();
    let number = next_number(tx)?;
    let role = AccessRole::of(new.role, new.access_role).unwrap_or(AccessRole::Operator);
    let sql = concat!(
        "insert into operator (workspace, id, number, email, email_folded, name, role,
                               agent_status, max_concurrent, created_at, own_only_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10)
         on conflict (workspace, email_folded) do nothing returning ",
        columns!()
    );
    let values = [
        (&id).into(),
        number.into(),
        new.email.as_given().into(),
        (&new.email.folded()).into(),
        name.into(),
        role.as_str().into(),
        MAX_CONCURRENT_DEFAULT.into(),
        now.into(),
        new.own_conversations_only.then_some(now).into(),
    ];
    let made = tx.first(sql, &values, read)?;
    let made =
        made.ok_or_else(|| Error::Taken { field: "email", by: "another operator".to_owned() })?;
    let payload = serde_json::to_string(&made)?;
    event::append(tx, event::Kind::OperatorCreated, made.id.as_str(), &payload)?;
    Ok(made)
}

fn check_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() || NAME_CHARS_MAX < name.chars().count() || name.contains('\0') {
        return Err(Error::invalid("name", "must be 1 to 200 characters long"));
    }
    Ok(name)
}

/// Changes an operator. What stays as it is makes no event.
///
/// # Errors
/// When there is none of that id, the name cannot be one, or nobody would be owner any more.
pub fn update(tx: &mut Tx<'_>, id: &OperatorId, patch: &OperatorPatch) -> Result<Operator> {
    let old = find(tx, id)?;
    let now = tx.now();
    let name = patch.name.as_deref().map_or(Ok(old.name.as_str()), check_name)?;
    let agent_status = patch.agent_status.unwrap_or(old.agent_status);
    let deactivated_at = match patch.is_active {
        None => old.deactivated_at,
        Some(true) => None,
        Some(false) => old.deactivated_at.or(Some(now)),
    };
    let status_changed_at =
        if agent_status == old.agent_status { old.status_changed_at } else { Some(now) };
    let role = AccessRole::of(patch.role, patch.access_role).unwrap_or(old.access_role);
    // The two words do not tell an owner from an admin: to say one again changes nothing.
    let is_same = patch.access_role.is_none() && role.documented() == old.role;
    let role = if is_same { old.access_role } else { role };
    let stays = role == AccessRole::Owner && deactivated_at.is_none();
    if old.access_role == AccessRole::Owner && old.is_active() && !stays && owners(tx)? < 2 {
        let problem = "This is the only owner: make somebody else an owner first.";
        return Err(Error::Conflict(problem.to_owned()));
    }
    let own_only_at = match patch.own_conversations_only {
        None => old.own_conversations_only.then_some(now),
        Some(is_so) => is_so.then_some(now),
    };
    let max_concurrent = patch.max_concurrent.unwrap_or(old.max_concurrent);
    if !(0..=MAX_CONCURRENT_MAX).contains(&max_concurrent) {
        return Err(Error::invalid("max_concurrent", "must be 0 to 100"));
    }
    let sql = concat!(
        "update operator set name = ?3, role = ?4, agent_status = ?5, status_changed_at = ?6,
                deactivated_at = ?7, max_concurrent = ?8, own_only_at = ?9
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let values = [
        id.into(),
        name.into(),
        role.as_str().into(),
        agent_status.number().into(),
        status_changed_at.into(),
        deactivated_at.into(),
        max_concurrent.into(),
        own_only_at.into(),
    ];
    let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound("operator"))?;
    let (before, after) = (serde_json::to_string(&old)?, serde_json::to_string(&new)?);
    if before != after {
        event::append(tx, event::Kind::OperatorUpdated, new.id.as_str(), &after)?;
    }
    if old.status != new.status {
        let mut payload = serde_json::to_value(&new)?;
        payload["previous_status"] = serde_json::to_value(old.status)?;
        let kind = event::Kind::OperatorStatusChanged;
        event::append(tx, kind, new.id.as_str(), &payload.to_string())?;
    }
    Ok(new)
}

/// Operators who are owners now.
fn owners(tx: &mut ReadTx<'_>) -> Result<i64> {
    let sql = "select count(*) from operator
               where workspace = ?1 and role = 'owner' and deactivated_at is null";
    Ok(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0))
}

/// Whether whoever asks may say who is an owner: a key may, and an owner.
///
/// # Errors
/// Those of the store.
pub async fn is_owner(store: &Store, scope: &Scope, asks: Option<&OperatorId>) -> Result<bool> {
    let Some(id) = asks.cloned() else { return Ok(true) };
    let asks = store.read(scope, move |tx| find(tx, &id)).await?;
    Ok(asks.access_role == AccessRole::Owner)
}

/// What is said to whoever is no owner.
pub fn only_owners() -> Error {
    Error::Forbidden("Only an owner says who is an owner.".to_owned())
}

/// The operator has `more` open conversations, or fewer.
///
/// # Errors
/// Those of the store.
pub fn count_open(tx: &mut Tx<'_>, id: &OperatorId, more: i64) -> Result<()> {
    let sql = "update operator set open_conversations = coalesce(open_conversations, 0) + ?3
               where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), more.into()])?)
}

/// The operator of this number, where ids are numbers.
///
/// # Errors
/// Those of the store.
pub fn by_number(tx: &mut ReadTx<'_>, number: i64) -> Result<Option<Operator>> {
    let sql = concat!("select ", columns!(), " from operator where workspace = ?1 and number = ?2");
    tx.first(sql, &[number.into()], read)
}

/// All operators, oldest first: 1,000 at most.
///
/// # Errors
/// Those of the store.
pub fn all(tx: &mut ReadTx<'_>) -> Result<Vec<Operator>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from operator where workspace = ?1 order by number limit ?2"
    );
    tx.all(sql, &[LISTED_MAX.into()], read)
}

/// Operators are never deleted, so the highest number is the last one given.
fn next_number(tx: &mut ReadTx<'_>) -> Result<i64> {
    let sql = "select number from operator where workspace = ?1 order by number desc limit 1";
    Ok(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0) + 1)
}

/// The operator that `id` names.
///
/// # Errors
/// When there is none.
pub fn find(tx: &mut ReadTx<'_>, id: &OperatorId) -> Result<Operator> {
    let sql = concat!("select ", columns!(), " from operator where workspace = ?1 and id = ?2");
    tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("operator"))
}

/// The operator whom an id or an address means.
///
/// # Errors
/// When there is none.
pub fn find_by(tx: &mut ReadTx<'_>, who: &str) -> Result<Operator> {
    let Ok(email) = Email::try_from(who.to_owned()) else { return find(tx, &who.parse()?) };
    let sql =
        concat!("select ", columns!(), " from operator where workspace = ?1 and email_folded = ?2");
    tx.first(sql, &[(&email.folded()).into()], read)?.ok_or(Error::NotFound("operator"))
}

/// Whether `id` names an operator of this workspace.
///
/// # Errors
/// Those of the store.
pub fn exists(tx: &mut ReadTx<'_>, id: &OperatorId) -> Result<bool> {
    match find(tx, id) {
        Ok(_) => Ok(true),
        Err(Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A page of operators, newest first.
///
/// # Errors
/// Those of the store.
pub fn list(
    tx: &mut ReadTx<'_>,
    status: Option<Status>,
    paging: &Paging<kind::Operator>,
) -> Result<Page<Operator>> {
    let mut sql = Sql::new(concat!("select ", columns!(), " from operator where workspace = ?1"));
    push_status(&mut sql, status);
    sql.with(" and id < ", paging.below()).push(" order by id desc");
    sql.with(" limit ", paging.rows()).with(" offset ", paging.offset());
    let operators = tx.select(&sql, read)?;
    paging.answer(
        operators,
        |operator| &operator.id,
        || {
            let mut sql =
                Sql::new("select count(*) from (select 1 from operator where workspace = ?1");
            push_status(&mut sql, status);
            sql.with(" limit ", Total::COUNTED_MAX + 1).push(") as counted");
            let counted = tx.select(&sql, |row| row.get::<i64>(0))?;
            Ok(Total::counted(counted.first().copied().unwrap_or(0)))
        },
    )
}

fn push_status(sql: &mut Sql, status: Option<Status>) {
    match status {
        None => {}
        Some(Status::Online) => drop(sql.push(" and agent_status > 0")),
        Some(Status::Offline) => drop(sql.push(" and agent_status = 0")),
    }
}

impl Operator {
    /// Whether leads and calls may be given to them now.
    pub fn is_available(&self) -> bool {
        self.is_active() && self.agent_status == AgentStatus::Available
    }

    /// Whether they are available, and have fewer conversations than they take.
    pub fn has_room(&self) -> bool {
        self.is_available() && self.open_conversations < self.max_concurrent
    }

    /// Which conversations they see: whoever may do everything sees all.
    pub fn sees(&self) -> Sees {
        match self.access_role {
            AccessRole::Operator | AccessRole::Viewer if self.own_conversations_only => Sees::Own,
            _ => Sees::All,
        }
    }

    /// Whether they work here.
    pub fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }

    /// Whether they take conversations, and how many.
    pub fn availability(&self) -> Availability {
        Availability {
            operator_id: self.id.clone(),
            status: self.status,
            status_changed_at: self.status_changed_at,
            open_conversations: self.open_conversations,
            max_concurrent: self.max_concurrent,
        }
    }
}

fn read(row: &Row) -> Result<Operator> {
    let role: String = row.get(4)?;
    let access_role = AccessRole::ALL.into_iter().find(|known| known.as_str() == role);
    let access_role = access_role.unwrap_or(AccessRole::Viewer);
    let agent_status = AgentStatus::of(row.get(5)?);
    let status =
        if agent_status == AgentStatus::Offline { Status::Offline } else { Status::Online };
    Ok(Operator {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        avatar_url: row.get(3)?,
        role: access_role.documented(),
        access_role,
        own_conversations_only: row.get::<Option<jiff::Timestamp>>(12)?.is_some(),
        status,
        agent_status,
        status_changed_at: row.get(6)?,
        max_concurrent: row.get(7)?,
        open_conversations: row.get::<Option<i64>>(11)?.unwrap_or(0),
        number: row.get(8)?,
        created_at: row.get(9)?,
        deactivated_at: row.get(10)?,
    })
}
