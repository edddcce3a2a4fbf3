//! Clients of a listener with TLS: rustls' own, and openssl's `s_client`.

use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::{http1, http2};
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::authority::Authority;
use crate::support::client::Reply;
use crate::support::run;

/// Whom a client trusts, who it is, and what it speaks.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    config: Arc<ClientConfig>,
}

impl Client {
    /// `identity` is a name of `NAME.pem` and `NAME.key` of some authority.
    pub(crate) fn new(
        address: SocketAddr,
        trusted: &Authority,
        identity: Option<(&Authority, &str)>,
        protocols: &[&str],
    ) -> Self {
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_slice_iter(trusted.pem().as_bytes()) {
            roots.add(root.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match identity {
            None => config.with_no_client_auth(),
            Some((authority, name)) => {
                let pem = std::fs::read(authority.path(&format!("{name}.pem"))).unwrap();
                let chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>();
                let key = PrivateKeyDer::from_pem_file(authority.path(&format!("{name}.key")));
                config
                    .with_client_auth_cert(chain.unwrap(), key.unwrap())
                    .unwrap()
            }
        };
        let protocols = protocols.iter().map(|name| name.as_bytes().to_vec());
        config.alpn_protocols = protocols.collect();
        Self {
            address,
            config: Arc::new(config),
        }
    }

    pub(crate) async fn connect(&self) -> io::Result<TlsStream<TcpStream>> {
        self.over(TcpStream::connect(self.address).await?).await
    }

    /// The handshake alone, on a connection that is there.
    pub(crate) async fn over(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::clone(&self.config));
        connector.connect(name, stream).await
    }

    /// One POST on a connection of its own.
    pub(crate) async fn post(
        &self,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Result<Reply, String> {
        let stream = self.connect().await.map_err(|error| error.to_string())?;
        Kept::new(stream).await?.post(path, headers, body).await
    }

    /// The certificate that is shown, DER.
    pub(crate) async fn shown(&self) -> Vec<u8> {
        let stream = self.connect().await.unwrap();
        let chain = stream.get_ref().1.peer_certificates().unwrap();
        chain[0].to_vec()
    }
}

/// A connection that is used again and again. HTTP/2, where the handshake has chosen it.
pub(crate) enum Kept {
    One(http1::SendRequest<Full<Bytes>>),
    Two(http2::SendRequest<Full<Bytes>>),
}

impl Kept {
    pub(crate) async fn new(stream: TlsStream<TcpStream>) -> Result<Self, String> {
        if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
            return Self::plain(stream).await;
        }
        let made = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (sender, io) = made.map_err(|error| error.to_string())?;
        tokio::spawn(io);
        Ok(Self::Two(sender))
    }

    /// HTTP/1.1 on whatever `stream` is.
    pub(crate) async fn plain(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Result<Self, String> {
        let made = http1::handshake(TokioIo::new(stream)).await;
        let (sender, io) = made.map_err(|error| error.to_string())?;
        tokio::spawn(io);
        Ok(Self::One(sender))
    }

    pub(crate) async fn post(
        &mut self,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Result<Reply, String> {
        let mut request = Request::builder().method(Method::POST);
        request = match self {
            Self::One(_) => request.uri(path).header("host", "localhost"),
            Self::Two(_) => request.uri(format!("https://localhost{path}")),
        };
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body)));
        let began = Instant::now();
        let answered = self.send(request.unwrap());
        let response = tokio::time::timeout(Duration::from_secs(30), answered).await;
        let response = response.map_err(|_| "no answer in 30 s".to_owned())?;
        let response = response.map_err(|error| format!("{error:?}"))?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        let at = Instant::now();
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.to_bytes(),
            took: at - began,
            at,
        })
    }

    async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> hyper::Result<Response<hyper::body::Incoming>> {
        match self {
            Self::One(sender) => {
                sender.ready().await?;
                sender.send_request(request).await
            }
            Self::Two(sender) => {
                sender.ready().await?;
                sender.send_request(request).await
            }
        }
    }
}

/// What `openssl s_client` with these words says, both streams, once the daemon has answered `input`.
pub(crate) fn s_client(
    address: SocketAddr,
    authority: &Authority,
    words: &[&str],
    input: &str,
) -> String {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address.to_string()]);
    command.args(["-servername", "localhost", "-verify_return_error"]);
    command.args(["-CAfile", &authority.file(), "-ign_eof"]);
    command.args(words);
    let output = run(&mut command, input.as_bytes().to_vec());
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}
