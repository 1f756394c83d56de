//! Wrong settings and the faults that are reported for them.

use std::{error::Error, fs, path::Path};

use model::{SeatId, SymmetricRtp};
use settings::{Fault, Settings};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

/// A copy of the shipped folder, for changes.
struct Folder(TempDir);

impl Folder {
    fn new() -> Result<Folder, Box<dyn Error>> {
        let dir = tempfile::tempdir()?;
        fs::create_dir(dir.path().join("prompts"))?;
        for folder in ["", "prompts"] {
            for entry in fs::read_dir(Path::new("../../config").join(folder))? {
                let entry = entry?;
                if entry.file_type()?.is_file() {
                    fs::copy(entry.path(), dir.path().join(folder).join(entry.file_name()))?;
                }
            }
        }
        Ok(Folder(dir))
    }

    fn write(&self, file: &str, text: &str) -> Outcome {
        Ok(fs::write(self.0.path().join(file), text)?)
    }

    fn replace(&self, file: &str, from: &str, to: &str) -> Outcome {
        let text = fs::read_to_string(self.0.path().join(file))?;
        assert!(text.contains(from), "{file} has no {from}");
        self.write(file, &text.replace(from, to))
    }

    fn append(&self, file: &str, more: &str) -> Outcome {
        let text = fs::read_to_string(self.0.path().join(file))?;
        self.write(file, &format!("{text}\n{more}\n"))
    }

    fn faults(&self) -> Vec<Fault> {
        Settings::load(self.0.path()).err().unwrap_or_default()
    }

    /// The faults as printed, without the folder's name.
    fn messages(&self) -> Vec<String> {
        let here = format!("{}/", self.0.path().display());
        self.faults().iter().map(|fault| fault.to_string().replace(&here, "")).collect()
    }
}

/// Replaces one text of one file and expects this fault alone.
fn check(file: &str, from: &str, to: &str, expected: &str) -> Outcome {
    let folder = Folder::new()?;
    folder.replace(file, from, to)?;
    let found = folder.messages();
    assert!(
        found.len() == 1 && found[0].contains(expected),
        "{to}\n  expected {expected}\n  got {found:#?}"
    );
    Ok(())
}

/// Appends text to one file and expects this fault among others.
fn check_added(file: &str, more: &str, expected: &str) -> Outcome {
    let folder = Folder::new()?;
    folder.append(file, more)?;
    let found = folder.messages();
    assert!(
        found.iter().any(|f| f.contains(expected)),
        "{more}\n  expected {expected}\n  got {found:#?}"
    );
    Ok(())
}

#[test]
fn fault_names_file_line_column_key_and_remedy() -> Outcome {
    let folder = Folder::new()?;
    folder.write(
        "lines.toml",
        "[[line]]\nnumber = \"12345\"\naliases = [\"*12345\"]\nqueue = \"mandarinn\"\n\n\
         [[line]]\nnumber = \"12346\"\nqueue = \"english\"\n\n\
         [[line]]\nnumber = \"12347\"\nqueue = \"dialect\"\n",
    )?;
    assert_eq!(
        folder.messages(),
        [
            "lines.toml:4:9: line[0].queue: there is no queue \"mandarinn\"; did you mean \"mandarin\"?"
        ]
    );
    Ok(())
}

#[test]
fn all_faults_of_all_files_are_reported_together() -> Outcome {
    let folder = Folder::new()?;
    folder.replace("heartline.toml", "Asia/Shanghai", "Asia/Shanghei")?;
    folder.replace("heartline.toml", "# area_code = \"0371\"", "area_code = \"371\"")?;
    folder.replace("heartline.toml", "\"20000-20999\"", "\"20001-20999\"")?;
    folder.replace("trunks.toml", "\"::1\"", "\"::x\"")?;
    folder.replace("lines.toml", "greeting-zh", "greetings-zh")?;
    folder.replace("queues.toml", "\"20s\"", "20")?;
    folder.replace("seats.toml", "1079-1080", "1078-1080")?;
    fs::write(folder.0.path().join("prompts/music.wav"), b"ID3")?;
    let found = folder.messages();
    for expected in [
        "heartline.toml:6:12: hotline.timezone: \"Asia/Shanghei\" is not a time zone",
        "hotline.area_code: \"371\" is not an area code of mainland China; write it with its 0",
        "media.ports: \"20001-20999\" is not made of pairs",
        "trunk[0].sources[1]: \"::x\" is not an address",
        "line[0].greeting[0]: there is no prompt \"greetings-zh\"; did you mean \"greeting-zh\"?",
        "queue[0].wrap_up: expected a duration, found an integer; write \"20s\"",
        "seats[3].numbers: seat 1078 is already defined at",
        "prompts/music.wav: it is not a WAV file; make it mono, 16 bit",
    ] {
        assert!(found.iter().any(|f| f.contains(expected)), "{expected} is not among {found:#?}");
    }
    Ok(())
}

