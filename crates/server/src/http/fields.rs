//! Parameters of the doors, read from whatever a form, a script or an automation sends: the query
//! and the body, as JSON, as a form or in parts; names in any spelling, values of any type. Nothing
//! that holds a lead is turned away for how it is written.

use std::collections::BTreeMap;

use axum::body::Bytes;
use serde_json::{Map, Value as Json};

/// Parameters by their folded names: lower case, with `_` for blanks and hyphens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    all: BTreeMap<String, Json>,
    /// Whether the body was read only as far as it could be.
    pub is_salvaged: bool,
}

/// What a body says that it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Json,
    Other,
}

/// Parameters of one request. Further ones are not read.
const FIELDS_MAX: usize = 500;
/// Names are cut here.
const NAME_CHARS_MAX: usize = 100;
/// `a[0][b]` has three.
const STEPS_MAX: usize = 4;
/// Parts of one body. Further ones are not read.
const PARTS_MAX: usize = 200;

impl Fields {
    /// Reads the query, and over it the body, whatever its content type says.
    pub async fn read(query: &str, content_type: Option<&str>, body: Bytes) -> Self {
        let mut fields = Self::default();
        fields.add_form(query.as_bytes());
        let boundary = content_type.and_then(|kind| multer::parse_boundary(kind).ok());
        match boundary {
            Some(boundary) => fields.add_parts(body, boundary).await,
            None => {
                let is_json = content_type.is_some_and(|kind| kind.contains("json"));
                fields.add_body(&body, if is_json { Said::Json } else { Said::Other });
            }
        }
        fields
    }

    /// Those of a JSON object, as a receipt keeps them.
    pub fn of_object(object: &Map<String, Json>) -> Self {
        let mut fields = Self::default();
        fields.add_object(object);
        fields
    }

    fn add_body(&mut self, body: &[u8], said: Said) {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return;
        }
        match serde_json::from_str::<Json>(text) {
            Ok(Json::Object(object)) => self.add_object(&object),
            // Automations send a list of one.
            Ok(Json::Array(items)) => {
                if let Some(Json::Object(object)) = items.first() {
                    self.add_object(object);
                }
            }
            // JSON that was made JSON twice.
            Ok(Json::String(inner)) => match serde_json::from_str::<Json>(&inner) {
                Ok(Json::Object(object)) => self.add_object(&object),
                _ => self.add_form(inner.as_bytes()),
            },
            Ok(Json::Null | Json::Bool(_) | Json::Number(_)) => {}
            Err(_) if text.starts_with(['{', '[', '"', '\'']) => {
                self.is_salvaged = true;
                for (name, value) in salvage(text) {
                    self.put(&name, value);
                }
            }
            Err(_) => {
                self.is_salvaged = said == Said::Json;
                self.add_form(text.as_bytes());
            }
        }
    }

    fn add_object(&mut self, object: &Map<String, Json>) {
        for (name, value) in object.iter().take(FIELDS_MAX) {
            self.put(name, value.clone());
        }
    }

    fn add_form(&mut self, text: &[u8]) {
        let mut nested = Map::new();
        for (name, value) in form_urlencoded::parse(text).take(FIELDS_MAX) {
            add_nested(&mut nested, &name, Json::String(value.into_owned()));
        }
        self.add_object(&nested);
    }

    async fn add_parts(&mut self, body: Bytes, boundary: String) {
        let stream = futures_util::stream::once(async { Ok::<_, std::convert::Infallible>(body) });
        let mut parts = multer::Multipart::new(stream, boundary);
        let mut nested = Map::new();
        for _ in 0..PARTS_MAX {
            let Ok(Some(part)) = parts.next_field().await else { break };
            // A file is no parameter.
            if part.file_name().is_some() {
                continue;
            }
            let Some(name) = part.name().map(str::to_owned) else { continue };
            let Ok(value) = part.bytes().await else { break };
            let value = String::from_utf8_lossy(&value).into_owned();
            add_nested(&mut nested, &name, Json::String(value));
        }
        self.add_object(&nested);
    }

    /// A blank never replaces what is there.
    fn put(&mut self, name: &str, value: Json) {
        let name = fold(name);
        let is_blank =
            as_text(&value).is_none() && !matches!(value, Json::Array(_) | Json::Object(_));
        let is_full = FIELDS_MAX <= self.all.len();
        if name.is_empty() || (self.all.contains_key(&name) && is_blank) || is_full {
            return;
        }
        self.all.insert(name, value);
    }

    /// What `old` was called is `new` from now on, unless that is there already.
    pub fn rename(&mut self, old: &str, new: &str) {
        if let Some(value) = self.all.remove(old)
            && self.text(new).is_none()
        {
            self.all.insert(new.to_owned(), value);
        }
    }

    /// A parameter as it came.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.all.get(name).filter(|value| !value.is_null())
    }

    /// A parameter as text: trimmed, without U+0000, and none when blank.
    pub fn text(&self, name: &str) -> Option<String> {
        as_text(self.all.get(name)?)
    }

    /// Takes a parameter out, as text.
    pub fn take_text(&mut self, name: &str) -> Option<String> {
        as_text(&self.all.remove(name)?)
    }

    /// A parameter as yes or no, in any of the ways they are written; `Err` is what it was instead.
    ///
    /// # Errors
    /// With the text, if it is neither.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "y" | "on" | "1.0" => Ok(Some(true)),
            "false" | "0" | "no" | "n" | "off" | "0.0" | "null" => Ok(Some(false)),
            _ => Err(text),
        }
    }

    /// A parameter as the number that stands for a thing; `Err` is what it was instead.
    ///
    /// # Errors
    /// With the text, if it is none.
    pub fn number(&self, name: &str) -> Result<Option<i64>, String> {
        self.text(name).map(|text| number_of(&text).ok_or(text)).transpose()
    }

    /// A parameter as several texts: a list, or text with commas.
    pub fn texts(&self, name: &str) -> Vec<String> {
        match self.all.get(name) {
            Some(Json::Array(items)) => items.iter().filter_map(as_text).collect(),
            Some(Json::Object(items)) => items.values().filter_map(as_text).collect(),
            Some(value) => as_text(value).map_or_else(Vec::new, |text| {
                text.split(',')
                    .map(|one| one.trim().to_owned())
                    .filter(|one| !one.is_empty())
                    .collect()
            }),
            None => Vec::new(),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Json)> {
        self.all.iter()
    }
}

