//! How much may come: for all, from one client, to one source.

use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use http::HeaderMap;
use ipnet::IpNet;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Denial;

/// Counts of clients side by side. Two clients may share one, where there are many: so memory is
/// bounded whoever comes.
const CLIENTS: usize = 16_384;
const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// How many requests may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In the long run.
    pub requests_per_s: NonZeroU32,
    /// At once, after a pause.
    pub burst_max: NonZeroU32,
}

/// Whose rate was too high. Its words are metric labels and reasons in replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    All,
    Client,
    Source,
}

/// Too many requests have come, and when one may come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    pub whose: Whose,
    pub rate: Rate,
    pub wait: Duration,
}

/// A bucket that empties at a rate (GCRA).
pub(super) struct Limiter {
    rate: Rate,
    whose: Whose,
    limiter: DefaultDirectRateLimiter,
}

impl Limiter {
    pub(super) fn new(rate: Rate, whose: Whose) -> Self {
        let quota = Quota::per_second(rate.requests_per_s).allow_burst(rate.burst_max);
        Self {
            rate,
            whose,
            limiter: RateLimiter::direct(quota),
        }
    }

    pub(super) fn admit(&self) -> Result<(), TooMany> {
        self.limiter.check().map_err(|not_until| TooMany {
            whose: self.whose,
            rate: self.rate,
            wait: not_until.wait_time_from(DefaultClock::default().now()),
        })
    }
}

/// A bucket for each client.
pub(super) struct Clients {
    /// Of this process alone: who shares a bucket with whom cannot be worked out.
    hasher: RandomState,
    limiters: Box<[Limiter]>,
}

impl Clients {
    pub(super) fn new(rate: Rate) -> Self {
        let limiters = (0..CLIENTS).map(|_| Limiter::new(rate, Whose::Client));
        Self {
            hasher: RandomState::new(),
            limiters: limiters.collect(),
        }
    }

    pub(super) fn admit(&self, client: IpAddr) -> Result<(), TooMany> {
        let hash = self.hasher.hash_one(network(client));
        let places = u64::try_from(self.limiters.len()).unwrap_or(u64::MAX);
        let place = usize::try_from(hash % places.max(1)).unwrap_or_default();
        self.limiters.get(place).map_or(Ok(()), Limiter::admit)
    }
}

/// What one client has at its disposal: an address, or in IPv6 the network of one customer.
pub(super) fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(prefix))
        }
    }
}

/// The proxies whose word counts for where a request comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(pub Vec<IpNet>);

impl Proxies {
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who sent the request: the last one in `X-Forwarded-For` that no trusted proxy is, for what
    /// stands before it anyone may have written.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let lines = headers.get_all(X_FORWARDED_FOR).iter();
        let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for hop in hops {
            let Some(address) = address(hop.trim()) else {
                break;
            };
            client = address;
            if !self.trusts(client) {
                break;
            }
        }
        client
    }
}

/// An address as proxies write it, perhaps with a port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().ok().map(|it: std::net::SocketAddr| it.ip());
    let address: Option<IpAddr> = text.parse().ok().or_else(with_port);
    address.map(|address| address.to_canonical())
}

/// What one source may have of the daemon. All its doors share it.
pub struct Gate {
    rate: Option<Limiter>,
    in_flight: Option<Semaphore>,
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}

impl Gate {
    /// `in_flight_max` requests of the source may be read or published at the same time; as many as of
    /// all sources together, where it is `None`.
    pub fn new(rate: Option<Rate>, in_flight_max: Option<usize>) -> Self {
        Self {
            rate: rate.map(|rate| Limiter::new(rate, Whose::Source)),
            in_flight: in_flight_max.map(Semaphore::new),
        }
    }

    /// Counts one request.
    pub(super) fn admit(&self) -> Result<(), TooMany> {
        self.rate.as_ref().map_or(Ok(()), Limiter::admit)
    }

    /// Lets one request in, for as long as its permit lives.
    pub(super) fn share(&self) -> Result<Option<SemaphorePermit<'_>>, Denial> {
        match &self.in_flight {
            None => Ok(None),
            Some(in_flight) => match in_flight.try_acquire() {
                Ok(permit) => Ok(Some(permit)),
                Err(_) => Err(Denial::SourceBusy),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use http::{HeaderMap, HeaderValue};

    use super::{Proxies, network};

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_trusted_proxies_say_who_the_client_is() {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|it| it.parse().expect("a network"));
        let proxies = Proxies(trusted.to_vec());
        for (peer, lines, client) in [
            ("192.0.2.1", vec!["198.51.100.7"], "192.0.2.1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["198.51.100.7"], "198.51.100.7"),
            ("::ffff:10.0.0.1", vec!["198.51.100.7:443"], "198.51.100.7"),
            (
                "10.0.0.1",
                vec!["6.6.6.6, 198.51.100.7, 10.0.0.2"],
                "198.51.100.7",
            ),
            ("10.0.0.1", vec!["6.6.6.6", "198.51.100.7"], "198.51.100.7"),
            ("fd00::1", vec!["[2001:db8::7]:80"], "2001:db8::7"),
            ("10.0.0.1", vec!["6.6.6.6, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", vec!["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ] {
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append(super::X_FORWARDED_FOR, HeaderValue::from_static(line));
            }
            assert_eq!(
                proxies.client(ip(peer), &headers),
                ip(client),
                "{peer} {lines:?}"
            );
        }
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        assert_eq!(
            network(ip("2001:db8::1:2:3:4")),
            network(ip("2001:db8::5:6:7:8"))
        );
        assert_ne!(
            network(ip("2001:db8:0:1::1")),
            network(ip("2001:db8:0:2::1"))
        );
        assert_eq!(network(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }
}
