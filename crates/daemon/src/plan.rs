//! From settings to what each machine is started with.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Duration,
};

use backoffice::{
    Desk, Rules,
    calendar::{Calendar, OfficeHours},
};
use media::{Prompt, PromptId};
use model::{Date, Number, QueueId, SeatId};
use reporting::Wallboard;
use settings::{PromptName, Settings, Strategy};

/// The desk with its rules and calendar, and nothing on it yet.
pub(crate) fn desk(settings: &Settings, seed: [u8; 32]) -> Desk {
    let zone = settings.hotline.zone;
    let calendar = Calendar::new(zone, OfficeHours::default(), &settings.calendar);
    // A ticket orders no SMS yet: none may be on record as sent.
    let rules = Rules { ask_by_sms: false, ..Rules::shipped() };
    Desk::new(rules, calendar, seed)
}

/// How figures are counted, units scored and ranked.
pub(crate) fn report_rules(of: &settings::Reports) -> reporting::Rules {
    let [sign, on_time, satisfied, solved, at_once, returns, contact, urging, knowledge] =
        of.weights;
    reporting::Rules {
        cuts: reporting::Cuts {
            day_end_s: of.day_end_s,
            week_from: of.week_from,
            month_last: of.month_last,
            year_last: of.year_last,
        },
        fairly_satisfied: of.fairly_satisfied,
        partly_solved: of.partly_solved,
        short_abandon_s: of.short_abandon_s,
        repeat_days: of.repeat_days,
        outbreak: of.outbreak,
        due_min: of.due_min,
        best: of.best,
        worst: of.worst,
        worst_below: of.worst_below,
        bands: of.bands,
        weights: reporting::Weights {
            sign,
            on_time,
            satisfied,
            solved,
            at_once,
            returns,
            contact,
            urging,
            knowledge,
        },
        extras: reporting::Extras {
            unsatisfied: of.unsatisfied,
            unsatisfied_max: of.unsatisfied_max,
            orders: of.orders,
            thanks: of.thanks,
            added_max: of.added_max,
        },
    }
}

/// What the switch decides by. Entries of the blacklist that ran out before `today` are left out.
pub(crate) fn plan(settings: &Settings, today: Date) -> switch::Plan {
    let prompts = |names: &[PromptName]| -> Vec<PromptId> {
        names.iter().filter_map(|name| prompt(settings, name)).collect()
    };
    let trunks = settings.trunks.iter().map(|trunk| {
        let plan = switch::TrunkPlan { numbers: trunk.numbers.clone(), channels: trunk.channels };
        (trunk.name.clone(), plan)
    });
    let lines = settings.lines.iter().map(|line| {
        let queue = settings.queue(&line.queue);
        let numbers = std::iter::once(line.number.as_str().to_owned());
        let plan = switch::LinePlan {
            numbers: numbers.chain(line.aliases.iter().cloned()).collect(),
            trunks: line.trunks.clone(),
            queue: line.queue.clone(),
            skills: line.skills.clone(),
            priority: line.priority,
            greeting: prompts(&line.greeting),
            music: queue.and_then(|q| prompt(settings, &q.music)).unwrap_or(PromptId(0)),
            announcements: queue.map_or_else(Default::default, |q| switch::Announcements {
                first: prompts(&q.announcements.first),
                first_after: q.announcements.first_after,
                repeat: prompts(&q.announcements.repeat),
                every: q.announcements.every,
            }),
        };
        (line.number.clone(), plan)
    });
    let blocked = settings.blacklist.iter().filter(|b| b.expires.is_none_or(|day| day >= today));
    switch::Plan {
        trunks: trunks.collect(),
        lines: lines.collect(),
        blacklist: blocked.map(|b| b.number.clone()).collect::<BTreeSet<Number>>(),
        features: switch::Features {
            log_in: settings.feature_codes.login.clone(),
            log_out: settings.feature_codes.logout.clone(),
            ready: settings.feature_codes.ready.clone(),
            not_ready: settings.feature_codes.not_ready.clone(),
            reasons: settings.feature_codes.reasons.clone(),
            extend: settings.feature_codes.wrap_up_extend.clone(),
            extend_by: settings.feature_codes.wrap_up_extend_by,
        },
        retry_after_s: u32::try_from(settings.sip.retry_after.as_secs()).unwrap_or(u32::MAX),
        sorry: prompts(&settings.notices.sorry),
        confirmed: prompts(&settings.notices.confirmed),
        denied: prompts(&settings.notices.denied),
    }
}

/// What the dispatcher decides by.
pub(crate) fn policy(settings: &Settings) -> acd::Policy {
    let queues = settings.queues.iter().map(|queue| {
        let overflow = queue.overflow.iter();
        let widening = queue.widening.iter();
        let policy = acd::QueuePolicy {
            strategy: match queue.strategy {
                Strategy::LongestIdle => acd::Strategy::LongestIdle,
                Strategy::FewestCalls => acd::Strategy::FewestCalls,
                Strategy::BestSkill => acd::Strategy::BestSkill,
                Strategy::RoundRobin => acd::Strategy::RoundRobin,
                Strategy::LeastTalk => acd::Strategy::LeastTalk,
                Strategy::Linear => acd::Strategy::Linear,
            },
            ring: queue.ring,
            wrap_up: queue.wrap_up,
            max_length: Some(queue.max_length),
            max_wait: queue.max_wait,
            overflow: overflow
                .map(|o| acd::Overflow { after: o.after, to: o.to.clone() })
                .collect(),
            widening: widening
                .map(|w| acd::Widening { after: w.after, lower_by: w.lower_by, tiers: w.tiers })
                .collect(),
            leave_when_empty: queue.leave_when_empty,
            weight: queue.weight,
        };
        (queue.name.clone(), policy)
    });
    let seats = settings.seats.iter().map(|seat| {
        let policy = acd::SeatPolicy {
            skills: seat.skills.clone(),
            queues: seat.queues.clone(),
            starts_ready: seat.starts_ready,
            waits_after_wrap_up: seat.waits_after_wrap_up,
        };
        (seat.seat, policy)
    });
    let missed = settings.floor.missed;
    acd::Policy {
        queues: queues.collect(),
        seats: seats.collect(),
        ready_at_login: settings.floor.ready_at_login,
        missed: acd::MissedPolicy {
            no_answer: consequence(missed.no_answer),
            rejected: consequence(missed.rejected),
            busy: consequence(missed.busy),
            unreachable: consequence(missed.unreachable),
            failed: consequence(missed.failed),
            same_call: missed.same_call,
        },
        ..acd::Policy::default()
    }
}

