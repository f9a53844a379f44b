//! Every command reads the same settings from the same places.

use std::fs;

use super::{Home, Ran};

const COMMANDS: [&[&str]; 8] = [
    &["serve"],
    &["key", "list"],
    &["workspace", "list"],
    &["migrate"],
    &["doctor"],
    &["config", "show"],
    &["backup", "x.tar"],
    &["restore", "x.tar"],
];

#[test]
fn every_command_refuses_a_variable_that_is_no_setting() {
    let home = Home::new();
    for command in COMMANDS {
        let ran = home.command().env("SWITCHBOARD_LISTN", "x").args(command).output();
        let ran = Ran::from(ran.unwrap());
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{command:?}: {}", ran.err);
        let told =
            "the variable SWITCHBOARD_LISTN is no setting: did you mean 'SWITCHBOARD_LISTEN'?";
        assert!(ran.err.contains(told), "{command:?}: {}", ran.err);
    }
    assert!(!home.data().exists(), "nothing was touched");
}

#[test]
fn every_command_reads_the_file_that_is_named() {
    let home = Home::new();
    let file = home.file("my.toml");
    fs::write(&file, "lisen = \"x\"").unwrap();
    for command in COMMANDS {
        let told = home.fails(&[command, &["--config", &file]].concat());
        assert!(
            told.contains("'lisen' is no setting: did you mean 'listen'?"),
            "{command:?}: {told}"
        );
        let named = home.command().env("SWITCHBOARD_CONFIG", &file).args(command).output().unwrap();
        assert_eq!(named.status.code(), Some(1), "{command:?}");
    }
    let told = home.fails(&["migrate", "--config", "nothing.toml"]);
    assert!(told.contains("'nothing.toml' cannot be read"), "{told}");
}

#[test]
fn flags_beat_the_environment_that_beats_the_file() {
    let home = Home::new();
    let file = home.file("my.toml");
    fs::write(&file, "data = \"from-file\"\nlisten = \"9.9.9.9:9\"\n[log]\nlevel = \"debug\"")
        .unwrap();
    let shown = home.ok(&["config", "show", "--config", &file]);
    assert!(shown.contains(&format!("data = \"{}\"", home.data().display())), "{shown}");
    assert!(shown.contains("listen = \"9.9.9.9:9\""), "{shown}");
    assert!(shown.contains("level = \"debug\""), "{shown}");
    let shown = home.ok(&["config", "show", "--config", &file, "--data", "from-flag"]);
    assert!(shown.contains("data = \"from-flag\""), "{shown}");
    home.ok(&["migrate", "--data", "from-flag"]);
    assert!(home.folder.path().join("from-flag/switchboard.db").exists());
    assert!(!home.data().exists());
}

#[test]
fn secrets_are_not_shown() {
    let home = Home::new();
    let shown = home
        .command()
        .env("SWITCHBOARD_SECRET_KEY", "ab".repeat(32))
        .env("SWITCHBOARD_DATABASE_URL", "postgres://u:hunter2@h/d")
        .args(["config", "show"])
        .output();
    let shown = Ran::from(shown.unwrap()).out;
    assert!(shown.contains("database_url = \"(hidden)\""), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains("abab"), "{shown}");
}

#[test]
fn a_database_that_cannot_be_reached_is_told_without_its_password() {
    let home = Home::new();
    let told = home.fails(&["migrate", "--database-url", "postgres://u:hunter2@127.0.0.1:1/d"]);
    assert!(!told.contains("hunter2"), "{told}");
    let told = home.fails(&["migrate", "--database-url", "mysql://u:hunter2@h/d"]);
    assert!(told.contains("postgres://user:password@host/database"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let home = Home::new();
    fs::write(home.file("a-file"), "").unwrap();
    let told = home.fails(&["migrate", "--data", &home.file("a-file/data")]);
    assert!(told.contains("the data folder") && told.contains("cannot be made"), "{told}");
}
