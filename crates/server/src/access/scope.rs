//! What a credential allows: three levels, nine documented scopes, one table between them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The level of a key. Each includes the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KeyLevel)]
pub enum Level {
    /// Sees everything that is not secret.
    Read,
    /// Changes the day's work.
    Write,
    /// Changes how the workspace is set up.
    Admin,
}

/// One permission: the nine documented OAuth scopes, and what only administrators do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// `contacts:read`
    ContactsRead,
    /// `contacts:write`
    ContactsWrite,
    /// `conversations:read`, messages included
    ConversationsRead,
    /// `conversations:write`
    ConversationsWrite,
    /// `visitors:read`
    VisitorsRead,
    /// `chatbots:read`
    ChatbotsRead,
    /// `chatbots:write`
    ChatbotsWrite,
    /// `webhooks:manage`, to look at them alone: any key may
    WebhooksRead,
    /// `webhooks:manage`
    WebhooksManage,
    /// `operators:read`
    OperatorsRead,
    /// No OAuth scope: only a key of level `admin`.
    Admin,
}

impl Level {
    /// From the least.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// The level that `text` names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }

    /// Whether a key of this level may do what `permission` is about.
    pub fn allows(self, permission: Permission) -> bool {
        permission.least_level() <= self
    }
}

impl Permission {
    /// What an OAuth app can ask for, and the one thing that it cannot.
    pub const ALL: [Self; 11] = [
        Self::ContactsRead,
        Self::ContactsWrite,
        Self::ConversationsRead,
        Self::ConversationsWrite,
        Self::VisitorsRead,
        Self::ChatbotsRead,
        Self::ChatbotsWrite,
        Self::WebhooksRead,
        Self::WebhooksManage,
        Self::OperatorsRead,
        Self::Admin,
    ];

    /// The documented word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContactsRead => "contacts:read",
            Self::ContactsWrite => "contacts:write",
            Self::ConversationsRead => "conversations:read",
            Self::ConversationsWrite => "conversations:write",
            Self::VisitorsRead => "visitors:read",
            Self::ChatbotsRead => "chatbots:read",
            Self::ChatbotsWrite => "chatbots:write",
            Self::WebhooksRead | Self::WebhooksManage => "webhooks:manage",
            Self::OperatorsRead => "operators:read",
            Self::Admin => "admin",
        }
    }

    fn least_level(self) -> Level {
        match self {
            Self::ContactsRead
            | Self::ConversationsRead
            | Self::VisitorsRead
            | Self::ChatbotsRead
            | Self::WebhooksRead
            | Self::OperatorsRead => Level::Read,
            Self::ContactsWrite
            | Self::ConversationsWrite
            | Self::ChatbotsWrite
            | Self::WebhooksManage => Level::Write,
            Self::Admin => Level::Admin,
        }
    }
}
