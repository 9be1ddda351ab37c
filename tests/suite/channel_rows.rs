//! Reads the rows of a schedule back out of each channel, as a reader would.

use fairwarning::render::Language;

/// A row as a channel tells it, white space folded.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub place: String,
    pub urls: Vec<String>,
    /// Each with its title, the date in full, and what it was before.
    pub dates: Vec<(String, String, Option<String>)>,
    /// Without the marks that channels set names apart by.
    pub apis: Vec<String>,
    pub state: Option<String>,
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bare(api: &str) -> String {
    folded(&api.replace(['(', ')', ',', '`'], " "))
}

fn unescaped_html(text: &str) -> String {
    let mut text = text.to_owned();
    for (entity, character) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}

/// The text of an HTML fragment.
pub fn plain_html(html: &str) -> String {
    let parts = html.split('<').enumerate();
    let text = |(n, part): (usize, &str)| match n {
        0 => part.to_owned(),
        _ => part.split_once('>').map_or(String::new(), |(_, text)| text.to_owned()),
    };
    folded(&unescaped_html(&parts.map(text).collect::<String>()))
}

/// The parts of `html` between `open` and `close`.
fn between<'h>(html: &'h str, open: &str, close: &str) -> Vec<&'h str> {
    html.split(open).skip(1).map(|rest| rest.split(close).next().unwrap_or_default()).collect()
}

/// The texts of the elements of a class.
fn of_class(html: &str, class: &str, close: &str) -> Vec<String> {
    let inner =
        |rest: &str| rest.split_once('>').map_or(String::new(), |(_, text)| text.to_owned());
    between(html, &format!("class=\"{class}\""), close).into_iter().map(inner).collect()
}

pub fn of_html(html: &str) -> Vec<Row> {
    let rows = html.split("<tr id=\"row-").skip(1).map(|rest| rest.split("</tr>").next().unwrap());
    rows.map(html_row).collect()
}

fn html_row(row: &str) -> Row {
    let (head, rest) = row.split_once("</th>").unwrap();
    let (apis, rest) = rest.split_once("class=\"dates\"").unwrap();
    let (dates, state) = rest.split_once("</td>").unwrap();
    let urls = between(head, "class=\"url\"", "</a>");
    let urls = urls.into_iter().map(|url| between(url, "href=\"", "\"")[0].to_owned());
    let dates = dates.split("class=\"line\"").skip(1).filter(|line| line.contains("<strong"));
    let dates = dates.map(|line| {
        let title = of_class(line, "label", "</span>");
        let title = title.into_iter().chain(of_class(line, "what", "</span>")).next().unwrap();
        let date = between(line, "<strong", "</strong>")[0];
        let was = between(line, "<del", "</del>").first().map(|was| plain_html(&format!("<{was}")));
        (plain_html(&title), plain_html(&format!("<{date}")), was)
    });
    let apis = apis.split("class=\"prose").next().unwrap();
    let apis = apis.split("class=\"line\"").skip(1);
    let apis = apis.map(|line| plain_html(&format!("<{}", line.replace("<span", " <span"))));
    Row {
        place: plain_html(&of_class(head, "place", "</span>")[0]),
        urls: urls.map(|url| unescaped_html(&url)).collect(),
        dates: dates.collect(),
        apis: apis.map(|api| bare(&api.replace("<code>", " "))).collect(),
        state: between(state, "badge state-", "\"").first().map(|name| (*name).to_owned()),
    }
}

/// Liquid's own marks put back.
pub fn without_liquid(post: &str) -> String {
    post.replace("{{ \"{{\" }}", "{{").replace("{{ \"{%\" }}", "{%")
}

/// Markdown without its escapes and marks of emphasis.
pub fn plain_markdown(markdown: &str) -> String {
    let mut plain = String::new();
    let mut chars = markdown.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => {
                plain.extend(chars.next());
            }
            '*' => {}
            '~' if chars.peek() == Some(&'~') => {
                chars.next();
            }
            c => plain.push(c),
        }
    }
    folded(&plain)
}

