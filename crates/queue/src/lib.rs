//! Where calls wait and where threads meet.
