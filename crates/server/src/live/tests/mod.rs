//! The gateway, without a socket: who hears what, in which order, and what becomes of those who do
//! not listen.

use serde_json::{Value as Json, json};
use store::Scope;

use super::{Listener, Missed, QUEUE_MAX, Reason};
use crate::{
    access::{Level, Rights},
    conversation::{self, NewMessage, Speaker},
    error::Error,
    id::{ConversationId, OperatorId, VisitorId},
    operator::{self, AccessRole, NewOperator},
    testing::{Stage, block_on, databases},
    visitor,
};

struct Scene {
    stage: Stage,
    scope: Scope,
    talk: ConversationId,
    visitor: VisitorId,
    token: String,
    site: String,
}

impl Scene {
    async fn set(stage: Stage) -> Self {
        let (site, token) = stage.widget().await;
        let talk = stage.first_words(&site, &token).await.parse().unwrap();
        let scope = stage.scope("admin");
        let shown = token.clone();
        let read = stage.app.store.read(&scope, move |tx| visitor::by_token(tx, &shown));
        let visitor = read.await.unwrap().unwrap().id;
        Self { stage, scope, talk, visitor, token, site }
    }

    fn team(&self, level: Level) -> Listener {
        Listener::Team {
            scope: self.scope.clone(),
            rights: Rights::of_level(level),
            shown: self.scope.actor().to_owned(),
            acts_for: None,
            operator: None,
        }
    }

    async fn operator(&self, email: &str) -> OperatorId {
        let email = crate::email::Email::try_from(email.to_owned()).unwrap();
        let new = NewOperator::new(email, "Bob", AccessRole::Operator);
        let write = self.stage.app.store.write(&self.scope, move |tx| operator::create(tx, &new));
        write.await.unwrap().id
    }

    /// Gives the conversation to somebody, or to nobody.
    async fn assign(&self, to: Option<&OperatorId>) {
        let path = format!("/v1/conversations/{}/assign", self.talk);
        let body = serde_json::json!({ "operator_id": to.map(OperatorId::as_str) }).to_string();
        let ask = crate::testing::Ask { method: "POST", path: &path, headers: &[], body: &body };
        assert_eq!(self.stage.send("admin", ask).await.code(), 200);
        self.follow().await;
    }

    fn guest(&self) -> Listener {
        Listener::Visitor {
            scope: self.scope.clone(),
            visitor: self.visitor.clone(),
            is_followed: true,
        }
    }

    async fn say(&self, body: &str, kind: Speaker) {
        let (talk, body) = (self.talk.clone(), body.to_owned());
        let write = self.stage.app.store.write(&self.scope, move |tx| {
            let talk = conversation::find(tx, &talk, None)?;
            let new = NewMessage { body, kind: Some(kind), ..NewMessage::default() };
            conversation::send(tx, &talk, &new, "test").map(drop)
        });
        write.await.unwrap();
        self.follow().await;
    }

    /// What the gateway does after a hint.
    async fn follow(&self) {
        let workspace = self.scope.workspace().into();
        super::feed::catch_up(&self.stage.app.hub, &workspace).await.unwrap();
    }
}

fn parsed(frame: &str) -> Json {
    serde_json::from_str(frame).unwrap()
}

fn heard(line: &mut super::Line) -> Vec<Json> {
    let mut all = Vec::new();
    while let Some(frame) = line.next_now() {
        all.push(parsed(&frame));
    }
    all
}

fn kinds(frames: &[Json]) -> Vec<&str> {
    frames.iter().map(|frame| frame["type"].as_str().unwrap()).collect()
}

/// Runs `play` on each engine.
fn on_each<F: AsyncFn(Scene)>(play: F) {
    block_on(async {
        for database in databases() {
            play(Scene::set(Stage::set(&database).await).await).await;
        }
    });
}

#[test]
fn the_team_hears_all_and_a_visitor_their_own() {
    on_each(async |scene| {
        let hub = &scene.stage.app.hub;
        let mut team = hub.join(scene.team(Level::Read)).await.unwrap();
        let mut guest = hub.join(scene.guest()).await.unwrap();
        let stranger = scene.stage.visitor(&scene.site).await;
        scene.stage.first_words(&scene.site, &stranger).await;
        scene.say("between us", Speaker::Note).await;
        scene.say("Hello", Speaker::Operator).await;
        let all = heard(&mut team);
        let kinds_of_all = kinds(&all);
        assert!(kinds_of_all.contains(&"note.created"), "{kinds_of_all:?}");
        assert_eq!(kinds_of_all.iter().filter(|kind| **kind == "message.created").count(), 2);
        let own = heard(&mut guest);
        assert_eq!(kinds(&own), ["message.created"], "{own:?}");
        assert_eq!(own[0]["data"]["body"], "Hello");
        assert!(own[0]["data"].get("operator").is_none());
    });
}

