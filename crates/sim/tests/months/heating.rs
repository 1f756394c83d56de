//! S6 by itself; `tests/stories.rs` in the root package tells all stories.

use sim::story::Story;

#[test]
fn heating_night_story_passes() {
    let story = Story::by_code("s6").expect("a story");
    let mut lines = Vec::new();
    let result = story.play(&crate::city::days(), &mut |line| lines.push(line.to_owned()));
    assert_eq!(result, Ok(()), "{}", lines.join("\n"));
}
