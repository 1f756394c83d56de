//! Readers of single values: text, numbers, durations, addresses, references to other things.
//!
//! Each reader takes a value and returns its meaning, or reports a fault and returns `None`.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    time::Duration,
};

use jiff::SignedDuration;
use model::{Date, IpNetwork, Skill, SymmetricRtp};

use crate::{
    PromptName,
    page::{Value, nearest},
};

/// Text without control characters.
pub(crate) fn text(v: &Value<'_>) -> Option<String> {
    let Some(text) = v.value.as_str() else { return v.not_a("text", "\"…\"") };
    if text.chars().any(char::is_control) {
        return v.wrong("control characters are not allowed here", "write plain text");
    }
    Some(text.trim().into())
}

/// Text that is not blank.
pub(crate) fn some_text(v: &Value<'_>) -> Option<String> {
    let text = text(v)?;
    if text.is_empty() {
        v.wrong("the text is empty", "write at least one word")
    } else {
        Some(text)
    }
}

/// A name, as of a queue, trunk, skill or prompt.
pub(crate) fn name(v: &Value<'_>) -> Option<String> {
    let text = text(v)?;
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || !text.chars().all(plain) || text.chars().count() > NAME_CHARS_MAX {
        let what = format!("\"{text}\" is not a name");
        return v.wrong(what, "use letters, digits, - and _, at most 64 of them");
    }
    Some(text)
}

/// A whole number within a range.
pub(crate) fn whole(range: RangeInclusive<u64>) -> impl Fn(&Value<'_>) -> Option<u64> {
    move |v| {
        let right = format!("write a whole number from {} to {}", range.start(), range.end());
        let Some(integer) = v.value.as_integer() else { return v.not_a("a whole number", "20") };
        match u64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if range.contains(&number) => Some(number),
            _ => v.wrong(format!("{integer} is out of range"), right),
        }
    }
}

/// Like `whole`, as `u32`.
pub(crate) fn count(range: RangeInclusive<u32>) -> impl Fn(&Value<'_>) -> Option<u32> {
    let whole = whole(u64::from(*range.start())..=u64::from(*range.end()));
    move |v| whole(v).and_then(|n| u32::try_from(n).ok())
}

/// Like `whole`, as `u8`, for levels and priorities.
pub(crate) fn small(range: RangeInclusive<u8>) -> impl Fn(&Value<'_>) -> Option<u8> {
    let whole = whole(u64::from(*range.start())..=u64::from(*range.end()));
    move |v| whole(v).and_then(|n| u8::try_from(n).ok())
}

/// A number with at most two decimals, in hundredths.
pub(crate) fn hundredths(range: RangeInclusive<u32>) -> impl Fn(&Value<'_>) -> Option<u32> {
    move |v| {
        let shown = |n: u32| format!("{}.{:02}", n / 100, n % 100);
        let right = format!(
            "write a number from {} to {} with at most two decimals",
            shown(*range.start()),
            shown(*range.end())
        );
        let text = match (v.value.as_float(), v.value.as_integer()) {
            (Some(float), _) => float.as_str(),
            (None, Some(integer)) if integer.radix() == 10 => integer.as_str(),
            (None, _) => return v.not_a("a number", "0.9"),
        };
        let (ones, part) = match text.split_once('.') {
            Some((ones, part)) => (ones, part.trim_end_matches('0')),
            None => (text, ""),
        };
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let read = (digits(ones) && digits(part) && part.len() <= 2)
            .then(|| format!("{ones}{part:0<2}").parse::<u32>().ok())
            .flatten();
        match read {
            Some(number) if range.contains(&number) => Some(number),
            _ => v.wrong(format!("{text} is out of range or has more than two decimals"), right),
        }
    }
}

/// `true` or `false`.
pub(crate) fn flag(v: &Value<'_>) -> Option<bool> {
    v.value.as_bool().or_else(|| v.not_a("true or false", "true"))
}

/// A duration with units: `"20s"`, `"5m"`, `"1h 30m"`.
pub(crate) fn duration(range: RangeInclusive<Duration>) -> impl Fn(&Value<'_>) -> Option<Duration> {
    move |v| read_duration(v, &range, "")
}

/// Like `duration`, or `0` or `"0s"`, which disables the feature.
pub(crate) fn duration_or_off(
    range: RangeInclusive<Duration>,
) -> impl Fn(&Value<'_>) -> Option<Duration> {
    move |v| match v.value.as_integer().is_some_and(|integer| integer.as_str() == "0")
        || v.value.as_str().and_then(parse_duration) == Some(Duration::ZERO)
    {
        true => Some(Duration::ZERO),
        false => read_duration(v, &range, ", or 0s to switch it off"),
    }
}

