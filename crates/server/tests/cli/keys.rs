//! Credentials, workspaces and operators from the command line.

use super::Home;

#[test]
fn a_new_key_is_printed_alone() {
    let home = Home::new();
    for (kind, prefix) in [("platform", "sk_live_"), ("partner", "ora_live_")] {
        let printed = home.ok(&["key", "create", "--kind", kind]);
        let secret = printed.strip_suffix('\n').unwrap();
        let letters = secret.strip_prefix(prefix).unwrap_or_else(|| panic!("{secret}"));
        assert!(letters.len() == 43 && letters.chars().all(char::is_alphanumeric), "{secret}");
    }
}

#[test]
fn keys_are_listed_without_their_secrets_and_revoked_by_id() {
    let home = Home::new();
    let secret = home.ok(&[
        "key",
        "create",
        "--kind",
        "platform",
        "--level",
        "read",
        "--plan",
        "basic",
        "--name",
        "for reports",
    ]);
    let list = home.ok(&["key", "list"]);
    assert_eq!(list.lines().count(), 1);
    assert!(!list.contains(secret.trim()), "{list}");
    for word in ["platform", "read", "basic", "valid", "never used", "for reports", "sk_live_…"] {
        assert!(list.contains(word), "{word}: {list}");
    }
    let id = list.split_whitespace().next().unwrap();
    assert!(id.starts_with("key_"), "{list}");
    assert_eq!(home.ok(&["key", "revoke", id]), format!("{id} opens nothing any more.\n"));
    // Twice is once.
    home.ok(&["key", "revoke", id]);
    assert!(home.ok(&["key", "list"]).contains("revoked"));
    let told = home.fails(&["key", "revoke", "key_01kf3q8z5t7w9y2b4d6f8h0jkm"]);
    assert!(told.contains("There is no such key"), "{told}");
    assert!(home.fails(&["key", "revoke", "con_x"]).contains("There is no such key"));
}

#[test]
fn an_intake_token_belongs_to_an_operator() {
    let home = Home::new();
    let told = home.fails(&["key", "create", "--kind", "intake"]);
    assert!(told.contains("--operator op_…"), "{told}");
    let operator = home.ok(&["admin", "create", "--email", "ada@example.com", "--name", "Ada"]);
    let operator = operator.trim_end();
    assert!(operator.starts_with("op_"), "{operator}");
    let token = home.ok(&["key", "create", "--kind", "intake", "--operator", operator]);
    assert!(token.starts_with("in_live_"), "{token}");
    let address = ["key", "create", "--kind", "intake", "--operator", "ADA@example.com"];
    assert!(home.ok(&address).starts_with("in_live_"));
    let mut taken = address.to_vec();
    taken.extend(["--existing", "31B1B33D"]);
    assert_eq!(home.ok(&taken).trim_end(), "31B1B33D");
    // It opens one workspace, and no other one.
    assert!(home.fails(&taken).contains("in use"), "the same once more");
    let platform = ["key", "create", "--kind", "platform", "--existing", "31B1B33D"];
    assert!(home.fails(&platform).contains("always a new one"));
    taken.pop();
    taken.push("31B1");
    assert!(home.fails(&taken).contains("8 to 200"));
    let nobody = "op_01kf3q8z5t7w9y2b4d6f8h0jkm";
    let told = home.fails(&["key", "create", "--kind", "intake", "--operator", nobody]);
    assert!(told.contains("There is no such operator"), "{told}");
}

#[test]
fn operators_have_one_address_each() {
    let home = Home::new();
    home.ok(&["admin", "create", "--email", "ada@example.com", "--name", "Ada"]);
    let told = home.fails(&["admin", "create", "--email", "ADA@example.com", "--name", "Ada"]);
    assert!(told.contains("'email' field is already in use"), "{told}");
    let told = home.fails(&["admin", "create", "--email", "nobody", "--name", "Ada"]);
    assert!(told.contains("must be a valid email address"), "{told}");
    let told = home.fails(&["admin", "create", "--email", "b@example.com", "--name", ""]);
    assert!(told.contains("'name'"), "{told}");
}

#[test]
fn workspaces_are_made_once_and_listed() {
    let home = Home::new();
    let made = home.ok(&["workspace", "create", "acme"]);
    assert!(made.starts_with("ws_") && made.ends_with("  acme\n"), "{made}");
    let list = home.ok(&["workspace", "list"]);
    assert!(list.contains("  default  ") && list.contains("  acme  "), "{list}");
    assert_eq!(list.lines().count(), 2);
    assert!(home.fails(&["workspace", "create", "acme"]).contains("already in use"));
    for slug in ["A", "Acme", "a b", "-acme", &"a".repeat(41)] {
        let told = home.fails(&["workspace", "create", "--", slug]);
        assert!(told.contains("'slug'"), "{told}");
    }
    home.ok(&["key", "create", "--kind", "platform", "--workspace", "acme"]);
    assert_eq!(home.ok(&["key", "list"]), "");
    assert_eq!(home.ok(&["key", "list", "--workspace", "acme"]).lines().count(), 1);
    let told = home.fails(&["key", "create", "--kind", "platform", "--workspace", "acne"]);
    assert!(told.contains("there is no workspace 'acne'"), "{told}");
    assert!(told.contains("switchboard workspace list"), "{told}");
}

#[test]
fn apps_are_registered_listed_given_another_secret_and_deleted() {
    let home = Home::new();
    let back = "https://sums.example.com/callback";
    let made = home.ok(&["app", "create", "--name", "Sums", "--redirect", back]);
    let (id, secret) = made.trim_end().split_once("  ").unwrap();
    assert!(id.starts_with("app_") && secret.starts_with("oas_live_"), "{made}");
    let list = home.ok(&["app", "list"]);
    assert!(list.contains(id) && list.contains(back) && !list.contains(secret), "{list}");
    let other = home.ok(&["app", "rotate-secret", id]);
    assert_ne!(other.trim_end(), secret);
    let public =
        ["app", "create", "--name", "Phone", "--redirect", "com.example.app:/cb", "--public"];
    let public = home.ok(&public);
    let (public, none) = public.trim_end_matches('\n').split_once("  ").unwrap();
    assert_eq!(none, "");
    assert!(home.fails(&["app", "rotate-secret", public]).contains("has none"));
    let told = home.fails(&["app", "create", "--name", "x", "--redirect", "javascript:alert(1)"]);
    assert!(told.contains("redirect_uris[0]"), "{told}");
    assert_eq!(home.ok(&["app", "delete", id]), format!("{id} acts for nobody any more.\n"));
    assert!(home.fails(&["app", "delete", id]).contains("There is no such app"));
}

#[test]
fn an_owner_who_is_made_at_the_console_gets_a_link() {
    let home = Home::new();
    let (id, told) = home.both(&["admin", "create", "--email", "ada@example.com", "--name", "Ada"]);
    assert!(id.starts_with("op_") && id.lines().count() == 1, "{id}");
    assert!(told.contains("/join#"), "{told}");
}
