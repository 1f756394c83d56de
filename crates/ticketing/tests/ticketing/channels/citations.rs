//! A knowledge item that answers a ticket is counted (REC-17, direct answers are filed; KB-02,
//! upkeep of the knowledge base).

use knowledge::{KnowledgeCommand, sheet};
use model::desk::{KnowledgeId, Visibility};
use model::event::Role;
use ticketing::DeskCommand;
use ticketing::channels::ChannelsCommand;
use ticketing::ticket::TicketCommand;
use workflow::Refusal;

use super::setup::{Setup, person};

const COMMON: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/knowledge/common.csv"));

fn stocked() -> (Setup, KnowledgeId) {
    let mut setup = Setup::new();
    let rows = sheet::read(COMMON).unwrap();
    let id = rows.iter().find(|row| row.visibility > Visibility::Draft).unwrap().id.clone();
    let dispatcher = person("wang", Role::Dispatcher);
    setup.asks(&dispatcher, ChannelsCommand::Import { rows, publish: true }).unwrap();
    (setup, id)
}

#[test]
fn answer_from_an_item_counts_as_one_use() {
    let (mut setup, id) = stocked();
    let ticket = setup.registered("13812345678");
    let answer = TicketCommand::Answer {
        answer: "先看阀门".into(),
        knowledge: Some(id.clone()),
        no_item: None,
    };
    setup.order(&person("li", Role::Agent), ticket, answer);
    let item = setup.channels.knowledge.knowledge().item(&id).unwrap();
    assert_eq!(item.uses.total(), 1);
    // The page reports the same use; an item is counted once for a ticket.
    let used = KnowledgeCommand::Use { id: id.clone(), ticket };
    setup.asks(&person("li", Role::Agent), ChannelsCommand::Knowledge(used)).unwrap();
    assert_eq!(setup.channels.knowledge.knowledge().item(&id).unwrap().uses.total(), 1);
}

#[test]
fn unknown_knowledge_item_cannot_be_cited() {
    let (setup, id) = stocked();
    let shelf = &setup.channels.knowledge;
    assert!(shelf.citation_fault(&id).is_none());
    let fault = shelf.citation_fault(&KnowledgeId::from("nothing")).unwrap();
    assert_eq!(fault.field, "knowledge");
    // Without a knowledge base any item may be cited.
    assert!(Setup::new().channels.knowledge.citation_fault(&id).is_none());
    let decided: Result<Vec<DeskCommand>, Refusal> = Refusal::with(Ok(Vec::new()), Some(fault));
    assert!(matches!(decided, Err(Refusal::Faults { .. })));
}

#[test]
fn stale_knowledge_command_is_refused_with_the_last_record() {
    let (setup, id) = stocked();
    let shelf = &setup.channels.knowledge;
    let seen = shelf.seq_of(&id);
    assert_eq!(shelf.changed_after(seen - 1).filter(|changed| **changed == id).count(), 1);
    let retire = |id: &KnowledgeId| {
        let command = KnowledgeCommand::Retire { id: id.clone(), reason: "法规废止".into() };
        ChannelsCommand::Knowledge(command)
    };
    let director = person("zhou", Role::Director);
    let stale = setup.channels.decide(setup.now, &director, retire(&id), Some(seen - 1));
    assert_eq!(stale, Err(Refusal::Stale { expected: seen - 1, found: seen }));
    assert!(setup.channels.decide(setup.now, &director, retire(&id), Some(seen)).is_ok());
}
