//! News as JSON Feed 1.1.

use super::{NewsEntry, NewsFeed, moment};
use serde_json::{Value, json};

const VERSION: &str = "https://jsonfeed.org/version/1.1";

impl NewsFeed<'_> {
    pub fn json(&self) -> String {
        let mut feed = json!({
            "version": VERSION,
            "title": self.title,
            "language": self.locale,
            "items": self.entries.iter().map(NewsEntry::json).collect::<Vec<_>>(),
        });
        set(&mut feed, "home_page_url", self.page);
        set(&mut feed, "feed_url", self.source);
        feed.to_string()
    }
}

impl NewsEntry {
    fn json(&self) -> Value {
        let mut item = json!({
            "id": self.id,
            "title": self.title,
            "content_html": self.html,
            "date_published": moment(self.published),
            "date_modified": moment(self.updated),
            "authors": [{ "name": self.author }],
            "tags": [self.kind.0],
            "language": self.locale,
        });
        set(&mut item, "url", self.page.as_deref());
        set(&mut item, "summary", Some(self.summary.as_str()).filter(|text| !text.is_empty()));
        item
    }
}

/// Addresses must be absolute here, and are left out where they cannot be.
fn set(object: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        object[name] = value.into();
    }
}
