//! Reads each table from its lines, and writes it as lines.

use std::collections::BTreeMap;

use model::{
    Date, Number,
    desk::{
        Area, AreaId, AreaLevel, Difficulty, DirectoryChange, DutyContact, DutyTime, Grade,
        GradeKey, GradeRule, Liaison, Officer, Private, Purpose, RouteKey, RouteRow, Scope, Topic,
        TopicId, Unit, UnitId, UnitKind, UnitRef,
    },
};

use super::{
    Directory, Lines, Table, TableFault, TableText,
    columns::{AREAS, DUTY, GRADES, ROUTES, TOPICS, UNITS},
    reader::{self, Line},
    revisions::{changes, version_line},
    writer::{date, list, optional, write as csv},
};
use crate::{
    Version, Versioned,
    row_name::{EnumName, grade_row, route_row, value_or_star},
};

/// The changes that a file makes.
pub(super) fn read(
    directory: &Directory,
    file: TableText<'_>,
    lines: &mut Lines,
    faults: &mut Vec<TableFault>,
) -> Vec<DirectoryChange> {
    macro_rules! versions {
        ($table:ident, $columns:ident, $known:ident, $change:ident, $name:expr, $line:expr) => {{
            let mut all = Vec::new();
            reader::read(Table::$table, $columns, file.text, faults, |line| all.push($line(line)));
            let wrap = DirectoryChange::$change;
            changes(Table::$table, &directory.$known, all, wrap, $name, lines, faults)
        }};
    }
    match file.table {
        Table::Areas => {
            versions!(Areas, AREAS, areas, Area, ToString::to_string, |line: &mut Line<'_>| {
                let key = AreaId::from(line.required("code"));
                let next = line.list("successors");
                let now = area(line);
                version_line(line, key, now, next)
            })
        }
        Table::Units => {
            versions!(Units, UNITS, units, Unit, ToString::to_string, |line: &mut Line<'_>| {
                let key = UnitId::from(line.required("code"));
                let next = line.list("successors");
                let now = unit(line);
                version_line(line, key, now, next)
            })
        }
        Table::Topics => {
            versions!(Topics, TOPICS, topics, Topic, ToString::to_string, |line: &mut Line<'_>| {
                let key = TopicId::from(line.required("code"));
                let next = line.list("successors");
                let now = topic(line);
                version_line(line, key, now, next)
            })
        }
        Table::Routes => {
            versions!(Routes, ROUTES, routes, Route, route_row, |line: &mut Line<'_>| {
                let topic = TopicId::from(line.required("topic"));
                let key = RouteKey { topic, area: line.unless_any("area") };
                let now = route(line);
                version_line(line, key, now, Vec::new())
            })
        }
        Table::Grades => {
            versions!(Grades, GRADES, grades, Grade, grade_row, |line: &mut Line<'_>| {
                let topic = line.unless_any("topic");
                let difficulty = line.enum_or_any("difficulty", Difficulty::ALL);
                let key =
                    GradeKey { topic, difficulty, scope: line.enum_or_any("scope", Scope::ALL) };
                let grade = line.required_grade();
                version_line(line, key, GradeRule { grade }, Vec::new())
            })
        }
        Table::Duty => duty(directory, file.text, lines, faults),
        Table::Roster => Vec::new(),
    }
}

impl Line<'_> {
    /// One of the values in `all`, which must be given; `otherwise` when the cell is faulty.
    fn required_enum<T: Copy + serde::Serialize>(
        &mut self,
        column: &'static str,
        all: &[T],
        otherwise: T,
    ) -> T {
        self.required(column);
        self.enum_value(column, all).unwrap_or(otherwise)
    }

    /// One of the values in `all`; `None` for `*`.
    fn enum_or_any<T: Copy + serde::Serialize>(
        &mut self,
        column: &'static str,
        all: &[T],
    ) -> Option<T> {
        if self.required(column) == "*" { None } else { self.enum_value(column, all) }
    }

    /// The grade, written A, B or C in files and in lower case in the log.
    fn grade(&mut self) -> Option<Grade> {
        let grade = match self.text("grade") {
            "" => return None,
            "A" => Some(Grade::A),
            "B" => Some(Grade::B),
            "C" => Some(Grade::C),
            _ => None,
        };
        if grade.is_none() {
            let what = format!("{:?} is not a grade", self.text("grade"));
            self.fault("grade", what, "write A, B or C");
        }
        grade
    }

    fn required_grade(&mut self) -> Grade {
        self.required("grade");
        self.grade().unwrap_or(Grade::B)
    }

    fn officers(&mut self, column: &'static str) -> Vec<Officer> {
        let pairs = self.pairs(column).into_iter();
        pairs.map(|(name, post)| Officer { name, post }).collect()
    }
}

