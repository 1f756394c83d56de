//! Alarms that the center raises itself.

use model::{
    Event, Timestamp,
    event::{Alarm, AlarmCleared, AlarmRaised},
};

use crate::Center;

impl Center {
    /// Checks once a day the alarms that depend on the date: days without a signing leader when the
    /// hotline keeps a roster (LDR-02), and a missing notice of holidays.
    pub(crate) fn check_daily_alarms(&mut self, now: Timestamp) {
        let (desk, now) = (&self.memory.desk, now.max(self.memory.at));
        let today = desk.zone().date(now);
        if self.daily_alarms_checked == Some(today) {
            return;
        }
        self.daily_alarms_checked = Some(today);
        let gaps = match self.has_roster() {
            true => desk.leaders().upcoming_gaps(today),
            false => Vec::new(),
        };
        let unsigned = gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let missing = desk.working_time().calendar.missing_notice(today);
        let holidays = missing.map_or_else(String::new, |year| {
            format!("config/calendar has no {year}.toml: due dates in {year} are provisional")
        });
        self.set_alarm(now, Alarm::NobodySigns, unsigned);
        self.set_alarm(now, Alarm::HolidaysUnknown, holidays);
    }

    /// The next local midnight, when the daily alarms look one day further ahead; only with a
    /// roster.
    pub(crate) fn next_day(&self) -> Option<Timestamp> {
        let seen = self.daily_alarms_checked.filter(|_| self.has_roster())?;
        Some(self.memory.desk.zone().moment(seen.plus(1), 0))
    }

    pub(crate) fn has_roster(&self) -> bool {
        self.memory.desk.leaders().turns().next().is_some()
    }

    /// Raises the alarm that refused callers without an open item get no missed-call item.
    pub(crate) fn raise_missed_calls_full(&mut self, now: Timestamp) {
        let alarm = Alarm::MissedCallsFull;
        if !self.memory.wallboard.alarms.contains_key(&alarm) {
            let text = format!(
                "{} missed-call items are open: no more are filed for refused callers until some \
                 are done; the log has every refusal",
                ticketing::MISSED_CALLS_MAX
            );
            self.append(now, Event::AlarmRaised(AlarmRaised { alarm, text }));
        }
    }

    /// Clears that alarm once a tenth of the items are done.
    pub(crate) fn clear_missed_calls_full(&mut self, now: Timestamp) {
        let alarm = Alarm::MissedCallsFull;
        if self.memory.wallboard.alarms.contains_key(&alarm)
            && self.memory.desk.has_room_for_missed_calls()
        {
            self.append(now, Event::AlarmCleared(AlarmCleared { alarm }));
        }
    }

    /// Raises an alarm whose text has changed and clears one whose text is empty.
    pub(crate) fn set_alarm(&mut self, now: Timestamp, alarm: Alarm, text: String) {
        match self.memory.wallboard.alarms.get(&alarm) {
            Some(_) if text.is_empty() => {
                self.append(now, Event::AlarmCleared(AlarmCleared { alarm }));
            }
            None if text.is_empty() => {}
            Some(up) if *up == text => {}
            _ => self.append(now, Event::AlarmRaised(AlarmRaised { alarm, text })),
        }
    }
}
