//! What a notice's address names.

use super::problem::ApiError;
use crate::notice::{NoticeId, NoticePath, ProgramId};

/// An address that cannot be a notice's is answered as one that is not.
pub fn notice_path((program, notice): &(String, String)) -> Result<NoticePath, ApiError> {
    match (program.parse::<ProgramId>(), notice.parse::<NoticeId>()) {
        (Ok(program), Ok(notice)) => Ok(NoticePath { program, notice }),
        _ => Err(ApiError::NotFound("no notice can have this address".to_owned())),
    }
}

pub fn no_notice(path: &NoticePath) -> ApiError {
    ApiError::NotFound(format!("there is no notice {path} in the present publication"))
}
