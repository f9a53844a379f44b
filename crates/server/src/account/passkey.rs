//! Passkeys: what an authenticator answers, judged by `webauthn-rs`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{ReadTx, Scope, Tx};
use url::Url;
use utoipa::ToSchema;
use uuid::Uuid;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        DiscoverableAuthentication, Passkey as Key, PasskeyRegistration, PublicKeyCredential,
        RegisterPublicKeyCredential,
    },
};

use super::{
    Account,
    login::{Method, NewLogin},
    note_change,
    sign_in::{self, Entered},
    totp::Factor,
    voucher::{self, Purpose, Voucher},
};
use crate::{
    access,
    error::{Error, Result},
    http::{App, Browser, Person, Problem},
    id::{self, Id, kind},
    time, workspace,
};

/// A key in an authenticator.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Passkey {
    /// Names it for good.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When somebody last signed in with it.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// A question to an authenticator.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Question {
    /// Comes back with the answer, within five minutes.
    pub voucher: String,
    /// What the browser's `navigator.credentials` takes, whose bytes are base64url.
    #[schema(value_type = Object)]
    pub options: serde_json::Value,
}

/// The answer of an authenticator.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct Answer {
    /// That of the question.
    pub voucher: String,
    /// What the browser's `navigator.credentials` gave, whose bytes are base64url.
    #[schema(value_type = Object)]
    pub credential: serde_json::Value,
    /// What to call a new passkey.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub name: Option<String>,
    /// Which workspace to enter: its slug or its id.
    #[serde(default)]
    pub workspace: Option<String>,
}

/// Passkeys of one account.
const PASSKEYS_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 100;
/// What the state of a question is sealed for.
const PURPOSE: &str = "passkey";

/// The rules of this site, as the browser names it.
fn rules(browser: &Browser) -> Result<Webauthn> {
    let refused = || Error::bad_parameter("Host", "must be a name that passkeys can belong to");
    let origin = Url::parse(&browser.origin).map_err(|_not_an_address| refused())?;
    let host = origin.host_str().ok_or_else(refused)?.to_owned();
    let builder = WebauthnBuilder::new(&host, &origin).map_err(|_not_an_address| refused())?;
    builder.rp_name("Switchboard").build().map_err(|_not_an_address| refused())
}

/// Asks an authenticator for a new key.
pub(super) async fn begin(app: &App, browser: &Browser, person: &Person) -> Result<Question> {
    let account = person.account.clone();
    let (account, keys) = app
        .store
        .system_read(move |tx| {
            let account = super::find(tx, &account)?;
            let keys = keys(tx, &account)?;
            Ok::<_, Error>((account, keys))
        })
        .await?;
    if PASSKEYS_MAX <= keys.len() {
        return Err(Error::Conflict("An account has at most 20 passkeys.".to_owned()));
    }
    let known = keys.into_iter().map(|(_, key)| key.cred_id().clone()).collect();
    let handle = Uuid::parse_str(&account.handle).map_err(Error::internal)?;
    let begun = rules(browser)?.start_passkey_registration(
        handle,
        &account.email,
        &account.email,
        Some(known),
    );
    let (options, state) = begun.map_err(Error::internal)?;
    let mut options = serde_json::to_value(options)?["publicKey"].take();
    // So that it is found without an address being typed.
    options["authenticatorSelection"]["residentKey"] = "required".into();
    options["authenticatorSelection"]["requireResidentKey"] = true.into();
    let voucher = Voucher {
        workspace: person.asker.pass.workspace.clone(),
        operator: None,
        account: Some(account.id),
        data: None,
    };
    keep(app, voucher, &state, options).await
}

