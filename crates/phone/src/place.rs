//! Where a number belongs: country, state, city and time zones, by its longest known prefix.

use std::sync::LazyLock;

use rlibphonenumber::NumberLengthType;

use crate::number::{as_it_stands, digits_of, region_of};
use crate::state;
use crate::table::Table;

/// Prefix to description; one that is a country's own name has the country after a tab.
/// Unpacked at first use, in 2.5 MB.
static GEOGRAPHY: LazyLock<Table> =
    LazyLock::new(|| table(include_bytes!("../data/geography.bin")));
/// Prefix to zones, each with its country: `America/Adak US&America/Anchorage US`.
static ZONES: LazyLock<Table> = LazyLock::new(|| table(include_bytes!("../data/zones.bin")));

/// Of more zones than these no one is a good guess.
const ZONES_GUESSED_MAX: usize = 3;
/// The calling code of North America, which names the state in its descriptions.
const CALLING_CODE_NORTH_AMERICA: i32 = 1;

/// What the prefix of a number says. A mobile number may be anywhere by now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Two letters of ISO 3166, or of the three that the plans add: `AC`, `TA` and `XK`.
    /// `None` for what belongs to no country, such as `+800`.
    pub country: Option<String>,
    /// The postal code of a state or province of the United States or Canada.
    pub state: Option<&'static str>,
    /// A city, or elsewhere than in +1 whatever area the prefix serves, in English.
    pub city: Option<&'static str>,
    /// Names of the time zone database, old ones among them, as the data list them; up to 42.
    pub zones: Vec<&'static str>,
    /// The first of at most [`ZONES_GUESSED_MAX`] zones that lies in `country`.
    own_zone: Option<&'static str>,
}

impl Place {
    /// The zone to go by: the only one; of several that of the account; of at most three the first
    /// in the number's country. `None` leaves it to the account's.
    pub fn zone(&self, account_zone: Option<&str>) -> Option<&'static str> {
        if let [only] = self.zones.as_slice() {
            return Some(only);
        }
        let shared = self.zones.iter().copied().find(|zone| Some(*zone) == account_zone);
        shared.or(self.own_zone)
    }
}

/// What the tables know of `e164`, which need not be a valid number; all blank for other text.
///
/// An invalid number of +1 counts as American, unless its prefix names a Canadian province.
/// A number without its area code, such as `+15550123`, has a country and nothing else, for its
/// first digits are not an area. A prefix that several provinces share gives no state.
pub fn place(e164: &str) -> Place {
    let Some(digits) = digits_of(e164) else { return Place::default() };
    let Some(number) = as_it_stands(digits) else { return Place::default() };
    let mut place = Place { country: region_of(&number), ..Place::default() };
    if number.is_possible_with_reason() == Ok(NumberLengthType::IsPossibleLocalOnly) {
        return place;
    }
    if let Some(description) = GEOGRAPHY.find(digits) {
        place.describe(description, number.country_code);
    }
    if let Some(zones) = ZONES.find(digits) {
        place.list_zones(zones);
    }
    place
}

impl Place {
    fn describe(&mut self, text: &'static str, calling_code: i32) {
        let (description, own_name_of) = match text.split_once('\t') {
            Some((description, country)) => (description, Some(country)),
            None => (text, None),
        };
        let is_north_american = calling_code == CALLING_CODE_NORTH_AMERICA;
        let (state, city) =
            if is_north_american { state_and_city(description) } else { (None, Some(description)) };
        if self.country.as_deref() == Some("US") && state.is_some_and(state::is_canadian) {
            self.country = Some("CA".to_owned());
        }
        let is_own_name = own_name_of.is_some() && own_name_of == self.country.as_deref();
        self.state = state;
        self.city = city.filter(|_| !is_own_name);
    }

    fn list_zones(&mut self, text: &'static str) {
        let listed = || text.split('&').filter_map(|zone| zone.split_once(' '));
        self.zones = listed().map(|(zone, _)| zone).collect();
        if self.zones.len() <= ZONES_GUESSED_MAX {
            let own = listed().find(|(_, country)| Some(*country) == self.country.as_deref());
            self.own_zone = own.map(|(zone, _)| zone);
        }
    }
}

/// `City, ST` is both; the bare name of a state is its code; anything else is a city.
fn state_and_city(description: &'static str) -> (Option<&'static str>, Option<&'static str>) {
    if let Some((city, code)) = description.rsplit_once(", ")
        && state::is_code(code)
    {
        return (Some(code), Some(city));
    }
    if description.split('/').all(|name| state::code(name).is_some()) {
        return (state::code(description), None);
    }
    (None, Some(description))
}