fn read_duration(
    v: &Value<'_>,
    range: &RangeInclusive<Duration>,
    otherwise: &str,
) -> Option<Duration> {
    let Some(text) = v.value.as_str() else { return v.not_a("a duration", "\"20s\"") };
    let Some(found) = parse_duration(text) else {
        return v.wrong(format!("\"{text}\" is not a duration"), "write \"20s\", \"5m\" or \"1h\"");
    };
    if range.contains(&found) {
        return Some(found);
    }
    let (least, most) = (short(*range.start()), short(*range.end()));
    v.wrong(format!("\"{text}\" is out of range"), format!("write {least} to {most}{otherwise}"))
}

fn parse_duration(text: &str) -> Option<Duration> {
    text.parse::<SignedDuration>().ok()?.try_into().ok()
}

/// A time of day such as `"21:00"`, in seconds since midnight.
pub(crate) fn time_of_day(v: &Value<'_>) -> Option<u32> {
    let text = text(v)?;
    let parts = text.split_once(':').and_then(|(h, m)| Some((h.parse().ok()?, m.parse().ok()?)));
    match parts {
        Some((hour @ 0..24, minute @ 0..60)) => Some(hour * 3_600 + minute * 60),
        _ => v.wrong(format!("\"{text}\" is not a time of day"), "write \"21:00\""),
    }
}

/// Two times of a day such as `"08:30-12:00"`, in seconds since midnight. The second may be 24:00, and
/// is not later than the first when the time goes over midnight.
pub(crate) fn span_of_day(v: &Value<'_>) -> Option<(u32, u32)> {
    let text = text(v)?;
    let time = |text: &str| {
        let (h, m) = text.trim().split_once(':')?;
        let (h, m): (u32, u32) = (h.parse().ok()?, m.parse().ok()?);
        ((h < 24 && m < 60) || (h, m) == (24, 0)).then_some(h * 3_600 + m * 60)
    };
    let found = text.split_once('-').and_then(|(from, to)| Some((time(from)?, time(to)?)));
    match found {
        Some((from, to)) if from != to => Some((from, to)),
        _ => v.wrong(format!("\"{text}\" is not a span of a day"), "write \"08:30-12:00\""),
    }
}

/// One of a few words.
pub(crate) fn word<T: Copy>(words: &[(&str, T)]) -> impl Fn(&Value<'_>) -> Option<T> {
    move |v| {
        let names = words.iter().map(|(word, _)| *word);
        let all = || names.clone().collect::<Vec<_>>().join(" or ");
        let Some(text) = v.value.as_str() else { return v.not_a("a word", &all()) };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        found.or_else(|| {
            let right = match nearest(text, names.clone()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("write {}", all()),
            };
            v.wrong(format!("\"{text}\" is not one of the words allowed here"), right)
        })
    }
}

/// A table from name to text.
pub(crate) fn text_table(v: &Value<'_>) -> Option<BTreeMap<String, String>> {
    let Some(entries) = v.entries() else { return v.not_a("a table", "{ name = \"text\" }") };
    let read: Vec<Option<(String, String)>> =
        entries.iter().map(|(name, of)| some_text(of).map(|text| ((*name).into(), text))).collect();
    read.into_iter().collect()
}

/// An http or https address with a host and without a password.
pub(crate) fn url(v: &Value<'_>) -> Option<String> {
    let text = some_text(v)?;
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else {
        let what = format!("\"{text}\" is not a web address");
        return v.wrong(what, "write \"https://…\", or \"http://…\" inside your own network");
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        let right = "move them to headers, with {secret}";
        return v.wrong("the address contains a user name or password", right);
    }
    if host.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
        let right = "write a host and a path, percent-encoded where necessary";
        return v.wrong(format!("\"{text}\" is not a valid web address"), right);
    }
    Some(text)
}

/// A size with a unit, such as `"20GiB"`, in bytes.
pub(crate) fn size(v: &Value<'_>) -> Option<u64> {
    let Some(text) = v.value.as_str() else { return v.not_a("a size", "\"20GiB\"") };
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.get(digits.len()..).unwrap_or_default().trim();
    let bytes_each = SIZES.iter().find(|(name, _)| *name == unit).map(|(_, bytes)| *bytes);
    let size = digits.parse::<u64>().ok().zip(bytes_each).and_then(|(n, each)| n.checked_mul(each));
    size.or_else(|| v.wrong(format!("\"{text}\" is not a size"), "write \"512MiB\" or \"20GiB\""))
}

