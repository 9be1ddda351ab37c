//! Blank lines and blanks at line ends, which template tags leave behind.

/// At most one empty line in a row, none at the start, one newline at the end.
/// A line of blanks is not empty: inside an indented block it is content. The
/// signature's `-- ` keeps its blank (RFC 3676 §4.3).
pub fn tidy_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut was_empty = true;
    for line in text.lines() {
        if line.is_empty() && was_empty {
            continue;
        }
        was_empty = line.is_empty();
        out += if line == "-- " { line } else { line.trim_end() };
        out.push('\n');
    }
    let end = out.trim_end_matches('\n').len();
    out.truncate(end);
    out + "\n"
}

/// The same for Markdown, where the lines of a code block are kept, and two
/// blanks at a line's end break it.
pub fn tidy_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut was_empty = true;
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let is_empty = line.trim().is_empty();
        if fence.is_none() && is_empty {
            if !was_empty {
                out.push('\n');
            }
            was_empty = true;
            continue;
        }
        was_empty = false;
        fence = match fence {
            Some(end) if line.trim_start().starts_with(&end) => None,
            Some(end) => Some(end),
            None => fence_end(line),
        };
        out += line;
        out.push('\n');
    }
    let end = out.trim_end_matches('\n').len();
    out.truncate(end);
    out + "\n"
}

/// How the code block that `line` opens is closed.
fn fence_end(line: &str) -> Option<String> {
    let line = line.trim_start();
    if line.starts_with("{% highlight ") {
        return Some("{% endhighlight %}".to_owned());
    }
    let ticks = line.len() - line.trim_start_matches('`').len();
    (ticks >= 3).then(|| "`".repeat(ticks))
}
