//! Requests that are no HTTP, or that two readers could read as different ones.

use tokio::task::JoinSet;

use super::table::cases;
use super::*;

/// At the same time.
const AT_ONCE: usize = 64;
/// After so many an honest request has to be served.
const BATCH: usize = 250;
/// Every one of them is ended by then: a head and a body have less time, and others share the machine.
const WITHIN: Duration = Duration::from_secs(12);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_malformed_request_has_its_exact_answer_and_leaves_nothing() {
    let target = Target::start().await;
    let cases = cases();
    println!("{} cases", cases.len());
    assert!(cases.len() >= 2000, "{}", cases.len());
    let (mut wrong, mut honest) = (Vec::new(), BTreeSet::new());
    for (number, batch) in cases.chunks(BATCH).enumerate() {
        let mut running = JoinSet::new();
        for case in batch {
            while running.len() >= AT_ONCE {
                wrong.extend(running.join_next().await.unwrap().unwrap());
            }
            let delivery = target.push(&case.name);
            let smuggled = target.push(&format!("smuggled by {}", case.name));
            let bytes = case.bytes(&delivery, &smuggled);
            let (name, expected) = (case.name.clone(), case.expected.clone());
            let address = target.daemon.ingress;
            running.spawn(async move {
                let heard = exchange(address, &bytes, WITHIN).await;
                let (statuses, closed) = (heard.statuses(), heard.closed);
                let is_right = statuses == expected && closed.is_some();
                (!is_right).then(|| {
                    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned();
                    format!(
                        "{name}: {expected:?} expected, {statuses:?}, closed: {closed:?}: {text:?}"
                    )
                })
            });
        }
        while let Some(done) = running.join_next().await {
            wrong.extend(done.unwrap());
        }
        let name = format!("honest{number}");
        target.serves(&name).await;
        honest.insert(name);
    }
    let stored = target.stored();
    let (count, first) = (wrong.len(), &wrong[..wrong.len().min(60)]);
    assert!(wrong.is_empty(), "{count} wrong: {first:#?}");
    assert_eq!(stored, honest, "something else was stored, or lost");
    target.has_kept_calm();
}
