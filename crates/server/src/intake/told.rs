//! What a form said of someone known, and what became of it.

use super::form::Update;
use crate::receipt::Effect;

/// What was sent of someone known, and what became of it.
#[derive(Default)]
pub(super) struct Told {
    pub(super) changed: Vec<&'static str>,
    pub(super) kept: Vec<&'static str>,
}

impl Told {
    /// Fills or replaces one field with what was sent.
    pub(super) fn put(
        &mut self,
        name: &'static str,
        mine: &mut Option<String>,
        sent: Option<&String>,
        update: Update,
    ) {
        match (sent, &mine) {
            (None, _) => {}
            (Some(sent), Some(mine)) if mine == sent => {}
            (Some(_), Some(_)) if update == Update::FillBlanks => self.kept.push(name),
            (Some(sent), _) => {
                *mine = Some(sent.clone());
                self.changed.push(name);
            }
        }
    }

    /// What the receipt says.
    pub(super) fn effect(&self, update: Update) -> Effect {
        let changed = self.changed.join(", ");
        let (mut why, what) = match (self.changed.is_empty(), update) {
            (true, _) => ("they are known, and stay as they were".to_owned(), "unchanged"),
            (false, Update::Replace) => {
                (format!("they are known; force_update replaced {changed}"), "updated")
            }
            (false, Update::FillBlanks) => {
                (format!("they are known; filled what was blank: {changed}"), "filled")
            }
        };
        if !self.kept.is_empty() {
            why.push_str(&["; kept what they had: ", &self.kept.join(", ")].concat());
        }
        Effect::done("contact", why, what)
    }
}
