//! Before anything is measured, the client is tried on a server that follows a script: what it counts has to be what was
//! answered, whatever the server does to its connections.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::loader::{self, Load, Pace};
use crate::message::{Messages, Scheme};

#[derive(Default)]
struct Answered {
    accepted: AtomicU64,
    refused: AtomicU64,
    odd: AtomicU64,
    cut: AtomicU64,
}

/// Panics when the client counts wrongly.
pub fn run() {
    for pace in [Pace::Closed, Pace::Open { per_s: 3000.0 }] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (answered, ended) = (
            Arc::new(Answered::default()),
            Arc::new(AtomicBool::new(false)),
        );
        let server = {
            let (answered, ended) = (Arc::clone(&answered), Arc::clone(&ended));
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    if ended.load(Ordering::Relaxed) {
                        return;
                    }
                    let answered = Arc::clone(&answered);
                    std::thread::spawn(move || serve(stream.expect("a connection"), &answered));
                }
            })
        };
        let outcome = loader::run(Load {
            address,
            messages: Arc::new(Messages::new("/github", 25_600, false, Scheme::Github)),
            pace,
            connections: 8,
            seconds: 0.3,
            unroutable_every: None,
            gives_way: false,
        });
        ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(address);
        server.join().expect("the server");
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counted = [
            outcome.accepted,
            outcome.refused,
            outcome.odd.values().sum(),
            outcome.broken,
        ];
        let right = [
            &answered.accepted,
            &answered.refused,
            &answered.odd,
            &answered.cut,
        ]
        .map(read);
        assert_eq!(
            counted, right,
            "the client miscounts (2xx, 503, others, cut): {outcome:?}"
        );
        assert_eq!(outcome.sent, counted.iter().sum::<u64>(), "{outcome:?}");
        assert_eq!(outcome.times_us.len() as u64, outcome.accepted);
        assert!(outcome.accepted > 100, "{outcome:?}");
        assert_eq!((outcome.unanswered, outcome.wrong), (0, 0));
    }
}

/// Answers in all the ways that there are, by turns.
fn serve(mut stream: TcpStream, answered: &Answered) {
    stream.set_nodelay(true).expect("nodelay");
    let mut buffer = Vec::new();
    for number in 0_usize.. {
        let Some(refused_early) = read_request(&mut stream, &mut buffer, number % 11 == 10) else {
            return;
        };
        let (count, reply, closes) = match number % 11 {
            3 => (
                &answered.accepted,
                "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                false,
            ),
            5 => (
                &answered.refused,
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno",
                false,
            ),
            6 => (&answered.accepted, "HTTP/1.1 204 No Content\r\n\r\n", false),
            7 => (
                &answered.odd,
                "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n",
                false,
            ),
            8 if number > 11 => (
                &answered.accepted,
                "HTTP/1.1 202 Accepted\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
                true,
            ),
            9 if number > 22 => (&answered.cut, "", true),
            10 => (
                &answered.refused,
                "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
                true,
            ),
            _ => (
                &answered.accepted,
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
                false,
            ),
        };
        count.fetch_add(1, Ordering::Relaxed);
        // In two parts, as a network may bring it.
        let (first, second) = reply.as_bytes().split_at(reply.len() / 2);
        let _ = stream
            .write_all(first)
            .and_then(|()| stream.write_all(second));
        if refused_early {
            // What was not read would make the kernel take the reply back.
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
        if closes {
            return;
        }
    }
}

/// Reads a request whole, or no more than its head when it is to be refused early, and says which. None at the end.
fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>, early: bool) -> Option<bool> {
    buffer.clear();
    let mut chunk = [0; 8192];
    loop {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        buffer.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(buffer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length?.parse().ok()?;
        if body.len() >= length || early {
            return Some(early);
        }
    }
}
