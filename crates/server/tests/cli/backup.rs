//! A copy of the data, and the way back.

use std::{fs, io::Read as _, path::Path};

use super::{Home, contacts, has};

const NOTE: &str = "The glaze holds no lead.";

/// A server with a contact and a file, and its backup.
fn backed_up() -> (Home, String, String) {
    let (home, key, file, _) = backed_up_with_a_file();
    (home, key, file)
}

/// The same; the last is where the file is.
fn backed_up_with_a_file() -> (Home, String, String, String) {
    let home = Home::new();
    let server = home.serve(&[]);
    let key = home.key();
    assert_eq!(server.ask("POST /v1/contacts", &key, "{\"email\": \"ada@example.com\"}").0, 201);
    let (status, kept) = server.ask("POST /v1/attachments?name=note.txt", &key, NOTE);
    assert_eq!(status, 201, "{kept}");
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let url = kept["data"]["url"].as_str().unwrap().to_owned();
    let file = home.file("backup.tar");
    let told = home.ok(&["backup", &file]);
    assert!(told.contains(&file) && told.contains("secret.key"), "{told}");
    assert_eq!(server.ask("POST /v1/contacts", &key, "{\"email\": \"eve@example.com\"}").0, 201);
    server.stop();
    (home, key, file, url)
}

/// What a backup holds.
fn names(file: &str) -> Vec<String> {
    let mut archive = tar::Archive::new(fs::File::open(file).unwrap());
    let entries = archive.entries().unwrap();
    entries.map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect()
}

fn copy_key(from: &Home, to: &Home) {
    fs::create_dir_all(to.data()).unwrap();
    fs::copy(from.data().join("secret.key"), to.data().join("secret.key")).unwrap();
}

#[test]
fn a_backup_of_a_running_server_is_restored_elsewhere() {
    let (home, key, file, url) = backed_up_with_a_file();
    let other = Home::new();
    copy_key(&home, &other);
    let told = other.ok(&["restore", &file]);
    assert!(told.contains("is in place") && !told.contains("before"), "{told}");
    let server = other.serve(&[]);
    assert_eq!(contacts(&server, &key), 1, "what came after the backup is not in it");
    assert_eq!(server.ask(&format!("GET {url}"), &key, ""), (200, NOTE.to_owned()));
    server.stop();
    assert!(other.ok(&["doctor"]).lines().all(|line| line.starts_with("ok ")));
    assert!(!has(&other.data(), "restore.tmp"));
}

#[test]
fn a_backup_never_holds_the_key() {
    let (home, _, file) = backed_up();
    assert!(!names(&file).iter().any(|name| name.contains("key")), "{:?}", names(&file));
    let key = fs::read_to_string(home.data().join("secret.key")).unwrap();
    let mut bytes = Vec::new();
    fs::File::open(&file).unwrap().read_to_end(&mut bytes).unwrap();
    let key = key.trim().as_bytes();
    assert!(!bytes.windows(key.len()).any(|window| window == key));
    assert!(!has(&home.data(), "backup.tmp.db") && !Path::new(&format!("{file}.part")).exists());
}

#[test]
fn a_backup_without_its_key_is_refused_unless_its_secrets_are_given_up() {
    let (_home, key, file) = backed_up();
    let other = Home::new();
    let told = other.fails(&["restore", &file]);
    assert!(
        told.contains("--without-secrets") && told.contains("SWITCHBOARD_SECRET_KEY"),
        "{told}"
    );
    assert!(!has(&other.data(), "switchboard.db") && !has(&other.data(), "restore.tmp"));
    // Another installation's key does not fit either, and its data stays.
    let kept = other.key();
    assert!(other.fails(&["restore", &file]).contains("--without-secrets"));
    let server = other.serve(&[]);
    assert_eq!(contacts(&server, &kept), 0);
    server.stop();
    let told = other.ok(&["restore", &file, "--without-secrets"]);
    assert!(told.contains("What was there before is in"), "{told}");
    let server = other.serve(&[]);
    assert_eq!(contacts(&server, &key), 1);
    assert_eq!(server.ask("GET /v1/contacts", &kept, "").0, 401);
    server.stop();
}

#[test]
fn what_was_there_before_is_kept() {
    let (home, key, file) = backed_up();
    let told = home.ok(&["restore", &file]);
    let folder = told.split("before is in ").nth(1).unwrap().trim().trim_end_matches('.');
    assert!(has(Path::new(folder), "switchboard.db") && has(Path::new(folder), "blobs"));
    let server = home.serve(&[]);
    assert_eq!(contacts(&server, &key), 1);
    server.stop();
    // And the way back again.
    for name in ["switchboard.db", "switchboard.db-wal", "switchboard.db-shm"] {
        drop(fs::remove_file(home.data().join(name)));
    }
    fs::copy(Path::new(folder).join("switchboard.db"), home.data().join("switchboard.db")).unwrap();
    let server = home.serve(&[]);
    assert_eq!(contacts(&server, &key), 2);
    server.stop();
}

#[test]
fn two_restores_within_a_second_keep_what_both_found() {
    let (home, _, file) = backed_up();
    for _ in 0..2 {
        home.ok(&["restore", &file]);
    }
    let entries = fs::read_dir(home.data()).unwrap().map(|entry| entry.unwrap().file_name());
    let kept = entries.filter(|name| name.to_string_lossy().starts_with("before-restore-"));
    assert_eq!(kept.count(), 2);
}

#[test]
fn nothing_is_restored_beside_a_running_server() {
    let (home, key, file) = backed_up();
    let server = home.serve(&[]);
    let told = home.fails(&["restore", &file]);
    assert!(told.contains("a server is running on the data folder"), "{told}");
    assert_eq!(contacts(&server, &key), 2);
    server.stop();
}

#[test]
fn what_is_no_backup_is_told_and_changes_nothing() {
    let home = Home::new();
    let key = home.key();
    fs::write(home.file("nonsense.tar"), "nonsense").unwrap();
    for (file, sentence) in
        [("nothing.tar", "cannot be read"), ("nonsense.tar", "is no backup of this program")]
    {
        let told = home.fails(&["restore", &home.file(file)]);
        assert!(told.contains(sentence), "{told}");
    }
    let server = home.serve(&[]);
    assert_eq!(contacts(&server, &key), 0);
    server.stop();
}

#[test]
fn a_backup_overwrites_nothing() {
    let (home, _, file) = backed_up();
    let before = fs::read(&file).unwrap();
    assert!(home.fails(&["backup", &file]).contains("exists already: name a new file"));
    assert_eq!(fs::read(&file).unwrap(), before);
    let told = home.fails(&["backup", &home.file("nowhere/backup.tar")]);
    assert!(told.contains("nowhere"), "{told}");
    assert!(!has(&home.data(), "backup.tmp.db"));
    assert!(Home::new().fails(&["backup", "x.tar"]).contains("there is no database in"));
}

#[test]
fn postgresql_is_told_its_own_commands() {
    let home = Home::new();
    let url = ["--database-url", "postgres://u:hunter2@h/d"];
    let told = home.fails(&[&["backup", "x.dump"], &url[..]].concat());
    assert!(told.contains("pg_dump") && told.contains("x.dump"), "{told}");
    assert!(told.contains("blobs") && told.contains("secret.key"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
    let told = home.fails(&[&["restore", "x.dump"], &url[..]].concat());
    assert!(told.contains("pg_restore") && told.contains("x.dump"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
    assert!(!home.data().exists());
}