#[test]
fn misspelt_key_is_a_fault() -> Outcome {
    let expected = "sip.relm: there is no key \"relm\" here; did you mean \"realm\"?";
    check("heartline.toml", "realm =", "relm =", expected)?;
    check("heartline.toml", "[http]", "[htpp]", "did you mean \"http\"?")?;
    check(
        "queues.toml",
        "first_after = \"15s\", repeat = [\"wait-en\"]",
        "fist_after = \"15s\", repeat = [\"wait-en\"]",
        "queue[1].announcements.fist_after: there is no key \"fist_after\" here; did you mean \"first_after\"?",
    )?;
    check_added("trunks.toml", "[[trunks]]\nname = \"x\"", "did you mean \"trunk\"?")?;
    check_added(
        "heartline.toml",
        "[sip.shield]\nmesages_per_s = 1",
        "did you mean \"messages_per_s\"?",
    )
}

#[test]
fn removed_key_is_reported_with_its_replacement() -> Outcome {
    check_added(
        "heartline.toml",
        "[sip.shield]\nshut_out = \"10m\"",
        "sip.shield.shut_out: addresses are no longer blocked: each message above the limit is \
         dropped, and password attempts are slowed; remove the line; wrong_passwords and password_retry say when",
    )
}

#[test]
fn proxy_needs_addresses_and_shares_none_with_a_trunk() -> Outcome {
    let proxy = |sources: &str, expected: &str| {
        check_added("trunks.toml", &format!("[[proxy]]\nsources = {sources}"), expected)
    };
    proxy(
        "[\"127.0.0.0/8\"]",
        "proxy[0].sources: 127.0.0.0/8 overlaps an address of trunk \"local\" at",
    )?;
    proxy("[]", "proxy[0].sources: the list is empty")?;
    proxy("[\"proxy.example\"]", "proxy[0].sources[0]: \"proxy.example\" is not an address")?;
    check_added("trunks.toml", "[[proxy]]", "sources")?;
    check_added("trunks.toml", "[[proxi]]\nsources = []", "did you mean \"proxy\"?")
}

#[test]
fn broken_grammar_is_reported_without_consequential_faults() -> Outcome {
    let folder = Folder::new()?;
    folder.replace("queues.toml", "name = \"english\"", "name = \"english")?;
    folder.replace("heartline.toml", "\"12345\"", "7")?;
    let found = folder.messages();
    assert!(found.iter().any(|f| f.starts_with("queues.toml:17:")), "{found:#?}");
    assert!(found.iter().any(|f| f.contains("hotline.name: expected text")), "{found:#?}");
    assert!(!found.iter().any(|f| f.contains("there is no queue")), "{found:#?}");
    Ok(())
}

#[test]
fn unreadable_files_are_named() -> Outcome {
    let folder = Folder::new()?;
    fs::remove_file(folder.0.path().join("seats.toml"))?;
    assert_eq!(
        folder.messages(),
        ["seats.toml: the file is missing; copy it from the shipped config folder"]
    );
    fs::write(folder.0.path().join("seats.toml"), [0x83, 0xff])?;
    assert!(folder.messages().iter().any(|f| f == "seats.toml: it is not UTF-8; save it as UTF-8"));
    let nowhere = Settings::load(Path::new("no/such/folder")).err().unwrap_or_default();
    assert!(nowhere[0].to_string().starts_with("no/such/folder: it cannot be read"), "{nowhere:?}");
    Ok(())
}

