//! Durable commands per second: accounts, the center, the log on a real disk.
//!
//! The threads are the engine's: one feeds the center, one writes what has come since the last
//! sync and syncs once. Each writer gives its next command when the last one is answered.

use std::time::{Duration, Instant};

use center::{Center, Command, DeskRequest, Input, Memory, Output, Reply};
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use deadlines::calendar::{Calendar, OfficeHours};
use journal::Journal;
use model::{
    CalendarTable, LineId, Number, Record, Timestamp, Zone,
    desk::{Channel, Form},
    event::{Role, SeatActor},
};
use stats::Wallboard;
use ticketing::{Desk, DeskCommand, Rules, desk::NewTicket};

use crate::{City, city::person, say, spread};

pub(crate) fn measure(city: &City) {
    for writers in [1, 64] {
        let (times, took) = play(city, writers);
        let a_second = times.len() as f64 / took.as_secs_f64();
        let spread = spread(times);
        say(&format!("commands of {writers} at once: {a_second:.0} a second durable, {spread}"));
    }
}

/// The duration of each command and of all of them.
fn play(city: &City, writers: usize) -> (Vec<Duration>, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) =
        Journal::open(folder.path(), journal::Options::default()).expect("a new log");
    let (to_center, inbox) = unbounded::<Input>();
    let (to_log, records) = unbounded::<Record>();
    let answers: Vec<(Sender<Reply>, Receiver<Reply>)> = (0..writers).map(|_| bounded(1)).collect();
    let tell: Vec<Sender<Reply>> = answers.iter().map(|(tell, _)| tell.clone()).collect();
    let now = city.now;
    let center = std::thread::spawn(move || run(now, &inbox, &to_log, &tell));
    let log = std::thread::spawn({
        let to_center = to_center.clone();
        move || write(journal, &records, &to_center)
    });
    let begun = Instant::now();
    let until = begun + SPAN;
    let people: Vec<_> = answers
        .into_iter()
        .enumerate()
        .map(|(n, (_, answer))| {
            let to_center = to_center.clone();
            std::thread::spawn(move || give(n as u64, until, &to_center, &answer))
        })
        .collect();
    let times: Vec<Duration> =
        people.into_iter().flat_map(|person| person.join().expect("a writer")).collect();
    let took = begun.elapsed();
    // The center's thread ends with its last sender, and the log's with the center.
    to_center.send(Input::LogFailed("the end".into())).expect("it is there");
    drop(to_center);
    center.join().expect("the center");
    log.join().expect("the log");
    (times, took)
}

fn give(n: u64, until: Instant, center: &Sender<Input>, answer: &Receiver<Reply>) -> Vec<Duration> {
    let mut times = Vec::new();
    while Instant::now() < until {
        let given = Instant::now();
        let command = Command::Desk(Box::new(DeskRequest {
            by: person(Role::Agent, None),
            command: DeskCommand::Open(Box::new(opening(n))),
            expected: None,
            key: None,
        }));
        let by = SeatActor::Person("li".into());
        center.send(Input::Command { reply_to: n, by, command }).expect("the center is there");
        answer.recv().expect("an answer").expect("it is granted");
        times.push(given.elapsed());
    }
    times
}

fn opening(n: u64) -> NewTicket {
    NewTicket {
        channel: Channel::Visit,
        caller: Number::new(&format!("139{n:08}")),
        line: LineId::from("12345"),
        message: None,
        form: Form { title: Some("小区自来水压力低".into()), ..Form::default() },
    }
}

/// The center's thread. It ends at the message that the log failed.
fn run(now: Timestamp, inbox: &Receiver<Input>, log: &Sender<Record>, tell: &[Sender<Reply>]) {
    let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
    let desk = Desk::new(Rules::shipped(), calendar, [7; 32]);
    let memory = Memory::new(Wallboard::new(Zone::CHINA, [], []), desk);
    let (plan, policy) = (switch::Plan::default(), acd::Policy::default());
    let mut center = Center::start(now, memory, plan, policy, "bench");
    while let Ok(first) = inbox.recv() {
        for input in std::iter::once(first).chain(inbox.try_iter()) {
            if matches!(input, Input::LogFailed(_)) {
                return;
            }
            center.handle_input(now, input);
            while let Some(output) = center.poll_output() {
                match output {
                    Output::Append(record) => log.send(record).expect("the log is there"),
                    Output::Reply { reply_to, reply } => {
                        tell[reply_to as usize].send(reply).expect("a writer waits");
                    }
                    Output::Sip(_) | Output::Media(_) | Output::Describe(_) => {}
                }
            }
        }
    }
}

/// The log's thread: it writes all records since the last sync as one batch.
fn write(mut journal: Journal, records: &Receiver<Record>, center: &Sender<Input>) {
    while let Ok(first) = records.recv() {
        let batch: Vec<Record> =
            std::iter::once(first).chain(records.try_iter().take(1_024)).collect();
        journal.append(&batch).expect("the log takes it");
        let durable = journal.sync().expect("the disk has it");
        // The center may have gone.
        let _gone = center.send(Input::Durable(durable));
    }
}

const SPAN: Duration = Duration::from_secs(5);
