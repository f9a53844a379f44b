//! Who was let in, whatever they showed: a key, a login, or the token of an app.

use jiff::Timestamp;

use super::{Credential, Level, Permission, Plan};
use crate::id::{KeyId, OperatorId, WorkspaceId};

/// Some of the permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rights(u16);

/// Someone who was let in, and what they may do.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Whose data it opens.
    pub workspace: WorkspaceId,
    /// What they showed.
    pub shown: Shown,
    /// What they may do.
    pub rights: Rights,
    /// How often they may ask.
    pub plan: Plan,
    /// Who it is, or on whose behalf.
    pub operator: Option<OperatorId>,
    /// Which conversations they see.
    pub sees: Sees,
    /// From when on it opens nothing.
    pub ends_at: Option<Timestamp>,
}

/// What someone showed to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A key of a program.
    Key(KeyId),
    /// The cookie of a browser in which an operator is signed in: its id, and when they last proved
    /// who they are.
    Login {
        /// Names the login.
        id: String,
        /// Whose account it is.
        account: String,
        /// When a password, a code or a passkey was shown.
        proved_at: Timestamp,
    },
    /// The token of an app that acts for an operator: the id of what they granted.
    Grant(String),
}

/// Which conversations someone sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    /// All of the workspace.
    All,
    /// Their own: those that were given to them.
    Own,
}

impl Rights {
    /// Everything.
    pub const ALL: Self = Self((1 << Permission::ALL.len()) - 1);

    /// These.
    pub fn of(permissions: impl IntoIterator<Item = Permission>) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | bit(permission)))
    }

    /// What a key of this level may do.
    pub fn of_level(level: Level) -> Self {
        Self::of(Permission::ALL.into_iter().filter(|permission| level.allows(*permission)))
    }

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether `permission` is one of them.
    pub fn allows(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }
}

fn bit(permission: Permission) -> u16 {
    let place = Permission::ALL.iter().position(|known| *known == permission).unwrap_or(0);
    1 << place
}

impl Pass {
    /// What a key opens.
    pub fn of_key(credential: &Credential) -> Self {
        Self {
            workspace: credential.workspace.clone(),
            shown: Shown::Key(credential.id.clone()),
            rights: Rights::of_level(credential.level),
            plan: credential.plan,
            operator: None,
            sees: Sees::All,
            ends_at: None,
        }
    }

    /// Names what was shown: replies are recorded, and requests counted, by it.
    pub fn id(&self) -> &str {
        match &self.shown {
            Shown::Key(id) => id.as_str(),
            Shown::Login { id, .. } | Shown::Grant(id) => id,
        }
    }

    /// Who the log says did it: an operator, or what a program showed.
    pub fn actor(&self) -> &str {
        match (&self.shown, &self.operator) {
            (Shown::Login { .. }, Some(operator)) => operator.as_str(),
            _ => self.id(),
        }
    }
}
