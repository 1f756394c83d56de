//! Import and export of the tables as files.

use std::collections::BTreeMap;

use directory::{Directory, Table, TableText};
use model::{
    Date,
    desk::{
        Area, AreaId, AreaLevel, DirectoryChange, DutyContact, DutyTime, Liaison, Officer, Private,
        Revision, RouteKey, Unit, UnitId, UnitKind,
    },
};
use proptest::prelude::*;

use crate::common::{TABLES, bureau, changed, day, ended, shipped, texts, unit};

fn import(
    directory: &Directory,
    table: Table,
    text: &str,
) -> Result<Vec<DirectoryChange>, Vec<String>> {
    let told = directory.import(&[TableText { table, text }]);
    told.map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

/// Marks cells as text that a spreadsheet would shorten (leading zeros, twelve digits) or take for
/// a formula.
fn guarded(text: &str) -> String {
    let mark = |cell: &str| {
        let is_number = !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
        let is_cut = cell.len() >= 12 || cell.len() > 1 && cell.starts_with('0');
        let is_formula = cell.starts_with('@');
        if is_formula || is_number && is_cut { format!("'{cell}") } else { cell.to_owned() }
    };
    let line = |line: &str| line.split(',').map(mark).collect::<Vec<_>>().join(",") + "\n";
    text.lines().map(line).collect()
}

#[test]
fn shipped_files_are_exported_as_imported() {
    let directory = shipped();
    for (table, text) in texts() {
        let guarded = guarded(&text);
        assert_eq!(directory.export(table), guarded, "{}", table.name());
        assert_eq!(import(&directory, table, &guarded), Ok(Vec::new()), "nothing is new");
        assert_eq!(import(&directory, table, &text), Ok(Vec::new()), "nothing is new");
    }
    assert_eq!(directory.topics().count(), 20 + 104 + 239);
}

#[test]
fn import_reports_all_faults_with_line_and_column() {
    let mut files: BTreeMap<Table, String> = texts().into_iter().collect();
    let mut edit = |table: Table, from: &str, to: &str| {
        let text = files.get_mut(&table).unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replace(from, to);
    };
    edit(Table::Areas, "410105,金水区,county", "410105,金水区,contry");
    edit(
        Table::Units,
        "市物价局,物价局,bureau,2,410100-000",
        "市物价局,物价局,bureau,x,410100-009",
    );
    edit(
        Table::Units,
        "富邦名邸工作组,task_force,2,410100-000,,410100,,,,,,,410105-000;410100-201,,2013-12-31",
        "富邦名邸工作组,task_force,2,410100-000,,410100,,,,,,,410105-000;410100-201,,2013-13-31",
    );
    edit(Table::Topics, "\n0101,市容环境", "\n0101,");
    edit(Table::Routes, "110201,*,@area,,410100-103,B,,@area", "110201,*,@area,,@area,D,Q13,@area");
    edit(Table::Grades, "02,*,area,A,,,,", "02,*,area,A,,,");
    let sheets: Vec<TableText<'_>> =
        files.iter().map(|(table, text)| TableText { table: *table, text }).collect();
    let faults = Directory::default().import(&sheets).unwrap_err();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for (start, words) in [
        ("areas.csv:7: level: ", "write one of city, county, township, community"),
        ("units.csv:6: level: \"x\" is not a number", "write digits only"),
        ("units.csv:6: parent: there is no unit 410100-009", "write the code of a unit"),
        ("units.csv:34: until: \"2013-13-31\" is not a date", "write it like 2026-11-22"),
        ("topics.csv:3: name: it is empty", "write a name"),
        ("directory.csv:", "grade: \"D\" is not a grade; write A, B or C"),
        ("directory.csv:30: quick_kind: \"Q13\" is not one", "write Q01 to Q12, or nothing"),
        ("directory.csv:30: supervise: @area would supervise itself", "name another unit"),
        ("grades.csv:5: ", "7 cells, and there are 8 columns"),
    ] {
        let said = told.iter().any(|line| line.starts_with(start) && line.contains(words));
        assert!(said, "{start} {words} is not in\n{}", told.join("\n"));
    }
    assert_eq!(told.len(), 9, "one mistake, one line:\n{}", told.join("\n"));
}

#[test]
fn missing_and_unknown_columns_are_reported() {
    let told = import(&shipped(), Table::Duty, "unit,when,name,post\n").unwrap_err();
    let columns = "the columns are unit,time,name,post,number";
    let expected = [
        format!("duty.csv:1: there is no column \"when\"; {columns}"),
        "duty.csv:1: number: the column is missing; add it".to_string(),
        "duty.csv:1: time: the column is missing; add it".to_string(),
    ];
    assert_eq!(told, expected);
}

#[test]
fn columns_may_be_in_any_order_after_a_byte_order_mark() {
    let text = "\u{feff}number,post,name,time,unit\r\n66000001, 值班室 ,,night,410100-201\r\n\
                66000002,门卫,王某,night,410100-201\r\n";
    let changes = import(&shipped(), Table::Duty, text).unwrap();
    let directory = changed(shipped(), &changes);
    let night = directory.duty(&unit("410100-201"), DutyTime::Night);
    assert_eq!(night.len(), 2);
    assert_eq!((night[0].post.as_str(), night[1].name.reveal()), ("值班室", "王某"));
    let expected = "unit,time,name,post,number\n410100-201,night,,值班室,66000001\n\
                    410100-201,night,王某,门卫,66000002\n";
    assert_eq!(directory.export(Table::Duty), expected);
}

#[test]
fn duplicate_row_and_misplaced_end_are_faults() {
    let head = "code,name,level,parent,from,until,successors,basis,end_basis\n";
    let text = format!(
        "{head}410106,上街区,county,410100,,2013-06-30,,,\n410106,上街,county,410100,2014-01-01,,,,\n\
         410106,上街,county,410100,2014-01-01,,,,\n410107,惠济区,county,410100,,,410102,,\n"
    );
    let told = import(&shipped(), Table::Areas, &text).unwrap_err();
    let expected = [
        "areas.csv:2: until: a later line has the same row; write the end in the last line of \
         the row",
        "areas.csv:4: from: line 3 has the same row from the same day; keep one of them",
        "areas.csv:5: until: the end has no date; write the last day, or leave until, successors and \
         end_basis empty",
    ];
    assert_eq!(told, expected);
}

#[test]
fn exported_file_contains_ends_of_units() {
    let directory = changed(shipped(), &[ended("410100-103", "2018-12-31", &["410100-113"])]);
    let text = directory.export(Table::Units);
    let line = text.lines().find(|line| line.starts_with("410100-103,")).unwrap();
    assert!(line.ends_with(",,2018-12-31,410100-113,,机构改革方案"), "{line}");
    let again = import(&shipped(), Table::Units, &text).unwrap();
    assert_eq!(again, [ended("410100-103", "2018-12-31", &["410100-113"])]);
    let revoked = import(&directory, Table::Units, &shipped().export(Table::Units)).unwrap();
    let price = UnitId::from("410100-103");
    assert_eq!(revoked, [DirectoryChange::Unit(price, Revision::EndRevoked)]);
}

fn words() -> impl Strategy<Value = String> {
    "[a-z甲乙丙丁,\"（）]{1,8}"
}

fn dates() -> impl Strategy<Value = Option<Date>> {
    proptest::option::of((2009i32..2020, 1u8..13, 1u8..29).prop_map(|(year, month, day)| Date {
        year,
        month,
        day,
    }))
}

prop_compose! {
    fn units()(
        name in words(),
        short in words(),
        group in "[a-z,\"]{0,4}",
        chief in proptest::option::of((words(), words())),
        liaisons in proptest::collection::vec((words(), "[1-9][0-9]{2,10}"), 0..3),
        // A number of zeros only is not valid.
        sms in proptest::collection::vec("\\+?[1-9][0-9]{2,10}", 0..3),
        functional in any::<bool>(),
        area in any::<bool>(),
    ) -> Unit {
        Unit {
            name,
            short,
            group,
            chief: chief.map(|(name, post)| Officer { name, post }),
            liaisons: liaisons
                .into_iter()
                .map(|(name, number)| Liaison {
                    name: Private::new(name),
                    number: model::Number::new(&number),
                })
                .collect(),
            sms: sms.iter().map(|number| model::Number::new(number)).collect(),
            functional_parent: functional.then(|| unit("410100-101")),
            area: area.then(|| AreaId::from("410105")),
            public_phone: "0371-1 (2)".into(),
            kind: UnitKind::Bureau,
            level: 3,
            ..bureau("")
        }
    }
}

fn changes() -> impl Strategy<Value = DirectoryChange> {
    let unit_written = ("[a-c]", dates(), words(), units()).prop_map(|(code, from, basis, now)| {
        let revision = Revision::Written { from, basis, now: Box::new(now) };
        DirectoryChange::Unit(UnitId::from(code.as_str()), revision)
    });
    let area = ("[0-9]{7}", dates(), words()).prop_map(|(code, from, name)| {
        let parent = Some(AreaId::from("410105"));
        let now = Box::new(Area { name, level: AreaLevel::Township, parent });
        let revision = Revision::Written { from, basis: String::new(), now };
        DirectoryChange::Area(AreaId::from(code.as_str()), revision)
    });
    let duty = (words(), words(), "[1-9][0-9]{2,10}").prop_map(|(name, post, number)| {
        let number = model::Number::new(&number);
        let contact = DutyContact { name: Private::new(name), post, number };
        DirectoryChange::Duty(unit("410100-101"), DutyTime::Holiday, vec![contact])
    });
    let row = (0usize..3, dates(), words()).prop_map(|(place, from, basis)| {
        let area = [None, Some("410105"), Some("410102010")][place].map(AreaId::from);
        let key = RouteKey { topic: "0101".into(), area };
        let from = from.unwrap_or(day("2009-01-01"));
        Directory::default().arbitrated(key, unit("410100-104"), basis, from)
    });
    prop_oneof![unit_written, area, duty, row]
}

proptest! {
    /// The files of any valid network are read as the same network and written as the same files.
    #[test]
    fn exported_network_is_imported_unchanged(
        changes in proptest::collection::vec(changes(), 0..12),
        last in (2021i32..2030).prop_map(|year| Date { year, month: 6, day: 30 }),
    ) {
        let mut directory = changed(shipped(), &changes);
        let ends = directory.unit(&unit("a")).is_some();
        if ends {
            let end = Revision::Ended { last, successors: vec![unit("410100-101")], basis: "x".into() };
            directory = changed(directory, &[DirectoryChange::Unit(unit("a"), end)]);
        }
        prop_assert_eq!(directory.faults(), vec![]);
        let texts = TABLES.map(|table| (table, directory.export(table)));
        let sheets: Vec<TableText<'_>> =
            texts.iter().map(|(table, text)| TableText { table: *table, text }).collect();
        let read = Directory::default().import(&sheets).map_err(|f| TestCaseError::fail(format!("{f:#?}")))?;
        let again = changed(Directory::default(), &read);
        prop_assert_eq!(&again, &directory);
        for (table, text) in &texts {
            prop_assert_eq!(&again.export(*table), text);
        }
        prop_assert_eq!(directory.import(&sheets), Ok(vec![]));
    }

    /// Any text is either read or refused with faults.
    #[test]
    fn any_text_is_read_or_refused_with_faults(text in "(code|name|level|unit|time|\n|,|\"|;|/|[a-z0-9*@-]){0,60}") {
        for table in TABLES {
            if let Err(faults) = Directory::default().import(&[TableText { table, text: &text }]) {
                prop_assert!(!faults.is_empty());
            }
        }
    }
}