#[test]
fn who_sees_only_their_own_conversations_hears_of_no_other() {
    on_each(async |scene| {
        let operator = scene.operator("bob@example.com").await;
        let scope = scene.scope.clone().only_of(operator.as_str());
        let rights = Rights::of_level(Level::Write);
        let (shown, acts_for) = ("login_x".to_owned(), Some(operator.clone()));
        let listener = Listener::Team { scope, rights, shown, acts_for, operator: None };
        let hub = &scene.stage.app.hub;
        let mut line = hub.join(listener.clone()).await.unwrap();
        scene.say("not theirs", Speaker::Operator).await;
        assert_eq!(kinds(&heard(&mut line)), Vec::<&str>::new());
        scene.assign(Some(&operator)).await;
        scene.say("theirs", Speaker::Note).await;
        let kinds_of_own = ["conversation.assigned", "line.created", "note.created"];
        assert_eq!(kinds(&heard(&mut line)), kinds_of_own);
        let missed = hub.join(listener.clone()).await.unwrap().missed(0).await.unwrap();
        assert!(format!("{missed:?}").contains("theirs"));
        scene.assign(None).await;
        scene.say("not theirs any more", Speaker::Note).await;
        assert_eq!(kinds(&heard(&mut line)), Vec::<&str>::new());
        let missed = hub.join(listener).await.unwrap().missed(0).await.unwrap();
        assert!(!format!("{missed:?}").contains("theirs"));
    });
}

#[test]
fn a_level_that_may_not_read_hears_nothing_of_it() {
    on_each(async |scene| {
        let hub = &scene.stage.app.hub;
        let mut read = hub.join(scene.team(Level::Read)).await.unwrap();
        let mut admin = hub.join(scene.team(Level::Admin)).await.unwrap();
        let body = r#"{"region": "GB"}"#;
        let ask = crate::testing::Ask { method: "PATCH", path: "/v1/settings", headers: &[], body };
        assert_eq!(scene.stage.send("admin", ask).await.code(), 200);
        scene.follow().await;
        assert_eq!(kinds(&heard(&mut read)), Vec::<&str>::new());
        assert_eq!(kinds(&heard(&mut admin)), ["settings.updated"]);
        // The number that was left out is no gap.
        scene.say("Hello", Speaker::Operator).await;
        let told = heard(&mut read);
        assert!(told[0]["prev"].as_i64().unwrap() <= read.position(), "{told:?}");
    });
}

#[test]
fn whoever_comes_back_gets_what_they_missed_in_order() {
    on_each(async |scene| {
        let hub = &scene.stage.app.hub;
        let first = hub.join(scene.guest()).await.unwrap();
        let known = first.position();
        drop(first);
        for number in 0..20 {
            scene.say(&format!("message {number}"), Speaker::Operator).await;
        }
        for listener in [scene.guest(), scene.team(Level::Admin)] {
            let line = hub.join(listener).await.unwrap();
            let Missed::Frames(frames) = line.missed(known).await.unwrap() else {
                panic!("there was no need to begin anew");
            };
            let frames: Vec<Json> = frames.iter().map(|frame| parsed(frame)).collect();
            let mut at = known;
            let mut bodies = Vec::new();
            for frame in &frames {
                assert_eq!(frame["prev"], json!(at));
                at = frame["seq"].as_i64().unwrap();
                if frame["type"] == "message.created" {
                    bodies.push(frame["data"]["body"].as_str().unwrap().to_owned());
                }
            }
            let said: Vec<String> = (0..20).map(|number| format!("message {number}")).collect();
            assert_eq!(bodies, said);
        }
    });
}

#[test]
fn what_is_too_old_or_too_much_or_from_elsewhere_begins_anew() {
    on_each(async |scene| {
        let hub = &scene.stage.app.hub;
        let line = hub.join(scene.team(Level::Admin)).await.unwrap();
        assert!(matches!(line.missed(-1).await.unwrap(), Missed::Resync));
        assert!(matches!(line.missed(line.position() + 1).await.unwrap(), Missed::Resync));
        let write = scene.stage.app.store.write(&scene.scope, |tx| {
            let now = tx.now();
            let later = now + jiff::SignedDuration::from_hours(1);
            crate::event::age_out(tx, later, 2).map(drop)
        });
        write.await.unwrap();
        assert!(matches!(line.missed(0).await.unwrap(), Missed::Resync));
        assert!(matches!(line.missed(2).await.unwrap(), Missed::Frames(_)));
    });
}

