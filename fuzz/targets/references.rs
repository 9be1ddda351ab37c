//! Any text as a reference: what is understood reads back as the same.
#![no_main]

use fairwarning_fuzz::notice::{NoticePath, Operation, Reference, Replacement, placeholders};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(reference) = text.parse::<Reference>() {
        assert_eq!(reference.to_string().parse(), Ok(reference), "a reference reads back");
    }
    if let Ok(operation) = text.parse::<Operation>() {
        assert_eq!(operation.to_string().parse(), Ok(operation), "an operation reads back");
    }
    if let Ok(replacement) = Replacement::try_from(text.to_owned()) {
        assert_eq!(Replacement::try_from(replacement.to_string()), Ok(replacement));
    }
    if let Ok(path) = text.parse::<NoticePath>() {
        assert_eq!(path.to_string().parse(), Ok(path), "a notice's path reads back");
    }
    for placeholder in placeholders(text) {
        assert!(text[placeholder.range].starts_with("{{"), "a placeholder begins with braces");
    }
});
