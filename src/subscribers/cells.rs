//! Cells of a list that a spreadsheet program will open: none of them is a
//! formula, and reading the list again gives what was written.

/// What such programs take for the beginning of a formula.
const BEGINNINGS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// With a quotation mark before what would be a formula. What already has such
/// marks gets one more, so that taking one off is always right.
pub fn guarded(text: &str) -> String {
    if is_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text.to_owned() }
}

/// Without the mark that `guarded` put there.
pub fn bare(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(BEGINNINGS)
}
