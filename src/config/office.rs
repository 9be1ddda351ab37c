//! How the office is known: single sign-on by a proxy in front.

use super::ConfigError;
use crate::notice::Network;
use crate::notice::OfficeScope;
use clap::Args;

/// A proxy in front may log people in and say who they are.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Single sign-on")]
pub struct OfficeArguments {
    /// The header in which a --trusted-proxy names whoever is logged in, such as
    /// X-Forwarded-User. The proxy must remove it from what clients send.
    #[arg(long, env = "FAIRWARNING_SSO_USER_HEADER", value_name = "NAME")]
    #[arg(requires = "sso_groups_header")]
    sso_user_header: Option<String>,
    /// The header in which it lists their groups, parted by commas.
    #[arg(long, env = "FAIRWARNING_SSO_GROUPS_HEADER", value_name = "NAME")]
    #[arg(requires = "sso_user_header")]
    sso_groups_header: Option<String>,
    /// A group whose members may see what the office sees; repeatable.
    #[arg(long, env = "FAIRWARNING_SSO_VIEWERS", value_name = "GROUP", value_delimiter = ',')]
    sso_viewers: Vec<String>,
    /// A group whose members may do all but approve and announce; repeatable.
    #[arg(long, env = "FAIRWARNING_SSO_EDITORS", value_name = "GROUP", value_delimiter = ',')]
    sso_editors: Vec<String>,
    /// A group whose members may do everything; repeatable.
    #[arg(long, env = "FAIRWARNING_SSO_APPROVERS", value_name = "GROUP", value_delimiter = ',')]
    sso_approvers: Vec<String>,
}

/// Whose word is taken for who somebody is, and what groups may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleSignOn {
    pub user_header: String,
    pub groups_header: String,
    pub groups: Vec<(String, OfficeScope)>,
    pub proxies: Vec<Network>,
}

impl OfficeArguments {
    pub fn check(&self, proxies: &[Network]) -> Result<Option<SingleSignOn>, ConfigError> {
        let groups: Vec<(String, OfficeScope)> = [
            (&self.sso_viewers, OfficeScope::Viewer),
            (&self.sso_editors, OfficeScope::Editor),
            (&self.sso_approvers, OfficeScope::Approver),
        ]
        .into_iter()
        .flat_map(|(groups, scope)| {
            groups.iter().map(move |group| (group.trim().to_owned(), scope))
        })
        .filter(|(group, _)| !group.is_empty())
        .collect();
        let (Some(user), Some(list)) = (&self.sso_user_header, &self.sso_groups_header) else {
            return match groups.is_empty() {
                true => Ok(None),
                false => Err(ConfigError::SingleSignOn("--sso-user-header is not")),
            };
        };
        if proxies.is_empty() {
            return Err(ConfigError::SingleSignOn("--trusted-proxy is not"));
        }
        if groups.is_empty() {
            return Err(ConfigError::SingleSignOn("no group is, so that nobody could do anything"));
        }
        Ok(Some(SingleSignOn {
            user_header: header(user)?,
            groups_header: header(list)?,
            groups,
            proxies: proxies.to_vec(),
        }))
    }
}

/// A field name (RFC 9110 §5.1), in lower case. Those that any client sends for
/// reasons of its own can say nothing about who it is.
fn header(name: &str) -> Result<String, ConfigError> {
    const TAKEN: [&str; 5] = ["authorization", "cookie", "host", "origin", "user-agent"];
    let name = name.trim().to_ascii_lowercase();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let is_good = !name.is_empty() && name.chars().all(is_token) && !TAKEN.contains(&name.as_str());
    if is_good { Ok(name) } else { Err(ConfigError::HeaderName(name)) }
}
