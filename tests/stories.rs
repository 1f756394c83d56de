//! The acceptance stories of the back office, each on a complete desk with the shipped calendar.

use sim::story::STORIES;

#[test]
fn every_story_reaches_its_expected_end() {
    let days = settings::calendar::embedded().expect("the shipped calendar is sound");
    let mut failed = Vec::new();
    for story in STORIES {
        let mut lines = Vec::new();
        if let Err(what) = story.play(&days, &mut |line| lines.push(line.to_owned())) {
            failed.push(format!("{}\n{} {what}", lines.join("\n"), story.code));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
