//! Where a name leads. A name that a message brought along never leads to this machine or to what only
//! this machine reaches, as a cloud's metadata: whoever can have it say so in the DNS would be let in.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower_service::Service;

/// The system's resolver, as wary as is asked of it. Its answer is what is connected to, so that no
/// second one comes between.
#[derive(Debug, Clone)]
pub(super) struct Resolver {
    system: GaiResolver,
    is_wary: bool,
}

impl Resolver {
    /// For names that the configuration or a preset says.
    pub(super) fn anywhere() -> Self {
        Self {
            system: GaiResolver::new(),
            is_wary: false,
        }
    }

    /// For names of addresses in messages. A private network is none to be wary of: a provider may be
    /// reached through an endpoint there, as AWS PrivateLink's, and proves by its certificate who it is.
    pub(super) fn wary() -> Self {
        Self {
            is_wary: true,
            ..Self::anywhere()
        }
    }
}

type Addresses = std::vec::IntoIter<SocketAddr>;

impl Service<Name> for Resolver {
    type Response = Addresses;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Addresses>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.system.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let is_wary = self.is_wary && !is_localhost(name.as_str());
        let asked = self.system.call(name);
        Box::pin(async move {
            let found: Vec<SocketAddr> = asked.await?.collect();
            if is_wary && found.iter().any(|address| is_near(address.ip())) {
                let said = "its name leads to this machine or its link, where nothing is asked";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, said));
            }
            Ok(found.into_iter())
        })
    }
}

/// Whether it is this machine by its own name (RFC 6761, section 6.3): who pins that means it.
fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether nobody beyond this machine and its link is there.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_near_v4(four),
        IpAddr::V6(six) => {
            six.is_loopback()
                || six.is_unspecified()
                || six.is_multicast()
                || six.is_unicast_link_local()
                // The metadata of AWS, of a unique local address.
                || six.segments().starts_with(&[0xfd00, 0x0ec2])
                || inner(six).is_some_and(is_near_v4)
        }
    }
}

fn is_near_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    first == 0
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
}

/// The IPv4 address in one that is made of it: mapped, compatible, translated (RFC 6052) or 6to4.
fn inner(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let pair = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(pair(high, low))
        }
        [0x2002, high, low, ..] => Some(pair(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Resolver, is_localhost, is_near};
    use hyper_util::client::legacy::connect::dns::Name;
    use tower_service::Service as _;

    #[test]
    fn what_is_near_is_known_in_every_form() {
        for near in [
            "127.0.0.1",
            "127.255.1.2",
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "ff02::1",
            "fd00:ec2::254",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::169.254.169.254",
            "2002:7f00:1::",
        ] {
            assert!(is_near(near.parse().unwrap()), "{near}");
        }
        for far in [
            "10.0.0.5",
            "192.168.1.1",
            "52.94.1.1",
            "fd12:3456::1",
            "2600:1f00::1",
            "::ffff:52.94.1.1",
            "64:ff9b::52.94.1.1",
        ] {
            assert!(!is_near(far.parse().unwrap()), "{far}");
        }
        assert!(is_localhost("LOCALHOST") && is_localhost("x.localhost"));
        assert!(!is_localhost("localhost.evil.example") && !is_localhost("evillocalhost"));
    }

    #[tokio::test]
    async fn a_name_that_leads_here_is_followed_by_the_trusting_alone() {
        // An address as a name has no other way either: the resolver reads it.
        for name in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0"] {
            let name: Name = name.parse().unwrap();
            let wary = Resolver::wary().call(name.clone()).await;
            assert!(wary.is_err(), "{name}: {wary:?}");
            let trusting = Resolver::anywhere().call(name.clone()).await;
            assert!(trusting.is_ok(), "{name}: {trusting:?}");
        }
        let own = Resolver::wary().call("localhost".parse().unwrap()).await;
        assert!(own.is_ok(), "{own:?}");
    }
}
