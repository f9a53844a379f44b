//! What a lead form says, read from whatever came: only the number of the phone must be there.

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::{
    contact::{self, Number, Profile, TEXT_CHARS_MAX, is_zone},
    dialer::Place,
    email::Email,
    enrolment::IfElsewhere,
    error::Result,
    http::{Fields, as_text, number_of},
    receipt::{self, Receipt, Warning},
};

/// A form, read.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub(super) phone: Option<phone::Phone>,
    /// Where the number belongs. Looked up before the lane is entered.
    pub(super) place: phone::Place,
    pub(super) others: Vec<(String, Option<String>)>,
    pub(super) email: Option<Email>,
    pub(super) name: Option<String>,
    /// Put together from its parts, where they came alone.
    pub(super) joined_name: Option<String>,
    pub(super) company: Option<String>,
    pub(super) profile: Profile,
    pub(super) user: Option<i64>,
    /// If they are to be given to a member of a ring group.
    pub(super) distribution: Option<Distribution>,
    /// Where in the dialer's queue, if they are to be put there.
    pub(super) dial: Option<Place>,
    pub(super) sequence: Option<i64>,
    pub(super) if_elsewhere: IfElsewhere,
    pub(super) update: Update,
    pub(super) line: Option<i64>,
    pub(super) tags: Vec<i64>,
    pub(super) tag_names: Vec<String>,
    pub(super) disposition: Option<i64>,
    pub(super) lists: Vec<i64>,
    pub(super) is_dnc: bool,
    pub(super) warnings: Vec<Warning>,
    /// What came in, as the receipt keeps it.
    pub(super) request: Map<String, Json>,
}

/// What becomes of what is known of someone known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Update {
    /// Only blanks are filled.
    #[default]
    FillBlanks,
    /// Everything that was sent replaces what was there.
    Replace,
}

/// To whom a person may be given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Distribution {
    pub(super) ring_group: Option<i64>,
    pub(super) among: Among,
}

/// The members of a ring group that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// All who work here.
    All,
    /// Those who are available.
    Available,
    /// Those who are available, and all if none is.
    AvailableOrAll,
}

/// Why a form is refused: the documented sentence about its one required field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no number.
    Required,
    /// It is no number in any country.
    Invalid,
}

impl Refusal {
    /// The documented sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Required => "The phone number field is required.",
            Self::Invalid => "The phone number is invalid.",
        }
    }
}

/// Other names of parameters: those of older pages, of other products, and of the vendor's own typos.
const ALIASES: [(&str, &str); 12] = [
    ("campaign_id", "line_id"),
    ("disposition_id", "disposition_status_id"),
    ("distribute_to_right_group", "distribute_to_ring_group"),
    ("zip_code", "zipcode"),
    ("zip", "zipcode"),
    ("postal_code", "zipcode"),
    ("company", "company_name"),
    ("phone", "phone_number"),
    ("phonenumber", "phone_number"),
    ("other_phones", "other_phone_numbers"),
    ("firstname", "first_name"),
    ("lastname", "last_name"),
];
/// Digits from which on a part of a text is taken for its number.
const PHONE_DIGITS_MIN: usize = 7;
/// Names of tags of one form: each new one is a tag for good.
const TAG_NAMES_MAX: usize = 20;
/// Further numbers of one form.
const OTHERS_MAX: usize = 19;
/// Tags or lists of one form.
const MANY_MAX: usize = 100;

/// Parameters that are read under their own names, beside those of the profile.
const KNOWN: [&str; 24] = [
    "phone_number",
    "other_phone_numbers",
    "company_name",
    "name",
    "source",
    "email",
    "user_id",
    "distribute_to_ring_group",
    "ring_group_id",
    "check_available_users",
    "check_available_users_with_fallback",
    "add_to_powerdialer",
    "powerdialer_position",
    "sequence_id",
    "force_update_sequence",
    "force_update",
    "line_id",
    "tag_id",
    "disposition_status_id",
    "tags",
    "list_ids",
    "is_dnc",
    "api_token",
    "dry_run",
];

/// Whether a form reads a parameter of this name.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
        // That one is called `source`.
        || (Profile::NAMES.contains(&name) && name != "intake_source")
        || ALIASES.iter().any(|(alias, _)| *alias == name)
}