#[test]
fn overlapping_addresses_and_ports_are_faults() -> Outcome {
    let ports = |to: &str, expected: &str| check("heartline.toml", "20000-20999", to, expected);
    ports("20000-20998", "is not made of pairs")?;
    ports("40000-40999", "overlaps the ephemeral ports of the system")?;
    ports("20000-40999", "overlaps the ephemeral ports of the system")?;
    ports("900-1999", "includes ports below 1024")?;
    ports("20000-20001", "fewer than two pairs")?;
    ports("21000-20999", "fewer than two pairs")?;
    ports("5000-5999", "contains the port of 0.0.0.0:5060, on which SIP listens")?;
    ports("auto:0", "is not a valid number of pairs")?;
    ports("many", "is not a range of ports")?;
    check(
        "heartline.toml",
        "127.0.0.1:8080",
        "127.0.0.1:5060",
        "SIP already listens on 0.0.0.0:5060",
    )?;
    check(
        "heartline.toml",
        "udp = [\"0.0.0.0:5060\"",
        "udp = [\"[::]:5060\"",
        "item 2 is listed twice",
    )?;
    check(
        "heartline.toml",
        "# advertise = \"203.0.113.10\"\n\n[media]",
        "advertise = \"0.0.0.0\"\n\n[media]",
        "0.0.0.0 cannot be reached by others",
    )
}

#[test]
fn times_and_sizes_have_ranges_and_an_order() -> Outcome {
    check("heartline.toml", "\"1GiB\"", "\"30GiB\"", "recording would stop before the warning")?;
    check("heartline.toml", "\"1GiB\"", "\"1GB\"", "\"1GB\" is not a size; write \"512MiB\"")?;
    check("heartline.toml", "\"Asia/Shanghai\"", "\"Europe/Berlin\"", "changes its clock on")?;
    check("heartline.toml", "\"Asia/Shanghai\"", "\"+26:00\"", "is not a time zone")?;
    check(
        "queues.toml",
        "ring = \"15s\"",
        "ring = \"15m\"",
        "\"15m\" is out of range; write 3s to 5m",
    )?;
    check("queues.toml", "ring = \"15s\"", "ring = \"-15s\"", "not a duration")?;
    check(
        "heartline.toml",
        "[media]\n",
        "[media]\nvoice_lost_after = \"11m\"\n",
        "\"11m\" is out of range; write 1s to 10m, or 0s to switch it off",
    )?;
    check(
        "queues.toml",
        "max_length = 200",
        "max_length = 0",
        "0 is out of range; write a whole number from 1 to 100000",
    )?;
    check(
        "queues.toml",
        "max_length = 200",
        "max_length = 99999999999999999999999",
        "out of range",
    )?;
    check_added("heartline.toml", "[sip.register]\nmin = \"10m\"", "order them min, default, max")
}

#[test]
fn silence_detection_is_switched_off_by_zero() -> Outcome {
    for zero in ["0", "\"0s\"", "\"0m\""] {
        let folder = Folder::new()?;
        let key = format!("[media]\nvoice_lost_after = {zero}\n");
        folder.replace("heartline.toml", "[media]\n", &key)?;
        let settings = Settings::load(folder.0.path()).map_err(|faults| format!("{faults:?}"))?;
        assert!(settings.media.relays.voice_lost_after.is_zero(), "{zero}");
    }
    Ok(())
}

#[test]
fn fixed_offset_is_a_time_zone() -> Outcome {
    let folder = Folder::new()?;
    folder.replace("heartline.toml", "Asia/Shanghai", "-03:30")?;
    let settings = Settings::load(folder.0.path()).map_err(|faults| format!("{faults:?}"))?;
    assert_eq!(settings.hotline.zone.east_s, -12_600);
    Ok(())
}

