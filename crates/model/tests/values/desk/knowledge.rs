//! The visibility of knowledge items.

use model::desk::Visibility;

#[test]
fn visibility_rises_from_draft_to_internal_to_public() {
    assert!(Visibility::Public > Visibility::Internal);
    assert!(Visibility::Internal > Visibility::Draft);
}
