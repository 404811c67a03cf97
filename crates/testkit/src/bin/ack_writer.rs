//! A writer to be killed: commits changes from several callers and prints each act's id once it is acknowledged.
//!
//! `ack_writer FOLDER NAME COUNT CALLERS`: every caller receives a case and moves it on, COUNT changes in all.
//! Act ids are `NAME-<n>`. Standard output is the pipe the killer reads; nothing is printed before the answer.
//! What goes wrong is printed on standard error, act and message.

use futures_util::future::join_all;
use std::io::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use yichuang_storage::{Place, Store};
use yichuang_testkit::{database, sample};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, name, count, callers] = args.as_slice() else { panic!("FOLDER NAME COUNT CALLERS") };
    let number = |text: &String| text.parse::<i64>().expect("a number");
    database::runtime().block_on(write(folder, name, number(count), number(callers)));
}

async fn write(folder: &str, name: &str, count: i64, callers: i64) {
    let store = Store::open(&Place::Folder(folder.into())).await.expect("the database opens");
    // Case ids must be new in this folder: names are `<letters><round>`.
    let round: i64 = name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0);
    let next = AtomicI64::new(1);
    let caller = |caller: i64| {
        let (store, next) = (&store, &next);
        async move {
            let case_id = round * 1000 + caller + 1;
            for done in 0.. {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n > count {
                    return;
                }
                let act = format!("{name}-{n}");
                let change = match done {
                    0 => sample::receive(&act, case_id, "JB20261123"),
                    _ => sample::step(&act, case_id, done),
                };
                match store.commit(change).await {
                    Ok(_) => writeln!(std::io::stdout().lock(), "{act}").expect("the killer reads"),
                    Err(error) => writeln!(std::io::stderr().lock(), "{act} {error}").expect("an open pipe"),
                }
            }
        }
    };
    join_all((0..callers).map(caller)).await;
}