fn area(line: &mut Line<'_>) -> Area {
    let level = line.required_enum("level", AreaLevel::ALL, AreaLevel::City);
    Area { name: line.text("name").into(), level, parent: line.optional("parent") }
}

fn unit(line: &mut Line<'_>) -> Unit {
    let mut chief = line.officers("chief");
    if chief.len() > 1 {
        line.fault(
            "chief",
            "there are several chiefs",
            "write one; list the others under deputies",
        );
    }
    let liaisons = line
        .pairs("liaisons")
        .into_iter()
        .map(|(name, number)| Liaison { name: Private::new(name), number: Number::new(&number) });
    Unit {
        kind: line.required_enum("kind", UnitKind::ALL, UnitKind::Bureau),
        level: line.number("level"),
        chief: chief.pop(),
        deputies: line.officers("deputies"),
        liaisons: liaisons.collect(),
        name: line.text("name").into(),
        short: line.text("short").into(),
        parent: line.optional("parent"),
        functional_parent: line.optional("functional_parent"),
        area: line.optional("area"),
        group: line.text("group").into(),
        public_phone: line.text("public_phone").into(),
        sms: line.list::<String>("sms").iter().map(|number| Number::new(number)).collect(),
        members: line.list("members"),
    }
}

fn topic(line: &mut Line<'_>) -> Topic {
    Topic {
        grade: line.grade(),
        purposes: line.enum_list("purposes", Purpose::ALL),
        name: line.text("name").into(),
        english: line.text("english").into(),
        lead: line.text("lead").into(),
    }
}

fn route(line: &mut Line<'_>) -> RouteRow {
    RouteRow {
        lead: UnitRef::from(line.required("lead")),
        grade: line.grade(),
        assists: line.list("assists"),
        supervise: line.optional("supervise"),
        quick_kind: line.text("quick_kind").into(),
        fallback: line.optional("fallback"),
    }
}

/// Reads the duty contacts. Those that a file names for a unit and a time replace the earlier ones;
/// the order of the lines is the order of calling.
fn duty(
    directory: &Directory,
    text: &str,
    lines: &mut Lines,
    faults: &mut Vec<TableFault>,
) -> Vec<DirectoryChange> {
    let mut rosters: BTreeMap<(UnitId, DutyTime), Vec<DutyContact>> = BTreeMap::new();
    reader::read(Table::Duty, DUTY, text, faults, |line| {
        let unit = UnitId::from(line.required("unit"));
        let time = line.required_enum("time", DutyTime::ALL, DutyTime::Weekday);
        lines.note(Table::Duty, format!("{unit} {}", EnumName(&time)), line.number);
        let contact = DutyContact {
            number: Number::new(line.required("number")),
            name: Private::new(line.text("name")),
            post: line.text("post").into(),
        };
        rosters.entry((unit, time)).or_default().push(contact);
    });
    let other = |(unit, time): &(UnitId, DutyTime), contacts: &[DutyContact]| {
        directory.duty(unit, *time) != contacts
    };
    let changed = rosters.into_iter().filter(|(key, contacts)| other(key, contacts));
    changed.map(|((unit, time), contacts)| DirectoryChange::Duty(unit, time, contacts)).collect()
}

