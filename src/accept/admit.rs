//! Everything that a request's head can be turned away for.

use std::net::IpAddr;

use tokio::sync::SemaphorePermit;
use tokio::time::sleep;

use super::coding::Codings;
use super::framing;
use super::visitor::Visitor;
use super::{Carry, Denial, Door, Generation};

/// When it is asked again whether there is room, in parts of the time that a request waits for that: soon, for most bursts are over
/// soon, and not often, for all who wait ask.
const AGAIN: [f64; 3] = [0.125, 0.25, 0.625];

/// The source's own, where it has a share, and that of all.
pub(super) type Permits<'s> = (Option<SemaphorePermit<'s>>, SemaphorePermit<'s>);

/// Everything that a request's head can be turned away for, room for it last.
pub(super) async fn admit<'s, C: Carry>(
    head: &http::request::Parts,
    (visitor, client): (&Visitor, IpAddr),
    door: Option<&'s Door>,
    generation: &'s Generation<C>,
) -> Result<(&'s Door, Codings, Permits<'s>), Denial> {
    admit_any(head, client, generation)?;
    let door = door.ok_or(Denial::NotFound)?;
    door.admission.admits(client, visitor.names.as_deref())?;
    door.gate.admit()?;
    if !door.methods.contains(&head.method) {
        return Err(Denial::MethodNotAllowed(door.methods.clone()));
    }
    let is_typed = head.method == http::Method::POST && !door.content_types.is_empty();
    if is_typed
        && !door
            .content_types
            .contains(&super::media_type(&head.headers))
    {
        return Err(Denial::UnsupportedMediaType(door.content_types.clone()));
    }
    let codings = Codings::of(&head.headers).map_err(|_| Denial::UnsupportedEncoding)?;
    let permits = room(head.version, door, generation).await?;
    Ok((door, codings, permits))
}

/// Room for what comes to `door`, for as long as the permits live. Where there is none it is waited for: bursts pass, and who sends
/// more than there is room for gets no further meanwhile.
async fn room<'s, C: Carry>(
    version: http::Version,
    door: &'s Door,
    generation: &'s Generation<C>,
) -> Result<Permits<'s>, Denial> {
    let mut room = room_now(door, generation);
    // A connection of HTTP/2 may have so many streams that those that wait would take room by themselves.
    if room.is_ok() || version >= http::Version::HTTP_2 {
        return room;
    }
    for part in AGAIN {
        // Boxed, for it is rare.
        Box::pin(sleep(generation.limits.room_wait.mul_f64(part))).await;
        room = room_now(door, generation);
        if room.is_ok() {
            break;
        }
    }
    room
}

fn room_now<'s, C: Carry>(
    door: &'s Door,
    generation: &'s Generation<C>,
) -> Result<Permits<'s>, Denial> {
    let own = door.gate.share()?;
    let permit = generation.in_flight.try_acquire();
    let permit = permit.map_err(|_| Denial::Overloaded)?;
    if !generation.carry.has_room(door) {
        return Err(Denial::Overloaded);
    }
    Ok((own, permit))
}

/// What no request passes by, whosever it is.
pub(super) fn admit_any<C>(
    head: &http::request::Parts,
    client: IpAddr,
    generation: &Generation<C>,
) -> Result<(), Denial> {
    framing::check(head)?;
    // hyper looks at its own bound only while a head is not yet whole, and a read may pass it.
    if head_bytes(head) > generation.limits.headers_bytes_max {
        return Err(Denial::HeadersTooLarge(generation.limits.headers_bytes_max));
    }
    // The client's own first: one that sends too much is to take nothing of what is there for all.
    if let Some(clients) = &generation.clients {
        clients.admit(client)?;
    }
    generation
        .rate
        .as_ref()
        .map_or(Ok(()), |rate| rate.admit())?;
    Ok(())
}

/// The head's length as it came, give or take its white space.
fn head_bytes(head: &http::request::Parts) -> usize {
    let uri = head.uri.path().len() + head.uri.query().map_or(0, str::len);
    let lines = head.headers.iter();
    lines.fold(uri, |sum, (name, value)| {
        sum + name.as_str().len() + value.len() + 4
    })
}
