//! Whether the world is as declared: the schedule at a moment beside what a probe found then.
//!
//! It knows no socket and no database; what was found is handed to it.