/// Text that stands for a whole number: `"1234"`, `"1234.0"`.
pub fn number_of(text: &str) -> Option<i64> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    text.parse().ok()
}

/// A name as it is compared.
fn fold(name: &str) -> String {
    let cut = name.trim().trim_end_matches("[]").chars().take(NAME_CHARS_MAX);
    cut.map(|c| if c == ' ' || c == '-' { '_' } else { c.to_ascii_lowercase() })
        .filter(|c| *c != '\0')
        .collect()
}

/// A value as text, if it is one and not blank.
pub fn as_text(value: &Json) -> Option<String> {
    let text = match value {
        Json::String(text) => text.replace('\0', "").trim().to_owned(),
        Json::Number(number) => {
            let text = number.to_string();
            text.strip_suffix(".0").unwrap_or(&text).to_owned()
        }
        Json::Bool(flag) => flag.to_string(),
        Json::Null | Json::Array(_) | Json::Object(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// `phones[0][label]=work`, as forms of some languages write lists and objects.
fn add_nested(root: &mut Map<String, Json>, name: &str, value: Json) {
    let Some((base, rest)) = name.split_once('[') else {
        root.insert(name.to_owned(), value);
        return;
    };
    let steps: Vec<&str> = rest.split('[').map(|step| step.trim_end_matches(']')).collect();
    if STEPS_MAX <= steps.len() {
        return;
    }
    let mut place = root.entry(base.to_owned()).or_insert(Json::Null);
    for step in steps {
        let is_item = step.is_empty() || step.bytes().all(|byte| byte.is_ascii_digit());
        if place.is_null() {
            *place = if is_item { Json::Array(Vec::new()) } else { Json::Object(Map::new()) };
        }
        place = match place {
            Json::Array(items) => {
                // An item of any other number comes next.
                let at = step.parse().ok().filter(|at| *at < items.len()).unwrap_or(items.len());
                if at == items.len() {
                    items.push(Json::Null);
                }
                let Some(item) = items.get_mut(at) else { return };
                item
            }
            Json::Object(object) => object.entry(step.to_owned()).or_insert(Json::Null),
            // The name was used in two ways.
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return,
        };
    }
    *place = value;
}

/// What can be read of text that was meant to be a JSON object: the pairs of its outermost level.
fn salvage(text: &str) -> Vec<(String, Json)> {
    let mut rest = text;
    let (mut depth, mut pairs) = (0_i32, Vec::new());
    while let Some(c) = rest.chars().next()
        && pairs.len() < FIELDS_MAX
    {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            '"' | '\'' => {
                let (name, after) = quoted(rest, c);
                rest = after.trim_start();
                if let Some(after) = rest.strip_prefix(':').filter(|_| depth <= 1) {
                    let (value, after) = salvage_value(after.trim_start());
                    rest = after;
                    if let Some(value) = value {
                        pairs.push((name, Json::String(value)));
                    }
                }
                continue;
            }
            _ => {}
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    pairs
}

/// The value that `text` begins with, if it is no list and no object.
fn salvage_value(text: &str) -> (Option<String>, &str) {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let (value, after) = quoted(text, quote);
            (Some(value), after)
        }
        Some('{' | '[') | None => (None, text),
        Some(_) => {
            let end = text.find([',', '}', ']', '\n', '"']).unwrap_or(text.len());
            let (value, after) = text.split_at(end);
            (Some(value.trim().to_owned()), after)
        }
    }
}

/// The text between quotes that `text` begins with, and what follows it. A quote closes it where a
/// pair may end: others are part of the text.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let inside = text.get(quote.len_utf8()..).unwrap_or_default();
    let mut value = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, c)) => value.push(c),
                None => {}
            },
            c if c == quote => {
                let after = inside.get(at + c.len_utf8()..).unwrap_or_default();
                let next = after.trim_start().chars().next();
                if next.is_none_or(|next| ",:}]\"'".contains(next)) {
                    return (value, after);
                }
                value.push(c);
            }
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::block_on;

    fn read(query: &str, kind: &str, body: &str) -> Fields {
        block_on(Fields::read(query, Some(kind), Bytes::copy_from_slice(body.as_bytes())))
    }

    fn shown(fields: &Fields) -> String {
        fields
            .iter()
            .map(|(name, value)| format!("{name}={value} "))
            .collect::<String>()
            .trim_end()
            .to_owned()
    }

    #[test]
    fn names_are_folded_and_the_body_wins() {
        let fields = read(
            "api_token=Q&Zip-Code=1",
            "application/json",
            r#"{"API_Token": "B", "company name": "A Ltd", "Sequence_id": 7, "zip code": ""}"#,
        );
        assert_eq!(
            shown(&fields),
            r#"api_token="B" company_name="A Ltd" sequence_id=7 zip_code="1""#
        );
    }

    #[test]
    fn a_form_has_lists_and_objects() {
        let fields = read(
            "",
            "application/x-www-form-urlencoded",
            "phone_number=%2B1%20818&other%5B0%5D%5Blabel%5D=work&other[0][phone_number]=5&tag_id[]=1&tag_id[]=2",
        );
        assert_eq!(
            shown(&fields),
            r#"other=[{"label":"work","phone_number":"5"}] phone_number="+1 818" tag_id=["1","2"]"#
        );
    }

    #[test]
    fn parts_are_read_and_files_are_not() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"phone_number\"\r\n\r\n8181234567\r\n--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nno\r\n--x--\r\n";
        let fields = read("", "multipart/form-data; boundary=x", body);
        assert_eq!(shown(&fields), r#"phone_number="8181234567""#);
    }

    #[test]
    fn what_is_almost_json_is_read_as_far_as_it_goes() {
        for body in [
            r#"{"api_token": "T", "phone_number": "818", }"#,
            r#"{"api_token": "T", "phone_number": 818"#,
            "{'api_token': 'T', 'phone_number': '818'}",
            "{\"api_token\": \"T\", \"notes\": \"two\nlines\", \"phone_number\": \"818\"}",
            r#"{"other": [{"phone_number": "9"}], "api_token": "T" "phone_number": "818",,}"#,
        ] {
            let fields = read("", "application/json", body);
            assert_eq!(fields.text("api_token").as_deref(), Some("T"), "{body}");
            assert_eq!(fields.text("phone_number").as_deref(), Some("818"), "{body}");
            assert!(fields.is_salvaged, "{body}");
        }
        let twice = read("", "application/json", r#""{\"phone_number\": \"818\"}""#);
        assert_eq!(twice.text("phone_number").as_deref(), Some("818"));
        let list = read("", "application/json", r#"[{"phone_number": "818"}]"#);
        assert_eq!(list.text("phone_number").as_deref(), Some("818"));
    }

    #[test]
    fn values_are_read_loosely() {
        let fields = read("a=1&b=no&c=maybe&d=12.0&e=x&f=1, 2 ,,3&g=%00", "", "");
        assert_eq!(fields.flag("a"), Ok(Some(true)));
        assert_eq!(fields.flag("b"), Ok(Some(false)));
        assert_eq!(fields.flag("c"), Err("maybe".to_owned()));
        assert_eq!(fields.flag("z"), Ok(None));
        assert_eq!(fields.number("d"), Ok(Some(12)));
        assert_eq!(fields.number("e"), Err("x".to_owned()));
        assert_eq!(fields.texts("f"), ["1", "2", "3"]);
        assert_eq!(fields.text("g"), None);
    }
}