fn consequence(of: settings::Consequence) -> acd::Consequence {
    match of {
        settings::Consequence::UntilReady => acd::Consequence::UntilReady,
        settings::Consequence::BackOff(period) => acd::Consequence::BackOff(period),
    }
}

/// An empty wallboard that knows every queue and seat.
pub(crate) fn wallboard(settings: &Settings) -> Wallboard {
    let queues: Vec<QueueId> = settings.queues.iter().map(|q| q.name.clone()).collect();
    let seats: Vec<SeatId> = settings.seats.iter().map(|s| s.seat).collect();
    Wallboard::new(settings.hotline.zone, queues, seats)
}

/// The voices the voice thread speaks with, each at its place.
pub(crate) fn prompts(settings: &Settings) -> Vec<Prompt> {
    settings.prompts.iter().map(|prompt| Prompt::new(prompt.samples.clone())).collect()
}

/// What the signalling endpoint is started with.
pub(crate) fn sip(
    settings: &Settings,
    locals: Vec<(sip::Transport, SocketAddr)>,
    secrets: &BTreeMap<SeatId, sip::Secret>,
) -> sip::Config {
    let trunks = settings.trunks.iter().map(|trunk| sip::Trunk {
        id: trunk.name.clone(),
        sources: trunk.sources.iter().map(|s| (s.address, s.prefix)).collect(),
    });
    let seats = settings.seats.iter().map(|seat| seat_of(seat, secrets.get(&seat.seat).cloned()));
    let seconds = |d: Duration| u32::try_from(d.as_secs()).unwrap_or(u32::MAX);
    sip::Config {
        product: format!("Heartline/{}", env!("CARGO_PKG_VERSION")),
        locals,
        trunks: trunks.collect(),
        seats: seats.collect(),
        registration_s_min: seconds(settings.sip.register.min),
        registration_s_max: seconds(settings.sip.register.max),
        registration_s_default: seconds(settings.sip.register.default),
        digest: sip::Offered {
            md5: settings.sip.digest.contains(&settings::Digest::Md5),
            sha256: settings.sip.digest.contains(&settings::Digest::Sha256),
        },
        session_expires: settings.sip.session_expires,
        retry_after_s: seconds(settings.sip.retry_after),
        shield: shield(settings.sip.shield),
        ..sip::Config::new(&settings.sip.realm)
    }
}

fn shield(ours: settings::Shield) -> sip::shield::Limits {
    let usual = sip::shield::Limits::default();
    sip::shield::Limits {
        stranger: sip::shield::Rate { per_s: ours.messages_per_s, burst: ours.burst },
        trusted: sip::shield::Rate {
            per_s: ours.trunk_messages_per_s,
            burst: ours.trunk_messages_per_s.saturating_mul(2),
        },
        failures_max: ours.wrong_passwords,
        period: ours.shut_out,
        period_max: usual.period_max.max(ours.shut_out),
        ..usual
    }
}

/// One seat as the registrar shall know it.
pub(crate) fn seat_of(seat: &settings::Seat, secret: Option<sip::Secret>) -> sip::Seat {
    sip::Seat { seat: seat.seat, secret, fixed: seat.contact.clone() }
}

/// What the relays are started with.
pub(crate) fn relays(settings: &Settings) -> media::Config {
    media::Config { voice_lost_after: settings.media.voice_lost_after, ..media::Config::default() }
}

fn prompt(settings: &Settings, name: &PromptName) -> Option<PromptId> {
    settings.prompt(name).and_then(|place| u16::try_from(place).ok()).map(PromptId)
}

/// Settings with the command line's addresses and folders in their place.
pub(crate) fn with_addresses(
    mut settings: Settings,
    addresses: &crate::cli::Addresses,
) -> Result<Settings, String> {
    if let Some(sip) = addresses.sip {
        settings.sip.udp = vec![sip];
        settings.sip.tcp = vec![sip];
    }
    if let Some(http) = addresses.http {
        settings.http.listen = http;
    }
    if let Some(data) = &addresses.data {
        settings.data.folder = data.clone();
    }
    if let Some(recordings) = &addresses.recordings {
        settings.recording.folder = recordings.clone();
    }
    if let Some(ports) = &addresses.rtp_ports {
        settings.media.ports =
            settings::Ports::parse(ports).map_err(|e| format!("--rtp-ports {ports}: {e}"))?;
    }
    Ok(settings)
}

/// Longest time between two looks at the keys on disk.
pub(crate) const KEYS_EVERY: Duration = Duration::from_secs(1);
