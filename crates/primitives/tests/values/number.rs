//! Phone numbers and account handles of persons and services.

use primitives::{AreaCode, Number};
use proptest::prelude::*;

#[test]
fn number_has_one_form_in_every_spelling() {
    for written in [
        "13812345678",
        "+8613812345678",
        "8613812345678",
        "008613812345678",
        "013812345678",
        "138-1234-5678",
        "138 1234 5678",
        "１３８１２３４５６７８",
        "+86 138 1234 5678",
        "（138）12345678",
        "86-13812345678",
        "138\u{200b}12345678",
        "17951 13812345678",
        "1795113812345678",
        "一三八一二三四五六七八",
        "幺三八一二三四五六七八",
        "+86 (0)138 1234 5678",
    ] {
        assert_eq!(Number::new(written).reveal(), "13812345678", "{written}");
    }
    for written in
        ["037167178888", "0371-67178888", "+8637167178888", "8637167178888", "+86 (0)371 67178888"]
    {
        assert_eq!(Number::new(written).reveal(), "037167178888", "{written}");
    }
    for (written, wanted) in [
        ("+86-10-8888-1234", "01088881234"),
        ("0049 30 1234567", "+49301234567"),
        ("+49 30 1234567", "+49301234567"),
        // Numbers of services, seats and city districts stay as they are dialled.
        ("12345", "12345"),
        ("+8612345", "+8612345"),
        ("037112345", "037112345"),
        ("4008-123-123", "4008123123"),
        ("6717 8888", "67178888"),
        ("86715678", "86715678"),
        ("*71", "*71"),
        ("138****5678", "138****5678"),
        ("wx-01", "wx-01"),
        (" 张三丰 ", "张三丰"),
    ] {
        assert_eq!(Number::new(written).reveal(), wanted, "{written}");
    }
}

#[test]
fn extension_is_kept_behind_the_number_and_left_out_for_comparing() {
    for written in [
        "0371-67178888转8001",
        "0371-67178888 转 8001",
        "0371-6717-8888-8001",
        "+86 371 67178888 ext. 8001",
        "037167178888;ext=8001",
        "（0371）67178888 分机：8001",
        "０３７１－６７１７８８８８－８００１",
    ] {
        let number = Number::new(written);
        assert_eq!(number.reveal(), "037167178888转8001", "{written}");
        assert_eq!(number.subscriber().reveal(), "037167178888", "{written}");
        assert_eq!(number.masked(), "037****8888", "{written}");
    }
    assert_eq!(Number::new("67178888-8001").reveal(), "67178888转8001");
    // A handle that begins with 转 is not a withheld number with an extension.
    let handle = Number::new("转8001");
    assert_eq!((handle.subscriber(), handle.masked()), (handle.clone(), "转***".into()));
    for (written, wanted) in [
        // A dash within a number, and numbers that have no extension.
        ("0371-6717-8888", "037167178888"),
        ("6717-8888", "67178888"),
        ("138-1234-5678", "13812345678"),
        ("400-1234-567", "4001234567"),
        ("13812345678转1", "13812345678转1"),
        ("转告张三", "转告张三"),
    ] {
        assert_eq!(Number::new(written).reveal(), wanted, "{written}");
    }
}

#[test]
fn local_and_full_number_are_the_same_subscriber() {
    let home: AreaCode = "0371".parse().unwrap();
    let (local, whole) = (Number::new("67178888"), Number::new("0371-67178888"));
    assert_eq!(local.spellings(&home), [local.clone(), whole.clone()]);
    assert_eq!(whole.spellings(&home), [whole.clone(), local.clone()]);
    assert!(whole.is_same(&Number::new("67178888转8001"), &home));
    let none = AreaCode::default();
    assert_eq!(local.spellings(&none), std::slice::from_ref(&local));
    assert!(!local.is_same(&whole, &none));
    for other in
        ["010-67178888", "13812345678", "12345", "4001234567", "+49371671788", "张三丰", ""]
    {
        let other = Number::new(other);
        assert_eq!(other.spellings(&home), std::slice::from_ref(&other), "{}", other.reveal());
        assert!(!other.is_same(&local, &home));
    }
    assert!(!Number::default().is_same(&Number::default(), &home), "withheld is nobody's");
}

#[test]
fn area_code_is_that_of_a_place_in_mainland_china() {
    for code in ["", "010", "021", "0371", "0991"] {
        assert!(code.parse::<AreaCode>().is_ok(), "{code}");
    }
    for code in
        ["371", "0", "01", "011", "0110", "02", "0210", "03711", "037a", "+86371", "０３７１"]
    {
        assert!(code.parse::<AreaCode>().is_err(), "{code}");
    }
}

#[test]
fn anonymous_or_empty_number_is_withheld() {
    for written in
        ["", "anonymous", "Anonymous", "UNKNOWN", "匿名", "未知", "0", "000", " ", "\u{200b}", "-"]
    {
        assert!(Number::new(written).is_withheld(), "{written:?}");
    }
    assert_eq!(Number::default().to_string(), "withheld");
}

#[test]
fn mask_hides_digits_by_kind_of_number() {
    for (whole, shown) in [
        ("13812345678", "138****5678"),
        ("+49301234567", "+49****4567"),
        ("037167178888", "037****8888"),
        ("67178888", "****88"),
        ("6717888", "****88"),
        ("12345", "12345"),
        ("张三丰", "张***"),
        ("wx-01", "w***"),
        ("", ""),
    ] {
        assert_eq!(Number::new(whole).masked(), shown);
    }
}

#[test]
fn deserialization_normalizes_a_number() {
    let read: Number = serde_json::from_str("\"138-1234-5678\"").unwrap();
    assert_eq!(read, Number::new("13812345678"));
    let withheld: Number = serde_json::from_str("\"anonymous\"").unwrap();
    assert!(withheld.is_withheld());
}

proptest! {
    #[test]
    fn spellings_are_symmetric(text in "(0371|0371-|)[2-9][0-9]{5,8}(转[0-9]{1,4}|)") {
        let home: AreaCode = "0371".parse().unwrap();
        let number = Number::new(&text);
        for spelling in number.spellings(&home) {
            prop_assert!(number.is_same(&spelling, &home) && spelling.is_same(&number, &home));
            let (mut there, mut back) = (spelling.spellings(&home), number.spellings(&home));
            there.sort();
            back.sort();
            prop_assert_eq!(there, back);
        }
    }

    #[test]
    fn normalization_is_idempotent(text in "[-+0-9 ()a零一*８转\u{200b}]{0,20}") {
        let once = Number::new(&text);
        prop_assert_eq!(Number::new(once.reveal()), once.clone());
        let subscriber = once.subscriber();
        prop_assert_eq!(Number::new(subscriber.reveal()), subscriber);
        let masked = Number::new(&once.masked());
        prop_assert_eq!(&Number::new(masked.reveal()), &masked);
    }
}

#[test]
fn patterns_match_prefix_suffix_or_all() {
    let covers = |pattern: &str, number: &str| Number::new(number).is_covered_by(pattern);
    assert!(covers("12345", "12345"));
    assert!(!covers("12345", "123456"));
    assert!(covers("*12345", "+863712345"));
    assert!(covers("891*", "8912345"));
    assert!(covers("*", "anything"));
}
