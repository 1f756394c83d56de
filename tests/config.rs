//! The config folder: the shipped one is valid, and all faults are reported at once.

mod support;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::{Installation, Program, binary};

/// `EX_USAGE` of sysexits(3).
const FAULTS: i32 = 64;

#[test]
fn shipped_config_has_no_faults() {
    let output = check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config"));
    assert!(output.status.success(), "{}", said(&output));
    assert!(!said(&output).contains("note:"), "its ports fit its queues: {}", said(&output));
}

#[test]
fn too_few_ports_for_the_queues_is_a_warning() {
    let installation = Installation::with_seats(0);
    installation
        .edit("heartline.toml", |text| text.replace("[media]\n", "[media]\nports = \"auto:64\"\n"));
    let output = check(&installation.path("config"));
    assert!(output.status.success(), "{}", said(&output));
    let said = said(&output);
    assert!(said.contains("heartline.toml: [media] ports: 64 pairs serve"), "{said}");
    assert!(said.contains("no fault"), "{said}");
}

#[test]
fn more_descriptors_than_the_unit_allows_is_a_note() {
    let installation = Installation::with_seats(0);
    installation.edit("heartline.toml", |text| {
        let most = "[media]\nports = \"auto:16000\"\n";
        text.replace("[media]\n", most) + "\n[sip.streams]\ntotal = 16384\n"
    });
    let output = check(&installation.path("config"));
    assert!(output.status.success(), "{}", said(&output));
    let said = said(&output);
    assert!(
        said.contains("note: heartline.service: LimitNOFILE: 65536 file descriptors"),
        "{said}"
    );
    assert!(said.contains("32000 for voice ports"), "{said}");
}

#[test]
fn media_network_that_covers_everything_is_a_warning() {
    let installation = Installation::with_seats(0);
    installation.edit("trunks.toml", |text| {
        text.replace("[\"127.0.0.1\", \"127.0.0.2\"]", "[\"0.0.0.0/0\"]")
    });
    let output = check(&installation.path("config"));
    assert!(output.status.success(), "{}", said(&output));
    let said = said(&output);
    assert!(said.contains("trunks.toml: media: 0.0.0.0/0 of \"carrier\" is nearly"), "{said}");
    assert!(said.contains("no fault"), "{said}");
}

#[test]
fn all_config_faults_are_reported_with_file_and_key() {
    let installation = Installation::with_seats(0);
    installation.edit("queues.toml", |text| text.replace("\"4s\"", "\"four\""));
    installation
        .edit("lines.toml", |text| text.replace("queue = \"citizens\"", "queue = \"citizen\""));
    installation.edit("trunks.toml", |text| text.replace("127.0.0.2", "127.0.0.2222"));
    installation.edit("seats.toml", |text| text + "surprise = 1\n");
    let output = check(&installation.path("config"));
    assert_eq!(output.status.code(), Some(FAULTS), "{}", said(&output));
    let said = said(&output);
    for place in ["queues.toml:", "lines.toml:", "trunks.toml:", "seats.toml:"] {
        assert!(said.contains(place), "{place} is not in\n{said}");
    }
    for word in ["ring", "citizen", "sources", "surprise"] {
        assert!(said.contains(word), "{word} is not in\n{said}");
    }
}

