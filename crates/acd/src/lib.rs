//! Who answers whom.
