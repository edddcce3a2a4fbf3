//! What the service manager is told: systemd's `Type=notify` and `WatchdogSec`, sd_notify(3). Where no
//! `NOTIFY_SOCKET` is in the environment, nothing is told and nothing is paid.

use std::fmt::Display;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::MissedTickBehavior;

/// The daemon listens at `address`: what waits for the unit may start. What is returned tells the manager
/// that the daemon lives, if it asks for that (`WATCHDOG_USEC`); it runs for ever.
pub fn ready(address: impl Display) -> Option<impl Future<Output = ()>> {
    let status = format!("listening on {address}");
    tell(&[NotifyState::Ready, NotifyState::Status(&status)]);
    sd_notify::watchdog_enabled().map(watchdog)
}

/// A new configuration is looked at; [`reloaded`] has to follow, whatever comes of it.
pub fn reloading() {
    // What a unit of Type=notify-reload (systemd 253) asks for; older ones pass over it.
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::debug!(%error, "the service manager is not told of a reload"),
    }
}

/// The configuration is the new one, or still the old one: `outcome` says which.
pub fn reloaded(outcome: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(outcome)]);
}

/// The daemon has been asked to end, and answers what has begun.
pub fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("draining")]);
}

/// Twice in the time that the manager allows, tells it that the daemon lives. It ends a daemon that is silent for longer, and starts
/// it anew. Each word goes out only once a task of its own has been run: it proves that the runtime's timers go off, and that its
/// workers still take up work. It never returns.
async fn watchdog(within: Duration) {
    // WATCHDOG_USEC=1 is legal, and no reason for a busy loop.
    let mut ticks = tokio::time::interval((within / 2).max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if tokio::spawn(std::future::ready(())).await.is_ok() {
            tell(&[NotifyState::Watchdog]);
        }
    }
}

fn tell(states: &[NotifyState]) {
    // A manager that does not hear it will say so itself, by its own deadlines.
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager cannot be told");
    }
}
