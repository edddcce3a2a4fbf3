//! Puts the stages together from the settings, and takes them down again in order.

pub(crate) mod carriers;
mod inspection;
pub(crate) mod placing;
pub(crate) mod running;
mod sources;
mod tasks;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::checks::Checks;
use crate::settings::Settings;
use crate::{accept, admin, reload, service};
use running::Running;
use tasks::Tasks;

/// A file would grow beyond RLIMIT_FSIZE; the same number on every Linux but MIPS.
const SIGXFSZ: SignalKind = SignalKind::from_raw(25);

/// Where a running daemon listens, once it does.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    pub ingress: SocketAddr,
    pub admin: SocketAddr,
}

/// Runs until SIGTERM or SIGINT, then drains. `load` reads the configuration again when it may have
/// changed; `up` is told where it listens.
///
/// # Errors
/// What kept it from starting, or which part of it ended unasked.
pub async fn run(
    settings: Settings,
    load: reload::Load,
    up: impl FnOnce(Addresses),
) -> Result<(), String> {
    let mut signals = Signals::take().map_err(|error| error.to_string())?;
    // Until it is listened to it waits; it would end the process otherwise.
    let mut hangup = signal(SignalKind::hangup()).map_err(|error| error.to_string())?;
    let ingress = bind("listen", settings.listen)?;
    let admin = bind("admin.listen", settings.admin_listen)?;
    let files = (settings.files.clone(), settings.read_at);
    let (tasks, mut ended) = Tasks::new();
    let addresses = Addresses {
        ingress: local(&ingress)?,
        admin: local(&admin)?,
    };
    let inspector = inspection::start(&settings, addresses)?;
    let checks = Arc::new(Checks::new(&settings, own_url(addresses.ingress)));
    let own = (tasks.clone(), inspector.clone());
    let mut running = Running::start(settings, own.0, own.1, &checks).await?;
    inspection::connect(inspector.as_ref(), &running.current);
    let health = Arc::clone(&running.health);
    let (metrics, learned) = (running.metrics(), running.learned());
    let admin = (admin, Arc::clone(&running.tls.admin));
    let asked = admin::Asked {
        metrics: Arc::clone(metrics),
        health: Arc::clone(&health),
        learned: Arc::clone(learned),
        inspector,
    };
    let _admin = tasks.start("the admin side", admin::serve(admin, asked));
    let (go, going) = watch::channel(None);
    let ingress = (ingress, Arc::clone(&running.tls.ingress));
    let (current, metrics) = (Arc::clone(&running.current), Arc::clone(metrics));
    let mut serving = tokio::spawn(accept::serve(ingress, current, metrics, going));
    tracing::info!(ingress = %addresses.ingress, admin = %addresses.admin, "hookferry is up");
    let _alive =
        service::ready(addresses.ingress).map(|watchdog| tasks.start("the watchdog", watchdog));
    let checking = tasks.start("the checks", checks.run(Arc::clone(running.metrics())));
    up(addresses);

    tokio::select! {
        () = signals.ask_to_end() => {}
        what = ended.recv() => {
            let what = what.unwrap_or("a background task");
            return Err(format!("{what} ended unasked"));
        }
        () = reload::watch(files, &mut running, load, &mut hangup) => {
            return Err("the look at the configuration ended unasked".into());
        }
        _ = &mut serving => return Err("the ingress ended unasked".into()),
    }
    let shutdown = running.shutdown.clone();
    health.leave();
    service::stopping();
    // What is refused from now on says nothing of how well it is.
    drop(checking);
    tracing::info!("draining");
    tokio::time::sleep(shutdown.delay).await;
    let _ = go.send(Some(shutdown.grace));
    let cut = serving.await.map_err(|error| error.to_string())?;
    running.close().await;
    if cut > 0 {
        tracing::warn!(
            connections = cut,
            "the grace was over before all had finished"
        );
    }
    tracing::info!("hookferry is down");
    Ok(())
}

/// The signals that the daemon takes.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    _too_large: Signal,
}

impl Signals {
    fn take() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            // A write beyond RLIMIT_FSIZE is to fail as on a full disk, and not to end the process,
            // which is what its signal does where nobody takes it.
            _too_large: signal(SIGXFSZ)?,
        })
    }

    /// Returns once the daemon is to end.
    async fn ask_to_end(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Connections that the kernel keeps until they are accepted. It makes what it allows of it (Linux: net.core.somaxconn,
/// 4096), where the library would ask for 128: whoever finds no place there asks again a second later.
const BACKLOG: u32 = u32::MAX;

fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, String> {
    listen(address).map_err(|error| {
        format!("{key}: cannot listen on {address}: {error}; choose another address or free it")
    })
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Of a daemon that has ended, connections may still be there.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Where this machine reaches an ingress that listens there.
pub(crate) fn own_url(ingress: SocketAddr) -> String {
    let ip = match ingress.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    format!("http://{}", SocketAddr::new(ip, ingress.port()))
}

fn local(listener: &TcpListener) -> Result<SocketAddr, String> {
    listener.local_addr().map_err(|error| error.to_string())
}
