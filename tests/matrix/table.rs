//! The matrix: every fault, and what it may cost the senders.

use crate::cell::{Cell, Fault, Replies, UNNOTICED};
use crate::support::brokers::Which;
use crate::{broker, disk, link, process};

use Replies::{May, Must};

/// What a daemon without a spool says while its broker is away.
const AWAY: &[&str] = &["timeout", "unreachable", "circuit_open", "blocked"];
/// What senders see themselves of a daemon that is killed.
const KILLED: &[&str] = &["Connect", "Broken"];
const KILLED_AWAY: &[&str] = &[
    "timeout",
    "unreachable",
    "circuit_open",
    "Connect",
    "Broken",
];

macro_rules! inject {
    ($fault:path) => {
        |cell: &mut Cell| Box::pin($fault(cell))
    };
}

/// The broker is away, and nobody notices who has a spool.
const OUTAGE: Fault = Fault {
    direct: Must(AWAY),
    ..UNNOTICED
};

/// The link is worse than it should be.
const LINK: Fault = Fault {
    direct: May(AWAY),
    proxied: true,
    ..UNNOTICED
};

pub const FAULTS: &[Fault] = &[
    // --- The broker.
    Fault {
        name: "broker-down-at-start",
        what: "the daemon is started before its broker",
        inject: inject!(broker::down_at_start),
        started: false,
        ..OUTAGE
    },
    Fault {
        name: "broker-killed",
        what: "SIGKILL to the broker, and it is started again",
        inject: inject!(broker::killed),
        ..OUTAGE
    },
    Fault {
        name: "broker-ended",
        what: "SIGTERM to the broker, and it is started again",
        inject: inject!(broker::ended),
        ..OUTAGE
    },
    Fault {
        name: "broker-hung",
        what: "SIGSTOP to the broker, then SIGCONT",
        inject: inject!(broker::hung),
        in_ci: true,
        ..OUTAGE
    },
    Fault {
        name: "broker-out-of-resources",
        what: "RabbitMQ's memory alarm; a quota of 2 KB/s in Kafka",
        inject: inject!(broker::no_resources),
        ..OUTAGE
    },
    Fault {
        name: "broker-declines",
        what: "a full queue that rejects; a topic that takes no record older than 0 ms",
        inject: inject!(broker::declines),
        configure: broker::one_by_one,
        direct: Must(&["declined", "timeout", "unreachable", "circuit_open"]),
        ..UNNOTICED
    },
    Fault {
        name: "broker-ends-connections",
        what: "rabbitmqctl close_all_connections; FIN from Kafka's side; three times",
        inject: inject!(broker::connections_ended),
        proxied: true,
        direct: May(AWAY),
        ..UNNOTICED
    },
    Fault {
        name: "rights-taken-away",
        what: "the broker's rights are taken away, and given back",
        inject: inject!(broker::no_rights),
        direct: Must(&["refused", "timeout", "unreachable", "circuit_open"]),
        spool: May(&["refused"]),
        ..UNNOTICED
    },
    Fault {
        name: "place-deleted",
        what: "exchange or topic deleted, and made again",
        inject: inject!(broker::place_deleted),
        direct: May(&[
            "declined",
            "refused",
            "unroutable",
            "unreachable",
            "timeout",
            "circuit_open",
        ]),
        spool: May(&["refused", "unroutable"]),
        ..UNNOTICED
    },
    Fault {
        name: "too-large-among-others",
        what: "events larger than the broker takes, among others",
        inject: inject!(broker::too_large),
        started: false,
        // RabbitMQ closes the channel over such a message, with what else is on it.
        direct: May(&["unreachable"]),
        ..UNNOTICED
    },
    Fault {
        name: "misplaced-among-others",
        what: "events for a key without a queue, or a topic without the right to it, among others",
        inject: inject!(broker::misplaced_to_the_dead_letters),
        configure: broker::with_dead_letters,
        started: false,
        ..UNNOTICED
    },
    Fault {
        name: "misplaced-to-nowhere",
        what: "the same, and there is no place for dead letters either",
        inject: inject!(broker::misplaced_to_nowhere),
        configure: broker::with_dead_letters,
        started: false,
        ..UNNOTICED
    },
    Fault {
        name: "idle",
        what: "no event for five seconds, five of RabbitMQ's heartbeats",
        inject: inject!(broker::idle),
        started: false,
        ..UNNOTICED
    },
    Fault {
        name: "one-of-two-sinks-away",
        what: "events go to two brokers, and one refuses connections",
        inject: inject!(broker::one_of_two),
        configure: broker::with_another,
        started: false,
        proxied: true,
        in_ci: true,
        ..OUTAGE
    },
    // --- The link.
    Fault {
        name: "link-cut",
        what: "every connection is reset once",
        inject: inject!(link::cut),
        ..LINK
    },
    Fault {
        name: "link-cut-again-and-again",
        what: "every connection is reset ten times",
        inject: inject!(link::cut_again),
        ..LINK
    },
    Fault {
        name: "link-cut-within-frames",
        what: "cut after 1, 7, 60, 300, 1000, 4000 and 20000 bytes",
        inject: inject!(link::cut_within_a_frame),
        in_ci: true,
        ..LINK
    },
    Fault {
        name: "link-stalls",
        what: "connections stay open, and nothing passes",
        inject: inject!(link::stalls),
        proxied: true,
        ..OUTAGE
    },
    Fault {
        name: "link-refuses",
        what: "connections are reset, and new ones closed at once",
        inject: inject!(link::refuses),
        proxied: true,
        ..OUTAGE
    },
    Fault {
        name: "link-deaf",
        what: "what is sent arrives, and answers come late; then never",
        inject: inject!(link::deaf),
        proxied: true,
        in_ci: true,
        ..OUTAGE
    },
    Fault {
        name: "link-slow",
        what: "half a second each way",
        inject: inject!(link::slow),
        ..LINK
    },
    Fault {
        name: "link-thin",
        what: "30 KB/s each way",
        inject: inject!(link::thin),
        ..LINK
    },
    Fault {
        name: "link-garbage",
        what: "at the broker's address something speaks another protocol",
        inject: inject!(link::garbage),
        proxied: true,
        ..OUTAGE
    },
    // --- The daemon, and who sends to it.
    Fault {
        name: "daemon-killed",
        what: "SIGKILL to the daemon, four times",
        inject: inject!(process::killed),
        direct: May(KILLED),
        spool: May(KILLED),
        ..UNNOTICED
    },
    Fault {
        name: "daemon-killed-in-an-outage",
        what: "SIGKILL to the daemon, twice, while the broker hangs",
        inject: inject!(process::killed_in_an_outage),
        direct: May(KILLED_AWAY),
        spool: May(KILLED),
        in_ci: true,
        ..UNNOTICED
    },
    Fault {
        name: "daemon-told-to-go",
        what: "SIGTERM to the daemon, three times: who has sent has an answer",
        inject: inject!(process::told_to_go),
        direct: May(&["Connect"]),
        spool: May(&["Connect"]),
        ..UNNOTICED
    },
    Fault {
        name: "daemon-frozen",
        what: "SIGSTOP to the daemon for a second, three times",
        inject: inject!(process::frozen),
        ..UNNOTICED
    },
    Fault {
        name: "no-descriptors",
        what: "the daemon may open nothing more, and 64 strangers connect",
        inject: inject!(process::no_descriptors),
        spool: May(&["spool_failed"]),
        ..UNNOTICED
    },
    Fault {
        name: "clock-jumps",
        what: "the wall clock jumps two hours ahead, four back, two ahead",
        inject: inject!(process::clock_jumps),
        started: false,
        direct: May(&["declined", "refused", "timeout", "circuit_open"]),
        ..UNNOTICED
    },
    Fault {
        name: "senders-go",
        what: "400 senders go in the middle of a request or before its answer",
        inject: inject!(process::senders_go),
        ..UNNOTICED
    },
    Fault {
        name: "senders-drip",
        what: "ten senders drip their requests while the broker hangs",
        inject: inject!(process::senders_drip),
        ..OUTAGE
    },
    Fault {
        name: "flood",
        what: "four times as many senders as limits.in_flight_max, and a slow broker",
        inject: inject!(link::flood),
        configure: link::with_little_room,
        started: false,
        proxied: true,
        direct: Must(&["overloaded"]),
        spool: Must(&["overloaded"]),
        ..UNNOTICED
    },
    // --- The spool's disk.
    Fault {
        name: "disk-full",
        what: "no room on the spool's disk while the broker hangs, and none while it is emptied",
        inject: inject!(disk::full),
        started: false,
        spool: Must(&["spool_failed"]),
        ..UNNOTICED
    },
    Fault {
        name: "spool-full",
        what: "the broker hangs for longer than spool.bytes_max lasts",
        inject: inject!(disk::no_room_left),
        configure: disk::with_little_room,
        spool: Must(&["spool_full"]),
        ..OUTAGE
    },
    Fault {
        name: "file-size-limit",
        what: "the spool's file may not grow: RLIMIT_FSIZE",
        inject: inject!(disk::file_size),
        spool: Must(&["spool_failed"]),
        ..UNNOTICED
    },
    Fault {
        name: "sync-fails",
        what: "fdatasync says EIO, always and every other time; then SIGKILL",
        inject: inject!(disk::sync_fails),
        direct: May(KILLED),
        spool: Must(&["spool_failed", "Connect", "Broken"]),
        ..UNNOTICED
    },
    Fault {
        name: "disk-slow",
        what: "fdatasync takes 0.3 s, then 3 s",
        inject: inject!(disk::slow),
        spool: Must(&["timeout", "spool_failed"]),
        ..UNNOTICED
    },
    Fault {
        name: "spool-byte-flipped",
        what: "a byte of a spool file is another at the next start: it costs one event",
        inject: inject!(disk::byte_flipped),
        direct: May(KILLED),
        spool: May(KILLED),
        ..UNNOTICED
    },
    Fault {
        name: "spool-torn",
        what: "a spool file ends in half a write at the next start",
        inject: inject!(disk::torn),
        direct: May(KILLED),
        spool: May(KILLED),
        ..UNNOTICED
    },
    Fault {
        name: "spool-file-removed",
        what: "a spool file is gone at the next start",
        inject: inject!(disk::segment_removed),
        configure: disk::with_little_room,
        direct: May(KILLED),
        spool: May(KILLED),
        ..UNNOTICED
    },
    Fault {
        name: "second-daemon",
        what: "a second daemon is pointed at the same folder: it does not start",
        inject: inject!(disk::second_daemon),
        ..UNNOTICED
    },
];

/// Those that this broker has.
pub fn of(which: Which) -> impl Iterator<Item = &'static Fault> {
    FAULTS
        .iter()
        .filter(move |fault| fault.brokers.contains(&which))
}
