//! The document as YAML: blocks for what has parts, JSON for what has none.

use std::fmt::Write as _;

use serde_json::Value as Json;

/// Spaces for each level.
const INDENT: usize = 2;

pub(super) fn write(document: &Json) -> String {
    let mut out = String::new();
    block(&mut out, document, 0);
    out
}

fn block(out: &mut String, value: &Json, depth: usize) {
    match value {
        Json::Object(fields) if !fields.is_empty() => {
            for (index, (name, value)) in fields.iter().enumerate() {
                if 0 < index || 0 < depth {
                    start_line(out, depth);
                }
                // JSON is YAML: a quoted name is a name whatever is in it.
                out.push_str(&Json::from(name.as_str()).to_string());
                out.push(':');
                nested(out, value, depth + 1);
            }
        }
        Json::Array(items) if !items.is_empty() => {
            for item in items {
                start_line(out, depth);
                out.push('-');
                nested(out, item, depth + 1);
            }
        }
        leaf => {
            // Writing to a string does not fail.
            let _ok = write!(out, " {leaf}");
        }
    }
    if depth == 0 {
        out.push('\n');
    }
}

fn nested(out: &mut String, value: &Json, depth: usize) {
    block(out, value, depth);
}

fn start_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', depth * INDENT));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_become_blocks_and_leaves_stay_json() {
        let value = json!({"a": {"b: c": [1, {"d": "x\ny"}], "e": {}}, "f": null});
        let wanted = "\"a\":\n  \"b: c\":\n    - 1\n    -\n      \"d\": \"x\\ny\"\n  \"e\": {}\n\"f\": null\n";
        assert_eq!(write(&value), wanted);
    }
}