/// A size within a range.
pub(crate) fn size_within(range: RangeInclusive<u64>) -> impl Fn(&Value<'_>) -> Option<u64> {
    move |v| {
        let bytes = size(v)?;
        if range.contains(&bytes) {
            return Some(bytes);
        }
        let right =
            format!("write {} to {}", size_as_text(*range.start()), size_as_text(*range.end()));
        v.wrong("the size is out of range", right)
    }
}

/// A size in the largest unit that divides it: `"8MiB"`.
fn size_as_text(bytes: u64) -> String {
    let units = SIZES.iter().rev().find(|(_, each)| bytes.is_multiple_of(*each));
    match units {
        Some((name, each)) => format!("\"{}{name}\"", bytes / each),
        None => format!("{bytes} bytes"),
    }
}

/// An address and port to listen on: `"0.0.0.0:5060"`.
pub(crate) fn socket(v: &Value<'_>) -> Option<SocketAddr> {
    let Some(text) = v.value.as_str() else { return v.not_a("an address", "\"0.0.0.0:5060\"") };
    let right = "write an address and a port, \"0.0.0.0:5060\" or \"[::]:5060\"";
    text.parse()
        .ok()
        .or_else(|| v.wrong(format!("\"{text}\" is not an address to listen on"), right))
}

/// An address without a port.
pub(crate) fn ip(v: &Value<'_>) -> Option<IpAddr> {
    let Some(text) = v.value.as_str() else { return v.not_a("an address", "\"192.0.2.1\"") };
    let right = "write \"192.0.2.1\" or \"2001:db8::1\"";
    text.parse().ok().or_else(|| v.wrong(format!("\"{text}\" is not an address"), right))
}

/// An address that others can send to.
pub(crate) fn advertised(v: &Value<'_>) -> Option<IpAddr> {
    let ip = ip(v)?;
    if ip.is_unspecified() || ip.is_multicast() {
        return v.wrong(
            format!("{ip} cannot be reached by others"),
            "write the address that others send to",
        );
    }
    Some(ip)
}

/// An address or a network.
pub(crate) fn network(v: &Value<'_>) -> Option<IpNetwork> {
    let Some(text) = v.value.as_str() else { return v.not_a("an address", "\"203.0.113.0/24\"") };
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        let right = "write \"203.0.113.7\" or \"203.0.113.0/24\"";
        return v.wrong(format!("\"{text}\" is not an address or network"), right);
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix.map(str::parse::<u8>) {
        None => most,
        Some(Ok(prefix)) if prefix <= most => prefix,
        Some(_) => {
            return v.wrong(
                format!("\"{text}\" has an invalid prefix length"),
                format!("write 0 to {most}"),
            );
        }
    };
    let found = IpNetwork { address, prefix };
    let first = found.first();
    if first != address {
        let what = format!("\"{text}\" has bits beyond its prefix");
        return v.wrong(what, format!("write \"{first}/{prefix}\" or \"{address}\""));
    }
    Some(found)
}

/// A dialled number or a pattern.
pub(crate) fn pattern(v: &Value<'_>) -> Option<String> {
    let text = some_text(v)?;
    let inner = text.strip_prefix('*').or(text.strip_suffix('*')).unwrap_or(&text);
    let digits = inner.strip_prefix('+').unwrap_or(inner);
    let only_star = inner.is_empty();
    if !only_star && (digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit())) {
        let right = "write digits, with + before or * at one end: \"12345\", \"*12345\"";
        return v.wrong(format!("\"{text}\" is not a number"), right);
    }
    Some(text)
}

/// A digit key of a telephone.
pub(crate) fn key(v: &Value<'_>) -> Option<char> {
    let text = some_text(v)?;
    let mut keys = text.chars();
    match (keys.next(), keys.next()) {
        (Some(key), None) if key.is_ascii_digit() => Some(key),
        _ => v.wrong(format!("\"{text}\" is not one key"), "write a digit: \"2\""),
    }
}

/// A dialled number without a pattern.
pub(crate) fn digits(v: &Value<'_>) -> Option<String> {
    let text = pattern(v)?;
    if text.contains('*') {
        return v.wrong(format!("\"{text}\" is a pattern"), "write the number whole");
    }
    Some(text)
}

/// Whether voice is sent to the address that the other side's voice comes from.
pub(crate) fn symmetric(v: &Value<'_>) -> Option<SymmetricRtp> {
    word(&[
        ("auto", SymmetricRtp::Auto),
        ("always", SymmetricRtp::Always),
        ("never", SymmetricRtp::Never),
    ])(v)
}

