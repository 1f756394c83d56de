//! `courier.toml` and `desk/sms.toml`: off by default, and every fault is reported.

use std::{error::Error, fs, path::Path};

use model::desk::Channel;
use settings::{Beginning, Carries, Content, Persons, Proof, Settings};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

/// The shipped folder with these two files.
fn folder(courier: &str, sms: &str) -> Result<TempDir, Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    for below in ["prompts", "desk"] {
        fs::create_dir(dir.path().join(below))?;
    }
    for below in ["", "prompts"] {
        for entry in fs::read_dir(Path::new("../../config").join(below))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), dir.path().join(below).join(entry.file_name()))?;
            }
        }
    }
    fs::write(dir.path().join("courier.toml"), courier)?;
    fs::write(dir.path().join("desk/sms.toml"), sms)?;
    Ok(dir)
}

fn read(courier: &str, sms: &str) -> Result<Settings, Box<dyn Error>> {
    let dir = folder(courier, sms)?;
    Settings::load(dir.path()).map_err(|faults| format!("{faults:#?}").into())
}

/// The faults of these two files, without the folder's name.
fn messages(courier: &str, sms: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let dir = folder(courier, sms)?;
    let here = format!("{}/", dir.path().display());
    let faults = Settings::load(dir.path()).err().unwrap_or_default();
    Ok(faults.iter().map(|fault| fault.to_string().replace(&here, "")).collect())
}

fn check(courier: &str, part: &str) -> Outcome {
    let found = messages(courier, "")?;
    assert!(found.iter().any(|f| f.contains(part)), "wanted {part}\n got {found:#?}");
    Ok(())
}

const PROVINCE: &str = "[[destination]]\nname = \"province\"\nurl = \"https://p.example/in\"\n\
                        secret = \"province\"\n";
const SMS: &str =
    "[sms]\nurl = \"https://s.example\"\nbody = '{\"m\":\"{to}\",\"t\":\"{text}\"}'\n";

#[test]
fn shipped_courier_has_no_destination_and_no_hook() -> Outcome {
    let settings = Settings::load(Path::new("../../config")).map_err(|f| format!("{f:?}"))?;
    assert!(settings.courier.destinations.is_empty());
    assert!(settings.courier.sms.is_none());
    assert!(settings.courier.hooks.is_empty());
    Ok(())
}

#[test]
fn commented_examples_in_the_shipped_file_are_valid() -> Outcome {
    let shipped = fs::read_to_string("../../config/courier.toml")?;
    let examples: Vec<&str> =
        shipped.lines().filter_map(|line| line.strip_prefix("#   ")).collect();
    let settings = read(&examples.join("\n"), "")?;
    let courier = &settings.courier;
    assert_eq!((courier.destinations.len(), courier.hooks.len()), (1, 2));
    assert_eq!(courier.sms.as_ref().and_then(|sms| sms.id.as_deref()), Some("msgId"));
    Ok(())
}

#[test]
fn destination_defaults_to_masked_events_from_now_on() -> Outcome {
    let settings = read(PROVINCE, "")?;
    let province = &settings.courier.destinations[0];
    assert_eq!(province.events, model::desk::event_kinds());
    assert_eq!((province.from, province.persons), (Beginning::Now, Persons::Masked));
    let chosen = format!("{PROVINCE}events = [\"ticket.closed_*\", \"order.*\"]");
    check(&chosen, "no kind of event is called \"ticket.closed_*\"")?;
    let settings = read(&format!("{PROVINCE}events = [\"order.*\", \"ticket.opened\"]"), "")?;
    let events = &settings.courier.destinations[0].events;
    assert_eq!(events, &["order.drafted", "order.moved", "ticket.opened"]);
    Ok(())
}

#[test]
fn sms_gateway_defaults_to_quiet_nights_and_json() -> Outcome {
    let sms = read(SMS, "")?.courier.sms.ok_or("no gateway")?;
    assert_eq!((sms.quiet_from_s, sms.quiet_until_s), (75_600, 28_800));
    assert_eq!((sms.content, sms.taken), (Content::Json, vec!["0".to_owned()]));
    Ok(())
}

