//! What goes to RabbitMQ beside the data: it fits the frame that was reckoned, and reads back as it was.

use hookferry::publish::encode::Encoding;
use hookferry::publish::rabbitmq::properties_of;
use lapin::protocol::basic::{AMQPProperties, gen_properties, parse_properties};
use lapin::types::AMQPValue;
use std::cell::RefCell;
use std::sync::LazyLock;

use hookferry::publish::Route;

use super::envelope::{events, route};
use super::wire::{Wire, swollen};

/// The least that AMQP allows for a frame, and what RabbitMQ offers.
const FRAMES: [u32; 2] = [4096, 131_072];

static ROUTES: LazyLock<[Route; 2]> = LazyLock::new(|| {
    [
        route(Encoding::Binary, "ce-"),
        route(Encoding::Structured, "ce-"),
    ]
});

pub fn run(data: &[u8]) {
    let Some((which, rest)) = data.split_first() else {
        return;
    };
    let Some(wire) = Wire::read(&swollen(rest)) else {
        return;
    };
    for event in events(*which, &wire).iter().take(8) {
        for route in ROUTES.iter() {
            let record = route.record(event);
            for frame in FRAMES {
                let Ok((key, properties)) = properties_of(&record, frame) else {
                    continue;
                };
                assert_eq!(key, record.place().0);
                let written = written(&properties);
                // Frame header and end 8; class, weight and body size 12.
                assert!(
                    written.len() + 20 <= frame as usize,
                    "{} bytes for a frame of {frame}",
                    written.len()
                );
                let (rest, read) = parse_properties(written.as_slice()).expect("properties");
                assert!(rest.is_empty());
                assert_eq!(read, properties);
                let headers = read.headers().as_ref().expect("headers").inner();
                for (name, value) in record.headers() {
                    let Some(AMQPValue::LongString(read)) = headers.get(name.as_str()) else {
                        panic!("{name:?} is not there");
                    };
                    assert_eq!(read.as_bytes(), value.as_bytes());
                }
                assert_eq!(headers.len(), record.headers().len());
            }
        }
    }
}

fn written(properties: &AMQPProperties) -> Vec<u8> {
    thread_local! {
        /// Kept, for to clear as much anew each time takes longer than all else.
        static ROOM: RefCell<Vec<u8>> = RefCell::new(vec![0; 2 * FRAMES[1] as usize]);
    }
    ROOM.with_borrow_mut(|room| {
        let written = gen_properties(properties)(room.as_mut_slice().into());
        let (_, length) = written.expect("written").into_inner();
        room[..usize::try_from(length).expect("a length")].to_vec()
    })
}

pub fn seeds() -> Vec<Vec<u8>> {
    super::envelope::seeds()
}
