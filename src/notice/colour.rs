//! Colours, and whether what is written in one can be read.
//!
//! Contrast follows WCAG 2.2 §1.4.3 and §1.4.11. It knows no style sheet but the
//! surfaces that text stands on.

use serde::{Deserialize, Serialize};
use std::fmt;

/// `#rrggbb`; nothing else can reach a style sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(u32);

/// AA for text of any size.
pub const CONTRAST_OF_TEXT: f64 = 4.5;
/// AA for lines and the borders of buttons.
pub const CONTRAST_OF_LINES: f64 = 3.0;

/// What the reader's screen is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    Light,
    Dark,
}

impl Screen {
    /// The least bright surface of the light scheme and the brightest of the dark
    /// one: what reads on these reads on all surfaces of its scheme.
    pub fn surface(self) -> Colour {
        match self {
            Self::Light => Colour(0xee_f1_f5),
            Self::Dark => Colour(0x26_2d_38),
        }
    }

    /// What is as far from the surface as can be.
    fn end(self) -> Colour {
        match self {
            Self::Light => Colour::BLACK,
            Self::Dark => Colour::WHITE,
        }
    }
}

impl Colour {
    pub const WHITE: Self = Self(0xff_ff_ff);
    pub const BLACK: Self = Self(0x10_14_1a);

    pub const fn of(rgb: u32) -> Self {
        Self(rgb & 0xff_ff_ff)
    }

    fn channels(self) -> [u8; 3] {
        let [_, red, green, blue] = self.0.to_be_bytes();
        [red, green, blue]
    }

    /// Moved away from the scheme's surface in small steps, so that the hue stays the
    /// office's, until text in it reads there. The end of that way always does.
    pub fn readable(self, scheme: Screen) -> Self {
        const STEPS: u32 = 50;
        (0..=STEPS)
            .map(|step| self.mixed(scheme.end(), f64::from(step) / f64::from(STEPS)))
            .find(|mixed| mixed.contrast(scheme.surface()) >= CONTRAST_OF_TEXT)
            .unwrap_or(scheme.end())
    }

    fn mixed(self, other: Self, share: f64) -> Self {
        let (from, to) = (self.channels(), other.channels());
        let channel = |at: usize| {
            let (from, to) = (f64::from(from[at]), f64::from(to[at]));
            (from + (to - from) * share).round() as u8
        };
        Self(u32::from_be_bytes([0, channel(0), channel(1), channel(2)]))
    }

    /// Black or white, whichever reads better upon it.
    pub fn text_upon(self) -> Self {
        let is_white = self.contrast(Self::WHITE) >= self.contrast(Self::BLACK);
        if is_white { Self::WHITE } else { Self::BLACK }
    }

    /// WCAG's contrast ratio, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = self.channels().map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
}

impl TryFrom<String> for Colour {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let hex = text.strip_prefix('#').filter(|h| h.len() == 6);
        hex.filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|h| u32::from_str_radix(h, 16).ok())
            .map(Self)
            .ok_or_else(|| format!("`{text}` is not a colour: write \"#rrggbb\", in quotes"))
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> String {
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}