#[test]
fn webhook_names_its_content_and_proof() -> Outcome {
    let hook = "[[hook]]\nname = \"wx\"\nchannel = \"wechat\"\nsecrets = [\"a\", \"b\"]\n";
    let settings = read(hook, "")?;
    let hook = &settings.courier.hooks[0];
    assert_eq!((hook.carries, hook.proof), (Carries::Messages, Proof::Signature));
    assert_eq!((hook.channel, hook.answer.as_str()), (Channel::Wechat, "{\"taken\":true}"));
    Ok(())
}

#[test]
fn each_courier_fault_has_a_proposal() -> Outcome {
    let with = |line: &str| format!("{PROVINCE}{line}");
    check(&with("events = [\"ticket.closd\"]"), "no kind of event is called \"ticket.closd\"")?;
    check(&with("events = [\"ticket.openned\"]"), "did you mean \"ticket.opened\"?")?;
    check(&with("events = []"), "events: the list is empty")?;
    check(&with("from = \"frist\""), "did you mean \"first\"?")?;
    check(&with("timeout = \"1h\""), "write 1s to 2m")?;
    check(&with("headers = { Host = \"x\" }"), "the engine sends Host itself")?;
    check(&with("headers = { \"a b\" = \"x\" }"), "is not the name of a header")?;
    check(&with("headers = { A = \"{secrt}\" }"), "did you mean {secret}?")?;
    check(&format!("{PROVINCE}{PROVINCE}"), "the name \"province\" is used twice")?;
    check(&PROVINCE.replace("\"province\"\nurl", "\"sms\"\nurl"), "is reserved for the gateway")?;
    check(&PROVINCE.replace("https:", "ftp:"), "is not a web address")?;
    check(
        &PROVINCE.replace("p.example", "me:pw@p.example"),
        "the address contains a user name or password",
    )?;
    check(&PROVINCE.replace("secret", "# secret"), "add secret = …")?;
    check(&SMS.replace("{to}", "{too}"), "the body has no {to}")?;
    check(&SMS.replace("{to}", "{to}{too}"), "did you mean {to}?")?;
    check(&SMS.replace("}'", "'"), "with placeholders filled in it is not JSON")?;
    check(&SMS.replace("{to}", "{to}{secret}"), "{secret} is used, but no secret is named")?;
    check(&format!("{SMS}quiet_from = \"24:00\""), "is not a time of day")?;
    let hook = "[[hook]]\nname = \"wx\"\nsecrets = []\n";
    check(hook, "so no sender is accepted")?;
    check(&format!("{hook}fields = {{ form = \"x\" }}"), "there is no field \"form\"")?;
    check(&format!("{hook}channel = \"phone\""), "is not one of the words allowed here")?;
    check("[smss]", "did you mean \"sms\"?")
}

#[test]
fn sms_texts_may_change_but_not_their_placeholders() -> Outcome {
    let texts =
        read("", "city = \"株洲\"\n[templates]\nunit_yellow = \"{no}快到期\"\n")?.sms_templates;
    assert_eq!(texts["unit_yellow"], "{no}快到期");
    assert!(texts["accepted"].starts_with("【株洲12345】您的诉求{no}已受理"));
    let found = messages("", "[templates]\nunit_yellow = \"{number}快到期\"\neval3 = \"?\"\n")?;
    assert!(found.iter().any(|f| f.contains("there is no placeholder {number}")), "{found:#?}");
    assert!(found.iter().any(|f| f.contains("did you mean \"eval1\"?")), "{found:#?}");
    Ok(())
}

#[test]
fn shipped_sms_texts_are_the_defaults() -> Outcome {
    let shipped = fs::read_to_string("../../config/desk/sms.toml")?;
    assert_eq!(read("", &shipped)?.sms_templates, read("", "")?.sms_templates);
    Ok(())
}
