//! The PROXY protocol (haproxy.org, proxy-protocol.txt, versions 1 and 2): a proxy that passes
//! connections on says first for whom.

use std::net::IpAddr;

use ppp::{HeaderResult, PartialResult as _, v1, v2};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::Proxies;

/// The longest header that is taken, bytes: addresses, and what the proxy knows of the client's TLS.
const HEADER_BYTES_MAX: usize = 4096;
/// How many bytes are looked at at once; most headers are shorter.
const CHUNK_BYTES: usize = 256;

/// Why a connection was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unproxied {
    /// It comes from none of the trusted proxies.
    Untrusted,
    /// The header was not there within its time.
    TimedOut,
    /// It ended before the header did.
    Closed,
    /// It begins with something else.
    Missing,
    /// The header breaks the protocol, or is too long.
    Malformed,
    /// The header names no address, and is not about a connection of the proxy's own.
    NoAddress,
}

impl Unproxied {
    /// A word from a closed set, for metric labels and the log.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Untrusted => "untrusted",
            Self::TimedOut => "timeout",
            Self::Closed => "closed",
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::NoAddress => "no_address",
        }
    }
}

/// Reads the header off `stream`, and gives the address of the client; the proxy's own, where the
/// connection is its own, as for a health check. Nothing behind the header is taken.
pub(super) async fn client(
    stream: &mut TcpStream,
    peer: IpAddr,
    proxies: &Proxies,
    until: Instant,
) -> Result<IpAddr, Unproxied> {
    if !proxies.trusts(peer.to_canonical()) {
        return Err(Unproxied::Untrusted);
    }
    match tokio::time::timeout_at(until, header(stream)).await {
        Ok(Ok(Some(address))) => Ok(address.to_canonical()),
        Ok(Ok(None)) => Ok(peer),
        Ok(Err(unproxied)) => Err(unproxied),
        Err(_) => Err(Unproxied::TimedOut),
    }
}

async fn header(stream: &mut TcpStream) -> Result<Option<IpAddr>, Unproxied> {
    let mut header = Vec::new();
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        let taken = header.len();
        let count = stream.peek(&mut chunk).await;
        let count = count.map_err(|_| Unproxied::Closed)?;
        let seen = chunk.get(..count).unwrap_or_default();
        if seen.is_empty() {
            return Err(Unproxied::Closed);
        }
        header.extend_from_slice(seen);
        let parsed = parse(&header)?;
        // While it is not whole, all that is there belongs to it.
        let length = parsed
            .as_ref()
            .map_or(count, |(length, _)| length.saturating_sub(taken));
        let own = chunk.get_mut(..length).ok_or(Unproxied::Malformed)?;
        let read = stream.read_exact(own).await;
        read.map_err(|_| Unproxied::Closed)?;
        if let Some((_, address)) = parsed {
            return Ok(address);
        }
        if header.len() > HEADER_BYTES_MAX {
            return Err(Unproxied::Malformed);
        }
    }
}

/// The header's length and the client's address; `None` while it is not whole.
fn parse(bytes: &[u8]) -> Result<Option<(usize, Option<IpAddr>)>, Unproxied> {
    let result = HeaderResult::parse(bytes);
    if result.is_incomplete() {
        return Ok(None);
    }
    match result {
        HeaderResult::V2(Ok(header)) => {
            let address = match (header.command, header.addresses) {
                (v2::Command::Local, _) => None,
                (v2::Command::Proxy, v2::Addresses::IPv4(it)) => Some(it.source_address.into()),
                (v2::Command::Proxy, v2::Addresses::IPv6(it)) => Some(it.source_address.into()),
                (v2::Command::Proxy, v2::Addresses::Unspecified | v2::Addresses::Unix(_)) => {
                    return Err(Unproxied::NoAddress);
                }
            };
            Ok(Some((header.len(), address)))
        }
        HeaderResult::V1(Ok(header)) => {
            let address = match header.addresses {
                v1::Addresses::Tcp4(it) => it.source_address.into(),
                v1::Addresses::Tcp6(it) => it.source_address.into(),
                v1::Addresses::Unknown => return Err(Unproxied::NoAddress),
            };
            Ok(Some((header.header.len(), Some(address))))
        }
        HeaderResult::V1(Err(_)) | HeaderResult::V2(Err(_)) => {
            let begins = |prefix: &[u8]| {
                let length = prefix.len().min(bytes.len());
                prefix.get(..length) == bytes.get(..length)
            };
            if begins(v2::PROTOCOL_PREFIX) || begins(v1::PROTOCOL_PREFIX.as_bytes()) {
                Err(Unproxied::Malformed)
            } else {
                Err(Unproxied::Missing)
            }
        }
    }
}
