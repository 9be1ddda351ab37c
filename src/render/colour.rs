//! The accent colour: what an office declared, made readable.

use crate::notice::{Brand, Colour, Screen};
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
const DEFAULT: Colour = Colour::of(0x1f_5f_a8);

impl Palette {
    pub fn new(brand: &Brand) -> Self {
        let colour = brand.colour.unwrap_or(DEFAULT);
        let light = colour.readable(Screen::Light);
        let dark = brand.dark_colour.unwrap_or(colour).readable(Screen::Dark);
        Self {
            accent: light.to_string(),
            on_accent: light.text_upon().to_string(),
            accent_dark: dark.to_string(),
            on_accent_dark: dark.text_upon().to_string(),
        }
    }
}
