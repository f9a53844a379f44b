//! OpenAPI 3.1, which the handlers give, written as 3.0.3, which the documents promise.

use serde_json::{Map, Value as Json, json};

/// Words of JSON Schema that 3.0 does not have and nobody misses.
const DROPPED: [&str; 8] = [
    "$schema",
    "$id",
    "$comment",
    "propertyNames",
    "patternProperties",
    "unevaluatedProperties",
    "contains",
    "contentMediaType",
];

pub(super) fn to_3_0(mut document: Json) -> Json {
    document["openapi"] = "3.0.3".into();
    if let Some(license) = document["info"]["license"].as_object_mut()
        && let Some(Json::String(identifier)) = license.remove("identifier")
    {
        license.insert(
            "url".to_owned(),
            format!("https://spdx.org/licenses/{identifier}.html").into(),
        );
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.values_mut().for_each(schema);
    }
    walk(&mut document["paths"]);
    document
}

/// Finds the schemas of paths: whatever is called `schema`.
fn walk(value: &mut Json) {
    match value {
        Json::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match name.as_str() {
                    "schema" => schema(value),
                    "example" | "examples" | "default" => {}
                    _ => walk(value),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(walk),
        _ => {}
    }
}

fn schema(value: &mut Json) {
    if let Json::Bool(any) = value {
        *value = if *any { json!({}) } else { json!({ "not": {} }) };
        return;
    }
    let Some(node) = value.as_object_mut() else { return };
    for name in DROPPED {
        node.remove(name);
    }
    parts(node);
    if let Some(Json::Array(examples)) = node.remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        node.entry("example").or_insert(first);
    }
    if let Some(constant) = node.remove("const") {
        node.insert("enum".to_owned(), json!([constant]));
    }
    one_type(node);
    one_branch(node);
    alone(node);
}

fn parts(node: &mut Map<String, Json>) {
    if let Some(Json::Object(properties)) = node.get_mut("properties") {
        properties.values_mut().for_each(schema);
    }
    for name in ["items", "not"] {
        node.get_mut(name).into_iter().for_each(schema);
    }
    if let Some(additional) =
        node.get_mut("additionalProperties").filter(|value| !value.is_boolean())
    {
        schema(additional);
    }
    for name in ["allOf", "anyOf", "oneOf"] {
        if let Some(Json::Array(branches)) = node.get_mut(name) {
            branches.iter_mut().for_each(schema);
        }
    }
    if node.get("type") == Some(&json!("array")) {
        node.entry("items").or_insert(json!({}));
    }
}

/// `"type": ["string", "null"]` is a nullable string.
fn one_type(node: &mut Map<String, Json>) {
    match node.get("type").cloned() {
        Some(Json::Array(types)) => {
            let mut rest: Vec<Json> =
                types.iter().filter(|kind| *kind != "null").cloned().collect();
            if rest.len() < types.len() {
                nullable(node);
            }
            node.remove("type");
            if rest.len() == 1 {
                node.insert("type".to_owned(), rest.remove(0));
            } else if !rest.is_empty() {
                let branch = |kind| json!({ "type": kind });
                node.insert("anyOf".to_owned(), rest.into_iter().map(branch).collect());
            }
        }
        Some(Json::String(kind)) if kind == "null" => {
            node.remove("type");
            nullable(node);
            node.insert("enum".to_owned(), json!([null]));
        }
        _ => {}
    }
}

/// `oneOf: [null, X]` is a nullable X.
fn one_branch(node: &mut Map<String, Json>) {
    for name in ["oneOf", "anyOf"] {
        let Some(Json::Array(branches)) = node.remove(name) else { continue };
        let count = branches.len();
        let is_null = |branch: &Json| branch.get("enum") == Some(&json!([null]));
        let mut rest: Vec<Json> = branches.into_iter().filter(|branch| !is_null(branch)).collect();
        if rest.len() < count {
            nullable(node);
        }
        if rest.len() == 1 && 1 < count {
            node.insert("allOf".to_owned(), json!([rest.remove(0)]));
        } else {
            node.insert(name.to_owned(), Json::Array(rest));
        }
    }
}

/// A `$ref` may have nothing beside it.
fn alone(node: &mut Map<String, Json>) {
    if 1 < node.len()
        && let Some(reference) = node.remove("$ref")
    {
        let mut all = vec![json!({ "$ref": reference })];
        if let Some(Json::Array(others)) = node.remove("allOf") {
            all.extend(others);
        }
        node.insert("allOf".to_owned(), Json::Array(all));
    }
}

fn nullable(node: &mut Map<String, Json>) {
    node.insert("nullable".to_owned(), true.into());
    if let Some(Json::Array(values)) = node.get_mut("enum")
        && !values.contains(&Json::Null)
    {
        values.push(Json::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_3_0_lacks_is_said_otherwise() {
        let mut value = json!({
            "type": "object",
            "properties": {
                "a": { "type": ["string", "null"], "examples": ["x"] },
                "b": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/B" }] },
                "c": { "$ref": "#/components/schemas/C", "description": "d" },
                "e": { "const": 1 },
            }
        });
        schema(&mut value);
        assert_eq!(
            value["properties"],
            json!({
                "a": { "type": "string", "nullable": true, "example": "x" },
                "b": { "nullable": true, "allOf": [{ "$ref": "#/components/schemas/B" }] },
                "c": { "description": "d", "allOf": [{ "$ref": "#/components/schemas/C" }] },
                "e": { "enum": [1] },
            })
        );
    }
}
