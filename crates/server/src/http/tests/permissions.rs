//! Every documented route, asked by nobody, by each level of key, and by another workspace.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{Ask, sqlite};
use crate::{
    access::Level,
    config::Config,
    http::openapi,
    oauth,
    testing::{Stage, block_on, databases, settings},
};

/// A route, a body that it takes, and the least level of key that may ask.
pub(super) struct Route {
    pub(super) call: &'static str,
    body: &'static str,
    least: Level,
    pub(super) door: Door,
}

/// Whom a route is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Keys, apps and people, with a permission.
    Scoped,
    /// People who are signed in.
    Person,
    /// Anybody.
    Public,
}

const fn read(call: &'static str) -> Route {
    Route { call, body: "", least: Level::Read, door: Door::Scoped }
}

const fn admin(call: &'static str, body: &'static str) -> Route {
    Route { call, body, least: Level::Admin, door: Door::Scoped }
}

const fn write(call: &'static str, body: &'static str) -> Route {
    Route { call, body, least: Level::Write, door: Door::Scoped }
}

const fn person(call: &'static str, body: &'static str) -> Route {
    Route { call, body, least: Level::Read, door: Door::Person }
}

const fn public(call: &'static str, body: &'static str) -> Route {
    Route { call, body, least: Level::Read, door: Door::Public }
}

