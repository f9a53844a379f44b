//! Every operation, with every single scope and with none, with every role, and from another tenant:
//! what the document says is what happens.

use serde_json::Value as Json;

use super::permissions::{
    Door, Ids, ROUTES, Route, ask, document, operations, things, without_limits,
};
use crate::{
    account::tests::login_as,
    oauth,
    operator::AccessRole,
    testing::{Stage, block_on, databases},
};

const SCOPES: [&str; 9] = [
    "contacts:read",
    "contacts:write",
    "conversations:read",
    "conversations:write",
    "visitors:read",
    "chatbots:read",
    "chatbots:write",
    "webhooks:manage",
    "operators:read",
];
const ROLES: [AccessRole; 4] =
    [AccessRole::Owner, AccessRole::Admin, AccessRole::Operator, AccessRole::Viewer];

/// What the document says of `call`.
fn says(operations: &[(String, Json)], call: &str, member: &str) -> Vec<String> {
    let (_, operation) = operations.iter().find(|(known, _)| known == call).unwrap();
    let all = operation[member].as_array().unwrap_or_else(|| panic!("{call} has no {member}"));
    all.iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// What `route` asks of somebody who acts as themselves: nobody else is named.
fn ask_oneself(route: &Route, ids: &Ids) -> super::Ask {
    let asked = ask(route, ids);
    match ["/claim", "/read", "/unread"].iter().any(|end| route.call.ends_with(end)) {
        true => asked.body("{}"),
        false => asked,
    }
}

#[test]
fn an_app_with_any_single_scope_does_what_the_document_says() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, without_limits()).await;
            let operations = operations(&document());
            let mut tokens = Vec::new();
            for scope in SCOPES {
                tokens.push((scope, oauth::tests::granted(&stage, scope).await.1));
            }
            tokens.push(("", oauth::tests::granted(&stage, "").await.1));
            for (number, route) in ROUTES.iter().enumerate() {
                if route.door == Door::Public {
                    continue;
                }
                let wanted = says(&operations, route.call, "x-scopes");
                let ids = match route.door {
                    Door::Scoped => things(&stage, route, number).await,
                    _ => ["login_x", "login_y", "op_x"].map(str::to_owned),
                };
                // Those who may not come first: what there is to see is still there.
                let (may, may_not): (Vec<_>, Vec<_>) =
                    tokens.iter().partition(|(scope, _)| wanted.iter().any(|one| one == scope));
                for (scope, token) in may_not {
                    let answer = ask(route, &ids).by(token).send(&stage.router).await;
                    assert_eq!(
                        answer.status, 403,
                        "{} with '{scope}': {}",
                        route.call, answer.body
                    );
                    if route.door == Door::Scoped {
                        let named = format!("'{}'", wanted[0]);
                        assert!(answer.body.contains(&named), "{}: {}", route.call, answer.body);
                        let told = answer.header("www-authenticate").unwrap();
                        assert!(told.contains(&format!("scope=\"{}\"", wanted[0])), "{told}");
                    }
                }
                for (scope, token) in may {
                    let answer = ask_oneself(route, &ids).by(token).send(&stage.router).await;
                    let is_let_in = ![401, 403].contains(&answer.status);
                    assert!(is_let_in, "{} with '{scope}': {}", route.call, answer.body);
                }
            }
        }
    });
}

#[test]
fn an_operator_of_any_role_does_what_the_document_says() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, without_limits()).await;
            let operations = operations(&document());
            for (number, route) in ROUTES.iter().enumerate() {
                if route.door != Door::Scoped {
                    continue;
                }
                let may = says(&operations, route.call, "x-roles");
                let ids = things(&stage, route, number).await;
                for role in ROLES.into_iter().rev() {
                    let email = format!("{}{number}@example.com", role.as_str());
                    let scope = stage.scope("admin");
                    let person = login_as(&stage, &scope, (role, &email)).await;
                    let cookie = format!("switchboard={}", person.login().unwrap());
                    let asked = ask_oneself(route, &ids)
                        .header("cookie", &cookie)
                        .header("sec-fetch-site", "same-origin");
                    let answer = asked.send(&stage.router).await;
                    let is_let_in = ![401, 403].contains(&answer.status);
                    let should = may.iter().any(|one| one == role.as_str());
                    assert_eq!(is_let_in, should, "{} as {role:?}: {}", route.call, answer.body);
                }
            }
        }
    });
}

#[test]
fn whatever_another_tenant_shows_it_finds_nothing_here_and_changes_nothing() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, without_limits()).await;
            let scope = stage.scope("other");
            let eve = login_as(&stage, &scope, (AccessRole::Owner, "eve@example.com")).await;
            let cookie = format!("switchboard={}", eve.login().unwrap());
            let app = oauth::tests::granted_in(&stage, "other", &SCOPES.join(" ")).await.1;
            let key = stage.secret("other");
            for (number, route) in ROUTES.iter().enumerate() {
                if route.door != Door::Scoped || !route.call.contains("{id}") {
                    continue;
                }
                let ids = things(&stage, route, number).await;
                let before = newest(&stage).await;
                let good = ids[0].clone();
                let (prefix, rest) = good.split_once('_').unwrap_or(("x", &good));
                let odd = [
                    good.clone(),
                    format!("{prefix}_{}", rest.chars().rev().collect::<String>()),
                    format!("op_{rest}"),
                    format!("{prefix}_"),
                    format!("{good}%00"),
                    format!("{good}'%20or%20'1'='1"),
                    good.to_uppercase(),
                    "..%2f..".to_owned(),
                    "%5B%22x%22%5D".to_owned(),
                    "0".to_owned(),
                    "-1".to_owned(),
                    "x".repeat(300),
                ];
                for id in odd {
                    let ids = [id, ids[1].clone(), ids[2].clone()];
                    for (name, value) in [
                        ("key", format!("Bearer {key}")),
                        ("app", format!("Bearer {app}")),
                        ("cookie", String::new()),
                    ] {
                        let asked = match name {
                            "cookie" => ask(route, &ids)
                                .header("cookie", &cookie)
                                .header("sec-fetch-site", "same-origin"),
                            _ => ask(route, &ids).header("authorization", &value),
                        };
                        let answer = asked.send(&stage.router).await;
                        let is_app_without = name == "app" && answer.status == 403;
                        let is_nothing = [404, 400, 422].contains(&answer.status);
                        assert!(
                            is_nothing || is_app_without,
                            "{} {} as {name}: {} {}",
                            route.call,
                            ids[0],
                            answer.status,
                            answer.body
                        );
                    }
                }
                assert_eq!(newest(&stage).await, before, "{} wrote into another's log", route.call);
            }
        }
    });
}

/// How far the log of the default workspace has come.
async fn newest(stage: &Stage) -> i64 {
    stage.app.store.read(&stage.scope("admin"), crate::event::newest).await.unwrap()
}
