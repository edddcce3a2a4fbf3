//! The inspector's side of HTTP: a request's body is read under its bound once its head is admitted, and
//! answers are sent whole, in pieces, or as long as somebody reads along.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use tokio::time::timeout;

use super::{Body, streamed, whole};
use crate::inspect::{ASKED_BYTES_MAX, Answer, AnswerBody, Asked, Inspector};

/// How much of a body is read, so that whoever sends too much sees the answer rather than a reset.
const READ_BYTES_MAX: usize = 4 * ASKED_BYTES_MAX;
/// How long a request may take to send its body.
const BODY_READ: Duration = Duration::from_secs(10);

/// The answer to what came by TLS or not, and whether it goes on and on.
pub(super) async fn answer(
    inspector: &Arc<Inspector>,
    request: Request<Incoming>,
    is_tls: bool,
) -> (Response<Body>, bool) {
    let (head, body) = request.into_parts();
    if let Err(refused) = inspector.admit(&head.method, &head.uri, &head.headers) {
        return response(refused);
    }
    let read = Limited::new(body, READ_BYTES_MAX).collect();
    let body = match timeout(BODY_READ, read).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return response(closing(too_large())),
        Ok(Err(_)) | Err(_) => {
            let said = "the body did not come, or not in time";
            let answer = Answer::error(StatusCode::REQUEST_TIMEOUT, said, "send it again");
            return response(closing(answer));
        }
    };
    if body.len() > ASKED_BYTES_MAX {
        return response(closing(too_large()));
    }
    let asked = Asked {
        method: head.method,
        uri: head.uri,
        headers: head.headers,
        body,
        is_tls,
    };
    response(inspector.answer(asked).await)
}

/// What is told where too many look already.
pub(super) fn too_many() -> Response<Body> {
    let said = "too many connections look at the inspector already";
    let answer = Answer::error(StatusCode::SERVICE_UNAVAILABLE, said, "close a page of it");
    response(closing(answer)).0
}

fn too_large() -> Answer {
    let said = format!("the body is longer than {ASKED_BYTES_MAX} bytes");
    Answer::error(StatusCode::PAYLOAD_TOO_LARGE, &said, "send less")
}

fn closing(mut answer: Answer) -> Answer {
    answer
        .headers
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

fn response(answer: Answer) -> (Response<Body>, bool) {
    let (body, goes_on) = match answer.body {
        AnswerBody::Whole(bytes) => (whole(bytes), false),
        AnswerBody::Pieces(pieces) => (streamed(stream::iter(pieces).boxed()), false),
        AnswerBody::Live(live) => {
            let news = stream::unfold(live, |mut live| async {
                let piece: Option<Bytes> = live.next().await;
                piece.map(|piece| (piece, live))
            });
            (streamed(news.boxed()), true)
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = *answer.headers;
    (response, goes_on)
}
