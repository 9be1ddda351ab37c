//! Any text as a date: what is understood reads back, and has bounds in order.
#![no_main]

use chrono_tz::Tz;
use fairwarning_fuzz::notice::{Date, Length, Span};
use fairwarning_fuzz::schedule::bounds;
use libfuzzer_sys::fuzz_target;

/// A zone with an odd hour of its own, one without, and one that skipped a day.
const ZONES: [Tz; 3] = [Tz::America__New_York, Tz::UTC, Tz::Pacific__Apia];

fuzz_target!(|text: &str| {
    if let Ok(length) = text.parse::<Length>() {
        assert_eq!(length.to_string().parse(), Ok(length), "a length reads back");
    }
    let Ok(span) = text.parse::<Span>() else { return };
    assert_eq!(span.to_string().parse(), Ok(span), "a date reads back");
    for zone in ZONES {
        let bounds = bounds(&Date::from(span), zone);
        if let (Some(earliest), Some(latest)) = (bounds.earliest, bounds.latest) {
            assert!(earliest <= latest, "{span} in {zone} ends before it begins");
        }
    }
});
