//! The inspector, where it is on: made from the settings, and told who judges a request again.

use std::sync::{Arc, Weak};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::Addresses;
use crate::accept::{Current, Received};
use crate::inspect::{Begin, Inspector, Judge};
use crate::pipeline::Pipeline;
use crate::settings::Settings;

/// The inspector; `None` where it is off.
///
/// # Errors
/// What keeps it from starting.
pub(super) fn start(
    settings: &Settings,
    addresses: Addresses,
) -> Result<Option<Arc<Inspector>>, String> {
    let own = settings.inspector.clone();
    own.map(|own| Inspector::start(own, addresses.admin, addresses.ingress))
        .transpose()
}

/// Has requests judged again by whatever is in force then.
pub(super) fn connect(inspector: Option<&Arc<Inspector>>, current: &Arc<Current<Pipeline>>) {
    if let Some(onlooker) = &current.get().carry.onlooker {
        onlooker.takes_over();
    }
    if let Some(inspector) = inspector {
        // What is in force holds the inspector, which holds this.
        inspector.connect(Box::new(Again(Arc::downgrade(current))));
    }
}

/// What judges a request as if it had come just now.
#[derive(Debug)]
struct Again(Weak<Current<Pipeline>>);

impl Judge for Again {
    fn judge(&self, received: Received, note: Begin) -> Option<BoxFuture<'static, ()>> {
        let generation = self.0.upgrade()?.get();
        let door = generation.doors.at(received.path())?.clone();
        let note = note(
            generation.carry.onlooker.as_ref()?,
            door.source,
            door.tenant.clone(),
        );
        Some(Box::pin(async move {
            let (note, now) = (Some(Box::new(note)), Instant::now());
            let carried = generation.carry.carry_noted(&door, received, now, note);
            let _ = carried.await;
        }))
    }
}
