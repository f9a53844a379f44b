//! The document that is checked in is the one that the program serves.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value as Json;

fn file() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json")
}

fn operations(document: &Json) -> Vec<(String, &Json)> {
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            all.push((format!("{} {path}", method.to_uppercase()), operation));
        }
    }
    all
}

fn document() -> Json {
    serde_json::from_str(&server::http::openapi::checked_in()).unwrap()
}

#[test]
fn openapi_json_is_what_the_program_prints() {
    let printed = server::http::openapi::checked_in();
    #[expect(clippy::disallowed_methods, reason = "the tests have no config")]
    let is_update = std::env::var("UPDATE_EXPECT").is_ok();
    if is_update {
        fs::write(file(), &printed).unwrap();
    }
    let checked_in = fs::read_to_string(file()).unwrap_or_default();
    assert!(
        checked_in == printed,
        "openapi.json is stale. Run 'make update', or 'cargo run -p server --bin switchboard -- \
         openapi > openapi.json', and read the difference: a changed document is a changed promise"
    );
}

#[test]
fn every_operation_has_a_name_a_place_and_a_success() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (call, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(!id.is_empty(), "{call} has no operationId");
        assert!(ids.insert(id.to_owned()), "{call}: the operationId {id} is there twice");
        let tags = operation["tags"].as_array().map(Vec::len);
        assert_eq!(tags, Some(1), "{call} has not one tag");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_empty(), "{call} has no summary");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{call} never succeeds");
        for status in ["400", "401", "403", "429"] {
            assert!(responses.contains_key(status), "{call} says nothing of {status}");
        }
        assert!(operation["x-scopes"].is_array(), "{call} says no scope");
    }
    assert!(30 < ids.len(), "{ids:?}");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a reference stays in the document");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect(value: &Json, references: &mut BTreeSet<String>) {
    match value {
        Json::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Json::String(target) if name == "$ref" => {
                        references.insert(target.clone());
                    }
                    other => collect(other, references),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

#[test]
fn every_path_parameter_is_described() {
    let document = document();
    for (call, operation) in operations(&document) {
        let described = operation["parameters"].as_array().into_iter().flatten();
        let described: BTreeSet<&str> = described
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let named: BTreeSet<&str> =
            call.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        assert_eq!(described, named, "{call}");
    }
}