/// A table as the text of a file.
pub(super) fn write(directory: &Directory, table: Table) -> String {
    match table {
        Table::Areas => csv(
            AREAS,
            directory.areas.iter().flat_map(|(id, area)| {
                rows(area, true, |area| {
                    let level = EnumName(&area.level).to_string();
                    vec![id.to_string(), area.name.clone(), level, optional(area.parent.as_ref())]
                })
            }),
        ),
        Table::Units => csv(
            UNITS,
            directory
                .units
                .iter()
                .flat_map(|(id, unit)| rows(unit, true, |unit| unit_cells(id, unit))),
        ),
        Table::Topics => csv(
            TOPICS,
            directory.topics.iter().flat_map(|(id, topic)| {
                rows(topic, true, |topic| {
                    let (grade, wanted) =
                        (grade(topic.grade), list(topic.purposes.iter().map(EnumName)));
                    let texts = [&topic.name, &topic.english, &topic.lead].map(String::clone);
                    [vec![id.to_string()], texts.to_vec(), vec![grade, wanted]].concat()
                })
            }),
        ),
        Table::Routes => csv(
            ROUTES,
            directory.routes.iter().flat_map(|(key, route)| {
                rows(route, false, |row| {
                    vec![
                        key.topic.to_string(),
                        value_or_star(key.area.as_ref()),
                        row.lead.to_string(),
                        list(&row.assists),
                        optional(row.supervise.as_ref()),
                        grade(row.grade),
                        row.quick_kind.clone(),
                        optional(row.fallback.as_ref()),
                    ]
                })
            }),
        ),
        Table::Grades => csv(
            GRADES,
            directory.grades.iter().flat_map(|(key, rule)| {
                rows(rule, false, |rule| {
                    vec![
                        value_or_star(key.topic.as_ref()),
                        value_or_star(key.difficulty.as_ref().map(EnumName)),
                        value_or_star(key.scope.as_ref().map(EnumName)),
                        grade(Some(rule.grade)),
                    ]
                })
            }),
        ),
        Table::Duty => csv(
            DUTY,
            directory.duty.iter().flat_map(|(unit, lists)| {
                lists.iter().flat_map(move |(time, contacts)| {
                    contacts.iter().map(move |contact| {
                        vec![
                            unit.to_string(),
                            EnumName(time).to_string(),
                            contact.name.reveal().to_string(),
                            contact.post.clone(),
                            contact.number.reveal().to_string(),
                        ]
                    })
                })
            }),
        ),
        Table::Roster => String::new(),
    }
}

/// The letter of a grade, or an empty cell.
fn grade(grade: Option<Grade>) -> String {
    let letter = match grade {
        None => "",
        Some(Grade::A) => "A",
        Some(Grade::B) => "B",
        Some(Grade::C) => "C",
    };
    letter.to_string()
}

fn unit_cells(id: &UnitId, unit: &Unit) -> Vec<String> {
    let officers = |officers: &[Officer]| {
        list(officers.iter().map(|officer| format!("{}/{}", officer.name, officer.post)))
    };
    let liaison = |person: &Liaison| format!("{}/{}", person.name.reveal(), person.number.reveal());
    vec![
        id.to_string(),
        unit.name.clone(),
        unit.short.clone(),
        EnumName(&unit.kind).to_string(),
        unit.level.to_string(),
        optional(unit.parent.as_ref()),
        optional(unit.functional_parent.as_ref()),
        optional(unit.area.as_ref()),
        unit.group.clone(),
        officers(unit.chief.as_slice()),
        officers(&unit.deputies),
        list(unit.liaisons.iter().map(liaison)),
        unit.public_phone.clone(),
        list(unit.sms.iter().map(Number::reveal)),
        list(&unit.members),
    ]
}

/// The rows of all versions with their dates and documents. The last row also has the end.
fn rows<T, Id: std::fmt::Display>(
    versioned: &Versioned<T, Id>,
    succeeds: bool,
    cells: impl Fn(&T) -> Vec<String>,
) -> Vec<Vec<String>> {
    let newest = versioned.newest().map(|(from, _)| from);
    let row = |(from, version): (Option<Date>, &Version<T>)| {
        let end = versioned.end().filter(|_| Some(from) == newest);
        let mut row = cells(&version.now);
        row.push(date(from));
        row.push(date(end.map(|end| end.last)));
        if succeeds {
            row.push(list(end.iter().flat_map(|end| &end.successors)));
        }
        row.push(version.basis.clone());
        row.push(end.map(|end| end.basis.clone()).unwrap_or_default());
        row
    };
    versioned.versions().map(row).collect()
}
