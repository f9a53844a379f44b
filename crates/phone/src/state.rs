//! The states, territories and provinces of the United States and Canada.

/// Name and postal code. Where the data of the prefixes have a spelling of their own, it is here too.
const UNITED_STATES: &[(&str, &str)] = &[
    ("Alabama", "AL"),
    ("Alaska", "AK"),
    ("American Samoa", "AS"),
    ("Arizona", "AZ"),
    ("Arkansas", "AR"),
    ("California", "CA"),
    ("Colorado", "CO"),
    ("Connecticut", "CT"),
    ("Delaware", "DE"),
    ("Florida", "FL"),
    ("Georgia", "GA"),
    ("Guam", "GU"),
    ("Hawaii", "HI"),
    ("Idaho", "ID"),
    ("Illinois", "IL"),
    ("Indiana", "IN"),
    ("Iowa", "IA"),
    ("Kansas", "KS"),
    ("Kentucky", "KY"),
    ("Louisiana", "LA"),
    ("Maine", "ME"),
    ("Maryland", "MD"),
    ("Massachusetts", "MA"),
    ("Michigan", "MI"),
    ("Minnesota", "MN"),
    ("Mississippi", "MS"),
    ("Missouri", "MO"),
    ("Montana", "MT"),
    ("Nebraska", "NE"),
    ("Nevada", "NV"),
    ("New Hampshire", "NH"),
    ("New Jersey", "NJ"),
    ("New Mexico", "NM"),
    ("New York", "NY"),
    ("North Carolina", "NC"),
    ("North Dakota", "ND"),
    ("Northern Mariana Islands", "MP"),
    ("Ohio", "OH"),
    ("Oklahoma", "OK"),
    ("Oregon", "OR"),
    ("Pennsylvania", "PA"),
    ("Puerto Rico", "PR"),
    ("Rhode Island", "RI"),
    ("South Carolina", "SC"),
    ("South Dakota", "SD"),
    ("Tennessee", "TN"),
    ("Texas", "TX"),
    ("U.S. Virgin Islands", "VI"),
    ("Utah", "UT"),
    ("Vermont", "VT"),
    ("Virginia", "VA"),
    ("Washington", "WA"),
    ("Washington D.C.", "DC"),
    ("Washington State", "WA"),
    ("West Virginia", "WV"),
    ("Wisconsin", "WI"),
    ("Wyoming", "WY"),
];

/// As above.
const CANADA: &[(&str, &str)] = &[
    ("Alberta", "AB"),
    ("British Colombia", "BC"),
    ("British Columbia", "BC"),
    ("Manitoba", "MB"),
    ("New Brunswick", "NB"),
    ("Newfoundland and Labrador", "NL"),
    ("Northwest Territories", "NT"),
    ("Nova Scotia", "NS"),
    ("Nunavut", "NU"),
    ("Ontario", "ON"),
    ("Prince Edward Island", "PE"),
    ("Quebec", "QC"),
    ("Saskatchewan", "SK"),
    ("Yukon", "YT"),
];

/// The postal code of the state or province that is called `name`.
pub fn code(name: &str) -> Option<&'static str> {
    all().find(|(full, _)| *full == name).map(|(_, code)| code)
}

/// Whether `code` is the postal code of a state or province.
pub fn is_code(code: &str) -> bool {
    all().any(|(_, known)| known == code)
}

/// Whether `code` is the postal code of a province of Canada. No state has the code of a province.
pub fn is_canadian(code: &str) -> bool {
    CANADA.iter().any(|(_, known)| *known == code)
}

fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    UNITED_STATES.iter().chain(CANADA).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_state_territory_and_province_is_known() {
        let codes = |table: &[(&str, &'static str)]| -> BTreeSet<&str> {
            table.iter().map(|(_, code)| *code).collect()
        };
        // Fifty states, the district and five territories; ten provinces and three territories.
        assert_eq!((codes(UNITED_STATES).len(), codes(CANADA).len()), (56, 13));
        assert!(codes(UNITED_STATES).is_disjoint(&codes(CANADA)));
        assert_eq!(code("Washington State"), Some("WA"));
        assert_eq!(code("Quebec"), Some("QC"));
        assert!(is_code("ON") && is_canadian("ON") && !is_canadian("CA") && !is_code("London"));
    }
}
