//! Whether what an office writes in its own colours can be read.
//!
//! Pages and mails never show what cannot: they move a colour until it reads. So it
//! is a warning: somebody should know that readers see another one.

use super::super::problem::{Code, Problem};
use super::super::tree::{Tree, steps};
use crate::notice::{Brand, CONTRAST_OF_LINES, CONTRAST_OF_TEXT, Colour, Screen};

pub fn check(brand: &Brand, tree: &Tree, problems: &mut Vec<Problem>) {
    let declared = [
        ("colour", brand.colour, Screen::Light, "light"),
        ("dark_colour", brand.dark_colour, Screen::Dark, "dark"),
    ];
    for (key, colour, scheme, surface) in declared {
        let Some(colour) = colour else { continue };
        let contrast = colour.contrast(scheme.surface());
        if contrast >= CONTRAST_OF_TEXT {
            continue;
        }
        let place = tree.place(&steps!["brand", key]);
        let message = format!(
            "`{colour}` has a contrast of {} with the {surface} page; {}",
            ratio(contrast),
            lacking(contrast)
        );
        let shown: Colour = colour.readable(scheme);
        problems.push(
            Problem::warning(Code::LowContrast, place, message)
                .help(format!("pages and mails show \"{shown}\" in its place; write that")),
        );
    }
}

/// Cut, not rounded: 4.49 is not enough, and must not read as 4.5.
fn ratio(contrast: f64) -> String {
    format!("{:.1}:1", (contrast * 10.0).floor() / 10.0)
}

fn lacking(contrast: f64) -> String {
    let text = format!("text needs {CONTRAST_OF_TEXT}:1");
    match contrast < CONTRAST_OF_LINES {
        true => format!("{text}, and even lines need {CONTRAST_OF_LINES}:1"),
        false => text,
    }
}
