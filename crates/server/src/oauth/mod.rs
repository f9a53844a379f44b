//! Programs of others that act for operators who let them: OAuth 2.0 with authorization codes, as
//! RFC 6749, 7636, 7009, 7662, 8414 and 9207 have it.

mod app;
mod consent;
pub mod grant;
pub mod http;
mod page;
mod token;

#[cfg(test)]
pub(crate) mod tests;

use store::Store;

pub use self::{
    app::{AppPatch, NewApp, RegisteredApp, create, delete, list, rotate},
    grant::Grant,
    token::prune,
};
use crate::{
    access::{Pass, Permission, Plan, Rights, Shown},
    account::{self, Membership, login},
    error::{Error, Result},
};

/// What the access tokens of apps begin with.
pub const ACCESS_PREFIX: &str = "oat_";
const REFRESH_PREFIX: &str = "ort_";
const CODE_PREFIX: &str = "oac_";

/// What an app may ask for, in words for whoever is asked.
const SCOPES: [(Permission, &str); 9] = [
    (Permission::ContactsRead, "See contacts and leads"),
    (Permission::ContactsWrite, "Create, change and delete contacts"),
    (Permission::ConversationsRead, "Read conversations and messages"),
    (Permission::ConversationsWrite, "Send messages, assign and close conversations"),
    (Permission::VisitorsRead, "See who is on your sites, and which pages they open"),
    (Permission::ChatbotsRead, "See chatbots"),
    (Permission::ChatbotsWrite, "Create, change and delete chatbots"),
    (Permission::WebhooksManage, "See, create and delete webhooks"),
    (Permission::OperatorsRead, "See who works here"),
];

/// Scopes, without repetition, in the order of the documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Permission>);

impl Scopes {
    /// Reads words with blanks between them; `None` if one of them is no scope.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let is_known = |word: &&str| SCOPES.iter().any(|(known, _)| known.as_str() == *word);
        words.iter().all(is_known).then(|| {
            let asked = SCOPES.iter().map(|(permission, _)| *permission);
            Self(asked.filter(|permission| words.contains(&permission.as_str())).collect())
        })
    }

    /// All that there are.
    fn all() -> Self {
        Self(SCOPES.iter().map(|(permission, _)| *permission).collect())
    }

    /// Words with blanks between them.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(|permission| permission.as_str()).collect();
        words.join(" ")
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of them are among `others`.
    fn are_within(&self, others: &Self) -> bool {
        self.0.iter().all(|permission| others.0.contains(permission))
    }

    /// Each in words for people.
    fn sentences(&self) -> impl Iterator<Item = &'static str> {
        SCOPES.iter().filter(|(known, _)| self.0.contains(known)).map(|(_, words)| *words)
    }

    fn rights(&self) -> Rights {
        // Who manages webhooks sees them.
        let sees = self.0.contains(&Permission::WebhooksManage).then_some(Permission::WebhooksRead);
        Rights::of(self.0.iter().copied().chain(sees))
    }
}

/// All scopes, and what each is in words: for the API document.
pub fn scopes_in_words() -> serde_json::Value {
    let pairs = SCOPES.iter().map(|(permission, words)| (permission.as_str().to_owned(), *words));
    pairs.collect::<std::collections::BTreeMap<_, _>>().into_iter().collect()
}

/// Whom the access token of an app lets in, by its hash: with what was granted, as far as the
/// operator themselves still may.
///
/// # Errors
/// Those of the store.
pub async fn pass(store: &Store, hash: String) -> Result<Option<Pass>> {
    let found = store.system_glance(move |tx| {
        let Some(found) = token::by_hash(tx, token::Kind::Access, &hash)? else { return Ok(None) };
        let is_current = account::is_current(tx, &found.grant.account, found.grant.epoch)?;
        Ok::<_, Error>(Some(found).filter(|_| is_current))
    });
    let Some(found) = found.await? else { return Ok(None) };
    let Some(scopes) = Scopes::parse(&found.scopes) else { return Ok(None) };
    let membership =
        Membership { workspace: found.workspace, operator: found.grant.operator_id.clone() };
    let Some(pass) = login::pass_of(store, &membership).await? else { return Ok(None) };
    Ok(Some(Pass {
        rights: pass.rights.and(scopes.rights()),
        plan: Plan::Professional,
        shown: Shown::Grant(found.grant.id.as_str().to_owned()),
        ends_at: Some(found.ends_at),
        ..pass
    }))
}
