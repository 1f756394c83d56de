//! References to the unit that is responsible for a topic.

use model::desk::UnitRef;

#[test]
fn unit_ref_is_written_as_area_keyword_or_unit_code() {
    for text in ["\"@area\"", "\"410105-000\""] {
        let unit: UnitRef = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&unit).unwrap(), text);
    }
    assert_eq!(UnitRef::from("@area"), UnitRef::AreaGovernment);
}
