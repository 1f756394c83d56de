//! The form of a demand.

use model::desk::{Form, Grade, Private};

#[test]
fn merge_changes_only_the_fields_it_names() {
    let mut form = Form { title: Some("停电".into()), ..Form::default() };
    form.merge(Form { grade: Some(Grade::B), ..Form::default() });
    assert_eq!((form.title.as_deref(), form.grade), (Some("停电"), Some(Grade::B)));
    form.merge(Form { title: Some("停水".into()), ..Form::default() });
    assert_eq!(form.title.as_deref(), Some("停水"));
}

#[test]
fn private_fields_print_redacted() {
    let form = Form { name: Some(Private::new("王某")), ..Form::default() };
    assert!(!format!("{form:?}").contains("王某"));
}
