//! The Markdown that offices write, in each form that channels need.
//!
//! The rules are the same for every form, so that all channels say the same:
//! raw HTML is text, a picture is a link to it, and a link whose scheme is not
//! allowed is its text. It knows nothing of notices.

mod events;
mod html;
mod plain;
mod source;

pub use events::is_allowed_url;
pub use html::to_html;
pub use plain::{indented, to_plain, wrapped};
pub use source::{code_ranges, escaped, fenced, inline_code, liquid_escaped, to_markdown};
