//! Requests that anybody can make, under signatures that nobody made, as fast as they can be sent.

use tokio::task::JoinSet;

use super::honest::{Honest, quiet_for};
use super::support::process::scheduled;
use super::support::raw::answers;
use super::support::scale;
use super::*;

const HONEST_PER_S: u32 = 200;
/// The flood takes all that the machine has, this test's own work included.
const TAIL: Duration = Duration::from_millis(250);
const CONNECTIONS: usize = 64;
/// Sent before the answer to the first of them is there.
const AT_ONCE: usize = 8;
/// Of each connection, at scale 1.
const TIMES: usize = 100;

/// A request as its provider would send it, but for the signature.
fn forged(target: &Target, number: usize) -> Vec<u8> {
    let delivery = target.push(&format!("forged{number}"));
    let whole = delivery.whole(PATH, ["another secret", SECRET][number % 2]);
    if number.is_multiple_of(2) {
        return whole;
    }
    // Signed, and then changed.
    let text = String::from_utf8(whole).expect("it is text");
    text.replace("octo-org", "evil-org").into_bytes()
}

/// Sends as many [at once](AT_ONCE) so many times, each of which is answered 401.
async fn repeat(address: SocketAddr, request: Vec<u8>, times: usize) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut text = Vec::new();
    for _ in 0..times {
        stream.write_all(&request.repeat(AT_ONCE)).await.unwrap();
        let mut due = AT_ONCE;
        while due > 0 {
            let read = tokio::time::timeout(BOUND, stream.read_buf(&mut text)).await;
            assert!(read.expect("it answers").unwrap() > 0, "it was ended");
            let (answers, rest) = answers(&text);
            due -= answers.len();
            for answer in answers {
                assert_eq!(answer.status, 401, "{answer:?}");
            }
            text = rest.to_vec();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_forged_requests_lets_none_in_and_costs_the_honest_little() {
    let target = Target::start().await;
    target.serves("warm").await;
    let quiet = quiet_for(&target, "quiet", Duration::from_secs(2)).await;
    let before = scheduled(target.daemon.id());
    let honest = Honest::start(&target, "beside", HONEST_PER_S);
    let (began, mut flood) = (Instant::now(), JoinSet::new());
    for number in 0..CONNECTIONS {
        let request = forged(&target, number);
        flood.spawn(repeat(target.daemon.ingress, request, TIMES * scale()));
    }
    flood.join_all().await;
    let took = began.elapsed();
    let waits = honest.end().await;
    let (ran, waited) = scheduled(target.daemon.id());
    println!(
        "{} in {took:?}, {:?} of a processor, {:?} of waiting for one",
        CONNECTIONS * AT_ONCE * TIMES * scale(),
        ran - before.0,
        waited - before.1
    );
    let again = quiet_for(&target, "quiet again", Duration::from_secs(1)).await;
    let tail = TAIL.max(quiet.allowance()).max(again.allowance());
    waits.assert("beside it", tail);
    let expected = [quiet.names, waits.names, again.names].concat();
    let expected: BTreeSet<_> = expected.into_iter().chain(["warm".to_owned()]).collect();
    assert_eq!(target.stored(), expected);
    target.has_kept_calm();
}
