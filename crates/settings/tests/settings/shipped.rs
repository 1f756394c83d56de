//! The shipped config folder: it is valid, equals the built-in files and matches the README.

use std::{collections::BTreeSet, error::Error, fs, path::Path, time::Duration};

use model::{LineId, QueueId, SeatId, Zone};
use settings::{
    Settings,
    keys::{Default, Key, SECTIONS},
};

type Outcome = Result<(), Box<dyn Error>>;

fn shipped() -> Result<Settings, String> {
    Settings::load(Path::new("../../config"))
        .map_err(|faults| faults.iter().map(|f| format!("{f}\n")).collect())
}

#[test]
fn shipped_config_is_valid() -> Outcome {
    let settings = shipped()?;
    assert_eq!(settings.lines[0].number, LineId::from("12345"));
    assert_eq!(settings.lines[0].queue, QueueId::from("mandarin"));
    let seats: Vec<SeatId> = settings.seats.iter().map(|seat| seat.seat).collect();
    assert_eq!(seats, (1001..=1080).map(SeatId).collect::<Vec<_>>());
    assert_eq!(settings.hotline.zone, Zone::CHINA);
    assert_eq!(settings.media.ports.pairs(), 500);
    let english = settings.queue(&QueueId::from("english")).ok_or("no english queue")?;
    assert_eq!(english.policy.widening.len(), 2);
    assert_eq!(settings.lines[1].skills, english.skills, "a line asks what its queue asks");
    Ok(())
}

#[test]
fn shipped_rules_equal_desk_defaults() -> Outcome {
    assert_eq!(shipped()?.desk.rules, ticketing::Rules::shipped());
    Ok(())
}

#[test]
fn built_in_config_equals_the_shipped_one() -> Outcome {
    let built_in = Settings::embedded().map_err(|faults| format!("{faults:?}"))?;
    assert_eq!(format!("{built_in:?}"), format!("{:?}", shipped()?));
    Ok(())
}

/// The profile for three telephones and one clerk (OPS-06: a small site).
#[test]
fn mini_profile_is_valid_and_has_three_seats() -> Outcome {
    let mini = Settings::load(Path::new("../../config/profiles/mini"));
    let mini =
        mini.map_err(|faults| faults.iter().map(|f| format!("{f}\n")).collect::<String>())?;
    let seats: Vec<SeatId> = mini.seats.iter().map(|seat| seat.seat).collect();
    assert_eq!(seats, [SeatId(1001), SeatId(1002), SeatId(1003)]);
    assert_eq!((mini.queues.len(), mini.lines.len(), mini.media.ports.pairs()), (1, 1, 16));
    assert!(mini.duties.small_office);
    // The prompts and the calendar are the built-in ones.
    assert_eq!(format!("{:?}", mini.prompts), format!("{:?}", shipped()?.prompts));
    assert_eq!(mini.misfits(), []);
    Ok(())
}

#[test]
fn every_prompt_is_found_by_name_and_audible() -> Outcome {
    let settings = shipped()?;
    for (place, prompt) in settings.prompts.iter().enumerate() {
        assert_eq!(settings.prompt(&prompt.name), Some(place));
        assert!(prompt.length() > Duration::from_millis(500), "{prompt:?}");
        let loudest = prompt.samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
        assert!(loudest > 8_000, "{prompt:?} is too soft to hear: {loudest}");
    }
    Ok(())
}

#[test]
fn music_loops_without_a_click() -> Outcome {
    let settings = shipped()?;
    let music = settings.prompts.iter().find(|p| p.name.as_str() == "music").ok_or("no music")?;
    assert!((30..=40).contains(&music.length().as_secs()), "{music:?}");
    let (Some(first), Some(last)) = (music.samples.first(), music.samples.last()) else {
        return Err("empty".into());
    };
    let step = |a: i16, b: i16| (i32::from(a) - i32::from(b)).abs();
    let widest = music.samples.windows(2).map(|w| step(w[0], w[1])).max().unwrap_or(0);
    assert!(step(*first, *last) <= widest, "a click at the seam");
    Ok(())
}

#[test]
fn readme_lists_every_key_with_unit_default_and_reason() -> Outcome {
    let readme = fs::read_to_string("../../config/README.md")?;
    let rows: BTreeSet<&str> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    let known: BTreeSet<String> =
        SECTIONS.iter().flat_map(|section| section.keys).map(row).collect();
    let missing: Vec<_> = known.iter().filter(|row| !rows.contains(row.as_str())).collect();
    let stale: Vec<_> = rows.iter().filter(|row| !known.contains(**row)).collect();
    assert!(missing.is_empty(), "not in config/README.md:\n{missing:#?}");
    assert!(stale.is_empty(), "in config/README.md, but no such key:\n{stale:#?}");
    for section in SECTIONS {
        let heading = if section.heading.is_empty() { section.file } else { section.heading };
        assert!(readme.contains(&format!("`{heading}`")), "no heading `{heading}`");
    }
    Ok(())
}

/// A key's row in the README.
fn row(key: &Key) -> String {
    let default = match key.default {
        Default::Required => "required".into(),
        Default::Absent(meaning) => meaning.into(),
        Default::Value(value) => format!("`{value}`"),
    };
    format!("| `{}` | {} | {default} | {} |", key.name, key.unit, key.reason)
}
