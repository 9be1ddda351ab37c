//! The accent colour: what an office declared, made readable.
//!
//! Contrast follows WCAG 2.2 §1.4.3. It knows no style sheet, only colours.

use crate::notice::Colour;
use serde::Serialize;

/// The colours a template may use for emphasis, in both schemes. Each reads on
/// its scheme's background, and text in `on` reads upon it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Palette {
    pub accent: String,
    pub on_accent: String,
    pub accent_dark: String,
    pub on_accent_dark: String,
}

/// Where an office declares no colour.
const DEFAULT: Rgb = Rgb([0x1f, 0x5f, 0xa8]);
/// The least bright surface of the light scheme and the brightest of the dark
/// one: what reads on these reads on all surfaces of its scheme.
const LIGHT_SURFACE: Rgb = Rgb([0xee, 0xf1, 0xf5]);
const DARK_SURFACE: Rgb = Rgb([0x26, 0x2d, 0x38]);
const WHITE: Rgb = Rgb([0xff; 3]);
const BLACK: Rgb = Rgb([0x10, 0x14, 0x1a]);
/// AA for text of any size.
const ENOUGH: f64 = 4.5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb([u8; 3]);

impl Palette {
    pub fn new(brand: Option<Colour>) -> Self {
        let brand = brand.map_or(DEFAULT, Rgb::of);
        let light = brand.until_readable(LIGHT_SURFACE, BLACK);
        let dark = brand.until_readable(DARK_SURFACE, WHITE);
        Self {
            accent: light.hex(),
            on_accent: light.text_upon().hex(),
            accent_dark: dark.hex(),
            on_accent_dark: dark.text_upon().hex(),
        }
    }
}

impl Rgb {
    fn of(colour: Colour) -> Self {
        let hex = colour.to_string();
        let part = |at| u8::from_str_radix(&hex[at..at + 2], 16);
        match (part(1), part(3), part(5)) {
            (Ok(red), Ok(green), Ok(blue)) => Self([red, green, blue]),
            _ => DEFAULT,
        }
    }

    /// Moved towards `end` in small steps, so that the hue stays the office's,
    /// until it reads on `surface`. `end` itself always does.
    fn until_readable(self, surface: Self, end: Self) -> Self {
        const STEPS: u32 = 50;
        (0..=STEPS)
            .map(|step| self.mixed(end, f64::from(step) / f64::from(STEPS)))
            .find(|mixed| mixed.contrast(surface) >= ENOUGH)
            .unwrap_or(end)
    }

    fn mixed(self, other: Self, share: f64) -> Self {
        let channel = |at: usize| {
            let (from, to) = (f64::from(self.0[at]), f64::from(other.0[at]));
            (from + (to - from) * share).round() as u8
        };
        Self([channel(0), channel(1), channel(2)])
    }

    fn text_upon(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }

    /// WCAG's contrast ratio, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn hex(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}