/// Adds the key that an authenticator made.
pub(super) async fn add(
    app: &App,
    browser: &Browser,
    person: &Person,
    answer: Answer,
) -> Result<Passkey, Problem> {
    let (voucher, state) = recall::<PasskeyRegistration>(app, &answer.voucher).await?;
    if voucher.account.as_ref() != Some(&person.account) {
        return Err(voucher::used().into());
    }
    let shown: RegisterPublicKeyCredential = read(answer.credential)?;
    let key = rules(browser)?.finish_passkey_registration(&shown, &state);
    let key = key.map_err(|error| refused(&error))?;
    let name = answer.name.unwrap_or_default();
    let name = if name.trim().is_empty() { "Passkey".to_owned() } else { name };
    if NAME_CHARS_MAX < name.chars().count() {
        return Err(Error::invalid("name", "must be at most 100 characters long").into());
    }
    let (account, operator) = (person.account.clone(), person.operator.clone());
    let token = answer.voucher;
    let write = app.store.write(&person.scope, move |tx| {
        voucher::take(tx, Purpose::Passkey, &token)?;
        let made = insert(tx, &account, &key, name.trim())?;
        note_change(tx, &operator, "passkey_added")?;
        Ok::<_, Error>(made)
    });
    Ok(write.await?)
}

/// Asks any authenticator who is there.
pub(super) async fn ask(app: &App, browser: &Browser) -> Result<Question> {
    let (options, state) =
        rules(browser)?.start_discoverable_authentication().map_err(Error::internal)?;
    let options = serde_json::to_value(options)?["publicKey"].take();
    let workspace = workspace::look_up(&app.store, workspace::DEFAULT).await?.id;
    let voucher = Voucher { workspace, operator: None, account: None, data: None };
    keep(app, voucher, &state, options).await
}

/// Signs in whoever an authenticator says is there.
pub(super) async fn sign_in(
    app: &App,
    browser: &Browser,
    answer: Answer,
) -> Result<Entered, Problem> {
    let (voucher, state) = recall::<DiscoverableAuthentication>(app, &answer.voucher).await?;
    let (scope, token) = (Scope::new(voucher.workspace.as_str()), answer.voucher);
    app.store.write(&scope, move |tx| voucher::take(tx, Purpose::Passkey, &token)).await?;
    let shown: PublicKeyCredential = read(answer.credential)?;
    let rules = rules(browser)?;
    let (handle, shown_id) =
        rules.identify_discoverable_authentication(&shown).map_err(|error| refused(&error))?;
    let handle = handle.to_string();
    let found = app.store.system_read(move |tx| {
        let Some(account) = super::by_handle(tx, &handle)? else { return Ok(None) };
        let keys = keys(tx, &account)?;
        Ok::<_, Error>(Some((account, keys)))
    });
    let Some((account, keys)) = found.await? else { return Err(Problem::invalid_login()) };
    let known = keys.into_iter().find(|(_, key)| key.cred_id().as_slice() == shown_id);
    let Some((id, mut key)) = known else { return Err(Problem::invalid_login()) };
    let judged = rules.finish_discoverable_authentication_v2(&shown, state, &key);
    let judged = judged.map_err(|error| refused(&error))?;
    let membership = sign_in::choose(app, &account, answer.workspace.as_deref()).await?;
    key.update_credential(&judged);
    let scope = Scope::new(membership.workspace.as_str());
    app.store.write(&scope, move |tx| note_use(tx, &id, &key)).await?;
    let new = NewLogin::new(app, browser, (account, membership), Method::Passkey);
    sign_in::enter(app, browser, new, Factor::None).await
}

/// Keeps the state of a question until it is answered.
async fn keep<S: Serialize>(
    app: &App,
    voucher: Voucher,
    state: &S,
    options: serde_json::Value,
) -> Result<Question> {
    let random = || (app.world.random)();
    let token = access::new_token(random);
    let sealed = app.secret.seal(PURPOSE, &serde_json::to_string(state)?, random);
    let voucher = Voucher { data: Some(sealed.map_err(Error::internal)?), ..voucher };
    let (scope, kept) = (Scope::new(voucher.workspace.as_str()), token.clone());
    app.store.write(&scope, move |tx| voucher::put(tx, Purpose::Passkey, &voucher, &kept)).await?;
    Ok(Question { voucher: token, options })
}

