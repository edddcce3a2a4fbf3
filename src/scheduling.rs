//! How the kernel shares a processor among the daemon's threads.
//!
//! Linux lets a thread that has just been woken push aside the one that runs. Here that is librdkafka's, woken by the first
//! record that it is handed: it sends that one by itself, and the requests behind it wait for the next turn. As a batch
//! (`SCHED_BATCH`, [sched(7)](https://man7.org/linux/man-pages/man7/sched.7.html)), threads take their turns: all that is ready is
//! handed over before it is sent, and all that was confirmed is taken in before it is answered. On a processor that is free each
//! still runs at once. docs/performance.md has what it saves.

use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};

/// What the kernel calls `SCHED_OTHER`, the policy of whatever was told none.
const OTHER: &str = "0";
/// The library's number, of 0 to 99, for a niceness of 0.
const AS_NICE_AS_ANY: u8 = 47;

/// Has this thread, and those that it starts from now on, take turns, so it comes before all others. One that was started with a
/// policy or a niceness of its own keeps that, and nothing is asked of the kernel.
pub fn take_turns() {
    if was_told() {
        return;
    }
    let batch = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Batch);
    let set = ThreadPriorityValue::try_from(AS_NICE_AS_ANY).and_then(|value| {
        let niceness = ThreadPriority::Crossplatform(value);
        set_thread_priority_and_policy(thread_native_id(), niceness, batch)
            .map_err(|error| error.to_string())
    });
    if let Err(error) = set {
        tracing::debug!(error, "threads are scheduled as any others");
    }
}

/// Lets the threads run that have been woken and wait for this processor: those that carry what was taken. Turning requests away never
/// ends under a flood, and what was taken would have to wait for it.
pub fn give_way() {
    std::thread::yield_now();
}

/// Whether somebody has given this thread a policy or a niceness, or nobody can say
/// ([proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html)).
fn was_told() -> bool {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    // The program's name comes second, and may hold anything. What is behind it begins with the third field.
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    let field = |number: usize| behind.split_whitespace().nth(number - 3);
    (field(19), field(41)) != (Some("0"), Some(OTHER))
}
