//! What browsers say, as they say it, and that no text brings this crate down.

mod agents;
mod any;

use any::Any;
use media::visit::{Agent, Utm, clean_url, language, referrer_host};

const TEXTS: usize = 20_000;
const URL_BYTES_MAX: usize = 2_000;

fn clean(url: &str) -> Option<String> {
    clean_url(url, &["page", "q"])
}

#[test]
fn an_address_keeps_the_page_and_the_campaign() {
    for (url, kept) in [
        ("https://Example.com", "https://example.com/"),
        ("HTTPS://www.example.com:443/A/b?x=1#top", "https://www.example.com/A/b"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com:8080/?page=2", "http://example.com:8080/?page=2"),
        ("https://ada:secret@example.com/a", "https://example.com/a"),
        ("https://a@b.c:x@example.com/", "https://example.com/"),
        (
            " https://example.com/a?utm_source=x&gclid=abc&fbclid=def&page=3&page2=4 ",
            "https://example.com/a?utm_source=x&page=3",
        ),
        ("https://example.com/?UTM_Source=X&Page=1", "https://example.com/?UTM_Source=X"),
        ("https://example.com/?utm%5Fid=7", "https://example.com/?utm%5Fid=7"),
        ("https://example.com/?&&=&utm_medium=&q", "https://example.com/?utm_medium=&q"),
        ("https://app.example.com/#/inbox/7", "https://app.example.com/#/inbox/7"),
        (
            "https://app.example.com/x?q=1#!/a?page=1&token=2",
            "https://app.example.com/x?q=1#!/a?page=1",
        ),
        ("https://example.com/#access_token=abc", "https://example.com/"),
        ("https://example.com\\a\\b", "https://example.com/a/b"),
        ("https://example.com/a\"><script>", "https://example.com/a%22%3E%3Cscript%3E"),
        ("https://example.com/100%/写真", "https://example.com/100%25/%E5%86%99%E7%9C%9F"),
        ("https://bücher.example/", "https://bücher.example/"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://example.com/@ada/package@1.2.3", "https://example.com/@ada/package@1.2.3"),
        (
            "https://example.com/how-to-answer-more-leads-in-2026/",
            "https://example.com/how-to-answer-more-leads-in-2026/",
        ),
        (
            "https://example.com/?utm_campaign=spring_sale_2026-retargeting-fy26q3-au",
            "https://example.com/?utm_campaign=spring_sale_2026-retargeting-fy26q3-au",
        ),
        (
            "https://example.com/?utm_term=buy+red+shoes+online+cheap+today",
            "https://example.com/?utm_term=buy+red+shoes+online+cheap+today",
        ),
    ] {
        assert_eq!(clean(url).as_deref(), Some(kept), "{url}");
        assert_eq!(clean(kept).as_deref(), Some(kept), "{url}: twice is as once");
    }
}

#[test]
fn an_address_of_no_page_is_refused() {
    for url in [
        "",
        "example.com",
        "/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.com/",
        "file:///etc/passwd",
        "android-app://com.google.android.gm/",
        "https://",
        "https:///a",
        "https://?a",
        "https://a b/",
        "https://a/\u{0}",
        "https://a/b c",
        "https://a:x/",
        "https://a:70000/",
        "https://%61/",
        "https://<b>/",
        "https://[]/",
        "https://[x]/",
        "https://ada@/",
    ] {
        assert_eq!(clean(url), None, "{url}");
    }
    assert_eq!(clean(&format!("https://a.b/{}", "a".repeat(URL_BYTES_MAX))), None);
}

#[test]
fn what_tells_a_person_goes_however_it_is_written() {
    for secret in [
        "a@b.c",
        "a%40b.c",
        "a%2540b.c",
        "a%252540b.c",
        "ada+news@mail.example.com",
        "%61%64%61%40example%2ecom",
        "mailto:ada@example.com",
        "x,ada.lovelace%40example.co.uk,y",
        "0123456789abcdef01234567",
        "0123456789ABCDEF0123456789ABCDEF",
        "dGhpcyBpcyBhIHNlY3JldCB0b2tlbg==",
        "dGhpcyBpcyBhIHNlY3JldCB0b2tlbg%3D%3D",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123",
        "550e8400-e29b-41d4-a716-446655440000",
        "kJ8s-Lq2_9xZv-Tt4Wm1-aB3dE",
        "EAIaIQobChMI7Z-Kx5bX_gIVh5hmAh0",
    ] {
        for name in ["page", "q", "utm_source", "utm_content"] {
            let url = format!("https://example.com/a?{name}={secret}&utm_medium=x");
            let kept = "https://example.com/a?utm_medium=x";
            assert_eq!(clean(&url).as_deref(), Some(kept), "{url}");
        }
        assert_eq!(Utm::of(&format!("https://example.com/?utm_term={secret}")), Utm::default());
    }
    let by_name = "https://example.com/?utm_ada%40example.com=1&utm_0123456789abcdef01234567=1";
    assert_eq!(clean(by_name).as_deref(), Some("https://example.com/"));
    for (path, kept) in [
        ("/unsubscribe/ada@example.com", "/unsubscribe/redacted"),
        ("/u/ada%40example.com/x", "/u/redacted/x"),
        ("/reset/0123456789abcdef0123456789abcdef", "/reset/redacted"),
        ("/a;jsessionid=0123456789ABCDEF0123456789ABCDEF", "/redacted"),
        ("/#/reset/0123456789abcdef0123456789abcdef?q=ada@example.com", "/#/reset/redacted"),
        ("/donaudampfschifffahrtsgesellschaft", "/donaudampfschifffahrtsgesellschaft"),
    ] {
        let url = format!("https://example.com{path}");
        assert_eq!(clean(&url), Some(format!("https://example.com{kept}")), "{url}");
    }
}

#[test]
fn an_address_has_an_end() {
    let words = "word-".repeat(250);
    let url = format!("https://a.b/?utm_term={words}&q={words}#/route?page=1");
    let kept = format!("https://a.b/?utm_term={words}#/route?page=1");
    assert_eq!(clean(&url), Some(kept));
    let url = format!("https://a.b/?utm_term={words}#/{words}");
    assert_eq!(clean(&url), Some(format!("https://a.b/?utm_term={words}")));
    assert_eq!(clean(&format!("https://a.b/?q={}", "a-".repeat(20_000))), None);
}

#[test]
fn a_campaign_is_read() {
    let utm = Utm::of(
        "https://a.b/x?utm_source=News+Letter&UTM_MEDIUM=e%2Dmail&utm_campaign=%20&utm_campaign=\
         Fr%C3%BChling%0A&utm_term=a%2Bb&utm_content=&utm_id=7#utm_content=no",
    );
    assert_eq!(utm.source.as_deref(), Some("News Letter"));
    assert_eq!(utm.medium.as_deref(), Some("e-mail"));
    assert_eq!(utm.campaign.as_deref(), Some("Frühling"));
    assert_eq!(utm.term.as_deref(), Some("a+b"));
    assert_eq!(utm.content, None);
    assert!(!utm.is_empty());
    assert!(Utm::of("https://a.b/?q=1").is_empty());
    assert!(Utm::of("no address?utm_source=x").is_empty());
    let long = Utm::of(&format!("https://a.b/?utm_source={}", "%C3%A9-".repeat(300)));
    assert_eq!(long.source.map(|source| source.chars().count()), Some(200));
}

#[test]
fn a_referrer_is_another_host() {
    let page = "https://www.example.com/a";
    for (referrer, host) in [
        ("https://www.google.com/", Some("google.com")),
        ("https://News.Example.org:8443/x?y", Some("news.example.org")),
        ("http://blog.example.com/", Some("blog.example.com")),
        ("https://example.com./", None),
        ("https://example.com/", None),
        ("http://WWW.EXAMPLE.COM:80/b", None),
        ("android-app://com.google.android.gm/", None),
        ("", None),
        ("about:blank", None),
    ] {
        assert_eq!(referrer_host(referrer, page).as_deref(), host, "{referrer}");
    }
    assert_eq!(referrer_host("https://a.b/", "").as_deref(), Some("a.b"));
}

#[test]
fn a_language_has_its_usual_spelling() {
    for (text, tag) in [
        ("en", "en"),
        ("EN-au", "en-AU"),
        ("en_AU.UTF-8", "en-AU"),
        ("de_DE@euro", "de-DE"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("sr-Latn", "sr-Latn"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH-1996"),
        ("sl-rozaj-biske-1994", "sl-rozaj-biske-1994"),
        ("en-US-u-ca-gregory", "en-US"),
        ("en-US-x-twain", "en-US"),
        ("fil", "fil"),
        ("en-AU,en;q=0.9", "en-AU"),
        ("en;q=0.5, fr-CA;q=0.8, *;q=0.1", "fr-CA"),
        ("*, de", "de"),
        ("fr;q=0, en", "en"),
        ("fr; q=0.001,en;q=0.01", "en"),
        ("pt-BR;level=1", "pt-BR"),
        ("en--AU", "en"),
        ("en-AU-Latn", "en-AU"),
        ("de-abcdefgh-bcdefghi-cdefghij-defghijk", "de-abcdefgh-bcdefghi-cdefghij"),
    ] {
        assert_eq!(language(text).as_deref(), Some(tag), "{text}");
    }
    for text in ["", "*", "C", "POSIX", "e", "english", "12", "-", ",,;", "fr;q=0", "日本", "e n"]
    {
        assert_eq!(language(text), None, "{text}");
    }
}

#[test]
fn no_text_panics() {
    let mut any = Any(3);
    for _ in 0..TEXTS {
        let text = any.text();
        let url = format!("https://example.com/{text}");
        for url in [text.as_str(), &url] {
            if let Some(clean) = clean_url(url, &["q"]) {
                assert!(clean.len() <= URL_BYTES_MAX && !clean.contains(['"', '<', ' ']), "{url}");
                assert_eq!(clean_url(&clean, &["q"]), Some(clean), "{url}");
            }
            let utm = Utm::of(url);
            assert!(utm.source.is_none_or(|source| source.chars().count() <= 200));
            let host = referrer_host(url, "https://example.org");
            assert!(host.is_none_or(|host| host.len() <= 253));
        }
        if let Some(tag) = language(&text) {
            assert!(tag.len() <= 35, "{text}");
            assert_eq!(language(&tag), Some(tag), "{text}");
        }
        let agent = Agent::parse(&text).with_platform_version(&text);
        let is_short = |text: Option<String>| text.is_none_or(|text| text.len() < 40);
        assert!(is_short(agent.browser) && is_short(agent.os), "{text}");
    }
}