impl Form {
    /// Reads what came in. Whatever is optional and cannot be read is left out, with a warning.
    pub fn read(mut fields: Fields, region: &str) -> Self {
        let mut form = Self { request: receipt::keepable(&fields), ..Self::default() };
        for (old, new) in ALIASES {
            fields.rename(old, new);
        }
        if fields.is_salvaged {
            form.warn("body", "is not valid JSON: it was read as far as it goes");
        }
        form.phone = fields.text("phone_number").and_then(|text| form.read_phone(&text, region));
        if let Some(phone) = &form.phone {
            form.place = phone::place(&phone.e164);
        }
        form.read_others(&fields);
        form.read_email(&fields);
        form.read_names(&fields);
        form.read_profile(&fields);
        form.read_actions(&fields);
        form
    }

    /// Leaves out what an earlier run of the same form has done, and replaces nothing.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub(super) fn take_up_after(&mut self, old: &Receipt) -> Result<()> {
        self.update = Update::FillBlanks;
        if old.has_done("owner")? {
            (self.distribution, self.user) = (None, None);
        }
        if old.has_done("sequence")? {
            self.sequence = None;
        }
        Ok(())
    }

    /// A number, or the first that is in a text of more.
    fn read_phone(&mut self, text: &str, region: &str) -> Option<phone::Phone> {
        if let Some(phone) = phone::parse(text, region) {
            return Some(phone);
        }
        let is_part = |c: char| c.is_ascii_digit() || " +-().".contains(c);
        let part = text
            .split(|c| !is_part(c))
            .find(|part| PHONE_DIGITS_MIN <= part.bytes().filter(u8::is_ascii_digit).count())?;
        let phone = phone::parse(part.trim(), region)?;
        self.warn("phone_number", format!("is '{}': {} was read from it", cut(text), phone.e164));
        Some(phone)
    }

    /// Why it is refused, if it is. `fields` are those it was read from.
    pub fn refusal(&self) -> Option<Refusal> {
        if self.phone.is_some() {
            return None;
        }
        let is_there = ["phone_number", "phone", "phonenumber"]
            .iter()
            .any(|name| self.request.get(*name).is_some_and(|value| as_text(value).is_some()));
        Some(if is_there { Refusal::Invalid } else { Refusal::Required })
    }

    fn warn(&mut self, field: &str, problem: impl Into<String>) {
        self.warnings.push(Warning::new(field, problem));
    }

    /// A text, cut where it is too long.
    fn line(&mut self, fields: &Fields, name: &str, chars_max: usize) -> Option<String> {
        let Some(text) = fields.text(name) else {
            if fields.get(name).is_some_and(|value| value.is_array() || value.is_object()) {
                self.warn(name, "is no text: it was left out");
            }
            return None;
        };
        if text.chars().count() <= chars_max {
            return Some(text);
        }
        self.warn(name, format!("is longer than {chars_max} characters: it was cut"));
        Some(text.chars().take(chars_max).collect())
    }

    fn flag(&mut self, fields: &Fields, name: &str) -> bool {
        fields.flag(name).unwrap_or_else(|text| {
            self.warn(name, format!("is '{}' and neither yes nor no: it was left out", cut(&text)));
            None
        }) == Some(true)
    }

    fn number(&mut self, fields: &Fields, name: &str) -> Option<i64> {
        fields.number(name).unwrap_or_else(|text| {
            self.warn(
                name,
                format!("is '{}' and no number of a thing: it was left out", cut(&text)),
            );
            None
        })
    }

    fn numbers(&mut self, fields: &Fields, name: &str) -> Vec<i64> {
        let mut numbers = Vec::new();
        for text in fields.texts(name).into_iter().take(MANY_MAX) {
            match number_of(&text) {
                Some(number) if !numbers.contains(&number) => numbers.push(number),
                Some(_) => {}
                None => {
                    let text = cut(&text);
                    self.warn(
                        name,
                        format!("has '{text}', which is no number of a thing: it was left out"),
                    );
                }
            }
        }
        numbers
    }

    fn read_others(&mut self, fields: &Fields) {
        let name = "other_phone_numbers";
        let items: Vec<Json> = match fields.get(name) {
            Some(Json::Array(items)) => items.clone(),
            Some(Json::Object(one)) if one.contains_key("phone_number") => {
                vec![Json::Object(one.clone())]
            }
            // Keys of a form that are no numbers.
            Some(Json::Object(several)) => several.values().cloned().collect(),
            Some(Json::String(text)) => match serde_json::from_str(text) {
                Ok(Json::Array(items)) => items,
                _ => fields.texts(name).into_iter().map(Json::String).collect(),
            },
            Some(other) => vec![other.clone()],
            None => return,
        };
        if OTHERS_MAX < items.len() {
            self.warn(name, "has more than 19 numbers: the first were kept");
        }
        for item in items.into_iter().take(OTHERS_MAX) {
            let (number, label) = match &item {
                Json::Object(one) => {
                    let number =
                        ["phone_number", "phone", "number"].iter().find_map(|key| one.get(*key));
                    (number.and_then(as_text), one.get("label").and_then(as_text))
                }
                // A label, and a number.
                Json::Array(pair) => match &pair[..] {
                    [label, number, ..] => (as_text(number), as_text(label)),
                    [number] => (as_text(number), None),
                    [] => (None, None),
                },
                other => (as_text(other), None),
            };
            match number {
                Some(number) => self.others.push((number, label)),
                None => self.warn(name, "has an item without a number: it was left out"),
            }
        }
    }

    fn read_email(&mut self, fields: &Fields) {
        let Some(text) = fields.text("email") else { return };
        match Email::try_from(text.clone()) {
            Ok(email) => self.email = Some(email),
            Err(_) => {
                self.warn("email", format!("is '{}' and no address: it was left out", cut(&text)));
            }
        }
    }

    /// Only a name is taken apart at its last blank; only its parts are put together.
    fn read_names(&mut self, fields: &Fields) {
        let lines = contact::LINE_CHARS_MAX;
        let mut line =
            |name| self.line(fields, name, lines).map(|text| contact::on_one_line(&text));
        let [name, first_name, last_name, company] =
            ["name", "first_name", "last_name", "company_name"].map(&mut line);
        (self.name, self.company) = (name, company);
        (self.profile.first_name, self.profile.last_name) = (first_name, last_name);
        let parts = [self.profile.first_name.as_deref(), self.profile.last_name.as_deref()];
        match (&self.name, parts) {
            (Some(name), [None, None]) => {
                let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
                let part =
                    |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
                (self.profile.first_name, self.profile.last_name) = (part(first), part(last));
            }
            (None, parts) => {
                self.joined_name = join_name(parts);
            }
            (Some(_), _) => {}
        }
    }

    fn read_profile(&mut self, fields: &Fields) {
        let mut profile = std::mem::take(&mut self.profile);
        for (field, value) in profile.fields_mut() {
            let name = match field {
                "first_name" | "last_name" | "date_of_birth" | "timezone" => continue,
                "intake_source" => "source",
                other => other,
            };
            *value = self.line(fields, name, TEXT_CHARS_MAX);
        }
        if let Some(text) = fields.text("date_of_birth") {
            profile.date_of_birth = read_date(&text);
            if profile.date_of_birth.is_none() {
                let text = cut(&text);
                self.warn("date_of_birth", format!("is '{text}' and no date: it was left out"));
            }
        }
        if let Some(text) = fields.text("timezone") {
            if is_zone(&text) {
                profile.timezone = Some(text);
            } else {
                let text = cut(&text);
                self.warn("timezone", format!("is '{text}' and no time zone: it was left out"));
            }
        }
        self.profile = profile;
    }

    fn read_actions(&mut self, fields: &Fields) {
        self.user = self.number(fields, "user_id");
        let ring_group = self.number(fields, "ring_group_id");
        let among = match (
            self.flag(fields, "check_available_users_with_fallback"),
            self.flag(fields, "check_available_users"),
        ) {
            (true, _) => Among::AvailableOrAll,
            (false, true) => Among::Available,
            (false, false) => Among::All,
        };
        if self.flag(fields, "distribute_to_ring_group") {
            self.distribution = Some(Distribution { ring_group, among });
        }
        let place = self.read_place(fields).unwrap_or(Place::Top);
        self.dial = self.flag(fields, "add_to_powerdialer").then_some(place);
        self.sequence = self.number(fields, "sequence_id");
        if self.flag(fields, "force_update_sequence") {
            self.if_elsewhere = IfElsewhere::Leave;
        }
        if self.flag(fields, "force_update") {
            self.update = Update::Replace;
        }
        self.line = self.number(fields, "line_id");
        self.tags = self.numbers(fields, "tag_id");
        self.tag_names = fields.texts("tags");
        if TAG_NAMES_MAX < self.tag_names.len() {
            self.warn("tags", "has more than 20 names: the first were kept");
            self.tag_names.truncate(TAG_NAMES_MAX);
        }
        self.disposition = self.number(fields, "disposition_status_id");
        self.lists = self.numbers(fields, "list_ids");
        self.is_dnc = self.flag(fields, "is_dnc");
    }

    fn read_place(&mut self, fields: &Fields) -> Option<Place> {
        let text = fields.text("powerdialer_position")?;
        match text.to_ascii_lowercase().as_str() {
            "top" => Some(Place::Top),
            "bottom" => Some(Place::Bottom),
            other => {
                let other = cut(other);
                let problem = format!("is '{other}' and neither top nor bottom: it was left out");
                self.warn("powerdialer_position", problem);
                None
            }
        }
    }

    /// What it was read as, for the receipt.
    pub(super) fn normalised(&self) -> Json {
        let phone = self.phone.as_ref();
        json!({
            "phone_number": phone.map(|phone| &phone.e164),
            "phone_valid": phone.map(|phone| phone.is_valid),
            "extension": phone.and_then(|phone| phone.extension.as_deref()),
            "email": self.email.as_ref().map(Email::as_given),
            "name": self.name.as_ref().or(self.joined_name.as_ref()),
            "company_name": self.company,
            "profile": self.profile,
            "force_update": self.update == Update::Replace,
        })
    }

    /// Its further numbers as far as they can be read; the others are warned of.
    pub(super) fn other_numbers(&mut self, region: &str) -> Vec<Number> {
        let mut numbers: Vec<Number> = Vec::new();
        for (text, label) in std::mem::take(&mut self.others) {
            match phone::parse(&text, region) {
                Some(phone) if numbers.iter().all(|known| known.phone != phone.e164) => {
                    let label = label.map(|label| label.chars().take(40).collect());
                    numbers.push(Number { label, ..Number::of(phone) });
                }
                Some(_) => {}
                None => {
                    let problem =
                        format!("has '{}', which is no number: it was left out", cut(&text));
                    self.warn("other_phone_numbers", problem);
                }
            }
        }
        numbers
    }
}

