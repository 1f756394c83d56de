//! Which passwords are taken: long enough, not the person's own name, not what everybody tries first.

use super::KeyringError;

/// All that is wrong with a password for this person.
///
/// Length is what keeps guessers out; rules about digits and capitals only make people write
/// passwords down (NIST SP 800-63B 5.1.1.2). Looked at when a password is set, never at log-in:
/// old ones go on to hold.
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

/// Whether a name carries the password: too little is left of it without the name.
///
/// Names of two letters turn up by chance in what the house itself draws (`secret::password_from`).
fn is_made_of(lower: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    // Every text contains the empty one; whom nobody has named is not looked for.
    !name.is_empty()
        && lower.contains(&name)
        && lower.replace(&name, "").chars().count() < CHARS_BESIDE_NAME_MIN
}

fn is_common(lower: &str) -> bool {
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    // aaaaaaaaaa, 1212121212
    let few = different.len() < DIFFERENT_CHARS_MIN;
    // A telephone number, a birthday twice.
    let digits = lower.chars().all(|c| c.is_ascii_digit()) && lower.len() < DIGITS_MIN;
    // password2026!! is password.
    let base = lower.trim_matches(|c: char| !c.is_alphabetic());
    few || digits || COMMON.contains(&base) || COMMON.contains(&lower)
}

/// Ten characters of a person's choice take longer to try than a contract lasts.
const CHARS_MIN: usize = 10;
/// Longer ones only cost us time.
pub(super) const CHARS_MAX: usize = 256;
/// What must be left without the person's name: a year or a birthday and signs are less.
const CHARS_BESIDE_NAME_MIN: usize = 9;
const DIFFERENT_CHARS_MIN: usize = 5;
/// Telephone numbers and dates end before this.
const DIGITS_MIN: usize = 16;
/// What lists of stolen passwords begin with, here and abroad, and what this house suggests;
/// without digits and signs around them.
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
        // Drawn for an account "li", and refused then.
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
