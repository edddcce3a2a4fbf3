//! Everything that a request's head can be turned away for.

use std::net::IpAddr;

use tokio::sync::SemaphorePermit;

use super::coding::Codings;
use super::framing;
use super::visitor::Visitor;
use super::{Denial, Door, Generation};
use crate::scheduling;

/// The source's own, where it has a share, and that of all.
pub(super) type Permits<'s> = (Option<SemaphorePermit<'s>>, SemaphorePermit<'s>);

/// Everything that a request's head can be turned away for.
pub(super) fn admit<'s, C>(
    head: &http::request::Parts,
    (visitor, client): (&Visitor, IpAddr),
    door: Option<&'s Door>,
    generation: &'s Generation<C>,
) -> Result<(&'s Door, Codings, Permits<'s>), Denial> {
    admit_any(head, client, generation)?;
    let door = door.ok_or(Denial::NotFound)?;
    door.admission.admits(client, visitor.names.as_deref())?;
    let own = door.gate.admit()?;
    let Ok(permit) = generation.in_flight.try_acquire() else {
        scheduling::give_way();
        return Err(Denial::Overloaded);
    };
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
    Ok((door, codings, (own, permit)))
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
