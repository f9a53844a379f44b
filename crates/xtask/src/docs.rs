//! Documents that are lists of what the program has.

use server::event::Kind;

const MADE_BY: &str = "This page is written by `cargo run -p xtask -- codegen`.\n";

/// Every event that the log can hold.
pub(crate) fn events(catalogue: &[(Kind, &str, &str)]) -> String {
    let mut text = format!(
        "# Events\n\nWhatever changes is appended to the log of its workspace, in the transaction of \
         the change.\nThe numbers of a workspace's events count from 1 and leave no gap.\n\
         {MADE_BY}\n| event | meaning |\n| --- | --- |\n"
    );
    for (_, name, meaning) in catalogue {
        text.push_str(&row(&[&format!("`{name}`"), meaning]));
    }
    text
}

/// Every setting, from the commented file of defaults.
pub(crate) fn settings(defaults: &str) -> String {
    let (about, rest) = defaults.split_once("\n\n").unwrap_or(("", defaults));
    let mut text = format!("# Settings\n\n{}\n{MADE_BY}", sentences(about));
    let mut section = String::new();
    let mut comment = Vec::new();
    let mut has_head = false;
    for line in rest.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix('#') {
            comment.push(words.trim());
        } else if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = format!("{name}.");
            has_head = false;
            text.push_str("\n## ");
            text.push_str(name);
            text.push('\n');
            if !comment.is_empty() {
                text.push('\n');
                text.push_str(&comment.join(" "));
                text.push('\n');
            }
            comment.clear();
        } else if let Some((name, default)) = line.split_once(" = ") {
            if !has_head {
                text.push_str(
                    "\n| setting | variable | default | meaning |\n| --- | --- | --- | --- |\n",
                );
                has_head = true;
            }
            let name = format!("{section}{name}");
            let variable = format!("SWITCHBOARD_{}", name.replace('.', "_").to_uppercase());
            let cells = [
                &format!("`{name}`"),
                &format!("`{variable}`"),
                &format!("`{default}`"),
                &comment.join(" "),
            ];
            text.push_str(&row(&cells.map(String::as_str)));
            comment.clear();
        }
    }
    text
}

/// One a line, without the marks of a comment.
fn sentences(comment: &str) -> String {
    let words: Vec<&str> =
        comment.lines().map(|line| line.trim_start_matches('#').trim()).collect();
    words.join(" ").replace(". ", ".\n")
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_belongs_to_the_setting_below_it() {
        let text = settings(
            "# About. More.\n\n# Where.\nlisten = \"x\"\n\n# Limits.\n[a.b]\n# One\n# or two.\nn = 1\n",
        );
        let wanted = "\
# Settings

About.
More.
This page is written by `cargo run -p xtask -- codegen`.

| setting | variable | default | meaning |
| --- | --- | --- | --- |
| `listen` | `SWITCHBOARD_LISTEN` | `\"x\"` | Where. |

## a.b

Limits.

| setting | variable | default | meaning |
| --- | --- | --- | --- |
| `a.b.n` | `SWITCHBOARD_A_B_N` | `1` | One or two. |
";
        assert_eq!(text, wanted);
    }
}
