//! What the documents promise of records, as transcripts.

mod kind;
mod rule;
