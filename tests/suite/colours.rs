//! An office's colour stays readable, whatever it is.

use crate::everything::everything;
use fairwarning::notice::Colour;
use fairwarning::render::Renderer;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The surfaces that accents stand on, as the style sheets have them.
const LIGHT: [&str; 3] = ["#ffffff", "#f3f5f8", "#eef1f5"];
const DARK: [&str; 4] = ["#12161c", "#151a21", "#1b2129", "#262d38"];

fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let share = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

pub fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Accent and the text upon it, of the light scheme and of the dark one.
fn accents(colour: &str) -> Vec<(String, String)> {
    let (mut program, _) = everything();
    program.settings.brand.colour = Some(Colour::try_from(colour.to_owned()).unwrap());
    let css = Renderer::new(&BTreeMap::new()).unwrap().brand_css(&program).unwrap();
    let values = |name: &str| -> Vec<String> {
        let lines = css.lines().filter_map(|line| line.trim().strip_prefix(name));
        lines.map(|value| value.trim_matches([':', ' ', ';']).to_owned()).collect()
    };
    values("--accent").into_iter().zip(values("--on-accent")).collect()
}

#[test]
fn a_colour_that_reads_well_is_left_alone() {
    assert_eq!(accents("#1f4e8c")[0], ("#1f4e8c".to_owned(), "#ffffff".to_owned()));
    assert_eq!(accents("#ffd000")[1].0, "#ffd000");
}

#[test]
fn a_colour_for_dark_screens_is_taken_as_it_is_declared() {
    let (mut program, _) = everything();
    let colour = |hex: &str| Some(Colour::try_from(hex.to_owned()).unwrap());
    program.settings.brand.colour = colour("#1f4e8c");
    program.settings.brand.dark_colour = colour("#ffd000");
    let css = Renderer::new(&BTreeMap::new()).unwrap().brand_css(&program).unwrap();
    assert!(css.contains("#1f4e8c") && css.contains("#ffd000"), "{css}");
}

#[test]
fn the_style_sheets_surfaces_are_no_harder_to_read_on_than_those_colours_are_judged_by() {
    let sheet = std::fs::read_to_string("templates/page/style.css").unwrap();
    let (light, dark) = sheet.split_once("@media (prefers-color-scheme: dark)").unwrap();
    for (part, judged) in [(light, "#eef1f5"), (dark, "#262d38")] {
        let text = if judged == "#eef1f5" { "#000000" } else { "#ffffff" };
        for name in ["--page: ", "--panel: "] {
            let colour = &part.split_once(name).unwrap().1[..7];
            assert!(contrast(colour, text) >= contrast(judged, text), "{name}{colour}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_colour_reaches_aa_in_both_schemes(rgb in 0u32..=0xff_ffff) {
        let accents = accents(&format!("#{rgb:06x}"));
        prop_assert_eq!(accents.len(), 2);
        for ((accent, on_accent), surfaces) in accents.iter().zip([&LIGHT[..], &DARK[..]]) {
            for surface in surfaces {
                let ratio = contrast(accent, surface);
                prop_assert!(ratio >= 4.5, "{accent} on {surface}: {ratio:.2}");
            }
            prop_assert!(contrast(accent, on_accent) >= 4.5, "{on_accent} on {accent}");
        }
    }
}
