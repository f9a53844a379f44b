//! What we build on may be built on.

use std::process::Command;

use serde_json::Value as Json;

use crate::{Complaints, source};

const ALLOWED: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

/// What cargo knows of the packages that become part of the program on this kind of machine: those
/// of others may not be on it.
pub(crate) fn metadata() -> Json {
    let rustc = Command::new("rustc").arg("-vV").output().expect("the compiler runs");
    let about = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform"])
        .arg(host.expect("the compiler says for whom it compiles"))
        .current_dir(source::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

/// Every package has a licence that we accept.
pub(crate) fn are_allowed(metadata: &Json) -> Complaints {
    let mut complaints = Complaints::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_allowed(licence) {
            complaints
                .push(format!("{} {}: the licence {licence}", package["name"], package["version"]));
        }
    }
    complaints
}

/// An expression of SPDX: `OR` needs one side, `AND` both, and parentheses go first. An exception
/// after `WITH` allows more, never less.
fn is_allowed(licence: &str) -> bool {
    let spaced = licence.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    either(&words, &mut at) && at == words.len()
}

fn either(words: &[&str], at: &mut usize) -> bool {
    let mut is_fine = both(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        is_fine |= both(words, at);
    }
    is_fine
}

fn both(words: &[&str], at: &mut usize) -> bool {
    let mut is_fine = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        is_fine &= one(words, at);
    }
    is_fine
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let word = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if word == "(" {
        let is_fine = either(words, at);
        *at += 1;
        return is_fine;
    }
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
    }
    ALLOWED.contains(&word)
}

#[test]
fn expressions_are_understood() {
    for good in [
        "MIT",
        "MIT OR GPL-3.0",
        "(MIT OR GPL-3.0) AND ISC",
        "Apache-2.0 WITH LLVM-exception",
        "MIT/X",
    ] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "none", "", "MIT ISC", "GPL-3.0 AND (MIT OR ISC)"] {
        assert!(!is_allowed(bad), "{bad}");
    }
}

#[test]
fn a_package_without_a_licence_is_found() {
    let metadata =
        serde_json::json!({"packages": [{"name": "a", "version": "1", "license": null}]});
    assert_eq!(are_allowed(&metadata).len(), 1);
}
