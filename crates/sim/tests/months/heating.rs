//! S6 by itself; `tests/stories.rs` at the top tells all of them.

use sim::story::Story;

#[test]
fn the_heating_night_ends_as_it_is_told() {
    let story = Story::by_code("s6").expect("a story");
    let mut told = Vec::new();
    let tale = story.tell(&crate::city::days(), &mut |line| told.push(line.to_owned()));
    assert_eq!(tale, Ok(()), "{}", told.join("\n"));
}
