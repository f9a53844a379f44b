//! What browsers and programs call themselves.

use media::visit::{Agent, Device};

/// Device, browser and system, and what is said for them; `-` for none.
const AGENTS: &str = include_str!("agents.tsv");
/// With fewer rows something has gone missing.
const ROWS_MIN: usize = 100;

#[test]
fn browsers_and_bots_are_known() {
    let mut row_count = 0;
    for line in AGENTS.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [device, browser, os, text] = columns[..] else { panic!("{line}") };
        let agent = Agent::parse(text);
        let found = [agent.browser.as_deref(), agent.os.as_deref()].map(|name| name.unwrap_or("-"));
        assert_eq!(found, [browser, os], "{text}");
        assert_eq!(agent.device.as_str(), device, "{text}");
        row_count += 1;
    }
    assert!(ROWS_MIN <= row_count, "{row_count}");
    for blank in ["", "  ", "\n"] {
        assert_eq!(Agent::parse(blank), Agent { browser: None, os: None, device: Device::Bot });
    }
}

#[test]
fn a_version_that_was_asked_for_is_told() {
    let os = |text: &str, version| Agent::parse(text).with_platform_version(version).os;
    let chrome = |system: &str| format!("Mozilla/5.0 ({system}) Chrome/138.0.0.0 Safari/537.36");
    let windows = chrome("Windows NT 10.0; Win64; x64");
    assert_eq!(os(&windows, "15.0.0").as_deref(), Some("Windows 11"));
    assert_eq!(os(&windows, "\"10.0.0\"").as_deref(), Some("Windows 10"));
    assert_eq!(os(&windows, "0.3.0").as_deref(), Some("Windows"));
    assert_eq!(os(&windows, "").as_deref(), Some("Windows"));
    let mac = chrome("Macintosh; Intel Mac OS X 10_15_7");
    assert_eq!(os(&mac, "15.5.0").as_deref(), Some("macOS 15.5"));
    assert_eq!(os(&chrome("Linux; Android 10; K"), "16.0.0").as_deref(), Some("Android 16"));
    assert_eq!(os(&chrome("X11; Linux x86_64"), "6.8.0").as_deref(), Some("Linux"));
    assert_eq!(os("curl/8.5.0", "15.0.0"), None);
}

#[test]
fn only_the_first_kilobyte_counts() {
    let late = format!("{}é Chrome/138 (Windows NT 10.0)", "x".repeat(1023));
    assert_eq!(Agent::parse(&late).device, Device::Bot);
}

#[test]
fn a_device_has_a_word() {
    let words = [Device::Desktop, Device::Mobile, Device::Tablet, Device::Bot].map(Device::as_str);
    assert_eq!(words, ["desktop", "mobile", "tablet", "bot"]);
}
