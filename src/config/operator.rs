//! Who gives an order, for the record.

use clap::Args;

#[derive(Args, Clone)]
pub struct OperatorArguments {
    /// Who orders it, for the record.
    #[arg(long, env = "USER", value_name = "NAME", default_value = "somebody", global = true)]
    pub by: String,
}
