//! A virtual day from a seed.
