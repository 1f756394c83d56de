//! Staff: employer, role, unit, and the first and last day of an account.

use model::{AccountStatus, Date, Employer, Staff, StaffChange, StaffFault, event::Role};

fn day(text: &str) -> Option<Date> {
    Some(text.parse().unwrap())
}

fn status_on(staff: &Staff, today: &str) -> AccountStatus {
    staff.status(today.parse().unwrap())
}

fn fields(faults: Result<(Role, Staff), Vec<StaffFault>>) -> Vec<&'static str> {
    faults.unwrap_err().into_iter().map(|fault| fault.field).collect()
}

#[test]
fn seconded_account_is_open_from_first_to_last_day() {
    let mut staff =
        Staff { starts: day("2026-09-01"), ends: day("2026-11-30"), ..Staff::default() };
    assert_eq!(status_on(&staff, "2026-08-31"), AccountStatus::NotYet);
    assert_eq!(status_on(&staff, "2026-09-01"), AccountStatus::Open);
    assert_eq!(status_on(&staff, "2026-11-30"), AccountStatus::Open);
    assert_eq!(status_on(&staff, "2026-12-01"), AccountStatus::Ended);
    let today = "2026-11-16".parse().unwrap();
    assert!(staff.ends_within(today, 14) && !staff.ends_within(today, 13));
    assert!(!staff.ends_within("2026-12-01".parse().unwrap(), 14));
    staff.disabled = true;
    assert_eq!(status_on(&staff, "2026-11-30"), AccountStatus::Disabled);
    assert!(!staff.ends_within(today, 14));
}

#[test]
fn staff_change_reports_all_faults() {
    let change = StaffChange {
        role: Some("chief".into()),
        real_name: Some("名".repeat(65)),
        starts: Some("2026-11-31".into()),
        ends: Some("soon".into()),
        ..StaffChange::default()
    };
    let faults = fields(change.apply_to(Role::Liaison, &Staff::default()));
    assert_eq!(faults, ["role", "real_name", "starts", "ends", "unit"]);
}

#[test]
fn contractor_staff_take_calls_and_do_not_decide() {
    let of = |role, employer: &str| {
        let change = StaffChange { employer: Some(employer.into()), ..StaffChange::default() };
        change.apply_to(role, &Staff::default())
    };
    assert!(of(Role::Agent, "Voice & Co").unwrap().1.employer.is_contractor());
    assert_eq!(fields(of(Role::Dispatcher, "Voice & Co")), ["role"]);
    assert_eq!(fields(of(Role::Vendor, "government")), ["employer"]);
    assert!(of(Role::Vendor, "Voice & Co").is_ok());
}

#[test]
fn staff_change_keeps_unnamed_fields_and_empty_text_clears() {
    let before = Staff {
        real_name: "李明".into(),
        unit: Some("410102-010".into()),
        ends: day("2026-11-30"),
        ..Staff::default()
    };
    let change = StaffChange {
        ends: Some(String::new()),
        starts: Some("2026-09-01".into()),
        ..StaffChange::default()
    };
    let (role, after) = change.apply_to(Role::UnitHead, &before).unwrap();
    let expected = Staff { ends: None, starts: day("2026-09-01"), ..before.clone() };
    assert_eq!((role, &after), (Role::UnitHead, &expected));
    let change = StaffChange { unit: Some(String::new()), ..StaffChange::default() };
    assert_eq!(fields(change.apply_to(role, &after)), ["unit"]);
    let backwards = StaffChange { ends: Some("2026-08-31".into()), ..StaffChange::default() };
    assert_eq!(fields(backwards.apply_to(role, &after)), ["ends"]);
}

#[test]
fn staff_json_omits_defaults_and_reads_back() {
    let staff = Staff {
        employer: Employer::Contractor("Voice & Co".into()),
        ends: day("2026-11-30"),
        ..Staff::default()
    };
    let text = serde_json::to_string(&staff).unwrap();
    assert_eq!(text, r#"{"employer":"Voice & Co","ends":"2026-11-30"}"#);
    assert_eq!(serde_json::from_str::<Staff>(&text).unwrap(), staff);
    assert_eq!(serde_json::from_str::<Staff>("{}").unwrap(), Staff::default());
}
