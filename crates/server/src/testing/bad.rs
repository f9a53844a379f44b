//! Bodies that nobody should send, and that somebody does: a corpus for the doors, made from one good
//! body.

use axum::body::Bytes;
use serde_json::{Map, Value as Json, json};

/// One body, and how it is sent.
pub(crate) struct Bad {
    pub(crate) what: String,
    pub(crate) kind: &'static str,
    pub(crate) body: Bytes,
    /// Whether what the door needs is still in it, so that it must be taken.
    pub(crate) is_whole: bool,
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Numbers far apart, always the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// The corpus made from `good`, whose first `needed` fields are what the door needs.
pub(crate) fn corpus(good: &Map<String, Json>, needed: usize) -> Vec<Bad> {
    let mut all = Vec::new();
    add_types(&mut all, good, needed);
    add_cuts(&mut all, good, needed);
    add_flips(&mut all, good);
    add_spelt(&mut all, good);
    add_odd(&mut all, good);
    add_empty(&mut all);
    all
}

/// Every field with values of every wrong type.
fn add_types(all: &mut Vec<Bad>, good: &Map<String, Json>, needed: usize) {
    let deep = (0..100).fold(json!("x"), |inner, _| json!([inner]));
    let values = [
        Json::Null,
        json!(true),
        json!(-1.5),
        json!(9_223_372_036_854_775_807_i64),
        json!(1e300),
        json!(""),
        json!(" \u{0} "),
        json!("\u{202e}\u{feff}💥\r\nX-Header: 1"),
        json!("'; drop table contact; --"),
        json!("x".repeat(20_000)),
        json!([]),
        json!([null, 1, "a", {"b": []}]),
        json!({}),
        json!({"phone_number": {"a": 1}}),
        deep,
    ];
    for (name, _) in good.iter().skip(needed) {
        for value in &values {
            let mut body = good.clone();
            body.insert(name.clone(), value.clone());
            let what =
                format!("{name} is {}", value.to_string().chars().take(30).collect::<String>());
            let body = Json::Object(body).to_string().into();
            all.push(Bad { what, kind: JSON, body, is_whole: true });
        }
    }
}

/// The good body cut off, as a connection or a template does it.
fn add_cuts(all: &mut Vec<Bad>, good: &Map<String, Json>, needed: usize) {
    let text = Json::Object(good.clone()).to_string();
    let head: Map<String, Json> = good.clone().into_iter().take(needed).collect();
    // Without its closing brace.
    let head = Json::Object(head).to_string().len() - 1;
    for end in (0..text.len()).step_by((text.len() / 100).max(1)) {
        let Some(body) = text.get(..end) else { continue };
        let body = Bytes::copy_from_slice(body.as_bytes());
        let what = format!("cut at {end}");
        all.push(Bad { what, kind: JSON, body, is_whole: head <= end });
    }
}

/// Single bytes that became others.
fn add_flips(all: &mut Vec<Bad>, good: &Map<String, Json>) {
    let text = Json::Object(good.clone()).to_string();
    let mut chance = Chance(7);
    for _ in 0..100 {
        let mut bytes = text.clone().into_bytes();
        let at = chance.below(bytes.len());
        bytes[at] = u8::try_from(chance.below(256)).unwrap();
        let what = format!("byte {at} is {}", bytes[at]);
        all.push(Bad { what, kind: JSON, body: bytes.into(), is_whole: false });
    }
}

/// Ways in which clients are known to write what they mean.
fn add_spelt(all: &mut Vec<Bad>, good: &Map<String, Json>) {
    let text = Json::Object(good.clone()).to_string();
    let form: String = good
        .iter()
        .filter_map(|(name, value)| value.as_str().map(|value| format!("{name}={value}&")))
        .collect();
    let inside = text.strip_suffix('}').unwrap();
    let spelt = [
        ("a mark of order", JSON, format!("\u{feff}{text}")),
        ("blanks around", JSON, format!("\r\n\t {text} \n\n")),
        ("no content type", "", text.clone()),
        ("text", "text/plain", text.clone()),
        ("a form that says JSON", JSON, form),
        ("JSON that says form", FORM, text.clone()),
        ("a list of one", JSON, format!("[{text}]")),
        ("JSON in JSON", JSON, json!(text).to_string()),
        ("a comma too many", JSON, format!("{inside},}}")),
        ("no closing brace", JSON, inside.to_owned()),
        ("single quotes", JSON, text.replace('"', "'")),
        ("text after it", JSON, format!("{text}\nthanks")),
        ("twice", JSON, format!("{text}{text}")),
        ("a field twice", JSON, text.replacen('{', "{\"name\":1,\"name\":2,", 1)),
    ];
    all.extend(spelt.map(|(what, kind, body)| Bad {
        what: what.to_owned(),
        kind,
        body: body.into(),
        is_whole: true,
    }));
}

/// The good body with something behind it that no JSON has, or too much of what it has.
fn add_odd(all: &mut Vec<Bad>, good: &Map<String, Json>) {
    let text = Json::Object(good.clone()).to_string();
    let many: String = (0..5_000).map(|index| format!("\"f{index}\":{index},")).collect();
    let odd: [(&str, Vec<u8>); 12] = [
        ("bytes that are no UTF-8", b"\"x\":\"\xff\xfe\"}".to_vec()),
        ("a raw line break", b"\"x\":\"a\nb\"}".to_vec()),
        ("a raw zero", b"\"x\":\"a\0b\"}".to_vec()),
        ("a lone surrogate", br#""x":"\ud800"}"#.to_vec()),
        ("a number beyond numbers", b"\"x\":1e999}".to_vec()),
        ("a name without quotes", b"x:1}".to_vec()),
        ("a comment", b"/* x */}".to_vec()),
        ("a quote inside", b"\"x\":\"she said \"hi\" twice\"}".to_vec()),
        ("many fields", format!("{many}\"x\":1}}").into_bytes()),
        ("a long name", format!("\"{}\":1}}", "n".repeat(50_000)).into_bytes()),
        ("half a million letters", format!("\"x\":\"{}\"}}", "x".repeat(500_000)).into_bytes()),
        ("deep", format!("\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000)).into_bytes()),
    ];
    let inside = format!("{},", text.strip_suffix('}').unwrap());
    all.extend(odd.map(|(what, tail)| {
        let body = [inside.as_bytes(), &tail].concat().into();
        Bad { what: what.to_owned(), kind: JSON, body, is_whole: true }
    }));
}

/// What says nothing.
fn add_empty(all: &mut Vec<Bad>) {
    let part = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n".to_vec();
    let empty: [(&str, &'static str, Vec<u8>); 14] = [
        ("nothing", JSON, Vec::new()),
        ("null", JSON, b"null".to_vec()),
        ("a number", JSON, b"1".to_vec()),
        ("an empty list", JSON, b"[]".to_vec()),
        ("an empty object", JSON, b"{}".to_vec()),
        ("a brace", JSON, b"{".to_vec()),
        ("brackets", JSON, b"[".repeat(100_000)),
        ("quotes", JSON, b"\"".repeat(10_000)),
        ("backslashes", JSON, b"\"\\".repeat(10_000)),
        ("XML", "application/xml", b"<lead><phone>1</phone></lead>".to_vec()),
        ("zeros", JSON, vec![0; 10_000]),
        ("noise", "application/octet-stream", (0..=255).collect()),
        ("parts without an end", "multipart/form-data; boundary=x", part),
        ("parts without a boundary", "multipart/form-data", b"--x--".to_vec()),
    ];
    all.extend(empty.map(|(what, kind, body)| Bad {
        what: what.to_owned(),
        kind,
        body: body.into(),
        is_whole: false,
    }));
}
