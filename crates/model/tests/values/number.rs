//! Numbers of persons and services.

use model::Number;

#[test]
fn a_citizens_number_prints_redacted() {
    let number = Number::new("138 1234-5678");
    assert_eq!(format!("{number} {number:?}"), "138****5678 138****5678");
    assert_eq!(number.reveal(), "13812345678");
}

#[test]
fn a_withheld_number_says_so() {
    assert!(Number::new("anonymous").is_withheld());
    assert_eq!(Number::new("Anonymous").to_string(), "withheld");
}

#[test]
fn a_short_number_is_a_service_and_prints_whole() {
    assert_eq!(Number::new("12345").to_string(), "12345");
    assert_eq!(Number::new("123456").to_string(), "123****56");
}