#[test]
fn trunks_share_no_address_and_lead_to_lines() -> Outcome {
    let second = "[[trunk]]\nname = \"b\"\nsources = [\"127.0.0.0/8\"]";
    check_added("trunks.toml", second, "127.0.0.0/8 overlaps 127.0.0.1/32 of trunk \"local\" at")?;
    let second = "[[trunk]]\nname = \"local\"\nsources = [\"192.0.2.1\"]";
    check_added("trunks.toml", second, "trunk \"local\" is already defined at")?;
    check(
        "trunks.toml",
        "\"127.0.0.1\"",
        "\"10.0.0.1/24\"",
        "write \"10.0.0.0/24\" or \"10.0.0.1\"",
    )?;
    check("trunks.toml", "\"127.0.0.1\"", "\"10.0.0.0/33\"", "has an invalid prefix length")?;
    check(
        "trunks.toml",
        "\"12346\", \"12347\"",
        "\"12346\", \"12347\", \"99999\"",
        "\"99999\" belongs to no line",
    )?;
    check("trunks.toml", ", \"12347\"", "", "no trunk can bring calls to \"12347\"")?;
    check(
        "lines.toml",
        "queue = \"english\"",
        "queue = \"english\"\ntrunks = [\"telecom\"]",
        "there is no trunk \"telecom\"; known: local",
    )
}

#[test]
fn media_networks_and_symmetry_are_read_and_checked() -> Outcome {
    let folder = Folder::new()?;
    let trunk = "[[trunk]]\nname = \"b\"\nsources = [\"192.0.2.1\"]\n\
                 media = [\"198.51.100.0/27\", \"203.0.113.9\"]\nsymmetric = \"never\"";
    folder.append("trunks.toml", trunk)?;
    folder.replace(
        "seats.toml",
        "numbers = \"1001-1060\"",
        "numbers = \"1001-1060\"\nsymmetric = \"always\"",
    )?;
    let settings = Settings::load(folder.0.path()).map_err(|faults| format!("{faults:?}"))?;
    let [local, second] = &settings.trunks[..] else { return Err("two trunks".into()) };
    assert_eq!((&local.media, local.symmetric), (&local.sources, SymmetricRtp::Auto));
    let media: Vec<String> = second.media.iter().map(ToString::to_string).collect();
    assert_eq!(
        (&media[..], second.symmetric),
        (&["198.51.100.0/27".to_owned(), "203.0.113.9/32".to_owned()][..], SymmetricRtp::Never)
    );
    let symmetric = |seat| settings.seat(SeatId(seat)).map(|seat| seat.symmetric);
    assert_eq!(
        (symmetric(1001), symmetric(1061)),
        (Some(SymmetricRtp::Always), Some(SymmetricRtp::Auto))
    );
    assert!(settings.media.relays.assume_source);

    check(
        "trunks.toml",
        "name = \"local\"",
        "name = \"local\"\nmedia = [\"198.51.100.7/27\"]",
        "has bits beyond its prefix",
    )?;
    check(
        "trunks.toml",
        "name = \"local\"",
        "name = \"local\"\nsymmetric = \"yes\"",
        "\"yes\" is not one of the words allowed here; write auto or always or never",
    )?;
    check("trunks.toml", "name = \"local\"", "name = \"local\"\nsymmetric = 3", "auto or always")?;
    check("heartline.toml", "[media]", "[media]\nassume_source = \"no\"", "true or false")
}

#[test]
fn number_of_two_lines_or_trunks_is_a_fault() -> Outcome {
    check_added(
        "lines.toml",
        "[[line]]\nnumber = \"912345\"\nqueue = \"english\"",
        "\"912345\" and \"*12345\" at",
    )?;
    check_added(
        "lines.toml",
        "[[line]]\nnumber = \"12346\"\nqueue = \"english\"",
        "\"12346\" and \"12346\" at",
    )?;
    check_added(
        "seats.toml",
        "[[seats]]\nnumbers = \"12346\"\nqueues = { english = 1 }",
        "12346 is also a number of line \"12346\"",
    )?;
    check("seats.toml", "1061-1070", "1060-1070", "seat 1060 is already defined at")?;
    check("seats.toml", "1061-1070", "1070-1061", "runs backwards")?;
    check("seats.toml", "1061-1070", "1061-10700000", "is too long a range")?;
    check("seats.toml", "1061-1070", "1061, 1061", "seat 1061 is listed twice")?;
    check("seats.toml", "1061-1070", "106l", "\"106l\" is not a seat or range")
}

