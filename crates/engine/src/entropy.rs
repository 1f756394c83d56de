//! Random seeds from the operating system, one for each machine that needs one.

/// 256 bits that cannot be guessed, for tags, branches, nonces, SSRCs, passwords and tokens.
///
/// # Panics
/// When the operating system has no randomness: nothing secure is possible then.
pub fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("the operating system gives randomness");
    seed
}

/// 128 bits of salt for a password's hash.
pub fn salt() -> [u8; 16] {
    let mut salt = [0; 16];
    for (to, from) in salt.iter_mut().zip(seed()) {
        *to = from;
    }
    salt
}
