//! The rules for new passwords: long enough, without the person's name, and not a common one.

use super::KeyringError;

/// Reports all faults of a password for this person.
///
/// Length makes passwords hard to guess; rules about digits and capitals only make people write
/// them down (NIST SP 800-63B 5.1.1.2). Checked when a password is set, not at login, so that
/// old passwords stay valid.
pub(super) fn check(password: &str, name: &str, real_name: &str) -> Result<(), KeyringError> {
    let mut faults = Vec::new();
    let lower = password.to_lowercase();
    let chars = password.chars().count();
    if !(CHARS_MIN..=CHARS_MAX).contains(&chars) {
        faults.push(format!("a password has {CHARS_MIN} to {CHARS_MAX} characters"));
    }
    if [name, real_name].into_iter().any(|name| is_made_of(&lower, name)) {
        faults.push("the person's own name is the first thing that is tried".into());
    }
    if is_common(&lower) {
        faults.push("this is among the passwords that are tried first".into());
    }
    if faults.is_empty() { Ok(()) } else { Err(KeyringError::BadPassword(faults)) }
}

/// Whether little of the password is left without the name.
///
/// Names of two letters appear by chance in generated passwords (`secret::password_from`).
fn is_made_of(lower: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    // Every text contains the empty name, which an account without a real name has.
    !name.is_empty()
        && lower.contains(&name)
        && lower.replace(&name, "").chars().count() < CHARS_BESIDE_NAME_MIN
}

fn is_common(lower: &str) -> bool {
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    // Such as aaaaaaaaaa or 1212121212.
    let few = different.len() < DIFFERENT_CHARS_MIN;
    // Such as a telephone number, or a birthday twice.
    let digits = lower.chars().all(|c| c.is_ascii_digit()) && lower.len() < DIGITS_MIN;
    // Such as password2026!!, which is "password" without its end.
    let base = lower.trim_matches(|c: char| !c.is_alphabetic());
    few || digits || COMMON.contains(&base) || COMMON.contains(&lower)
}

/// The shortest password; ten characters take longer to guess than a contract lasts.
const CHARS_MIN: usize = 10;
/// The longest password; a longer one only takes more time to hash.
pub(super) const CHARS_MAX: usize = 256;
/// The characters required besides the person's name; more than a year or birthday with signs.
const CHARS_BESIDE_NAME_MIN: usize = 9;
const DIFFERENT_CHARS_MIN: usize = 5;
/// Digits alone need this length, which is longer than telephone numbers and dates.
const DIGITS_MIN: usize = 16;
/// The first entries of lists of stolen passwords, foreign and Chinese, and words of our own
/// examples; without digits and signs around them.
const COMMON: [&str; 34] = [
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "passpasspass",
    "qwerty",
    "qwertyuiop",
    "qwertyuiopasdf",
    "asdfghjkl",
    "asdfghjklzxcvbnm",
    "zxcvbnm",
    "1qaz2wsx3edc",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "qazwsxedc",
    "abcdefghij",
    "abcdefghijk",
    "abc",
    "iloveyou",
    "woaini",
    "woainiwoaini",
    "woaiwojia",
    "administrator",
    "admin",
    "adminadmin",
    "root",
    "welcome",
    "letmein",
    "changeme",
    "hotline",
    "heartline",
    "rexian",
    "lianxinxian",
    "zhengfurexian",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(password: &str) -> usize {
        match check(password, "wang.xm", "王小明") {
            Err(KeyringError::BadPassword(faults)) => faults.len(),
            _ => 0,
        }
    }

    #[test]
    fn long_password_is_accepted() {
        for good in ["correct horse", "lusab-babad-gutih", "春眠不觉晓处处闻啼鸟", "9f3k2-x0qwe"]
        {
            assert_eq!(faults(good), 0, "{good}");
        }
    }

    #[test]
    fn short_name_within_a_password_is_accepted() {
        // This password was once generated for the account "li" and refused.
        assert!(check("lusab-babad-gutih-tulid-dufom", "li", "").is_ok());
        assert!(check("lililililili-2026", "li", "").is_err());
    }

    #[test]
    fn common_passwords_are_refused() {
        for bad in [
            "Password2026!!",
            "woaini5201314",
            "heartline12345",
            "1q2w3e4r5t",
            "aaaaaaaaaaaaaaa",
            "13812345678",
            "Wang.XM-2026",
            "我是王小明的密码呀呀",
        ] {
            assert_eq!(faults(bad), 1, "{bad}");
        }
        assert_eq!(faults("admin"), 2, "too short, and common");
        assert_eq!(faults(&"长".repeat(300)), 2);
    }
}
