//! Stretches of time as regular expressions over seconds since 1970, for programs that can
//! compare texts and no numbers.

/// The first and the last second that has ten digits: from 2001 to 2286.
const FIRST: u64 = 1_000_000_000;
const LAST: u64 = 9_999_999_999;

/// Alternatives that together match the seconds from `from` to before `until` and no others;
/// none where there is no such second.
pub fn matching(from: i64, until: Option<i64>) -> Vec<String> {
    let from = u64::try_from(from).unwrap_or(0).max(FIRST);
    let last = match until {
        Some(until) => match u64::try_from(until).ok().and_then(|until| until.checked_sub(1)) {
            Some(last) => last.min(LAST),
            None => return Vec::new(),
        },
        None => LAST,
    };
    let (mut at, mut pieces) = (from, Vec::new());
    while at <= last {
        let (piece, next) = piece(at, last);
        pieces.push(piece);
        at = next;
    }
    pieces
}

/// The longest run of whole blocks of tens that begins at `at`, and where it ends.
fn piece(at: u64, last: u64) -> (String, u64) {
    let mut block = 1;
    while at.is_multiple_of(block * 10) && at + block * 10 - 1 <= last {
        block *= 10;
    }
    // Blocks beside it that differ in one digit alone.
    let digit = at / block % 10;
    let room = (last + 1 - at) / block;
    let more = room.min(10 - digit) - 1;
    let (highest, prefix) = (digit + more, at / block / 10);
    let prefix = if prefix == 0 { String::new() } else { prefix.to_string() };
    let digit = match more {
        0 => digit.to_string(),
        _ => format!("[{digit}-{highest}]"),
    };
    let rest = match block.ilog10() {
        0 => String::new(),
        1 => "[0-9]".to_owned(),
        free => format!("[0-9]{{{free}}}"),
    };
    (format!("{prefix}{digit}{rest}"), at + (more + 1) * block)
}