#[test]
fn unserved_queue_is_a_fault() -> Outcome {
    let lonely = "[[queue]]\nname = \"cantonese\"";
    check_added(
        "queues.toml",
        lonely,
        "queue[3].name: no seat or agent serves queue \"cantonese\"",
    )?;
    check(
        "seats.toml",
        "{ english = 5 }",
        "{ englsh = 5 }",
        "seats[1].skills: no queue or line requires the skill \"englsh\"; did you mean \"english\"?",
    )?;
    check(
        "lines.toml",
        "queue = \"dialect\"",
        "queue = \"dialect\"\nskills = { law = 9 }",
        "no seat or agent of queue \"dialect\" has the skills dialect 3, law 9",
    )?;
    check(
        "queues.toml",
        "widening = [{ after = \"15s\", tiers = 1 }]",
        "",
        "seats of tier 2 are never rung; add a step with tiers = 1",
    )?;
    check(
        "queues.toml",
        "to = \"mandarin\" }]\n\n[[queue]]",
        "to = \"english\" }]\n\n[[queue]]",
        "\"english\" overflows to itself",
    )?;
    check(
        "queues.toml",
        "lower_by = 1 }",
        "lower_by = 4 }",
        "does not widen more than the one before",
    )?;
    check("queues.toml", "\"longest_idle\"", "\"longest-idle\"", "did you mean \"longest_idle\"?")?;
    check_added(
        "queues.toml",
        "[[queue]]\nname = \"english\"",
        "queue \"english\" is already defined at",
    )
}

#[test]
fn shared_contact_needs_a_placeholder_for_the_number() -> Outcome {
    let seats = "numbers = \"1061-1070\"";
    let shared = "numbers = \"1061-1070\"\ncontact = \"sip:desk@192.0.2.1\"";
    check("seats.toml", seats, shared, "10 seats cannot share one contact; write {seat}")?;
    check("seats.toml", seats, &shared.replace("sip:desk", "desk"), "is not a SIP URI")?;
    let folder = Folder::new()?;
    folder.replace("seats.toml", seats, &shared.replace("desk", "{seat}"))?;
    let settings = Settings::load(folder.0.path()).map_err(|faults| format!("{faults:?}"))?;
    let seat = settings.seat(model::SeatId(1065)).ok_or("no seat")?;
    assert_eq!(seat.contact.as_deref(), Some("sip:1065@192.0.2.1"));
    Ok(())
}

#[test]
fn feature_code_that_starts_another_is_a_fault() -> Outcome {
    check(
        "heartline.toml",
        "\"*72\"",
        "\"*741\"",
        "feature_codes.not_ready: the code of logout begins with this one",
    )?;
    check("heartline.toml", "\"*72\"", "\"*73\"", "begins with this one")?;
    check("heartline.toml", "\"*72\"", "\"72\"", "\"72\" is not a feature code")?;
    check(
        "heartline.toml",
        "wrap_up_extend = \"*75\"",
        "wrap_up_extend = \"*75\"\nreasons = { 1 = \"brake\" }",
        "did you mean \"break\"?",
    )?;
    check(
        "heartline.toml",
        "wrap_up_extend = \"*75\"",
        "wrap_up_extend = \"*75\"\nreasons = { 12 = \"break\" }",
        "\"12\" is not one digit",
    )
}