/// The cells of a table's line: a bar with a backslash is text.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_escaped = false;
    for c in line.trim().trim_start_matches('|').chars() {
        match c {
            '|' if !is_escaped => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    cells
}

pub fn of_markdown(markdown: &str, colon: &str) -> Vec<Row> {
    let lines: Vec<_> = markdown.lines().collect();
    let start = lines.iter().position(|line| line.starts_with("|---|---|---|---|")).unwrap();
    let title = plain_markdown(&cells(lines[start - 1])[3]);
    let rows = lines[start + 1..].iter().take_while(|line| line.starts_with('|'));
    rows.map(|line| markdown_row(&cells(line), &title, colon)).collect()
}

fn markdown_row(cells: &[String], column: &str, colon: &str) -> Row {
    let (_, place) = cells[0].split_once("**").unwrap();
    // The end of what is emphasised: two stars that no backslash makes text.
    let place = place.match_indices("**").find(|(at, _)| !place[..*at].ends_with('\\')).unwrap().0;
    let place = &cells[0].split_once("**").unwrap().1[..place];
    let urls = cells[1].split("<br>").map(|url| url.trim().trim_matches(['<', '>']).to_owned());
    let dates = cells[3].split("<br>").filter(|line| line.contains("**"));
    let dates = dates.map(|line| {
        let (title, rest) = line.split_once("**").unwrap();
        let end = rest.match_indices("**").find(|(at, _)| !rest[..*at].ends_with('\\')).unwrap().0;
        let was = rest[end..].split_once("~~").map(|(_, was)| was.split("~~").next().unwrap());
        let title = folded(title);
        // Folding leaves of a French colon the colon.
        let title = title.trim_end_matches(colon.trim()).trim();
        let title = if title.is_empty() { column } else { title };
        (title.to_owned(), plain_markdown(&rest[..end]), was.map(plain_markdown))
    });
    let apis = cells[2].split("<br>").next().unwrap().split("; ");
    Row {
        place: plain_markdown(place),
        urls: urls.filter(|url| !url.is_empty()).collect(),
        dates: dates.collect(),
        apis: apis.map(|api| bare(&plain_api(api))).collect(),
        state: None,
    }
}

/// Escapes alone: a star in a name is part of it.
fn plain_api(api: &str) -> String {
    let mut plain = String::new();
    let mut chars = api.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        plain.extend(if is_escape { chars.next() } else { Some(c) });
    }
    plain
}

pub fn of_text(text: &str, colon: &str, language: &Language<'_>) -> Vec<Row> {
    let heading = language.say("what-happens");
    let (_, schedule) = text.split_once(&format!("\n{heading}\n---")).unwrap();
    let heads = schedule.split("\n* ").skip(1);
    // A row ends with an empty line.
    heads.map(|row| text_row(row.split("\n\n").next().unwrap(), colon, language)).collect()
}

fn text_row(row: &str, colon: &str, language: &Language<'_>) -> Row {
    // Lines that go on hang deeper than the two columns of their own.
    let mut lines: Vec<String> = Vec::new();
    for line in row.lines() {
        let hangs = line.starts_with("   ");
        match lines.last_mut().filter(|_| hangs) {
            Some(last) => *last = format!("{last} {}", line.trim()),
            None => lines.push(line.trim().to_owned()),
        }
    }
    let names = ["deprecation", "cutoff", "complete", "enforced"];
    let titles = names.map(|name| language.say(&format!("date-{name}")));
    let formerly = language.say_with("formerly", &[("date", "\u{0}".into())]);
    let (before, _) = formerly.split_once('\u{0}').unwrap();
    let labelled = |line: &str, label: &str| {
        line.strip_prefix(&format!("{label}{colon} ")).map(ToOwned::to_owned)
    };
    let mut found = Row {
        place: head(&lines[0], language),
        urls: vec![],
        dates: vec![],
        apis: vec![],
        state: None,
    };
    for line in &lines[1..] {
        if line.starts_with("http") {
            found.urls.push(line.clone());
        }
        let api = labelled(line, &language.say("apis")).or(labelled(line, &language.say("api")));
        found.apis.extend(api.map(|api| bare(&api)));
        for title in &titles {
            let Some(date) = labelled(line, title) else { continue };
            let (date, was) = match date.rsplit_once(&format!(" ({before}")) {
                Some((date, was)) => {
                    (date.to_owned(), was.strip_suffix(')').map(ToOwned::to_owned))
                }
                None => (date, None),
            };
            found.dates.push((title.clone(), folded(&date), was.as_deref().map(folded)));
        }
    }
    found
}

/// The place without its stage and region.
fn head(line: &str, language: &Language<'_>) -> String {
    let mut place = line;
    for stage in ["test", "production"] {
        let stage = format!(" ({})", language.say(&format!("stage-{stage}")));
        place = place.rsplit_once(&stage).map_or(place, |(place, _)| place);
    }
    for region in [", eu-north", ", eu-west"] {
        place = place.strip_suffix(region).unwrap_or(place);
    }
    folded(place)
}

#[derive(Debug)]
pub struct Event {
    pub uid: String,
    pub summary: String,
    pub description: String,
    /// As DTSTART has it.
    pub start: String,
    pub is_cancelled: bool,
}

pub fn events(calendar: &str) -> Vec<Event> {
    let unfolded = calendar.replace("\r\n ", "");
    let event = |text: &str| {
        let value = |name: &str| {
            let line = text.lines().find(|line| {
                line.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', ';']))
            });
            let value = line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value);
            value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
        };
        Event {
            uid: value("UID"),
            summary: value("SUMMARY"),
            description: value("DESCRIPTION"),
            start: value("DTSTART"),
            is_cancelled: value("STATUS") == "CANCELLED",
        }
    };
    unfolded.split("BEGIN:VEVENT").skip(1).map(event).collect()
}
