//! Text that any XML may hold.

/// No escape makes a character lawful that XML does not know (XML 1.0 §2.2).
pub(super) fn lawful(text: &str) -> String {
    let is_known = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => c >= ' ',
    };
    text.chars().map(|c| if is_known(c) { c } else { ' ' }).collect()
}