#[test]
fn blacklist_entry_needs_a_reason_and_an_approver() -> Outcome {
    let caller = "[[caller]]\nnumber = \"13800000000\"\nreason = \"silent calls\"";
    check_added(
        "blacklist.toml",
        caller,
        "caller[0].approver: \"approver\" is missing; add approver = … (text)",
    )?;
    let whole = format!("{caller}\napprover = \"lead\"\nexpires = 2027-02-31");
    check_added("blacklist.toml", &whole, "blacklist.toml:")?;
    check(
        "lines.toml",
        "\"blacklist.toml\"",
        "\"blocked.toml\"",
        "there is no file \"blocked.toml\" here",
    )?;
    check(
        "lines.toml",
        "\"blacklist.toml\"",
        "\"../keys.toml\"",
        "is not the name of a file in this folder",
    )?;
    let folder = Folder::new()?;
    folder.append("blacklist.toml", &whole.replace("31", "28"))?;
    let settings = Settings::load(folder.0.path()).map_err(|faults| format!("{faults:?}"))?;
    assert_eq!(settings.blacklist[0].number.reveal(), "13800000000");
    assert!(!format!("{settings:?}").contains("13800000000"), "numbers print redacted");
    Ok(())
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// A damaged file is valid or has faults; it never causes a panic.
    #[test]
    fn damaged_file_is_a_fault_without_a_panic(
        file in 0usize..6,
        at in 0usize..4_000,
        cut in 0usize..60,
        put in "[\\PC\n]{0,12}",
    ) {
        let files = ["heartline", "trunks", "lines", "queues", "seats", "blacklist"];
        let name = format!("{}.toml", files[file]);
        let spoilt = || -> Outcome {
            let folder = Folder::new()?;
            let text: Vec<char> = fs::read_to_string(folder.0.path().join(&name))?.chars().collect();
            let at = at % text.len();
            let end = (at + cut).min(text.len());
            let torn: String =
                text[..at].iter().copied().chain(put.chars()).chain(text[end..].iter().copied()).collect();
            folder.write(&name, &torn)?;
            for fault in folder.faults() {
                assert!(!fault.what.is_empty() && !fault.right.is_empty(), "{fault}");
                assert!(!fault.what.contains("without a reason"), "{fault} of {torn}");
            }
            Ok(())
        };
        proptest::prop_assert!(spoilt().is_ok());
    }
}

#[test]
fn rules_of_the_desk_are_checked() -> Outcome {
    for (from, to, expected) in [
        ("hub = \"hub\"", "hub = \"\"", "the text is empty"),
        ("[\"08:30-12:00\", ", "[\"08:30-14:30\", ", "a span begins before the previous one ends"),
        ("\"08:30-12:00\"", "\"12:00-08:30\"", "the span goes over midnight"),
        ("reply_by = \"hub\"", "reply_by = \"hup\"", "did you mean \"hub\"?"),
        ("overdue_days = [3, 5, 10]", "overdue_days = [3, 3, 10]", "the numbers do not increase"),
        ("overdue_days = [3, 5, 10]", "overdue_days = [3, 5]", "write three, one for each level"),
        ("tries_days = 2", "tries_days = 4", "3 calls cannot be made on 4 days"),
        (
            "sign = \"1 working day\"",
            "sign = \"1 day of work\"",
            "\"7 working days\", \"2 working hours\" or \"24h\"",
        ),
        (
            "handle_c = \"15 working days\"",
            "handle_c = \"0 working days\"",
            "a time of zero cannot be kept",
        ),
        (
            "handle_c = \"15 working days\"",
            "handle_d = \"15 working days\"",
            "did you mean \"handle_a\"?",
        ),
    ] {
        check("desk.toml", from, to, expected)?;
    }
    let folder = Folder::new()?;
    folder.replace("desk.toml", "unsatisfied_sms = 2", "unsatisfied_sms = 0")?;
    folder.replace("desk.toml", "unsatisfied_calls = 1", "unsatisfied_calls = 0")?;
    folder.replace("desk.toml", "rounds = 2", "rounds = 21")?;
    let found = folder.messages();
    assert!(found.len() == 2 && found[0].contains("21 is out of range"), "{found:#?}");
    assert!(found[1].contains("closed as unsatisfied without asking"), "{found:#?}");
    Ok(())
}

#[test]
fn misnamed_file_is_reported_with_the_likely_name() -> Outcome {
    let folder = Folder::new()?;
    folder.write("trunk.toml", "[[trunk]]\n")?;
    folder.write("holiday-plan.toml", "")?;
    let found = folder.messages();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].contains("holiday-plan.toml") && found[0].contains("known here:"),
        "{found:#?}"
    );
    assert!(found[1].contains("did you mean trunks.toml?"), "{found:#?}");
    Ok(())
}

