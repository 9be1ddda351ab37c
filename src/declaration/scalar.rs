//! What a scalar without quotes means: a text, a number, a truth value, nothing.

use serde_yaml::Value;

/// The value as YAML's core schema has it. The YAML library decides; what it
/// could only take for a text is not shown to it, because most scalars are texts.
pub(super) fn value_of_plain(text: &str) -> Value {
    let is_text = !may_be_more_than_text(text);
    let decided = if is_text { None } else { serde_yaml::from_str(text).ok() };
    decided.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn may_be_more_than_text(text: &str) -> bool {
    let mut bytes = text.bytes();
    match bytes.next() {
        // Nothing, null, true and false.
        None => true,
        Some(b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F') => text.len() <= "false".len(),
        // Numbers have a sign at their beginning and after an exponent alone,
        // and dates between their parts.
        Some(first @ (b'0'..=b'9' | b'+' | b'-' | b'.')) => {
            let mut before = first;
            bytes.all(|b| {
                let is_allowed = b.is_ascii_alphanumeric()
                    || b == b'.'
                    || (matches!(b, b'+' | b'-') && matches!(before, b'e' | b'E'));
                before = b;
                is_allowed
            })
        }
        Some(_) => false,
    }
}

/// Whether readers of YAML disagree about it: `007` and `1_000` are texts to
/// some and numbers to others.
pub(super) fn is_ambiguous(text: &str) -> bool {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |allowed: &[u8]| {
        number.starts_with(|c: char| c.is_ascii_digit())
            && number.bytes().all(|b| b.is_ascii_digit() || allowed.contains(&b))
    };
    let is_padded = number.len() > 1 && number.starts_with('0') && digits(b"_");
    is_padded || (number.contains('_') && digits(b"_."))
}
