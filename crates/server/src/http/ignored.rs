//! `X-Ignored-Fields`: an unknown field is never refused, but a misspelt one is seen the same day.

use std::sync::{Arc, Mutex, PoisonError};

/// The names of the request's fields that nothing read. One per request, shared by its layers.
#[derive(Clone, Default)]
pub(super) struct Ignored(Arc<Mutex<Names>>);

#[derive(Default)]
struct Names {
    text: String,
    is_cut: bool,
}

const BYTES_MAX: usize = 1024;
const SEPARATOR: &str = ", ";
/// Stands for the names that there was no room for.
const REST: &str = "...";

impl Ignored {
    pub(super) fn add(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(name);
    }

    pub(super) fn names(&self) -> Option<String> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (!names.text.is_empty()).then(|| names.text.clone())
    }
}

impl Names {
    /// Escapes what is not printable ASCII: the name is the caller's, and the header is ours.
    fn add(&mut self, name: &str) {
        if self.is_cut {
            return;
        }
        let name = name.escape_default().to_string();
        let room = BYTES_MAX - self.text.len();
        self.is_cut = room < SEPARATOR.len() + name.len() + SEPARATOR.len() + REST.len();
        if !self.text.is_empty() {
            self.text.push_str(SEPARATOR);
        }
        self.text.push_str(if self.is_cut { REST } else { &name });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fill_a_kibibyte_and_no_more() {
        let ignored = Ignored::default();
        for number in 0..1000 {
            ignored.add(&format!("field_{number}"));
        }
        let names = ignored.names().unwrap();
        assert!(names.starts_with("field_0, field_1, "), "{names}");
        assert!(names.ends_with(", ..."), "{names}");
        assert!((BYTES_MAX - 20..=BYTES_MAX).contains(&names.len()), "{}", names.len());
    }

    #[test]
    fn a_name_cannot_break_out_of_the_header() {
        let ignored = Ignored::default();
        ignored.add("a\r\nSet-Cookie: é");
        assert_eq!(ignored.names().unwrap(), r"a\r\nSet-Cookie: \u{e9}");
        ignored.add(&"long".repeat(300));
        assert_eq!(ignored.names().unwrap(), r"a\r\nSet-Cookie: \u{e9}, ...");
    }
}
