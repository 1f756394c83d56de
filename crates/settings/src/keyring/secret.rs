//! Passwords and tokens, made from the caller's entropy and stored as hashes.

use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use sha2::{Digest, Sha256};

use super::{KeyringError, password::CHARS_MAX};

/// A password's hash in PHC format: argon2id with the parameters of OWASP 2023 (19 MiB, 2 passes).
pub(super) fn hash(password: &str, salt: [u8; 16]) -> Result<String, KeyringError> {
    let hash_error = |error: argon2::password_hash::Error| KeyringError::Hash(error.to_string());
    let salt = SaltString::encode_b64(&salt).map_err(hash_error)?;
    Ok(Argon2::default().hash_password(password.as_bytes(), &salt).map_err(hash_error)?.to_string())
}

/// Whether the password has this hash; compares in constant time.
pub(super) fn matches(password: &str, hash: &str) -> bool {
    // Such a password was never hashed, so it is wrong, but it takes as long as any other.
    let too_long = password.chars().count() > CHARS_MAX;
    let tried = if too_long { "" } else { password };
    let right = PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(tried.as_bytes(), &hash).is_ok());
    right && !too_long
}

/// A token: `hl_` and 64 hex digits. Secret scanners find leaked tokens by the prefix.
pub(super) fn token(entropy: [u8; 32]) -> String {
    format!("hl_{}", hex(&entropy))
}

/// The stored hash of a token. A fast hash suffices because 256 random bits cannot be guessed.
pub(super) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A password that is easy to read aloud and to type: `lusab-babad-gutih-tugad-dufom`.
///
/// It has five proquints (Wilkerson 2009), 80 bits, which resist guessing even from a stolen hash.
/// Uses the first ten bytes of the caller's fresh randomness.
pub fn password_from(entropy: [u8; 32]) -> String {
    let quints: Vec<String> = entropy
        .chunks_exact(2)
        .take(QUINTS)
        .map(|two| quint(two.iter().fold(0, |word, byte| word << 8 | u16::from(*byte))))
        .collect();
    quints.join("-")
}

/// 16 bits as consonant, vowel, consonant, vowel, consonant.
fn quint(word: u16) -> String {
    let letter = |letters: &[u8], at: u16| {
        let found = letters.get(usize::from(at) % letters.len());
        found.copied().map_or(' ', char::from)
    };
    [
        letter(CONSONANTS, word >> 12),
        letter(VOWELS, word >> 10 & 3),
        letter(CONSONANTS, word >> 6 & 15),
        letter(VOWELS, word >> 4 & 3),
        letter(CONSONANTS, word & 15),
    ]
    .into_iter()
    .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hash that no password has, with the usual parameters, so that unknown names take as long.
pub(super) const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ibw$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const CONSONANTS: &[u8] = b"bdfghjklmnprstvz";
const VOWELS: &[u8] = b"aiou";
const QUINTS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dummy_hash_takes_as_long_as_a_real_one() -> Result<(), Box<dyn std::error::Error>> {
        let made = hash("correct horse", [7; 16])?;
        let parameters = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(parameters(DUMMY_HASH), parameters(&made));
        assert!(PasswordHash::new(DUMMY_HASH).is_ok());
        assert!(!matches("", DUMMY_HASH));
        Ok(())
    }

    #[test]
    fn password_is_verified() -> Result<(), Box<dyn std::error::Error>> {
        let made = hash("密码correct", [7; 16])?;
        assert!(matches("密码correct", &made));
        assert!(!matches("密码Correct", &made));
        assert!(!matches("密码correct", "damaged"));
        let long = "x".repeat(1_000);
        assert!(!matches(&long, &hash(&long, [7; 16])?), "what is too long is never tried");
        Ok(())
    }

    #[test]
    fn generated_passwords_can_be_read_aloud() {
        let entropy: [u8; 32] = std::array::from_fn(|i| [0x7f, 0, 0, 1, 0x3f, 0x54][i % 6]);
        // The examples of the paper: 127.0.0.1 is lusab-babad, 63.84 is gutih.
        assert!(password_from(entropy).starts_with("lusab-babad-gutih-"));
        assert_eq!(password_from(entropy).len(), 29);
        assert_ne!(password_from([1; 32]), password_from([2; 32]));
    }
}