/// Texts that a warning repeats are cut here.
const QUOTED_CHARS_MAX: usize = 40;

fn cut(text: &str) -> String {
    text.chars().take(QUOTED_CHARS_MAX).collect()
}

/// A whole name of its parts, as long as a contact's may be.
pub(super) fn join_name(parts: [Option<&str>; 2]) -> Option<String> {
    let whole: Vec<&str> = parts.into_iter().flatten().collect();
    let whole: String = whole.join(" ").chars().take(contact::LINE_CHARS_MAX).collect();
    Some(whole).filter(|name| !name.is_empty())
}

/// `MM/DD/YYYY`, `MM-DD-YYYY` or `YYYY-MM-DD`, as the last of these.
fn read_date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['/', '-']).collect();
    let [first, second, third] = parts[..] else { return None };
    let number = |text: &str| text.parse::<i16>().ok().filter(|number| 0 < *number);
    let (year, month, day) =
        if first.len() == 4 { (first, second, third) } else { (third, first, second) };
    if year.len() != 4 || 2 < month.len() || 2 < day.len() {
        return None;
    }
    let (month, day) = (i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?);
    Date::new(number(year)?, month, day).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_american_or_iso() {
        assert_eq!(read_date("12/31/1990").as_deref(), Some("1990-12-31"));
        assert_eq!(read_date("1-2-1990").as_deref(), Some("1990-01-02"));
        assert_eq!(read_date("1990-12-31").as_deref(), Some("1990-12-31"));
        for text in ["MM/DD/YYYY", "31/12/1990", "12/31/90", "02/30/1990", "1990", "", "1/1/1/1"] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }
}
