//! Programs that fetch pages without anybody before them.

/// Parts of what programs call themselves, in lower case.
const NAMES: [&str; 61] = [
    // Search engines and their tools.
    "crawler",
    "spider",
    "slurp",
    "mediapartners-google",
    "google-inspectiontool",
    "googleother",
    "google-read-aloud",
    "google-site-verification",
    "google favicon",
    "feedfetcher",
    "bingpreview",
    "yandeximages",
    "ia_archiver",
    "archiver",
    // Browsers that nobody sits before.
    "headlesschrome",
    "headlessshell",
    "lighthouse",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
    "cypress",
    "slimerjs",
    "ptst/",
    "pagespeed",
    "gtmetrix",
    "screenshot",
    // Previews of links.
    "facebookexternalhit",
    "facebookcatalog",
    "meta-externalagent",
    "meta-externalfetcher",
    "skypeuripreview",
    "snap url preview",
    "embedly",
    "iframely",
    "vkshare",
    "link preview",
    // Assistants.
    "chatgpt-user",
    "perplexity-user",
    "claude-user",
    "cohere-ai",
    // Monitors.
    "pingdom",
    "site24x7",
    "statuscake",
    "kube-probe",
    "healthcheck",
    "monitoring",
    // Libraries and command lines.
    "curl/",
    "wget",
    "python",
    "aiohttp",
    "httpx",
    "http-client",
    "httpclient",
    "okhttp",
    "libwww",
    "scrapy",
    "axios/",
    "node-fetch",
    "postman",
    "insomnia",
];
/// A word that ends so is a bot's name, but for the maker of telephones.
const ENDING: &str = "bot";
const TELEPHONES: &str = "cubot";
/// Beginnings of programs whose names are in the midst of browsers' too.
const BEGINNINGS: [&str; 6] = ["whatsapp/", "java/", "ruby", "php/", "undici", "node"];

/// Whether a program says that it is one. An address of a page that explains it says so as well.
pub fn is_bot(user_agent: &str) -> bool {
    let text = user_agent.trim().to_ascii_lowercase();
    let is_bots = |word: &str| word.ends_with(ENDING) && word != TELEPHONES;
    text.is_empty()
        || text.contains("http://")
        || text.contains("https://")
        || NAMES.iter().any(|name| text.contains(name))
        || BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        || text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_bots)
}
