//! kill -9 at a hundred moments: whatever the killer has read an acknowledgement of is on record.

use crate::writer;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use yichuang_storage::{Place, Store, acts, journal};
use yichuang_testkit::database::runtime;

const ROUNDS: u64 = 100;
/// Rounds that use one database one after the other.
const ROUNDS_PER_DATABASE: u64 = 10;

#[test]
fn nothing_acknowledged_is_lost_when_the_writer_is_killed() {
    let (mut acknowledged, mut cut_short) = (0, 0);
    let mut folder = tempfile::tempdir().unwrap();
    for round in 0..ROUNDS {
        if round % ROUNDS_PER_DATABASE == 0 {
            folder = tempfile::tempdir().unwrap();
        }
        // A fixed sequence of moments up to 66 ms after the first acknowledgement.
        let moment = Duration::from_micros((round.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) & 0xFFFF);
        let acks = killed_at(folder.path(), &format!("r{round}"), moment);
        acknowledged += acks.len();
        cut_short += u32::from(acks.len() < 100_000);
        runtime().block_on(all_on_record(folder.path(), &acks, round));
    }
    assert_eq!(u64::from(cut_short), ROUNDS, "every writer was killed at work");
    assert!(acknowledged > 1000, "only {acknowledged} acknowledgements in all");
}

/// Starts a writer, kills it at a moment, and gives all it had acknowledged, those still in the pipe, too.
fn killed_at(folder: &Path, name: &str, moment: Duration) -> Vec<String> {
    let mut child = writer(folder, name, 100_000, 8).spawn().unwrap();
    let pipe = BufReader::new(child.stdout.take().unwrap());
    let (send, acks) = channel();
    let reader = std::thread::spawn(move || {
        for line in pipe.lines() {
            send.send(line.unwrap()).unwrap();
        }
    });
    let mut read = vec![acks.recv_timeout(Duration::from_secs(60)).expect("a first acknowledgement")];
    read.extend(until(&acks, Instant::now() + moment));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    read.extend(acks.iter());
    read
}

fn until(acks: &Receiver<String>, end: Instant) -> Vec<String> {
    let mut read = Vec::new();
    loop {
        match acks.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(ack) => read.push(ack),
            Err(RecvTimeoutError::Timeout) => return read,
            Err(RecvTimeoutError::Disconnected) => panic!("the writer ended by itself"),
        }
    }
}

async fn all_on_record(folder: &Path, acks: &[String], round: u64) {
    let store = Store::open(&Place::Folder(folder.into())).await.expect("the database opens after the kill");
    for ack in acks {
        let act = store.one(acts::by_id(ack)).await.unwrap();
        assert!(act.is_some(), "round {round}: {ack} was acknowledged and is not on record");
    }
    let report = journal::verify(&store).await.unwrap();
    assert_eq!(report.fault, None, "round {round}: {report}");
    assert!(report.records >= acks.len() as u64);
}
