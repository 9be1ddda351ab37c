//! Keeps an eye on declared environments: when each is asked what it accepts, and what is
//! remembered of the answers.
//!
//! It judges nothing by itself and writes to nobody; `drift` and `announce` do.
