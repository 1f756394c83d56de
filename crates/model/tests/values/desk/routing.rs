//! Whose a topic is.

use model::desk::UnitRef;

#[test]
fn the_government_of_the_area_is_a_word_and_a_unit_is_its_code() {
    for text in ["\"@area\"", "\"410105-000\""] {
        let whose: UnitRef = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&whose).unwrap(), text);
    }
    assert_eq!(UnitRef::from("@area"), UnitRef::AreaGovernment);
}