#[test]
fn broken_pipe_on_stdout_is_not_an_error() {
    let mut command = binary();
    command.arg("openapi").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = command.spawn().unwrap();
    drop(program.stdout.take());
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// A hotline with the shipped tables of the desk.
fn with_tables() -> Installation {
    let installation = Installation::with_seats(0);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/desk");
    std::fs::create_dir(installation.path("config/desk")).unwrap();
    for file in std::fs::read_dir(shipped).unwrap().flatten() {
        std::fs::copy(file.path(), installation.path("config/desk").join(file.file_name()))
            .unwrap();
    }
    installation
}

#[test]
fn first_start_imports_the_tables_into_the_log() {
    let installation = with_tables();
    installation.add_person("dai", "director");
    let director = installation.token("dai");
    let engine = installation.start();
    let route = engine.api.json("/api/v1/network/route?topic=010402&area=410102");
    assert!(route["lead"].is_string(), "{route}");
    // A unit gets another telephone, over the API, while calls come.
    let units = engine.api.get("/api/v1/network/units").text();
    let line = units.lines().find(|line| line.starts_with("410100-101,")).unwrap().to_owned();
    let changed =
        format!("{}\n{}\n", units.lines().next().unwrap(), line.replace("市公安局", "市公安局新"));
    assert_ne!(changed.lines().nth(1).unwrap(), line);
    let director = engine.api_as(Some(&director));
    let body = serde_json::json!({ "note": "更名", "tables": { "units": changed } });
    let sent = director.post("/api/v1/network/import", &body);
    assert_eq!(sent.status, 200, "{}", sent.text());
    // The command on the machine refuses while the engine runs.
    let refused = installation.run(&["network", "import", "config/desk", "--data", "data"]);
    assert_eq!(refused.status.code(), Some(FAULTS), "{}", said(&refused));
    installation.ok(&["network", "export", "out", "--data", "data"]);
    engine.stop();

    // The config folder is not read again.
    let engine = installation.start();
    let units = engine.api.get("/api/v1/network/units").text();
    assert!(units.contains("市公安局新"), "{units}");
    engine.stop();
    let written = std::fs::read_to_string(installation.path("out/units.csv")).unwrap();
    assert_eq!(written, units);
    let again = installation.ok(&["network", "import", "out", "--data", "data"]);
    assert!(again.contains("nothing changes"), "{again}");
}

#[test]
fn calendar_export_can_be_imported_again() {
    let installation = Installation::with_seats(0);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let shipped = shipped.to_str().unwrap();
    installation.ok(&["calendar", "export", "days.csv", "--config", shipped]);
    let days = std::fs::read_to_string(installation.path("days.csv")).unwrap();
    let own = "year,notice,date,work,name\n2027,国办发明电〔2026〕9号,2027-01-01,false,元旦\n";
    std::fs::write(installation.path("more.csv"), own).unwrap();
    installation.ok(&["calendar", "import", "days.csv"]);
    installation.ok(&["calendar", "import", "more.csv"]);
    installation.ok(&["calendar", "export", "all.csv"]);
    let all = std::fs::read_to_string(installation.path("all.csv")).unwrap();
    assert_eq!(all, format!("{days}{}", own.lines().nth(1).unwrap().to_owned() + "\n"));
    std::fs::write(installation.path("bad.csv"), own.replace("false", "perhaps")).unwrap();
    let refused = installation.run(&["calendar", "import", "bad.csv"]);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("bad.csv:2: work"), "{}", said(&refused));
}

#[test]
fn table_faults_are_reported_with_the_config_faults() {
    let installation = with_tables();
    let output = check(&installation.path("config"));
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("39 units, 363 topics, 40 rows"), "{}", said(&output));

    installation
        .edit("lines.toml", |text| text.replace("queue = \"citizens\"", "queue = \"citizen\""));
    installation.edit("desk/units.csv", |text| {
        text.replace("市民政局,民政局,bureau", "市民政局,民政局,buro")
    });
    installation.edit("desk/directory.csv", |text| {
        text.replace("090501,*,410100-102", "090501,*,410100-199")
    });
    std::fs::write(installation.path("config/desk/unit.csv"), "code").unwrap();
    std::fs::write(installation.path("config/desk/roster.csv"), "year,month,third,leader\n")
        .unwrap();
    let output = check(&installation.path("config"));
    assert_eq!(output.status.code(), Some(FAULTS), "{}", said(&output));
    for words in [
        "lines.toml:",
        "desk/units.csv:5: kind: \"buro\" is not an allowed value; write one of government, bureau",
        "desk/directory.csv:29: lead: there is no unit 410100-199",
        "desk/unit.csv: there is no table \"unit\"; the tables are areas, units",
        "desk/roster.csv:1: deputies: the column is missing",
        "5 faults",
    ] {
        assert!(said(&output).contains(words), "{words} is not in\n{}", said(&output));
    }
}

#[test]
fn missing_config_folder_is_reported() {
    let output = check(Path::new("no-such-folder"));
    assert_eq!(output.status.code(), Some(FAULTS), "{}", said(&output));
    assert!(said(&output).contains("no-such-folder"));
}

