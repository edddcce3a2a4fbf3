//! The page's files, which are in the binary.

use bytes::Bytes;
use http::StatusCode;

use super::answer::{Answer, AnswerBody};

/// Every file of the folder `page` by its name below it; build.rs writes the list.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The file at `path` below `/inspector/`; `None` where there is none.
pub(super) fn file(path: &str) -> Option<Answer> {
    let wanted = if path.is_empty() { "index.html" } else { path };
    let (name, bytes) = FILES.iter().find(|(name, _)| *name == wanted)?;
    let content_type = match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "png" => "image/png",
        _ => "application/octet-stream",
    };
    let body = AnswerBody::Whole(Bytes::from_static(bytes));
    Some(Answer::new(StatusCode::OK, content_type, body))
}
