//! What a program and its notices say in another language: texts alone, in the
//! shape of what they translate.
//!
//! A fact that is no text, such as a date or an address, cannot differ between
//! languages, because there is no field for it here. Lists match by position;
//! what is left out stays in the default language. How a translation is laid
//! over a notice stands in `overlay`; whether it fits, `declaration` checked.

mod overlay;
mod titles;

pub use titles::Titles;

use super::{ApiId, BrownoutId, CohortId, EndpointId, EnvironmentId, GroupId, RowId, Text};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Texts of a list, by position. An empty place leaves its text as it is.
pub type Listed<T> = Vec<Option<T>>;

/// Defines forms whose every key may be left out, and that refuse any other.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $(#[serde(skip_serializing_if = "is_empty")] pub $field: $type,)*
        }
    )*};
}

/// So that a key added later leaves the digests of older publications alone.
fn is_empty<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

texts! {
    /// `LOCALE/program.yaml` and `LOCALE/apis.yaml`.
    ProgramTexts {
        settings: SettingsTexts,
        catalogue: CatalogueTexts,
    }
    /// `LOCALE/program.yaml`.
    SettingsTexts {
        title: Option<String>,
        office: OfficeTexts,
        contact: ContactTexts,
    }
    OfficeTexts {
        name: Option<String>,
        greeting: Option<String>,
        closing: Option<String>,
    }
    ContactTexts {
        text: Option<Text>,
    }
    /// `LOCALE/apis.yaml`.
    CatalogueTexts {
        environments: IndexMap<EnvironmentId, TitleText>,
        apis: IndexMap<ApiId, DescribedText>,
        groups: IndexMap<GroupId, TitleText>,
        cohorts: IndexMap<CohortId, DescribedText>,
    }
    TitleText {
        title: Option<String>,
    }
    DescribedText {
        title: Option<String>,
        description: Option<String>,
    }
    /// `LOCALE/NOTICE.yaml`.
    NoticeTexts {
        title: Option<String>,
        announced: DateText,
        ends: Listed<String>,
        needs: Listed<String>,
        behind: BehindTexts,
        summary: Option<Text>,
        affected: Option<Text>,
        steps: Listed<StepTexts>,
        checks: Listed<CheckTexts>,
        questions: Listed<QuestionTexts>,
        timeline: Listed<TimelineTexts>,
        references: Listed<TitleText>,
        contact: ContactTexts,
        unaffected: ContactTexts,
        test_endpoints: IndexMap<EndpointId, EndpointTexts>,
        schedule: ScheduleTexts,
        amendments: Listed<AmendmentTexts>,
        audience: ContactTexts,
        channels: ChannelTexts,
    }
    /// The office's own name for a date.
    DateText {
        label: Option<String>,
    }
    BehindTexts {
        provider: ProviderTexts,
        regulations: Listed<RegulationTexts>,
    }
    ProviderTexts {
        name: Option<String>,
        service: Option<String>,
        text: Option<Text>,
    }
    RegulationTexts {
        name: Option<String>,
        body: Option<String>,
        since: DateText,
        text: Option<Text>,
    }
    StepTexts {
        text: Option<Text>,
        platforms: Listed<String>,
    }
    CheckTexts {
        title: Option<String>,
        text: Option<Text>,
        link: TitleText,
        samples: Listed<TitleText>,
        passes: Option<Text>,
        fails: Option<Text>,
    }
    QuestionTexts {
        question: Option<String>,
        answer: Option<Text>,
    }
    TimelineTexts {
        version: Option<String>,
        since: DateText,
        note: Option<String>,
    }
    EndpointTexts {
        text: Option<Text>,
        accepts: Listed<String>,
        opens: DateText,
        closes: DateText,
        caveats: Listed<Text>,
    }
    ScheduleTexts {
        text: Option<Text>,
        deprecation: DateText,
        cutoff: DateText,
        complete: DateText,
        enforced: DateText,
        rows: IndexMap<RowId, RowTexts>,
        brownouts: IndexMap<BrownoutId, BrownoutTexts>,
    }
    RowTexts {
        deprecation: DateText,
        cutoff: DateText,
        complete: DateText,
        enforced: DateText,
        opt_out: OptOutTexts,
        note: Option<Text>,
    }
    OptOutTexts {
        text: Option<Text>,
        by: DateText,
    }
    BrownoutTexts {
        start: DateText,
        end: DateText,
        note: Option<Text>,
    }
    AmendmentTexts {
        date: DateText,
        reason: Option<Text>,
        former: FormerTexts,
    }
    FormerTexts {
        deprecation: DateText,
        cutoff: DateText,
        complete: DateText,
        text: Option<String>,
    }
    ChannelTexts {
        mail: MailTexts,
        post: PostTexts,
    }
    MailTexts {
        subject: Option<String>,
    }
    PostTexts {
        excerpt: Option<Text>,
    }
}
