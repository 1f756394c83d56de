//! Where chance enters: seeds from the operating system, one for each machine that needs one.

/// 256 bits nobody can guess: for tags, branches, nonces, SSRCs, passwords and tokens.
///
/// # Panics
/// When the operating system has no randomness to give: nothing safe can be done then.
pub fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("the operating system gives randomness");
    seed
}
