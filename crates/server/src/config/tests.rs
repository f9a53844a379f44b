//! Where a setting comes from, and what is said of one that is wrong.

use expect_test::expect;

use super::{Config, DEFAULTS, LogFormat, Table, from_parts, load_defaults, names, variable_of};

fn variables(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn from_file(text: &str) -> Result<Config, String> {
    from_parts(Some(("my.toml", text)), Vec::new(), &[]).map_err(|error| format!("{error:#}"))
}

fn from_variable(name: &str, text: &str) -> Result<Config, String> {
    from_parts(None, variables(&[(name, text)]), &[]).map_err(|error| format!("{error:#}"))
}

#[test]
fn a_flag_beats_the_environment_that_beats_the_file_that_beats_the_defaults() {
    let defaults = load_defaults();
    assert_eq!(defaults.listen, "127.0.0.1:8080");
    assert_eq!(defaults.data.display().to_string(), "./data");
    let file =
        Some(("my.toml", "listen = \"1.1.1.1:1\"\ndata = \"file\"\n[log]\nlevel = \"debug\""));
    let environment =
        variables(&[("SWITCHBOARD_LISTEN", "2.2.2.2:2"), ("SWITCHBOARD_DATA", "env")]);
    let flags = [("listen", None), ("data", Some("flag".to_owned()))];
    let config = from_parts(file, environment, &flags).unwrap();
    assert_eq!(config.data.display().to_string(), "flag");
    assert_eq!(config.listen, "2.2.2.2:2");
    assert_eq!(config.log.level, "debug");
    assert_eq!(config.log.format, LogFormat::Auto);
}

#[test]
fn each_setting_has_a_variable() {
    let table: Table = toml::from_str(DEFAULTS).unwrap();
    for name in names(&table, "") {
        let text = match name.as_str() {
            "http.trusted_proxies" | "outbound.allow" => "10.0.0.0/8, 127.0.0.1/32",
            "log.format" => "json",
            "aloware.duplicate_policy" => "reject_400",
            "tls.acme_domains" => "a.example, b.example",
            "leads.recipients" => "a@example.com, b@example.com",
            "locale.region" => "GB",
            "locale.timezone" => "Europe/London",
            "log.level"
            | "listen"
            | "data"
            | "database_url"
            | "secret_key"
            | "database.ca_file"
            | "outbound.ca_file"
            | "tls.listen"
            | "tls.certificate_file"
            | "tls.key_file"
            | "tls.acme_contact"
            | "tls.acme_directory"
            | "tls.acme_ca_file"
            | "visitors.geoip_file" => "x",
            "visitors.addresses_keep_days" => "8",
            "public_url" => "https://chat.example.com",
            "sign_in.idle_days" => "3",
            "sign_in.login_days" => "4",
            "http.metrics_open" | "ora.zapier_open" | "leads.returning_is_new" => "true",
            "http.https_redirect" | "rate_limits.enforce" => "false",
            _ => "7",
        };
        let config = from_variable(&variable_of(&name), text);
        let shown = config.unwrap_or_else(|error| panic!("{name}: {error}")).show().unwrap();
        assert_ne!(shown, load_defaults().show().unwrap(), "{name}");
    }
    let config = from_variable("SWITCHBOARD_HTTP_TRUSTED_PROXIES", "10.0.0.0/8,::1/128").unwrap();
    assert_eq!(config.http.trusted_proxies.len(), 2);
}

#[test]
fn what_is_unknown_is_told_the_nearest() {
    let told = [
        from_file("lisen = \"x\"").unwrap_err(),
        from_file("[http]\nmetrics_opn = true").unwrap_err(),
        from_file("[plans.fre]\nburst = 1").unwrap_err(),
        from_file("[htp]\nmetrics_open = true").unwrap_err(),
        from_variable("SWITCHBOARD_LISTN", "x").unwrap_err(),
        from_variable("SWITCHBOARD_HTTP_METRIC_OPEN", "x").unwrap_err(),
    ];
    expect![[r#"
        the file of settings 'my.toml': 'lisen' is no setting: did you mean 'listen'?
        the file of settings 'my.toml': 'http.metrics_opn' is no setting: did you mean 'http.metrics_open'?
        the file of settings 'my.toml': 'plans.fre' is no setting: did you mean 'plans.free'?
        the file of settings 'my.toml': 'htp' is no setting: did you mean 'http'?
        the variable SWITCHBOARD_LISTN is no setting: did you mean 'SWITCHBOARD_LISTEN'?
        the variable SWITCHBOARD_HTTP_METRIC_OPEN is no setting: did you mean 'SWITCHBOARD_HTTP_METRICS_OPEN'?
    "#]].assert_eq(&(told.join("\n") + "\n"));
}

#[test]
fn what_has_the_wrong_type_is_told_the_right_one() {
    let told = [
        from_file("listen = 8080").unwrap_err(),
        from_file("listen 8080").unwrap_err(),
        from_file("[http]\nconnections_max = \"many\"").unwrap_err(),
        from_file("http = 7").unwrap_err(),
        from_file("[http]\ntrusted_proxies = [\"10.0.0.0\"]").unwrap_err(),
        from_file("[log]\nformat = \"xml\"").unwrap_err(),
        from_file("[plans.free]\nburst = 0").unwrap_err(),
        from_file("[database]\nreaders = 0").unwrap_err(),
        from_file("[http]\nheader_timeout_s = -1").unwrap_err(),
        from_variable("SWITCHBOARD_HTTP_CONNECTIONS_MAX", "many").unwrap_err(),
        from_variable("SWITCHBOARD_RATE_LIMITS_ENFORCE", "yes").unwrap_err(),
        from_variable("SWITCHBOARD_HTTP_TRUSTED_PROXIES", "everyone").unwrap_err(),
        from_variable("SWITCHBOARD_EVENTS_KEEP_DAYS", "0").unwrap_err(),
    ];
    expect![[r#"
        the file of settings 'my.toml': 'listen' must be a text in quotes
        the file of settings 'my.toml': TOML parse error at line 1, column 8
          |
        1 | listen 8080
          |        ^
        key with no value, expected `=`

        the file of settings 'my.toml': 'http.connections_max' must be a whole number
        the file of settings 'my.toml': 'http' must be a section
        the settings: invalid IP address syntax
        in `http.trusted_proxies`

        the settings: unknown variant `xml`, expected one of `auto`, `human`, `json`
        in `log.format`

        every plan must allow at least 1 request: see 'plans' in the settings
        'database.readers' must be 1 to 64
        the settings: invalid value: integer `-1`, expected u64
        in `http.header_timeout_s`

        the variable SWITCHBOARD_HTTP_CONNECTIONS_MAX: must be a whole number: invalid digit found in string
        the variable SWITCHBOARD_RATE_LIMITS_ENFORCE: must be true or false: provided string was not `true` or `false`
        the settings: invalid IP address syntax
        in `http.trusted_proxies`

        'events.keep_days' must be 1 to 36500
    "#]].assert_eq(&(told.join("\n") + "\n"));
}

#[test]
fn secrets_are_not_shown() {
    let file = "database_url = \"postgres://u:hunter2@h/d\"\nsecret_key = \"hunter3\"";
    let config = from_file(file).unwrap();
    assert_eq!(config.database_url.0, "postgres://u:hunter2@h/d");
    let (shown, debugged) = (config.show().unwrap(), format!("{config:?}"));
    assert!(!shown.contains("hunter") && !debugged.contains("hunter"), "{shown}");
    assert!(shown.contains("database_url = \"(hidden)\""), "{shown}");
    assert!(load_defaults().show().unwrap().contains("database_url = \"\""));
}

#[test]
fn what_is_shown_can_be_read_again() {
    let shown = load_defaults().show().unwrap();
    assert_eq!(from_file(&shown).unwrap().show().unwrap(), shown);
}

#[test]
fn a_wrong_secret_is_not_repeated_in_the_complaint() {
    for file in ["secret_key = [\"hunter2\"]", "secret_key = 12345678"] {
        let told = from_file(file).unwrap_err();
        assert!(!told.contains("hunter2") && !told.contains("12345678"), "{told}");
    }
}

#[test]
fn what_a_door_cannot_be_set_to_is_refused_at_the_start() {
    for (name, text, wanted) in [
        ("SWITCHBOARD_ALOWARE_PER_MINUTE", "-1", "at least 1"),
        ("SWITCHBOARD_ORA_PUBLIC_PER_MINUTE", "0", "at least 1"),
        ("SWITCHBOARD_ORA_KEY_PER_MINUTE", "0", "at least 1"),
        ("SWITCHBOARD_LOCALE_REGION", "XX", "two letters"),
        ("SWITCHBOARD_LOCALE_TIMEZONE", "Mars/Olympus", "IANA"),
        ("SWITCHBOARD_LEADS_RECIPIENTS", "nobody", "no e-mail address"),
        ("SWITCHBOARD_LEADS_RECEIPTS_KEEP_DAYS", "0", "1 to 36500"),
    ] {
        let told = from_variable(name, text).unwrap_err().to_string();
        assert!(told.contains(wanted), "{name}: {told}");
    }
}
