//! Clients that keep a connection without asking for anything, or ask and never read the answer.

use super::frames::*;
use super::support::until;
use super::*;

/// An idle connection may stay for the time of a head, and what it is told may take as long again.
const IDLE_MAX: Duration = Duration::from_millis(3 * 1000);

/// Keeps a connection by answering what it is asked, and asks for nothing.
async fn answers_pings(address: SocketAddr, first: Vec<u8>) -> Option<Duration> {
    let mut connection = Connection::open(address, &[settings(&[]), first].concat()).await;
    let until = connection.began + BOUND;
    while Instant::now() < until && !connection.seen.ended() {
        // An acknowledgement that nobody waits for is ignored; the right one is what a ping would have had.
        let mut bytes = frame(PING, 0, 0, b"i'm here");
        bytes.extend(
            connection
                .seen
                .pings()
                .iter()
                .flat_map(|it| frame(PING, 1, 0, it)),
        );
        if connection.send(&bytes).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    connection.end(Duration::from_millis(200)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_pings_and_asks_for_nothing_is_ended() {
    let target = Target::start().await;
    let address = target.daemon.ingress;
    let get = request("GET", "/nowhere", &[]);
    let whole = |stream| frame(HEADERS, END_HEADERS | END_STREAM, stream, &get);
    let open = frame(HEADERS, END_HEADERS, 1, &request("POST", PATH, &[]));
    let (nothing, once, held, unanswerable) = tokio::join!(
        answers_pings(address, vec![]),
        answers_pings(address, whole(1)),
        // A body that never comes is answered 408; the stream stays as it is.
        answers_pings(address, open),
        // Windows of nothing: the answers can never be sent.
        answers_pings(address, [settings(&[(4, 0)]), whole(1), whole(3)].concat()),
    );
    for (what, ended, more) in [
        ("nothing", nothing, Duration::ZERO),
        ("one request", once, Duration::ZERO),
        ("a request without its body", held, BODY_READ),
        (
            "requests that may not be answered",
            unanswerable,
            Duration::ZERO,
        ),
    ] {
        println!("{what}: ended after {ended:?}");
        let ended = ended.unwrap_or_else(|| panic!("{what}: never ended"));
        assert!(ended <= IDLE_MAX + more + MARGIN, "{what}: {ended:?}");
    }
    target.serves("good").await;
    assert_eq!(target.stored(), BTreeSet::from(["good".to_owned()]));
}

/// Sends without end and never reads; how long until the daemon has let go of it.
async fn never_reads(target: &Target, begin: &[u8], piece: &[u8]) -> Duration {
    let began = Instant::now();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(target.daemon.ingress).await.unwrap();
    stream.write_all(begin).await.unwrap();
    let pieces = piece.repeat(200);
    loop {
        let written = tokio::time::timeout(Duration::from_millis(500), stream.write_all(&pieces));
        match written.await {
            Ok(Ok(())) => assert!(began.elapsed() < BOUND, "it reads and answers without end"),
            // Ended, or all that is between us is full.
            Ok(Err(_)) | Err(_) => break,
        }
    }
    until(
        "the daemon has let go of who does not read",
        BOUND,
        || async { target.daemon.metric("hookferry_connections").await == 0 },
    )
    .await;
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_and_never_reads_is_ended() {
    let target = Target::start().await;
    let get = b"GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n";
    let took = never_reads(&target, &[], get).await;
    println!("requests in a row: let go after {took:?}");
    let begin = [PREFACE, &settings(&[])].concat();
    let took = never_reads(&target, &begin, &frame(PING, 0, 0, b"12345678")).await;
    println!("pings: let go after {took:?}");
    let took = never_reads(&target, &begin, &settings(&[])).await;
    println!("settings: let go after {took:?}");
    target.serves("good").await;
    assert_eq!(target.stored(), BTreeSet::from(["good".to_owned()]));
}