/// `{id}` is of a thing that each route can be asked about; `{other}` of another of its kind.
pub(super) const ROUTES: [Route; 175] = [
    read("GET /v1/contacts"),
    write("POST /v1/contacts", r#"{"email": "new@example.com"}"#),
    Route { body: "{}", ..read("POST /v1/contacts/search") },
    Route { body: "{}", ..read("POST /v1/contacts/export") },
    read("GET /v1/contacts/{id}"),
    write("PATCH /v1/contacts/{id}", r#"{"name": "Ada"}"#),
    write("POST /v1/contacts/{id}/tags", r#"{"add": ["vip"]}"#),
    read("GET /v1/contacts/{id}/duplicates"),
    write("POST /v1/contacts/{id}/merge", r#"{"contact_id": "{other}"}"#),
    write("DELETE /v1/contacts/{id}", ""),
    read("GET /v1/operators"),
    admin("POST /v1/operators", r#"{"email": "new@example.com", "name": "New"}"#),
    read("GET /v1/operators/{id}"),
    admin("PATCH /v1/operators/{id}", r#"{"name": "Grace"}"#),
    read("GET /v1/operators/{id}/assignments"),
    read("GET /v1/operators/{id}/availability"),
    read("GET /v1/macros"),
    write("POST /v1/macros", r#"{"name": "made here"}"#),
    read("GET /v1/macros/{id}"),
    write("PATCH /v1/macros/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/macros/{id}", ""),
    read("GET /v1/views"),
    write("POST /v1/views", r#"{"name": "made here"}"#),
    read("GET /v1/views/{id}"),
    write("PATCH /v1/views/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/views/{id}", ""),
    read("GET /v1/segments"),
    write("POST /v1/segments", r#"{"name": "made here"}"#),
    read("GET /v1/segments/{id}"),
    write("PATCH /v1/segments/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/segments/{id}", ""),
    person("GET /v1/drafts", ""),
    person("GET /v1/conversations/{id}/drafts", ""),
    person("POST /v1/conversations/{id}/drafts", r#"{"mode": "reply", "body": "x"}"#),
    write("POST /v1/conversations/{id}/unread", r#"{"operator_id": "{operator}"}"#),
    read("GET /v1/reports/{measure}"),
    read("GET /v1/tags"),
    write("POST /v1/tags", r#"{"name": "made here"}"#),
    read("GET /v1/tags/{id}"),
    write("PATCH /v1/tags/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/tags/{id}", ""),
    read("GET /v1/dispositions"),
    write("POST /v1/dispositions", r#"{"name": "made here"}"#),
    read("GET /v1/dispositions/{id}"),
    write("PATCH /v1/dispositions/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/dispositions/{id}", ""),
    read("GET /v1/lines"),
    write("POST /v1/lines", r#"{"name": "made here"}"#),
    read("GET /v1/lines/{id}"),
    write("PATCH /v1/lines/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/lines/{id}", ""),
    read("GET /v1/ring-groups"),
    write("POST /v1/ring-groups", r#"{"name": "made here"}"#),
    read("GET /v1/ring-groups/{id}"),
    write("PATCH /v1/ring-groups/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/ring-groups/{id}", ""),
    read("GET /v1/sequences"),
    write("POST /v1/sequences", r#"{"name": "made here"}"#),
    read("GET /v1/sequences/{id}"),
    write("PATCH /v1/sequences/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/sequences/{id}", ""),
    read("GET /v1/lists"),
    write("POST /v1/lists", r#"{"name": "made here"}"#),
    read("GET /v1/lists/{id}"),
    write("PATCH /v1/lists/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/lists/{id}", ""),
    read("GET /v1/attributes"),
    write("POST /v1/attributes", r#"{"name": "made here"}"#),
    read("GET /v1/attributes/{id}"),
    write("PATCH /v1/attributes/{id}", r#"{"name": "renamed"}"#),
    write("DELETE /v1/attributes/{id}", ""),
    admin("GET /v1/first-run", ""),
    admin("PATCH /v1/first-run", "{}"),
    admin("GET /v1/mail", ""),
    admin("POST /v1/mail/test", r#"{"email": "me@example.com"}"#),
    admin("GET /v1/request-log", ""),
    admin("GET /v1/settings", ""),
    admin("PATCH /v1/settings", r#"{"region": "GB"}"#),
    read("GET /v1/intake-receipts"),
    read("GET /v1/intake-receipts/{id}"),
    write("POST /v1/intake-receipts/{id}/rerun", ""),
    read("GET /v1/conversations"),
    write("POST /v1/conversations", r#"{"email": "v@example.com"}"#),
    read("GET /v1/conversations/{id}"),
    write("PATCH /v1/conversations/{id}", r#"{"priority": "high"}"#),
    write("POST /v1/conversations/{id}/assign", r#"{"operator_id": "{operator}"}"#),
    write("POST /v1/conversations/{id}/unassign", ""),
    write("POST /v1/conversations/{id}/claim", r#"{"operator_id": "{operator}"}"#),
    read("GET /v1/conversations/{id}/assignment"),
    write("POST /v1/conversations/{id}/close", ""),
    write("POST /v1/conversations/{id}/reopen", ""),
    write("POST /v1/conversations/{id}/rate", r#"{"score": 5}"#),
    write("POST /v1/conversations/{id}/snooze", r#"{"until": "reply"}"#),
    write("POST /v1/conversations/{id}/read", r#"{"operator_id": "{operator}"}"#),
    write("POST /v1/conversations/{id}/merge", r#"{"conversation_id": "{other}"}"#),
    write("POST /v1/conversations/{id}/unmerge", r#"{"conversation_id": "{other}"}"#),
    read("GET /v1/conversations/{id}/events"),
    read("GET /v1/conversations/{id}/transcript"),
    write("POST /v1/conversations/{id}/transcript", r#"{"email": "v@example.com"}"#),
    write("POST /v1/conversations/{id}/reply", r#"{"body": "Hello"}"#),
    read("GET /v1/conversations/{id}/messages"),
    write("POST /v1/conversations/{id}/messages", r#"{"body": "Hello"}"#),
    read("GET /v1/conversations/{id}/messages/{message_id}"),
    read("GET /v1/messages/search"),
    read("GET /v1/messages/{id}"),
    write("PATCH /v1/messages/{id}", r#"{"body": "Hello again"}"#),
    write("POST /v1/messages/{id}/status", r#"{"status": "delivered"}"#),
    write("DELETE /v1/messages/{id}", ""),
    read("GET /v1/visitors"),
    read("GET /v1/visitors/{id}"),
    read("GET /v1/visitors/{id}/sessions"),
    read("GET /v1/visitors/{id}/pageviews"),
    read("GET /v1/sites"),
    admin("POST /v1/sites", r#"{"name": "Shop"}"#),
    read("GET /v1/sites/{id}"),
    read("GET /v1/sites/{id}/installation"),
    admin("PATCH /v1/sites/{id}", r#"{"name": "Store"}"#),
    admin("POST /v1/sites/{id}/secrets", ""),
    admin("DELETE /v1/sites/{id}/secrets", ""),
    admin("DELETE /v1/sites/{id}", ""),
    write("POST /v1/attachments", "some words"),
    read("GET /v1/attachments/{id}"),
    read("GET /v1/attachments/{id}/content"),
    read("GET /v1/webhooks"),
    write("POST /v1/webhooks", WEBHOOK),
    read("GET /v1/webhooks/{id}"),
    write("PATCH /v1/webhooks/{id}", r#"{"description": "ours"}"#),
    write("POST /v1/webhooks/{id}/rotate-secret", ""),
    write("POST /v1/webhooks/{id}/test", r#"{"wait_s": 0}"#),
    read("GET /v1/webhooks/{id}/deliveries"),
    write("POST /v1/webhooks/{id}/recover", r#"{"since": "2026-01-01T00:00:00Z"}"#),
    write("POST /v1/webhooks/{id}/backfill", r#"{"since": "2026-01-01T00:00:00Z"}"#),
    write("DELETE /v1/webhooks/{id}", ""),
    read("GET /v1/deliveries/{id}"),
    write("POST /v1/deliveries/{id}/retry", ""),
    read("GET /v1/events"),
    admin("GET /v1/keys", ""),
    admin("POST /v1/keys", r#"{"name": "made here"}"#),
    admin("DELETE /v1/keys/{id}", ""),
    admin("GET /v1/audit", ""),
    read("GET /v1/invitations"),
    admin("DELETE /v1/invitations/{id}", ""),
    admin("POST /v1/invitations", r#"{"email": "invited@example.com"}"#),
    admin("GET /v1/apps", ""),
    admin("POST /v1/apps", APP),
    admin("GET /v1/apps/{id}", ""),
    admin("PATCH /v1/apps/{id}", r#"{"name": "Renamed"}"#),
    admin("POST /v1/apps/{id}/rotate-secret", "{}"),
    admin("DELETE /v1/apps/{id}", ""),
    admin("GET /v1/grants", ""),
    admin("DELETE /v1/grants/{id}", ""),
    person("POST /v1/logout", ""),
    person("GET /v1/account", ""),
    person("POST /v1/account/password", r#"{"current_password": "x", "password": "x"}"#),
    person("POST /v1/account/proof", r#"{"password": "x"}"#),
    person("POST /v1/account/workspace", r#"{"workspace": "default"}"#),
    person("GET /v1/account/logins", ""),
    person("DELETE /v1/account/logins/{id}", ""),
    person("POST /v1/account/totp", ""),
    person("DELETE /v1/account/totp", ""),
    person("POST /v1/account/totp/confirm", r#"{"code": "000000"}"#),
    person("POST /v1/account/recovery-codes", ""),
    person("GET /v1/account/passkeys", ""),
    person("POST /v1/account/passkeys", r#"{"voucher": "x", "credential": {}}"#),
    person("POST /v1/account/passkeys/question", ""),
    person("DELETE /v1/account/passkeys/{id}", ""),
    person("GET /v1/account/grants", ""),
    person("DELETE /v1/account/grants/{id}", ""),
    public("POST /v1/login", r#"{"email": "ada@example.com", "password": "x"}"#),
    public("POST /v1/login/passkey", ""),
    public("POST /v1/login/passkey/answer", r#"{"voucher": "x", "credential": {}}"#),
    public(
        "POST /v1/claim",
        r#"{"token": "x", "email": "a@example.com", "password": "x", "name": "A"}"#,
    ),
    public("POST /v1/password-resets", r#"{"email": "ada@example.com"}"#),
    public("POST /v1/password-resets/redeem", r#"{"token": "x", "password": "x"}"#),
    public("POST /v1/invitations/redeem", r#"{"token": "x", "password": "x"}"#),
];
const APP: &str = r#"{"name": "An app", "redirect_uris": ["https://app.example.com/"]}"#;
/// An address that needs no look-up, at which nothing is sent in tests.
const WEBHOOK: &str = r#"{"url": "https://1.1.1.1/", "events": ["contact.created"]}"#;

pub(super) fn document() -> Json {
    serde_json::from_str(&openapi::checked_in()).unwrap()
}

/// `GET /v1/contacts`, and what the document says of it.
pub(super) fn operations(document: &Json) -> Vec<(String, Json)> {
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            all.push((format!("{} {path}", method.to_uppercase()), operation.clone()));
        }
    }
    all
}

/// Limits have tests of their own.
pub(super) fn without_limits() -> Config {
    let mut config = settings();
    config.rate_limits.enforce = false;
    config
}

async fn made(stage: &Stage, who: &str, call: &str, body: &str) -> String {
    let answer =
        Ask::new(call).by(&stage.secret(who)).body(body.to_owned()).send(&stage.router).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let body: Json = serde_json::from_str(&answer.body).unwrap();
    body["data"]["id"].as_str().unwrap().to_owned()
}

/// Two things that a route can be asked about, and an operator.
pub(super) type Ids = [String; 3];

/// The ids of two new things of the kind that `route` is about, and of an operator.
pub(super) async fn things(stage: &Stage, route: &Route, number: usize) -> Ids {
    let path = route.call.split_once(' ').unwrap().1;
    let collection = path.split("/{id}").next().unwrap().trim_end_matches("/search");
    let operator = operator(stage, &format!("o{number}@example.com")).await;
    if !route.call.contains("{id}") {
        return ["con_x".to_owned(), "con_y".to_owned(), operator];
    }
    if let "/v1/conversations" | "/v1/messages" | "/v1/visitors" = collection {
        let [one, other] = talks(stage, route, number).await;
        return [one, other, operator];
    }
    let mut ids = Vec::new();
    for twin in 0..2 {
        let id = match collection {
            "/v1/webhooks" => made(stage, "admin", "POST /v1/webhooks", WEBHOOK).await,
            "/v1/deliveries" => {
                let webhook = made(stage, "admin", "POST /v1/webhooks", WEBHOOK).await;
                made(
                    stage,
                    "admin",
                    &format!("POST /v1/webhooks/{webhook}/test"),
                    r#"{"wait_s": 0}"#,
                )
                .await
            }
            "/v1/attachments" => made(stage, "admin", "POST /v1/attachments", "some words").await,
            "/v1/apps" => made(stage, "admin", "POST /v1/apps", APP).await,
            "/v1/grants" => oauth::tests::granted(stage, "contacts:read").await.0,
            "/v1/invitations" => {
                let body = format!("{{\"email\": \"i{number}{twin}@example.com\"}}");
                made(stage, "admin", "POST /v1/invitations", &body).await
            }
            "/v1/operators" => self::operator(stage, &format!("{number}{twin}@example.com")).await,
            // There is but one of each.
            "/v1/settings" | "/v1/events" => "one".to_owned(),
            "/v1/intake-receipts" => receipt(stage, &format!("81874{number:02}{twin:03}")).await,
            "/v1/contacts" => {
                let body = format!("{{\"email\": \"c{number}{twin}@example.com\"}}");
                made(stage, "admin", "POST /v1/contacts", &body).await
            }
            _ => {
                let body = format!("{{\"name\": \"thing {number}{twin}\"}}");
                made(stage, "admin", &format!("POST {collection}"), &body).await
            }
        };
        ids.push(id);
    }
    ids.push(operator);
    ids.try_into().unwrap()
}

/// Two conversations with one person, as `route` needs them: or messages of them, or their visitor.
async fn talks(stage: &Stage, route: &Route, number: usize) -> [String; 2] {
    let body = format!("{{\"email\": \"c{number}@example.com\"}}");
    let mut talks = Vec::new();
    for _ in 0..2 {
        talks.push(made(stage, "admin", "POST /v1/conversations", &body).await);
    }
    let (one, other) = (&talks[0], &talks[1]);
    let admin = stage.secret("admin");
    if route.call.ends_with("/rate") {
        let close = Ask::new(&format!("POST /v1/conversations/{one}/close")).by(&admin);
        close.send(&stage.router).await;
    }
    if route.call.ends_with("/unmerge") {
        let merge = Ask::new(&format!("POST /v1/conversations/{one}/merge")).by(&admin);
        let body = format!("{{\"conversation_id\": \"{other}\"}}");
        merge.body(body).send(&stage.router).await;
    }
    let said = format!("POST /v1/conversations/{one}/messages");
    if route.call.ends_with("/unread") {
        made(stage, "admin", &said, r#"{"body": "Hi", "type": "visitor"}"#).await;
    }
    if route.call.contains("{message_id}") {
        return [one.clone(), made(stage, "admin", &said, r#"{"body": "Hi"}"#).await];
    }
    if route.call.contains("/v1/messages") {
        let message = made(stage, "admin", &said, r#"{"body": "Hi"}"#).await;
        return [message.clone(), message];
    }
    if route.call.contains("/v1/visitors") {
        let find = Ask::new(&format!("GET /v1/conversations/{one}")).by(&admin);
        let body: Json = serde_json::from_str(&find.send(&stage.router).await.body).unwrap();
        let visitor = body["data"]["visitor"]["id"].as_str().unwrap().to_owned();
        return [visitor.clone(), visitor];
    }
    talks.try_into().unwrap()
}

async fn operator(stage: &Stage, email: &str) -> String {
    use crate::{
        email::Email,
        operator::{self, AccessRole, NewOperator},
    };
    let email = Email::try_from(email.to_owned()).unwrap();
    let new = NewOperator::new(email, "Ada", AccessRole::Operator);
    let write = stage.app.store.write(&stage.scope("admin"), move |tx| operator::create(tx, &new));
    write.await.unwrap().id.as_str().to_owned()
}

/// The receipt of a form with this number.
async fn receipt(stage: &Stage, phone: &str) -> String {
    let token = stage.door_key(crate::access::Kind::Intake).await;
    let form = format!("{{\"api_token\": \"{token}\", \"phone_number\": \"{phone}\"}}");
    let answer = Ask::new("POST /api/v1/webhook/forms").body(form).send(&stage.router).await;
    let body: Json = serde_json::from_str(&answer.body).unwrap();
    body["receipt_id"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

pub(super) fn ask(route: &Route, ids: &Ids) -> Ask {
    let call = route.call.replace("{id}", &ids[0]).replace("{message_id}", &ids[1]);
    let call = if call.ends_with("GET /v1/messages/search") { call + "?q=x" } else { call };
    let call = call.replace("{measure}", "leads?from=2026-01-01&to=2026-01-02");
    let body = route.body.replace("{other}", &ids[1]).replace("{operator}", &ids[2]);
    Ask::new(&call).body(body)
}

#[test]
fn the_document_and_this_table_have_the_same_routes() {
    let documented: BTreeSet<String> =
        operations(&document()).into_iter().map(|(call, _)| call).collect();
    let listed: BTreeSet<String> = ROUTES.iter().map(|route| route.call.to_owned()).collect();
    assert_eq!(documented, listed);
}

#[test]
fn the_document_says_what_level_each_route_needs() {
    for (call, operation) in operations(&document()) {
        let route = ROUTES.iter().find(|route| route.call == call).unwrap();
        let scopes = operation["x-scopes"].as_array().unwrap();
        match route.door {
            Door::Public => assert!(scopes.is_empty(), "{call} is for anybody"),
            Door::Person => assert_eq!(scopes[0], "login", "{call}"),
            Door::Scoped => {}
        }
        if route.door != Door::Scoped {
            continue;
        }
        let scope = scopes[0].as_str().unwrap();
        // Who only looks at webhooks needs the scope that manages them, and any key.
        let looks = scope == "webhooks:manage" && call.starts_with("GET");
        let is_read = looks || scope.ends_with(":read");
        assert_eq!(is_read, route.least == Level::Read, "{call} needs {scope}");
        assert_eq!(scope == "admin", route.least == Level::Admin, "{call} needs {scope}");
    }
}

#[test]
fn nobody_is_let_in_without_a_key() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set_with(&database, without_limits()).await;
        let ids = ["con_x", "con_y", "op_x"].map(str::to_owned);
        for route in &ROUTES {
            let answer = ask(route, &ids).send(&stage.router).await;
            let is_let_in = !answer.body.contains("missing_credentials");
            assert_eq!(is_let_in, route.door == Door::Public, "{}: {}", route.call, answer.body);
            assert!(is_let_in || answer.status == 401, "{}", route.call);
        }
    });
}

#[test]
fn each_level_may_do_what_it_says_and_no_more() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, without_limits()).await;
            for (number, route) in ROUTES.iter().enumerate() {
                if route.door != Door::Scoped {
                    continue;
                }
                let ids = things(&stage, route, number).await;
                for (who, level) in [("read", Level::Read), ("write", Level::Write)] {
                    let answer = ask(route, &ids).by(&stage.secret(who)).send(&stage.router).await;
                    if route.least <= level {
                        assert!(answer.status < 300, "{} as {who}: {}", route.call, answer.body);
                    } else {
                        assert_eq!(answer.status, 403, "{} as {who}", route.call);
                        assert!(answer.body.contains("insufficient_scope"), "{}", answer.body);
                    }
                }
                let missing = ask(route, &ids).by(&stage.secret("admin")).send(&stage.router).await;
                assert!(![401, 403].contains(&missing.status), "{} as admin", route.call);
            }
        }
    });
}

#[test]
fn anothers_things_are_not_found_and_look_like_nothing() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, without_limits()).await;
            let other = stage.secret("other");
            for (number, route) in ROUTES.iter().enumerate() {
                if !route.call.contains("{id}") || route.door != Door::Scoped {
                    continue;
                }
                let ids = things(&stage, route, number).await;
                let theirs = ask(route, &ids).by(&other).send(&stage.router).await;
                assert_eq!(theirs.status, 404, "{}: {}", route.call, theirs.body);
                let nothing = ids.clone().map(|mut id| {
                    let last = id.pop();
                    id.push(if last == Some('0') { '1' } else { '0' });
                    id
                });
                let nothing = ask(route, &nothing).by(&other).send(&stage.router).await;
                assert_eq!(theirs.shown(), nothing.shown(), "{}", route.call);
            }
        }
    });
}

#[test]
fn a_contact_of_another_workspace_cannot_be_merged_away() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, without_limits()).await;
            let mine =
                made(&stage, "other", "POST /v1/contacts", r#"{"email": "a@example.com"}"#).await;
            let theirs =
                made(&stage, "admin", "POST /v1/contacts", r#"{"email": "b@example.com"}"#).await;
            let merge = Ask::new(&format!("POST /v1/contacts/{mine}/merge"))
                .by(&stage.secret("other"))
                .body(format!("{{\"contact_id\": \"{theirs}\"}}"));
            let answer = merge.send(&stage.router).await;
            assert!([404, 422].contains(&answer.status), "{}", answer.body);
            let left = Ask::new(&format!("GET /v1/contacts/{theirs}")).by(&stage.secret("read"));
            assert_eq!(left.send(&stage.router).await.status, 200);
        }
    });
}

#[test]
fn lists_show_the_workspace_of_the_key_alone() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, without_limits()).await;
            let thing =
                made(&stage, "admin", "POST /v1/contacts", r#"{"email": "a@example.com"}"#).await;
            let operator = operator(&stage, "ada@example.com").await;
            for route in ROUTES
                .iter()
                .filter(|route| !route.call.contains("{id}") && route.least == Level::Read)
                .filter(|route| route.door == Door::Scoped)
            {
                let ids = ["con_x", "con_y", "op_x"].map(str::to_owned);
                let other = stage.secret("other");
                let answer = ask(route, &ids).by(&other).send(&stage.router).await;
                assert_eq!(answer.status, 200, "{}", route.call);
                for id in [&thing, &operator] {
                    assert!(!answer.body.contains(id.as_str()), "{} shows {id}", route.call);
                }
            }
        }
    });
}
