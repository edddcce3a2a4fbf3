//! What comes to a path that was made to be looked at: taken under the limits that hold for all, and
//! never published.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use tokio::time::Instant;

use super::admit::admit_any;
use super::body::{self, BodyError};
use super::coding::Codings;
use super::{Carry, Denial, Generation, Received, Reply};
use crate::time::UnixTime;

/// Somewhere that takes any request and keeps it to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bin {
    pub id: Arc<str>,
    pub body_bytes_max: usize,
}

/// Has a bin take the request, whatever it is, under the limits that hold for all.
pub(super) async fn capture<C: Carry>(
    bin: Bin,
    (head, body): (http::request::Parts, Incoming),
    client: IpAddr,
    generation: &Generation<C>,
    started: Instant,
) -> Result<Reply, Denial> {
    if let Err(denial) = admit_any(&head, client, generation) {
        body::discard(body, &head.headers).await;
        return Err(denial);
    }
    let permit = generation.in_flight.try_acquire();
    let permit = permit.map_err(|_| Denial::Overloaded)?;
    let read = body::read(body, &head.headers, bin.body_bytes_max);
    let until = started + generation.limits.body_read;
    let body = match tokio::time::timeout_at(until, read).await {
        Ok(Ok(body)) => body,
        Ok(Err(BodyError::TooLarge)) => return Err(Denial::TooLarge(bin.body_bytes_max)),
        Ok(Err(BodyError::Broken)) => return Err(Denial::Broken),
        Err(_) => return Err(Denial::TooSlow),
    };
    // What cannot be decoded is shown as it came.
    let (bytes_max, ratio_max) = (bin.body_bytes_max, generation.limits.decoded_ratio_max);
    let codings = Codings::of(&head.headers).ok();
    let codings = codings.filter(|codings| !codings.is_empty());
    let plain = codings.and_then(|codings| codings.decode(&body, bytes_max, ratio_max).ok());
    let received = |body| {
        let received = Received::new(head.method, head.uri, head.headers, body, UnixTime::now());
        received.sent_by(client)
    };
    let received = match plain {
        Some(plain) => received(plain).decoded_from(body),
        None => received(body),
    };
    // A bin may take its time to answer, and then is nobody's work.
    drop(permit);
    Ok(generation.carry.capture(bin, received, started).await)
}
