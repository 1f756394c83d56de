//! Who reads an item.

use model::desk::Visibility;

#[test]
fn what_is_public_is_internal_as_well() {
    assert!(Visibility::Public > Visibility::Internal);
    assert!(Visibility::Internal > Visibility::Draft);
}
