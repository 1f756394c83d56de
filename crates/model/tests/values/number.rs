//! Numbers of persons and services.

use model::Number;
use proptest::prelude::*;

#[test]
fn one_number_has_one_form_however_it_is_written() {
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
fn withheld_number_is_no_person() {
    for written in
        ["", "anonymous", "Anonymous", "UNKNOWN", "匿名", "未知", "0", "000", " ", "\u{200b}", "-"]
    {
        assert!(Number::new(written).is_withheld(), "{written:?}");
    }
    assert_eq!(Number::default().to_string(), "withheld");
}

#[test]
fn mask_shows_no_more_than_it_must() {
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
fn reading_brings_a_number_to_its_form() {
    let read: Number = serde_json::from_str("\"138-1234-5678\"").unwrap();
    assert_eq!(read, Number::new("13812345678"));
    let withheld: Number = serde_json::from_str("\"anonymous\"").unwrap();
    assert!(withheld.is_withheld());
}

proptest! {
    #[test]
    fn form_of_a_form_is_itself(text in "[-+0-9 ()a零一*８\u{200b}]{0,20}") {
        let once = Number::new(&text);
        prop_assert_eq!(Number::new(once.reveal()), once.clone());
        let masked = Number::new(&once.masked());
        prop_assert_eq!(&Number::new(masked.reveal()), &masked);
    }
}
