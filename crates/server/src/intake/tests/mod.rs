//! What the documents promise of the lead intake, as transcripts.

mod act;
mod bad;
mod decide;
mod dropin;
mod field;
mod limit;
mod parts;
mod receipt;
mod sibling;

use crate::testing::check;

/// What most plays begin with: three people who work here, one of whom is there, a ring group of
/// all, and a record of each kind.
const STAGE: &str = r#"
    brief
    operator Ada ada@example.com
    operator Bob bob@example.com
    operator Cid cid@example.com
    PATCH /v1/operators/{op_1} {"agent_status": "available"}
    POST /v1/ring-groups {"name": "Sales", "operator_ids": ["{op_1}", "{op_2}", "{op_3}"]}
    POST /v1/sequences {"name": "Welcome"}
    POST /v1/sequences {"name": "Win back"}
    POST /v1/lines {"name": "Main", "phone_number": "+18187405000"}
    POST /v1/tags {"name": "web"}
    POST /v1/lists {"name": "Spring"}
"#;

/// Plays `script` after [`STAGE`], and shows it alone.
fn check_staged(script: &str, expect: &expect_test::Expect) {
    check(&format!("{STAGE}\nfrom here\n{script}"), expect);
}