#[test]
fn whoever_does_not_read_is_dropped_and_loses_nothing() {
    on_each(async |scene| {
        let hub = &scene.stage.app.hub;
        let mut slow = hub.join(scene.guest()).await.unwrap();
        let mut quick = hub.join(scene.team(Level::Admin)).await.unwrap();
        let before = slow.position();
        let mut told = 0;
        for number in 0..=QUEUE_MAX {
            scene.say(&format!("{number}"), Speaker::Operator).await;
            told += heard(&mut quick).len();
        }
        assert!(QUEUE_MAX < told, "the quick one heard {told}");
        let mut received = 0;
        while slow.next().await.is_some() {
            received += 1;
        }
        assert_eq!((received, slow.reason()), (QUEUE_MAX, Reason::Slow));
        let back = hub.join(scene.guest()).await.unwrap();
        let Missed::Frames(frames) = back.missed(before).await.unwrap() else { panic!("resync") };
        assert_eq!(frames.len(), QUEUE_MAX + 1);
    });
}

#[test]
fn a_sixth_connection_of_a_visitor_replaces_the_first() {
    on_each(async |scene| {
        let hub = &scene.stage.app.hub;
        let mut first = hub.join(scene.guest()).await.unwrap();
        let mut others = Vec::new();
        for _ in 0..5 {
            others.push(hub.join(scene.guest()).await.unwrap());
        }
        assert!(first.next().await.is_none());
        assert_eq!(first.reason(), Reason::Replaced);
        scene.say("Hello", Speaker::Operator).await;
        for line in &mut others {
            assert_eq!(kinds(&heard(line)), ["message.created"]);
        }
    });
}

#[test]
fn whoever_is_signed_out_hears_no_more() {
    on_each(async |scene| {
        let hub = &scene.stage.app.hub;
        let mut guest = hub.join(scene.guest()).await.unwrap();
        let path = format!("/widget/v1/reset?site={}", scene.site);
        let headers = [("authorization".to_owned(), format!("Bearer {}", scene.token))];
        let ask = crate::testing::Ask { method: "POST", path: &path, headers: &headers, body: "" };
        assert_eq!(scene.stage.send("nobody", ask).await.code(), 204);
        scene.follow().await;
        while guest.next().await.is_some() {}
        assert_eq!(guest.reason(), Reason::Revoked);
        let mut team = hub.join(scene.team(Level::Admin)).await.unwrap();
        let key = scene.scope.actor().parse().unwrap();
        let write = scene
            .stage
            .app
            .store
            .write(&scene.scope, move |tx| crate::access::revoke(tx, &key).map(drop));
        write.await.unwrap();
        scene.follow().await;
        while team.next().await.is_some() {}
        assert_eq!(team.reason(), Reason::Revoked);
    });
}

#[test]
fn typing_reaches_the_other_side_and_nobody_else() {
    on_each(async |scene| {
        let hub = &scene.stage.app.hub;
        let mut team = hub.join(scene.team(Level::Read)).await.unwrap();
        let mut guest = hub.join(scene.guest()).await.unwrap();
        heard(&mut team);
        let typing = || super::frame::Said::Typing { conversation_id: scene.talk.clone() };
        guest.hear(typing()).await.unwrap();
        assert_eq!(kinds(&heard(&mut team)), ["typing"]);
        assert_eq!(heard(&mut guest), Vec::<Json>::new());
        // A key that says of no operator that it is them is nobody who types.
        assert!(matches!(team.hear(typing()).await, Err(Error::Invalid { .. })));
        let stranger = scene.stage.visitor(&scene.site).await;
        let shown = stranger.clone();
        let read =
            scene.stage.app.store.read(&scene.scope, move |tx| visitor::by_token(tx, &shown));
        let visitor = read.await.unwrap().unwrap().id;
        let other = Listener::Visitor { scope: scene.scope.clone(), visitor, is_followed: true };
        assert!(matches!(hub.hear(&other, typing()).await, Err(Error::NotFound(_))));
    });
}

#[test]
fn the_page_of_a_visitor_who_is_not_followed_is_told_to_nobody() {
    on_each(async |scene| {
        let hub = &scene.stage.app.hub;
        let mut team = hub.join(scene.team(Level::Read)).await.unwrap();
        let page = || super::frame::Said::Page {
            url: "https://shop.example/carafe".to_owned(),
            title: None,
        };
        let (scope, visitor) = (scene.scope.clone(), scene.visitor.clone());
        let hidden = Listener::Visitor { scope, visitor, is_followed: false };
        hub.hear(&hidden, page()).await.unwrap();
        assert_eq!(heard(&mut team), Vec::<Json>::new());
        hub.hear(&scene.guest(), page()).await.unwrap();
        assert_eq!(heard(&mut team)[0]["page"]["url"], "https://shop.example/carafe");
    });
}
