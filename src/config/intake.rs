//! The secret that lets mail be handed in over HTTP.

use super::{ConfigError, read, secret};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;

/// Shorter ones are guessed.
const LEAST_CHARS: usize = 16;

#[derive(Args, Clone)]
#[command(next_help_heading = "Intake")]
pub struct IntakeArguments {
    /// Take in bounces by POST /api/v1/intake from whoever sends this as a bearer token.
    #[arg(long, env = "FAIRWARNING_INTAKE_SECRET", value_name = "SECRET", hide_env_values = true)]
    #[arg(value_parser = secret)]
    intake_secret: Option<SecretString>,
    /// A file that holds the secret alone.
    #[arg(long, env = "FAIRWARNING_INTAKE_SECRET_FILE", value_name = "FILE")]
    intake_secret_file: Option<PathBuf>,
}

impl IntakeArguments {
    pub fn check(&self) -> Result<Option<SecretString>, ConfigError> {
        let found = match (&self.intake_secret, &self.intake_secret_file) {
            (Some(_), Some(_)) => return Err(ConfigError::TwoIntakeSecrets),
            (Some(secret), None) => Some(secret.clone()),
            (None, Some(file)) => {
                let text = read("--intake-secret-file", file)?;
                Some(SecretString::from(text.trim_end_matches(['\r', '\n'])))
            }
            (None, None) => None,
        };
        match found {
            Some(short) if short.expose_secret().chars().count() < LEAST_CHARS => {
                Err(ConfigError::ShortIntakeSecret(LEAST_CHARS))
            }
            found => Ok(found),
        }
    }
}
