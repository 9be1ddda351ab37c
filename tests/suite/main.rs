//! One binary for every behaviour test: a file per behaviour.

mod dates;
mod declarations;
mod placeholders;