/// The state of a question that is not answered yet.
async fn recall<S: DeserializeOwned>(app: &App, token: &str) -> Result<(Voucher, S)> {
    let token = token.to_owned();
    let found =
        app.store.system_read(move |tx| voucher::find(tx, Purpose::Passkey, &token)).await?;
    let voucher = found.ok_or_else(voucher::used)?;
    let state = voucher.data.as_deref().and_then(|data| app.secret.open(PURPOSE, data));
    let state = state.ok_or_else(|| Error::internal("a question was sealed with another key"))?;
    // A question of the other sort is no question here.
    let state = serde_json::from_str(&state).map_err(|_of_another_sort| voucher::used())?;
    Ok((voucher, state))
}

fn read<T: DeserializeOwned>(credential: serde_json::Value) -> Result<T> {
    serde_json::from_value(credential)
        .map_err(|_not_one| Error::invalid("credential", "must be what the browser gave"))
}

fn refused(error: &webauthn_rs::prelude::WebauthnError) -> Problem {
    tracing::debug!(%error, "an authenticator's answer was refused");
    Problem::invalid_login()
}

fn keys(tx: &mut ReadTx<'_>, account: &Account) -> Result<Vec<(String, Key)>> {
    let sql = "select id, key from passkey where account = ?1 order by id limit ?2";
    let limit = i64::try_from(PASSKEYS_MAX).unwrap_or(0);
    tx.all(sql, &[(&account.id).into(), limit.into()], |row| {
        let (id, key): (String, String) = (row.get(0)?, row.get(1)?);
        Ok((id, serde_json::from_str(&key)?))
    })
}

fn insert(tx: &mut Tx<'_>, account: &str, key: &Key, name: &str) -> Result<Passkey> {
    let (id, now): (Id<kind::Passkey>, _) = (id::new(tx), tx.now());
    let sql = "insert into passkey (id, account, credential, name, key, created_at)
               select ?2, ?3, ?4, ?5, ?6, ?7 where ?1 <> ''
               on conflict (credential) do nothing returning id, name, created_at, last_used_at";
    let values = [
        (&id).into(),
        account.into(),
        (&hex::encode(key.cred_id())).into(),
        name.into(),
        (&serde_json::to_string(key)?).into(),
        now.into(),
    ];
    let made = tx.first(sql, &values, show)?;
    made.ok_or_else(|| Error::Conflict("This passkey is known already.".to_owned()))
}

fn note_use(tx: &mut Tx<'_>, id: &str, key: &Key) -> Result<()> {
    let now = tx.now();
    let sql = "update passkey set key = ?3, last_used_at = ?4 where id = ?2 and ?1 <> ''";
    Ok(tx.run(sql, &[id.into(), (&serde_json::to_string(key)?).into(), now.into()])?)
}

/// The passkeys of an account, newest first: 20 at most.
pub(super) fn list(tx: &mut ReadTx<'_>, account: &str) -> Result<Vec<Passkey>> {
    let sql = "select id, name, created_at, last_used_at from passkey where account = ?1
               order by id desc limit ?2";
    let limit = i64::try_from(PASSKEYS_MAX).unwrap_or(0);
    tx.all(sql, &[account.into(), limit.into()], show)
}

/// Takes a passkey away.
pub(super) fn remove(tx: &mut Tx<'_>, account: &str, id: &str) -> Result<()> {
    let sql = "delete from passkey where account = ?2 and id = ?3 and ?1 <> '' returning id";
    let gone =
        tx.first(sql, &[account.into(), id.into()], |row| Ok::<_, Error>(row.get::<String>(0)?))?;
    gone.map(drop).ok_or(Error::NotFound("passkey"))
}

fn show(row: &store::Row) -> Result<Passkey> {
    Ok(Passkey {
        id: row.get(0)?,
        name: row.get(1)?,
        created_at: row.get(2)?,
        last_used_at: row.get(3)?,
    })
}