/// A date.
pub(crate) fn date(v: &Value<'_>) -> Option<Date> {
    let written = match v.value.as_datetime() {
        Some(written) => written.to_string(),
        None => text(v)?,
    };
    let right = "write a date, 2027-01-31";
    let Ok(date) = written.parse::<jiff::civil::Date>() else {
        return v.wrong(format!("\"{written}\" is not a date"), right);
    };
    let parts = (u8::try_from(date.month()), u8::try_from(date.day()));
    let (Ok(month), Ok(day)) = parts else { return None };
    Some(Date { year: i32::from(date.year()), month, day })
}

/// A list. The faults of all items are reported.
pub(crate) fn list<T>(
    each: impl Fn(&Value<'_>) -> Option<T>,
) -> impl Fn(&Value<'_>) -> Option<Vec<T>> {
    move |v| {
        let Some(items) = v.value.as_array() else { return v.not_a("a list", "[ … ]") };
        let read: Vec<Option<T>> =
            items.iter().enumerate().map(|(i, item)| each(&v.item(i, item))).collect();
        read.into_iter().collect()
    }
}

/// Like `list`, without duplicates.
pub(crate) fn set<T: PartialEq>(
    each: impl Fn(&Value<'_>) -> Option<T>,
) -> impl Fn(&Value<'_>) -> Option<Vec<T>> {
    let list = list(each);
    move |v| {
        let items = list(v)?;
        let twice = items.iter().enumerate().find(|(i, a)| items.iter().take(*i).any(|b| b == *a));
        match twice {
            Some((i, _)) => v.wrong(format!("item {} is listed twice", i + 1), "list each once"),
            None => Some(items),
        }
    }
}

/// An address or network of a trusted proxy. A network of all addresses is refused, because every
/// sender could then claim any address.
pub(crate) fn proxy(v: &Value<'_>) -> Option<IpNetwork> {
    let network = network(v)?;
    if network.prefix == 0 {
        let what = format!("{network} is every address: any sender could claim any client address");
        return v.wrong(what, "write the proxy's own address");
    }
    Some(network)
}

/// The name of something defined elsewhere.
pub(crate) fn known<'k>(what: &'k str, names: &'k Names) -> impl Fn(&Value<'_>) -> Option<String> {
    move |v| {
        let name = name(v)?;
        if names.has(&name) { Some(name) } else { unknown(v, what, &name, names) }
    }
}

/// The name of a prompt.
pub(crate) fn prompt(names: &Names) -> impl Fn(&Value<'_>) -> Option<PromptName> {
    let known = known("prompt", names);
    move |v| known(v).map(|name| PromptName::from(name.as_str()))
}

/// A table from name to level, 1 to 10.
pub(crate) fn levels(v: &Value<'_>) -> Option<BTreeMap<String, u8>> {
    let Some(entries) = v.entries() else { return v.not_a("a table", "{ english = 5 }") };
    let level = small(1..=LEVEL_MAX);
    let read: Vec<Option<(String, u8)>> =
        entries.iter().map(|(word, at)| level(at).map(|level| (word.to_string(), level))).collect();
    read.into_iter().collect()
}

/// Like `levels`, for skills.
pub(crate) fn skills(v: &Value<'_>) -> Option<BTreeMap<Skill, u8>> {
    Some(levels(v)?.iter().map(|(skill, level)| (Skill::from(skill.as_str()), *level)).collect())
}

/// Reports a name that is not defined.
pub(crate) fn unknown<T>(v: &Value<'_>, what: &str, name: &str, names: &Names) -> Option<T> {
    let right = match nearest(name, names.iter()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if names.iter().next().is_none() => format!("define a {what} first"),
        None => format!("known: {}", names.iter().collect::<Vec<_>>().join(", ")),
    };
    v.wrong(format!("there is no {what} \"{name}\""), right)
}

/// The names of one kind of thing; `None` when the file that defines them is broken.
#[derive(Debug, Default)]
pub(crate) struct Names(pub(crate) Option<BTreeSet<String>>);

impl Names {
    /// Whether something has this name. When the file is broken, every name may be defined.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(name))
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flatten().map(String::as_str)
    }
}

/// A duration as text: `"1h30m"`.
fn short(duration: Duration) -> String {
    let s = duration.as_secs();
    match (s / 3_600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, 0) => format!("{m}m"),
        (h, 0, 0) => format!("{h}h"),
        _ => format!("{s}s"),
    }
}

/// Skill levels and tiers are 1 to 10, as in Genesys.
pub(crate) const LEVEL_MAX: u8 = 10;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 64;
/// The bytes of each unit. There are only binary units, so that a size is unambiguous.
const SIZES: [(&str, u64); 4] =
    [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];
