//! Bodies that two readers of JSON understand differently, signed by who may. What decides where an event goes
//! has one meaning or the event is a dead letter; what is passed on is what was received, byte for byte.

use std::fmt::Write as _;

use super::support::project_file;
use super::table;
use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confusing_bodies_are_stored_as_they_came_or_set_aside_as_they_came() {
    let target = Target::start().await;
    // The id, the body, and the reason of a dead letter.
    let mut expected = BTreeMap::new();
    let file = project_file("tests/hostile/bodies.txt");
    let text = std::fs::read_to_string(file).expect("it is there");
    for (number, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (reason, piece) = line
            .split_once(" : ")
            .unwrap_or_else(|| panic!("{number}: {line}"));
        for (which, body) in table::texts(piece).into_iter().enumerate() {
            let id = format!("{}-bodies.txt:{}/{which}", target.run, number + 1);
            let delivery = Delivery {
                event: "push".into(),
                id: id.clone(),
                body: body.clone(),
            };
            let reply = delivery.send(&target.client, PATH, SECRET).await;
            assert_eq!(
                (reply.status, reply.reason().as_str()),
                (200, "accepted"),
                "{id}: {reply:?}"
            );
            expected.insert(id, (body, reason.trim().to_owned()));
        }
    }
    println!("{} bodies", expected.len());
    assert!(expected.len() >= 300, "{}", expected.len());
    let mut wrong = String::new();
    let dead = format!("{}.dead", target.run);
    for topic in [target.run.as_str(), &dead] {
        for payload in kafka::payloads(&kafka::address(), topic) {
            // Read as text: not every reader of JSON reads all of them, and that is what this is about.
            let text = String::from_utf8_lossy(&payload);
            let field = |name: &str| {
                let begun = text.split_once(&format!("\"{name}\":\""))?.1;
                Some(begun.split_once('"')?.0.to_owned())
            };
            let id = field("id").unwrap_or_default();
            let Some((body, reason)) = expected.remove(&id) else {
                let text = &text[..text.floor_char_boundary(300)];
                let _ = writeln!(wrong, "nobody sent {id}, or it is there twice: {text}");
                continue;
            };
            // The attributes of a dead letter stand before its data.
            let found = if topic == dead {
                field("deadletterreason")
            } else {
                None
            };
            let found = found.as_deref().unwrap_or("-");
            if found != reason {
                let _ = writeln!(wrong, "{id}: {reason} expected, {found} in {topic}");
            }
            let data = [b"\"data\":", body.as_slice()].concat();
            let is_same = payload.windows(data.len()).any(|part| part == data)
                || field("data_base64")
                    .is_some_and(|it| STANDARD.decode(it).ok().as_ref() == Some(&body));
            if !is_same {
                let _ = writeln!(
                    wrong,
                    "{id} was changed: {}",
                    &text[..text.floor_char_boundary(600)]
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(expected.is_empty(), "lost: {:?}", expected.keys());
    target.serves("after").await;
    target.has_kept_calm();
}
