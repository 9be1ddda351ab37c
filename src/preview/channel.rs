//! The forms in which a notice goes out, by the names that commands and
//! addresses give them.

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Channel {
    /// The mail's text part.
    Text,
    /// The mail's HTML part.
    Html,
    /// The whole message, as a mail program opens it.
    Eml,
    /// The web page.
    Page,
    /// A Jekyll post.
    Post,
    /// A Markdown document.
    Markdown,
    /// The dates as an iCalendar object.
    Ics,
    /// All of it for programs, as the API answers.
    Json,
}

/// What a mail is sent for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Occasion {
    /// The notice is announced.
    #[default]
    Announcement,
    /// The next cutoff or brownout is coming.
    Reminder,
    /// The next cutoff is coming, and nobody said that all is done: to somebody else.
    Escalation,
    /// And to the office.
    Escalated,
    /// The last amendment changed something.
    Change,
    /// All of it is called off.
    Cancellation,
    /// The week's messages about it, in one.
    Digest,
}

impl Occasion {
    pub const ALL: [Self; 7] = [
        Self::Announcement,
        Self::Reminder,
        Self::Change,
        Self::Cancellation,
        Self::Digest,
        Self::Escalation,
        Self::Escalated,
    ];

    /// As commands and addresses name it.
    pub fn name(self) -> String {
        let named = self.to_possible_value().map(|value| value.get_name().to_owned());
        named.unwrap_or_default()
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Announcement => "Announcement",
            Self::Reminder => "Reminder",
            Self::Escalation => "To a second contact",
            Self::Escalated => "To the office, of those silent",
            Self::Change => "Change",
            Self::Cancellation => "Cancellation",
            Self::Digest => "Weekly digest",
        }
    }
}

impl Channel {
    /// In the order in which an office looks at them.
    pub const ALL: [Self; 8] = [
        Self::Html,
        Self::Text,
        Self::Eml,
        Self::Page,
        Self::Markdown,
        Self::Post,
        Self::Ics,
        Self::Json,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "html",
            Self::Eml => "eml",
            Self::Page => "page",
            Self::Post => "post",
            Self::Markdown => "markdown",
            Self::Ics => "ics",
            Self::Json => "json",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Text => "Mail as text",
            Self::Html => "Mail",
            Self::Eml => "Whole message",
            Self::Page => "Page",
            Self::Post => "Post",
            Self::Markdown => "Markdown",
            Self::Ics => "Calendar",
            Self::Json => "JSON",
        }
    }

    /// Whether it is made for each set of affected rows; else everybody gets
    /// the same.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Text | Self::Html | Self::Eml | Self::Ics)
    }

    /// Whether what a mail is sent for makes a difference.
    pub fn has_occasions(self) -> bool {
        matches!(self, Self::Text | Self::Html | Self::Eml)
    }

    /// Whether it says in which state each row is.
    pub fn has_states(self) -> bool {
        matches!(self, Self::Page | Self::Json)
    }

    /// Whether a browser shows it as a document of its own.
    pub fn is_document(self) -> bool {
        matches!(self, Self::Html | Self::Page)
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Html | Self::Page => "text/html; charset=utf-8",
            Self::Eml => "message/rfc822",
            Self::Post | Self::Markdown => "text/markdown; charset=utf-8",
            Self::Ics => "text/calendar; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}