#[test]
fn engine_refuses_to_start_with_a_faulty_config() {
    let installation = Installation::with_seats(0);
    installation.edit("queues.toml", |text| text.replace("\"4s\"", "\"four\""));
    let output = installation.run(&["serve", "--config", "config"]);
    assert_eq!(output.status.code(), Some(FAULTS), "{}", said(&output));
    assert!(said(&output).contains("queues.toml:"));
}

#[test]
fn unknown_seat_gets_no_password() {
    let installation = Installation::with_seats(0);
    let output = installation.run(&["seat", "password", "9999"]);
    assert!(!output.status.success());
    assert!(said(&output).contains("9999"));
}

#[test]
fn faults_are_printed_verbatim_and_misnamed_file_is_reported() {
    let installation = Installation::with_seats(0);
    let config = installation.path("config");
    std::fs::rename(config.join("trunks.toml"), config.join("trunk.toml")).unwrap();
    let output = check(&config);
    assert_eq!(output.status.code(), Some(FAULTS));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("trunk.toml") && said.contains("did you mean trunks.toml?"), "{said}");
    let first = said.lines().next().unwrap();
    assert!(first.starts_with(config.to_str().unwrap()), "a file comes first: {first}");
}

#[test]
fn wrong_data_folder_gets_no_keyring() {
    let installation = Installation::with_seats(0);
    for arguments in [
        &["user", "add", "li", "--role", "agent"][..],
        &["user", "list"],
        &["token", "chief"],
        &["seat", "password", "1001"],
        &["secret", "make", "province"],
    ] {
        let arguments = [arguments, &["--data", "dta"]].concat();
        let output = installation.run(&arguments);
        assert_eq!(output.status.code(), Some(FAULTS), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("dta/keys.json"), "{arguments:?}: {}", said(&output));
    }
    assert!(!installation.path("dta").exists(), "nothing was made");
    installation.ok(&["user", "add", "li", "--role", "agent", "--data", "dta", "--create"]);
    let listed = installation.ok(&["user", "list", "--data", "dta"]);
    let mut lines = listed.lines();
    assert!(lines.next().unwrap().starts_with("ACCOUNT\tROLE\tSTANDING"), "{listed}");
    assert!(lines.next().unwrap().starts_with("li\tagent\topen\t-\tgovernment"), "{listed}");
    let json = installation.ok(&["user", "list", "--data", "dta", "--json"]);
    let account: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&account["account"], &account["unit"]), (&"li".into(), &serde_json::Value::Null));
}

#[test]
fn failed_first_start_creates_no_admin() {
    let installation = Installation::with_seats(0);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let console = taken.local_addr().unwrap().to_string();
    let fresh = ["serve", "--data", "fresh", "--sip", "127.0.0.1:0", "--rtp-ports", "auto:4"];
    let output = installation.run(&[&fresh[..], &["--http", &console]].concat());
    assert_eq!(output.status.code(), Some(70), "{}", said(&output));
    assert!(!said(&output).contains("password"), "{}", said(&output));
    assert!(!installation.path("fresh/keys.json").exists());
    let mut command = binary();
    command.current_dir(installation.path("")).args(fresh).args(["--http", "127.0.0.1:0"]);
    let mut program = Program::start("heartline", &mut command);
    let line = program.wait_for_line("the first password", |line| line.contains("as admin"));
    assert!(line.contains("with the password"), "{line}");
    program.terminate();
    program.wait_for_end(std::time::Duration::from_secs(40));
    assert!(
        installation.ok(&["user", "list", "--data", "fresh"]).contains("admin\tadmin"),
        "the admin"
    );
}

#[test]
fn program_log_can_be_json_and_unknown_command_exits_with_64() {
    let installation = Installation::with_seats(0);
    let mut program = installation.program_with(&["--log-format", "json"]);
    let line = program.wait_for_line("ready as JSON", |line| line.contains("\"ready\""));
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&line["message"], &line["level"]), (&"ready".into(), &"INFO".into()));
    program.terminate();
    program.wait_for_end(std::time::Duration::from_secs(40));
    let output = installation.run(&["srve"]);
    assert_eq!(output.status.code(), Some(FAULTS), "{}", said(&output));
    let help = installation.ok(&["--help"]);
    assert!(help.contains("Exit codes:") && help.contains("70 "), "{help}");
}

fn check(folder: &Path) -> Output {
    let mut command: Command = binary();
    command.arg("check").arg(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}
