//! What a site decides.

use std::collections::BTreeMap;

use expect_test::expect;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

use super::{Hours, Identity, Opening, hours::Holiday};
use crate::testing::check;

#[test]
fn sites_are_made_changed_and_removed() {
    check(
        r##"
        POST /v1/sites {"name": "Pennyroot", "origins": ["https://pennyroot.example"], "theme": {"accent": "#123abc"}}
        GET /v1/sites
        PATCH /v1/sites/{site_1} {"name": "Penny", "tracking": "consent", "theme": {"scheme": "dark"}}
        PATCH /v1/sites/{site_1} {"origins": null}
        DELETE /v1/sites/{site_1}
        GET /v1/sites/{site_1}
        as nobody
        POST /widget/v1/init?site={pk_1}
        "##,
        &expect![[r##"
            > POST /v1/sites {"name": "Pennyroot", "origins": ["https://pennyroot.example"], "theme": {"accent": "#123abc"}}
            201 Created
            {"data":{"id":"site_1","name":"Pennyroot","key":"pk_1","origins":["https://pennyroot.example"],"theme":{"accent":"#123abc","scheme":"auto","side":"end","launcher":"show"},"locale":null,"texts":{},"hours":null,"pre_chat":null,"offline":null,"triggers":[],"tracking":"on","keep_params":[],"rating":"asked","privacy_url":null,"identity":"optional","addresses":"kept","page_events":"together","secrets_count":0,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > GET /v1/sites
            200 OK
            {"data":[{"id":"site_1","name":"Pennyroot","key":"pk_1","origins":["https://pennyroot.example"],"theme":{"accent":"#123abc","scheme":"auto","side":"end","launcher":"show"},"locale":null,"texts":{},"hours":null,"pre_chat":null,"offline":null,"triggers":[],"tracking":"on","keep_params":[],"rating":"asked","privacy_url":null,"identity":"optional","addresses":"kept","page_events":"together","secrets_count":0,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > PATCH /v1/sites/{site_1} {"name": "Penny", "tracking": "consent", "theme": {"scheme": "dark"}}
            200 OK
            {"data":{"id":"site_1","name":"Penny","key":"pk_1","origins":["https://pennyroot.example"],"theme":{"accent":"#0b6b5b","scheme":"dark","side":"end","launcher":"show"},"locale":null,"texts":{},"hours":null,"pre_chat":null,"offline":null,"triggers":[],"tracking":"consent","keep_params":[],"rating":"asked","privacy_url":null,"identity":"optional","addresses":"kept","page_events":"together","secrets_count":0,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z"}}
            > PATCH /v1/sites/{site_1} {"origins": null}
            200 OK
            {"data":{"id":"site_1","name":"Penny","key":"pk_1","origins":[],"theme":{"accent":"#0b6b5b","scheme":"dark","side":"end","launcher":"show"},"locale":null,"texts":{},"hours":null,"pre_chat":null,"offline":null,"triggers":[],"tracking":"consent","keep_params":[],"rating":"asked","privacy_url":null,"identity":"optional","addresses":"kept","page_events":"together","secrets_count":0,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:04Z"}}
            > DELETE /v1/sites/{site_1}
            204 No Content
            > GET /v1/sites/{site_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such site.","status":404,"request_id":"req_…"}}
            > as nobody
            > POST /widget/v1/init?site={pk_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such site.","status":404,"request_id":"req_…"}}
        "##]],
    );
}

#[test]
fn what_a_site_cannot_be() {
    check(
        r##"
        POST /v1/sites {"name": "S"}
        from here
        POST /v1/sites {}
        PATCH /v1/sites/{site_1} {"theme": {"accent": "red"}}
        PATCH /v1/sites/{site_1} {"theme": {"side": "top"}}
        PATCH /v1/sites/{site_1} {"origins": ["https://a.example/path"]}
        PATCH /v1/sites/{site_1} {"tracking": "always"}
        PATCH /v1/sites/{site_1} {"hours": {"timezone": "Mars/Olympus", "days": {}}}
        PATCH /v1/sites/{site_1} {"hours": {"timezone": "Europe/Lisbon", "days": {"mon": [["9", "17"]]}}}
        PATCH /v1/sites/{site_1} {"pre_chat": {"fields": [{"name": "", "type": "text"}]}}
        PATCH /v1/sites/{site_1} {"triggers": [{"id": "", "message": "x"}]}
        PATCH /v1/sites/{site_1} {"privacy_url": "ftp://x"}
        "##,
        &expect![[r#"
            > POST /v1/sites {}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'name' field is required.","param":"name","status":422,"request_id":"req_…"}}
            > PATCH /v1/sites/{site_1} {"theme": {"accent": "red"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'theme' field must have an 'accent' such as '#0b6b5b'.","param":"theme","status":422,"request_id":"req_…"}}
            > PATCH /v1/sites/{site_1} {"theme": {"side": "top"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'theme' field must have a 'scheme' of auto, light or dark, a 'side' of end or start, and a 'launcher' of show or hide.","param":"theme","status":422,"request_id":"req_…"}}
            > PATCH /v1/sites/{site_1} {"origins": ["https://a.example/path"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'origins' field must be origins such as 'https://shop.example', without a path.","param":"origins","status":422,"request_id":"req_…"}}
            > PATCH /v1/sites/{site_1} {"tracking": "always"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'settings' field cannot be read: unknown variant `always`, expected one of `on`, `consent`, `off`.","param":"settings","status":422,"request_id":"req_…"}}
            > PATCH /v1/sites/{site_1} {"hours": {"timezone": "Mars/Olympus", "days": {}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'hours' field must have a 'timezone' of the IANA list.","param":"hours","status":422,"request_id":"req_…"}}
            > PATCH /v1/sites/{site_1} {"hours": {"timezone": "Europe/Lisbon", "days": {"mon": [["9", "17"]]}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'hours' field must have 'days' mon to sun with times such as [\"09:00\", \"17:30\"], and 'holidays' with a 'date' such as 2026-12-25.","param":"hours","status":422,"request_id":"req_…"}}
            > PATCH /v1/sites/{site_1} {"pre_chat": {"fields": [{"name": "", "type": "text"}]}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'pre_chat' field must have at most 20 fields with a 'name' and a 'type' of text, email, tel, textarea, select or checkbox.","param":"pre_chat","status":422,"request_id":"req_…"}}
            > PATCH /v1/sites/{site_1} {"triggers": [{"id": "", "message": "x"}]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'triggers' field must have an 'id' and a 'message' each.","param":"triggers","status":422,"request_id":"req_…"}}
            > PATCH /v1/sites/{site_1} {"privacy_url": "ftp://x"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'privacy_url' field must begin with https://.","param":"privacy_url","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn secrets_are_shown_once_and_two_hold() {
    check(
        r##"
        POST /v1/sites {"name": "S"}
        from here
        POST /v1/sites/{site_1}/secrets
        POST /v1/sites/{site_1}/secrets
        POST /v1/sites/{site_1}/secrets
        GET /v1/sites/{site_1}
        DELETE /v1/sites/{site_1}/secrets
        GET /v1/sites/{site_1}
        "##,
        &expect![[r##"
            > POST /v1/sites/{site_1}/secrets
            201 Created
            {"data":{"secret":"sws_1"}}
            > POST /v1/sites/{site_1}/secrets
            201 Created
            {"data":{"secret":"sws_2"}}
            > POST /v1/sites/{site_1}/secrets
            201 Created
            {"data":{"secret":"sws_3"}}
            > GET /v1/sites/{site_1}
            200 OK
            {"data":{"id":"site_1","name":"S","key":"pk_1","origins":[],"theme":{"accent":"#0b6b5b","scheme":"auto","side":"end","launcher":"show"},"locale":null,"texts":{},"hours":null,"pre_chat":null,"offline":null,"triggers":[],"tracking":"on","keep_params":[],"rating":"asked","privacy_url":null,"identity":"optional","addresses":"kept","page_events":"together","secrets_count":2,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:04Z"}}
            > DELETE /v1/sites/{site_1}/secrets
            204 No Content
            > GET /v1/sites/{site_1}
            200 OK
            {"data":{"id":"site_1","name":"S","key":"pk_1","origins":[],"theme":{"accent":"#0b6b5b","scheme":"auto","side":"end","launcher":"show"},"locale":null,"texts":{},"hours":null,"pre_chat":null,"offline":null,"triggers":[],"tracking":"on","keep_params":[],"rating":"asked","privacy_url":null,"identity":"optional","addresses":"kept","page_events":"together","secrets_count":0,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
        "##]],
    );
}

fn lisbon() -> Hours {
    let weekday = vec![("09:00".to_owned(), "17:30".to_owned())];
    let mut days: BTreeMap<String, Vec<(String, String)>> =
        ["mon", "tue", "wed", "thu"].map(|day| (day.to_owned(), weekday.clone())).into();
    days.insert("fri".to_owned(), vec![("22:00".to_owned(), "02:00".to_owned())]);
    let holiday = Holiday {
        date: "2026-12-24".to_owned(),
        text: Some("Merry Christmas".to_owned()),
        times: vec![("09:00".to_owned(), "12:00".to_owned())],
    };
    Hours { timezone: "Europe/Lisbon".to_owned(), days, holidays: vec![holiday] }
}

fn at(hours: &Hours, time: &str) -> (bool, Option<String>, Option<String>) {
    let Opening { is_open, next_at, text } = hours.at(time.parse().unwrap());
    (is_open, next_at.map(|at| at.to_string()), text)
}

#[test]
fn hours_are_those_of_the_business_own_clock() {
    let hours = lisbon();
    // In summer Lisbon is an hour ahead of UTC.
    assert!(at(&hours, "2026-07-06T08:00:00Z").0);
    assert_eq!(
        at(&hours, "2026-07-06T07:59:59Z"),
        (false, Some("2026-07-06T08:00:00Z".to_owned()), None)
    );
    assert!(!at(&hours, "2026-07-06T16:30:00Z").0);
    assert!(at(&hours, "2026-11-23T09:00:00Z").0);
    assert!(!at(&hours, "2026-11-23T08:59:59Z").0);
    // What begins on Friday ends on Saturday.
    assert!(at(&hours, "2026-11-28T01:59:00Z").0);
    assert_eq!(
        at(&hours, "2026-11-28T02:00:00Z"),
        (false, Some("2026-11-30T09:00:00Z".to_owned()), None)
    );
}

#[test]
fn a_holiday_wins_over_the_week() {
    let hours = lisbon();
    assert!(at(&hours, "2026-12-24T10:00:00Z").0);
    assert_eq!(
        at(&hours, "2026-12-24T13:00:00Z"),
        (false, Some("2026-12-25T22:00:00Z".to_owned()), Some("Merry Christmas".to_owned()))
    );
}

#[test]
fn the_time_that_somebody_was_there_is_counted_by_the_business_own_clock() {
    let hours = lisbon();
    let open = |since: &str, until: &str| {
        hours.open_between(since.parse().unwrap(), until.parse().unwrap()).as_mins()
    };
    assert_eq!(open("2026-07-06T08:00:00Z", "2026-07-06T08:10:00Z"), 10);
    // From Monday evening to Tuesday morning: half an hour, and an hour.
    assert_eq!(open("2026-07-06T16:00:00Z", "2026-07-07T09:00:00Z"), 90);
    // A night that goes on from Friday, a weekend, and a Monday.
    assert_eq!(open("2026-11-28T01:00:00Z", "2026-11-30T10:00:00Z"), 120);
    assert_eq!(open("2026-12-24T08:00:00Z", "2026-12-24T23:00:00Z"), 180);
    assert_eq!(open("2026-07-06T09:00:00Z", "2026-07-06T08:00:00Z"), 0);
    let never = Hours { timezone: "Europe/Lisbon".to_owned(), ..Hours::default() };
    let whole = never.open_between(NOW.parse().unwrap(), "2026-01-03T00:00:00Z".parse().unwrap());
    assert_eq!(whole.as_secs(), 0);
}

#[test]
fn a_week_without_hours_never_opens() {
    let hours = Hours { timezone: "Europe/Lisbon".to_owned(), ..Hours::default() };
    assert_eq!(at(&hours, "2026-12-24T13:00:00Z"), (false, None, None));
}

const NOW: &str = "2026-01-01T00:00:00Z";
const SECRET: &str = "sws_secret";

fn proves(identity: &Identity, secrets: &[&str]) -> Option<String> {
    let secrets: Vec<String> = secrets.iter().map(|&secret| secret.to_owned()).collect();
    identity.proves(&secrets, "pk_site", NOW.parse().unwrap()).map(|claims| claims.sub)
}

fn token(algorithm: Algorithm, secret: &str, claims: &serde_json::Value) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    encode(&Header::new(algorithm), claims, &key).unwrap()
}

fn claims(changes: &serde_json::Value) -> serde_json::Value {
    let now: jiff::Timestamp = NOW.parse().unwrap();
    let mut claims = json!({ "sub": "user-7", "aud": "pk_site", "exp": now.as_second() + 3600 });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

#[test]
fn a_token_that_the_site_signed_proves_who_it_is() {
    let good = Identity::Token(token(Algorithm::HS256, SECRET, &claims(&json!({}))));
    assert_eq!(proves(&good, &[SECRET]).as_deref(), Some("user-7"));
    // While a new secret takes the old one's place, both hold.
    assert_eq!(proves(&good, &["sws_new", SECRET]).as_deref(), Some("user-7"));
    assert_eq!(proves(&good, &["sws_new"]), None);
    assert_eq!(proves(&good, &[]), None);
}

#[test]
fn a_token_with_anything_wrong_proves_nobody() {
    let now: jiff::Timestamp = NOW.parse().unwrap();
    let now = now.as_second();
    let wrong = [
        json!({ "aud": "pk_other" }),
        json!({ "aud": null }),
        json!({ "exp": null }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "exp": now - 61 }),
        json!({ "exp": now + 25 * 3600 }),
        json!({ "nbf": now + 120 }),
    ];
    for changes in wrong {
        let token = token(Algorithm::HS256, SECRET, &claims(&changes));
        assert_eq!(proves(&Identity::Token(token), &[SECRET]), None, "{changes}");
    }
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let token = token(algorithm, SECRET, &claims(&json!({})));
        assert_eq!(proves(&Identity::Token(token), &[SECRET]), None, "{algorithm:?}");
    }
    let good = token(Algorithm::HS256, SECRET, &claims(&json!({})));
    let (_, rest) = good.split_once('.').unwrap();
    // {"alg":"none"}
    let none = format!("eyJhbGciOiJub25lIn0.{rest}");
    assert_eq!(proves(&Identity::Token(none), &[SECRET]), None);
    for place in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[place] ^= 1;
        let Ok(flipped) = String::from_utf8(bytes) else { continue };
        // The last letter of base64 has bits that say nothing.
        if place + 1 < good.len() {
            assert_eq!(proves(&Identity::Token(flipped.clone()), &[SECRET]), None, "{flipped}");
        }
    }
}

#[test]
fn an_id_that_the_site_signed_proves_who_it_is() {
    // printf user-7 | openssl dgst -sha256 -hmac sws_secret
    let hash = "d9c9d7d5b2b9f5a0";
    let identity: Identity =
        serde_json::from_value(json!({ "user_id": "user-7", "user_hash": hash })).unwrap();
    assert_eq!(proves(&identity, &[SECRET]), None);
    let hash = HASH;
    let identity: Identity =
        serde_json::from_value(json!({ "user_id": "user-7", "user_hash": hash, "name": "Ada" }))
            .unwrap();
    assert_eq!(proves(&identity, &[SECRET]).as_deref(), Some("user-7"));
    assert_eq!(proves(&identity, &["sws_other"]), None);
}

#[test]
fn a_signed_id_proves_no_address_beside_it() {
    let said = json!({ "user_id": "user-7", "user_hash": HASH, "email": "victim@example.com",
                       "phone": "+18187405020", "company": "Theirs", "name": "Eve" });
    let identity: Identity = serde_json::from_value(said).unwrap();
    let claims = identity.proves(&[SECRET.to_owned()], "pk_site", NOW.parse().unwrap()).unwrap();
    assert_eq!((claims.email, claims.phone, claims.company), (None, None, None));
}

const HASH: &str = "645c3f622b26fb9c8378e991f305014db8ef00e812d7419196147bea7720bcb8";
