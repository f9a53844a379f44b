//! What a `User-Agent` says: the browser, the system, and what is held in the hand.

use super::bot::is_bot;

/// Who browses, as far as the `User-Agent` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Name and main version: `Chrome 138`, `Instagram 312`. Browsers that take care to look like
    /// another one, as Brave does, are that other one. `None` for a bot and for the unknown.
    pub browser: Option<String>,
    /// `Windows`, `macOS`, `iOS 18.1`, `iPadOS 17.5`, `Android 15`, `Linux`, …; with the version
    /// only where it is true: browsers have frozen the ones of Windows 10 and 11, of macOS, and
    /// Chrome those of Android. [`Agent::with_platform_version`] can add it. `None` for a bot and
    /// for the unknown.
    pub os: Option<String>,
    /// What the page is seen on, if anybody sees it.
    pub device: Device,
}

/// What a page is seen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// A computer, a television, and the iPad, which says that it is a Mac unless asked not to.
    Desktop,
    /// A telephone.
    Mobile,
    /// A tablet that says so.
    Tablet,
    /// A program that nobody sits before: crawlers, previews of links, monitors, command lines, and
    /// whatever names neither a browser nor a system.
    Bot,
}

/// No browser says more about itself.
const USER_AGENT_BYTES_MAX: usize = 1024;
/// Digits of a version that somebody may have.
const VERSION_DIGITS_MAX: usize = 4;
/// What comes before a version, and whose it is. The first that is found counts, so those that name
/// others too come first.
const BROWSERS: [(&str, &str); 42] = [
    // Apps that show pages.
    ("Instagram ", "Instagram"),
    ("FBAN/MessengerForiOS;FBAV/", "Messenger"),
    ("FBAN/MessengerLiteForiOS;FBAV/", "Messenger"),
    ("FB_IAB/Orca-Android;FBAV/", "Messenger"),
    ("FBAV/", "Facebook"),
    ("FBAN/", "Facebook"),
    ("LinkedInApp/", "LinkedIn"),
    ("LinkedInApp", "LinkedIn"),
    ("Snapchat/", "Snapchat"),
    ("Pinterest/", "Pinterest"),
    ("musical_ly_", "TikTok"),
    ("trill_", "TikTok"),
    ("BytedanceWebview/", "TikTok"),
    ("MicroMessenger/", "WeChat"),
    ("Line/", "LINE"),
    ("GSA/", "Google app"),
    // Browsers of their own name.
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPX/", "Opera"),
    ("Opera Mini/", "Opera Mini"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("Brave/", "Brave"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex"),
    ("UCBrowser/", "UC Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("Whale/", "Whale"),
    ("Silk/", "Silk"),
    // And those that others look like.
    ("CriOS/", "Chrome"),
    ("FxiOS/", "Firefox"),
    ("Focus/", "Firefox Focus"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("MSIE ", "Internet Explorer"),
];
/// What Windows NT is called by those who buy it. 10.0 is 11 too.
const WINDOWS: [(&str, &str); 6] = [
    ("6.3", "Windows 8.1"),
    ("6.2", "Windows 8"),
    ("6.1", "Windows 7"),
    ("6.0", "Windows Vista"),
    ("5.2", "Windows XP"),
    ("5.1", "Windows XP"),
];
/// Systems without a version worth telling; the first that is found counts.
const SYSTEMS: [(&str, &str); 15] = [
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Tizen", "Tizen"),
    ("Web0S", "webOS"),
    ("webOS", "webOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Ubuntu", "Ubuntu"),
    ("Fedora", "Fedora"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
    ("X11", "Linux"),
];
/// Since Safari 26 it says that the system is 18, and its own version is that of the system.
const SAFARI_FREEZING: u32 = 26;
/// The model that Chrome names instead of every telephone, with version 10 of every Android.
const ANDROID_FROZEN: [&str; 2] = ["Android 10; K)", "Android 10; K;"];

impl Agent {
    /// What `user_agent` says, in its first kilobyte. Empty is [`Device::Bot`].
    pub fn parse(user_agent: &str) -> Self {
        let end = user_agent.floor_char_boundary(USER_AGENT_BYTES_MAX);
        let text = user_agent.get(..end).unwrap_or_default();
        let (browser, os) = (browser(text), os(text));
        if is_bot(text) || (browser.is_none() && os.is_none()) {
            return Self { browser: None, os: None, device: Device::Bot };
        }
        Self { browser, os, device: device(text) }
    }

    /// The same with the version of the system that a browser tells when a page asks for it, the
    /// `platformVersion` of client hints: `15.0.0` on Windows is `Windows 11`. What is no version,
    /// and a system that has none to tell, leave it as it is.
    #[must_use]
    pub fn with_platform_version(mut self, version: &str) -> Self {
        let version = version.trim().trim_matches('"');
        let Some(major) = number(version) else { return self };
        self.os = match self.os.as_deref() {
            Some("Windows") if 13 <= major => Some("Windows 11".to_owned()),
            Some("Windows") if 1 <= major => Some("Windows 10".to_owned()),
            Some(name @ ("macOS" | "Android")) if 1 <= major => {
                Some(named(name, short_version(version, '.')))
            }
            _ => self.os,
        };
        self
    }
}

impl Device {
    /// The word to store: `desktop`, `mobile`, `tablet` or `bot`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
            Self::Bot => "bot",
        }
    }
}

fn browser(text: &str) -> Option<String> {
    let known = BROWSERS.iter().find_map(|(token, name)| Some((after(text, token)?, *name)));
    let (version, name) = known.or_else(|| older(text))?;
    Some(named(name, number(version).map(|number| number.to_string())))
}

/// Browsers that have their version elsewhere than behind their name.
fn older(text: &str) -> Option<(&str, &'static str)> {
    let version = || after(text, "Version/");
    if let Some(own) = after(text, "Opera/") {
        Some((version().unwrap_or(own), "Opera"))
    } else if after(text, "Trident/").is_some() {
        Some((after(text, "rv:").unwrap_or_default(), "Internet Explorer"))
    } else if after(text, "Safari/").is_some() && after(text, "Android").is_some() {
        Some((version()?, "Android Browser"))
    } else if after(text, "Safari/").is_some() {
        Some((version()?, "Safari"))
    } else {
        None
    }
}

fn os(text: &str) -> Option<String> {
    if after(text, "Windows Phone").is_some() {
        return Some("Windows Phone".to_owned());
    }
    if let Some(version) = after(text, "Windows NT ") {
        let known = WINDOWS.iter().find(|(nt, _)| version.starts_with(nt));
        return Some(known.map_or("Windows", |(_, name)| *name).to_owned());
    }
    for (mark, name) in [("iPad", "iPadOS"), ("iPhone", "iOS"), ("iPod", "iOS")] {
        if after(text, mark).is_some() {
            return Some(named(name, ios_version(text)));
        }
    }
    if let Some(version) = after(text, "KAIOS/") {
        return Some(named("KaiOS", short_version(version, '.')));
    }
    if let Some(version) = after(text, "Android").filter(|_| after(text, "Tizen").is_none()) {
        let is_true = !ANDROID_FROZEN.iter().any(|frozen| text.contains(frozen));
        let version = short_version(version.trim_start(), '.').filter(|_| is_true);
        return Some(named("Android", version));
    }
    let known = SYSTEMS.iter().find(|(mark, _)| after(text, mark).is_some());
    known.map(|(_, name)| (*name).to_owned())
}

fn ios_version(text: &str) -> Option<String> {
    let said = after(text, "iPhone OS ").or_else(|| after(text, "CPU OS "));
    let safari = after(text, "Version/");
    let is_frozen = safari.and_then(number).is_some_and(|number| SAFARI_FREEZING <= number);
    match safari.filter(|_| is_frozen) {
        Some(version) => short_version(version, '.'),
        None => said.and_then(|said| short_version(said, '_')),
    }
}

fn device(text: &str) -> Device {
    let has = |mark: &str| after(text, mark).is_some();
    let is_android = has("Android");
    let is_phone = has("Mobile") || has("Opera Mini");
    if has("Windows NT") || has("SMART-TV") || has("Web0S") || has("Android TV") {
        Device::Desktop
    } else if has("iPad") || has("Tablet") || has("Kindle") || (is_android && !is_phone) {
        Device::Tablet
    } else if is_android || is_phone || has("iPhone") || has("iPod") || has("Phone") {
        Device::Mobile
    } else {
        Device::Desktop
    }
}

/// What follows `token` where it is not the end of a longer word.
fn after<'a>(text: &'a str, token: &str) -> Option<&'a str> {
    let mut pieces = text.match_indices(token);
    pieces.find_map(|(at, _)| {
        let is_word = |c: char| c.is_ascii_alphanumeric();
        let (head, tail) = text.split_at_checked(at)?;
        if head.ends_with(is_word) { None } else { tail.strip_prefix(token) }
    })
}

/// The number that `text` begins with, if it is one of a version.
fn number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end).filter(|digits| digits.len() <= VERSION_DIGITS_MAX)?.parse().ok()
}

/// The version that `text` begins with, without what is zero: `18_1_1` is `18.1`, `17_0` is `17`.
fn short_version(text: &str, separator: char) -> Option<String> {
    let major = number(text)?;
    let minor = text.split_once(separator).filter(|(head, _)| head.parse() == Ok(major));
    match minor.and_then(|(_, tail)| number(tail)) {
        None | Some(0) => Some(major.to_string()),
        Some(minor) => Some(format!("{major}.{minor}")),
    }
}

fn named(name: &str, version: Option<String>) -> String {
    version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}