#[test]
fn emergency_folder_is_separate_from_data_and_recordings() -> Outcome {
    let folder = Folder::new()?;
    folder.append("heartline.toml", "[start]\nemergency = { folder = \"data/standby\" }")?;
    let found = folder.messages();
    assert!(found.len() == 1 && found[0].contains("name a folder on another disk"), "{found:#?}");
    // The same folder by its absolute path.
    let folder = Folder::new()?;
    let whole = std::path::absolute("data")?;
    folder.append("heartline.toml", &format!("[start]\nemergency = {{ folder = {whole:?} }}"))?;
    assert!(folder.messages()[0].contains("are the same or one lies in the other"));
    let folder = Folder::new()?;
    folder.append("heartline.toml", "[start]\nemergency = \"/mnt/standby\"")?;
    assert!(folder.messages()[0].contains("{ folder = … }"), "{:#?}", folder.messages());
    let folder = Folder::new()?;
    folder.append("heartline.toml", "[start]\nemergency = { folder = \"/mnt/standby\" }")?;
    let settings = Settings::load(folder.0.path()).map_err(|faults| format!("{faults:?}"))?;
    assert_eq!(settings.start.emergency.as_deref(), Some(Path::new("/mnt/standby")));
    let folder = Folder::new()?;
    folder.append("heartline.toml", "[start]\nemergency = {}")?;
    assert!(folder.messages()[0].contains("\"folder\" is missing"), "{:#?}", folder.messages());
    Ok(())
}

#[test]
fn proxy_network_of_all_addresses_is_refused() -> Outcome {
    check_added(
        "trunks.toml",
        "[[proxy]]\nsources = [\"0.0.0.0/0\"]",
        "0.0.0.0/0 is every address: any sender could claim any client address; \
         write the proxy's own address",
    )?;
    check(
        "heartline.toml",
        "[http]",
        "[http]\nproxies = [\"::/0\"]",
        "::/0 is every address: any sender could claim any client address",
    )
}

#[test]
fn agents_file_is_read_by_account() -> Outcome {
    let folder = Folder::new()?;
    folder.append(
        "agents.toml",
        "[[agent]]\naccount = \"li\"\nteam = \"A\"\nskills = { english = 7 }\nqueues = { english = 1 }",
    )?;
    let settings = Settings::load(folder.0.path()).map_err(|faults| format!("{faults:?}"))?;
    let li = settings.agents.get(&"li".into()).ok_or("no agent li")?;
    assert_eq!(li.team, "A");
    assert_eq!(li.routing.skills, [("english".into(), 7)].into());
    assert_eq!(li.routing.queues, [("english".into(), 1)].into());
    let unknown: Vec<&str> = settings
        .agents_without_account(&settings::Keyring::default())
        .into_iter()
        .map(|name| name.as_str())
        .collect();
    assert_eq!(unknown, ["li"]);
    Ok(())
}

#[test]
fn folder_without_agents_file_is_valid() -> Outcome {
    let folder = Folder::new()?;
    fs::remove_file(folder.0.path().join("agents.toml"))?;
    assert_eq!(folder.faults(), []);
    Ok(())
}

#[test]
fn agent_faults_are_reported_with_their_line() -> Outcome {
    let check = |table: &str, expected: &str| -> Outcome {
        let folder = Folder::new()?;
        folder.write("agents.toml", table)?;
        let found = folder.messages();
        assert!(found.len() == 1 && found[0].contains(expected), "{table}\n  got {found:#?}");
        assert!(found[0].starts_with("agents.toml:"), "{found:#?}");
        Ok(())
    };
    let li = "[[agent]]\naccount = \"li\"\nqueues = { english = 1 }\n";
    check(&format!("{li}{li}"), "agent \"li\" is already defined at")?;
    check("[[agent]]\naccount = \"Li Wei\"\nqueues = {}\n", "is not an account name")?;
    check("[[agent]]\naccount = \"li\"\nqueues = { englsh = 1 }\n", "englsh")?;
    check("[[agent]]\naccount = \"li\"\n", "queues")?;
    check(&format!("{li}skills = {{ englsh = 5 }}\n"), "did you mean \"english\"?")?;
    check(&format!("{li}skills = {{ english = 11 }}\n"), "english")?;
    check("[[agents]]\naccount = \"li\"\n", "agents")
}

#[test]
fn queue_may_be_served_by_agents_alone() -> Outcome {
    let folder = Folder::new()?;
    folder.append("queues.toml", "[[queue]]\nname = \"night\"\nskills = { night = 3 }")?;
    assert_eq!(folder.faults().len(), 1);
    folder.append(
        "agents.toml",
        "[[agent]]\naccount = \"li\"\nskills = { night = 3 }\nqueues = { night = 1 }",
    )?;
    assert_eq!(folder.faults(), []);
    Ok(())
}
