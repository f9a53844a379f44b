//! What is different each time, by names that are not.

use serde_json::Value as Json;

/// The ids of what an answer gives; a refusal as it is.
pub(super) fn brief(body: &str) -> String {
    let mut body: Json = serde_json::from_str(body).unwrap();
    let ids = |one: &mut Json| {
        if let Some(id) = one.get_mut("id").map(Json::take) {
            *one = id;
        }
    };
    match body.get_mut("data") {
        Some(Json::Array(all)) => all.iter_mut().for_each(ids),
        Some(one) => ids(one),
        None => {}
    }
    body.to_string()
}

/// Addresses of files are signed, each time otherwise; the last letters of secrets are of the secret;
/// nothing takes as long twice.
fn without_chance(text: &str) -> String {
    let mut shown = text.to_owned();
    for before in ["signature=", "_live_…", "\"took_us\":"] {
        let mut parts = shown.split(before);
        let mut next = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            next.push_str(before);
            let is_chance = |c: char| match before {
                "signature=" => c.is_ascii_hexdigit(),
                _ => c.is_ascii_alphanumeric(),
            };
            next.push_str(part.trim_start_matches(is_chance));
        }
        shown = next;
    }
    shown
}

/// Ids by the order in which they were first shown: `con_1`, and the other way round.
#[derive(Default)]
pub(crate) struct Names {
    pub(super) known: Vec<(String, String)>,
}

const ID_LETTERS: usize = 26;
/// What is no id, and begins like one: public keys, tokens of visitors, secrets of sites and webhooks.
const KEYS: [(&str, usize); 4] = [("pk", 32), ("vt", 32), ("sws", 64), ("whsec", 44)];

impl Names {
    pub(crate) fn shown(&mut self, text: &str) -> String {
        let text = self.shown_plain(&without_chance(text));
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find('_') {
            let (before, after) = rest.split_at(at);
            let prefix: String = before
                .chars()
                .rev()
                .take_while(char::is_ascii_lowercase)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            let is_part = |c: &char| {
                c.is_ascii_alphanumeric() || (prefix == "whsec" && ['+', '/', '='].contains(c))
            };
            let unique: String = after.chars().skip(1).take_while(is_part).collect();
            out.push_str(before);
            let is_key = KEYS.contains(&(prefix.as_str(), unique.len()));
            if is_key || (unique.len() == ID_LETTERS && !prefix.is_empty()) {
                let name = self.name(&prefix, &format!("{prefix}_{unique}"));
                out.truncate(out.len() - prefix.len());
                out.push_str(&name);
                rest = after.get(1 + unique.len()..).unwrap_or_default();
            } else {
                out.push('_');
                rest = after.get(1..).unwrap_or_default();
            }
        }
        out + rest
    }

    /// UUIDs and tokens, which carry no prefix.
    fn shown_plain(&mut self, text: &str) -> String {
        let mut shown = String::new();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        for piece in text.split_inclusive(|c| !is_part(c)) {
            let word = piece.trim_end_matches(|c| !is_part(c));
            let is_uuid = word.len() == 36 && word.matches('-').count() == 4;
            let is_token =
                word.len() == 43 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
            match (is_uuid, is_token) {
                (true, _) => shown.push_str(&self.name("uuid", word)),
                (_, true) => shown.push_str(&self.name("token", word)),
                _ => shown.push_str(word),
            }
            shown.push_str(piece.strip_prefix(word).unwrap_or_default());
        }
        shown
    }

    fn name(&mut self, prefix: &str, real: &str) -> String {
        // Every answer has its own request, and none of them matters.
        if prefix == "req" {
            return "req_…".to_owned();
        }
        if let Some((_, name)) = self.known.iter().find(|(known, _)| known == real) {
            return name.clone();
        }
        let like = |(_, name): &&(String, String)| {
            name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_'))
        };
        let name = format!("{prefix}_{}", self.known.iter().filter(like).count() + 1);
        self.known.push((real.to_owned(), name.clone()));
        name
    }

    pub(super) fn real(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (real, name) in &self.known {
            text = text.replace(&format!("{{{name}}}"), real);
        }
        text
    }
}
