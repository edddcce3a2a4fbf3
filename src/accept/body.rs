//! Reading a body under its limit.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};

pub(super) enum BodyError {
    TooLarge,
    /// The client left or broke the framing.
    Broken,
}

/// The whole body, of `bytes_max` bytes at most: refused by its announced length before a byte is
/// read, and by its real one while reading.
pub(super) async fn read(
    mut body: Incoming,
    headers: &HeaderMap,
    bytes_max: usize,
) -> Result<Bytes, BodyError> {
    let announced = body.size_hint().exact().unwrap_or_default();
    if usize::try_from(announced).map_or(true, |length| length > bytes_max) {
        discard(body, headers).await;
        return Err(BodyError::TooLarge);
    }
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    // Once all that was announced is there, asking for more would only wait for another turn.
    while body.size_hint().exact() != Some(0)
        && let Some(frame) = body.frame().await
    {
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else {
            continue;
        };
        let so_far = first.len() + joined.len();
        if so_far + data.len() > bytes_max {
            discard(body, headers).await;
            return Err(BodyError::TooLarge);
        }
        if so_far == 0 {
            // Most bodies come in one piece, which then is the body: nothing is copied.
            first = data;
        } else {
            if joined.is_empty() {
                joined.reserve(match usize::try_from(announced) {
                    // In chunks: nobody knows how much there will be.
                    Ok(0) | Err(_) => so_far * 2,
                    Ok(length) => length,
                });
                joined.extend_from_slice(&std::mem::take(&mut first));
            }
            joined.extend_from_slice(&data);
        }
    }
    if joined.is_empty() {
        Ok(first)
    } else {
        Ok(joined.freeze())
    }
}

/// Reads a little of what is not wanted, so that a client in the middle of sending sees our answer
/// rather than a reset. One that asked first (`expect: 100-continue`) has sent nothing yet, and
/// reading would tell it to.
pub(super) async fn discard(mut body: Incoming, headers: &HeaderMap) {
    const BYTES_MAX: usize = 256 * 1024;
    const TIME_MAX: Duration = Duration::from_millis(500);
    if body.is_end_stream() || headers.contains_key(header::EXPECT) {
        return;
    }
    let read = async {
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, Bytes::len);
            if seen > BYTES_MAX {
                return;
            }
        }
    };
    // Boxed, for it is rare, and what a request's future may hold it always has room for.
    let _ = Box::pin(tokio::time::timeout(TIME_MAX, read)).await;
}