fn table(packed: &[u8]) -> Table {
    // A test reads both tables; one that is broken all the same costs its blanks and no more.
    Table::read(packed).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Country, state, city and zones, blank where nothing is known.
    fn said(e164: &str) -> String {
        let place = place(e164);
        let country = place.country.as_deref().unwrap_or_default();
        let (state, city) = (place.state.unwrap_or_default(), place.city.unwrap_or_default());
        format!("{country}|{state}|{city}|{}", place.zones.join("&"))
    }

    #[test]
    fn both_tables_are_read() {
        assert_eq!(GEOGRAPHY.find("9"), None);
        assert_eq!(GEOGRAPHY.find("61298765432"), Some("Sydney"));
        assert_eq!(ZONES.find("61298765432"), Some("Australia/Sydney AU"));
    }

    #[test]
    fn a_number_has_the_place_of_its_longest_prefix() {
        for (e164, expected) in [
            ("+18181234567", "US|CA||America/Los_Angeles"),
            ("+18187405020", "US|CA||America/Los_Angeles"),
            ("+14155550123", "US|CA|San Francisco|America/Los_Angeles"),
            ("+19075551234", "US|AK||America/Adak&America/Anchorage"),
            ("+61298765432", "AU||Sydney|Australia/Sydney"),
            ("+442079460958", "GB||London|Europe/London"),
            ("+15550123", "US|||"),
            ("+12065550100", "US|WA||America/Los_Angeles"),
            ("+12024561111", "US|DC||America/New_York"),
            ("+14165550123", "CA|ON||America/Toronto"),
            ("+13453231234", "KY|||America/Cayman"),
            ("+352271234", "LU|||Europe/Luxembourg"),
            ("+80012345678", "|||"),
            ("+9991234567", "|||"),
        ] {
            assert_eq!(said(e164), expected, "{e164}");
        }
        assert_eq!(place("+18552562001").zones.len(), 42);
        assert_eq!(said("+18552562001").split_once("|America").unwrap().0, "US||");
        assert_eq!(place("+61551234567").zones.len(), 8);
        // A checking interface, to which a mobile is of no area, would list all eight of Australia.
        assert_eq!(said("+61412345678"), "AU|||Australia/Sydney");
    }

    #[test]
    fn provinces_are_canadian_whether_the_number_is_valid_or_not() {
        assert_eq!(said("+14161234567"), "CA|ON||America/Toronto");
        // One prefix serves three territories, and another two provinces.
        assert_eq!((place("+18671234567").state, place("+18671234567").city), (None, None));
        assert_eq!((place("+17821234567").state, place("+17821234567").city), (None, None));
        assert_eq!(said("+18674561234"), "CA|YT|Whitehorse|America/Vancouver");
    }

    #[test]
    fn what_is_not_e164_has_no_place() {
        for text in [
            "",
            "+",
            "18187405020",
            "+1 818 740 5020",
            "+１８１８７４０５０２０",
            "+1818740502000000",
            "call me",
        ] {
            assert_eq!(place(text), Place::default(), "{text}");
        }
    }

    #[test]
    fn one_of_several_zones_is_chosen() {
        let zone = |e164, account: Option<&str>| place(e164).zone(account);
        // One.
        assert_eq!(zone("+18187405020", Some("Europe/Paris")), Some("America/Los_Angeles"));
        // Two.
        assert_eq!(zone("+19075551234", Some("America/Anchorage")), Some("America/Anchorage"));
        assert_eq!(zone("+19075551234", Some("America/New_York")), Some("America/Adak"));
        // Three, of which the last is in the number's country.
        assert_eq!(zone("+447400123456", None), Some("Europe/London"));
        assert_eq!(zone("+447400123456", Some("Europe/Guernsey")), Some("Europe/Guernsey"));
        // Eight.
        assert_eq!(zone("+61551234567", Some("Australia/Perth")), Some("Australia/Perth"));
        assert_eq!(zone("+61551234567", None), None);
        // 42, and none.
        assert_eq!(zone("+18552562001", Some("America/Denver")), Some("America/Denver"));
        assert_eq!(zone("+18552562001", Some("Europe/Paris")), None);
        assert_eq!(zone("+15550123", Some("Europe/Paris")), None);
    }
}
