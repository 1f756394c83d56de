//! The leaders' signing turns of ten days.

use model::desk::{MonthThird, TenDays};

#[test]
fn year_has_thirty_six_signing_turns_that_cover_every_day() {
    let mut days = TenDays { year: 2012, month: 1, third: MonthThird::Early };
    let (mut turns, mut date) = (0, days.first());
    while days.year == 2012 {
        while date <= days.last() {
            assert_eq!(TenDays::of(date), days);
            date = date.plus(1);
        }
        turns += 1;
        days = days.next();
    }
    assert_eq!((turns, date.to_string().as_str()), (36, "2013-01-01"));
    let february = TenDays { year: 2012, month: 2, third: MonthThird::Late };
    assert_eq!(february.last().to_string(), "2012-02-29");
    assert_eq!(february.to_string(), "2012-02 late");
}
