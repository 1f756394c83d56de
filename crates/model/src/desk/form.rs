//! What is written down about a demand (诉求): the registration form (REC-01).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AreaId, Difficulty, TopicId, UnitId};
use crate::{Number, Timestamp};

/// Text about a person: a name, an address. Prints redacted; showing it whole is [`Private::reveal`].
#[derive(
    Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Private(String);

impl Private {
    /// Something only those who may shall see.
    pub fn new(text: impl Into<String>) -> Private {
        Private(text.into())
    }

    /// The text. Whoever shows it to a person answers for it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "" } else { "***" })
    }
}

/// The registration form. As a change, what is `None` stays as it was and an empty text clears.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Form {
    /// A person, an enterprise or an institution calls (CALL-27).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_kind: Option<CallerKind>,
    /// The caller's name; nobody has to give one (REC-20).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Private>,
    /// Their employer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer: Option<Private>,
    /// Where to call back; may differ from the number that called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Number>,
    /// A second number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_alt: Option<Number>,
    /// Whether the caller wants to stay unknown to the units; asked of everybody (T02).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidential: Option<bool>,
    /// What the caller wants (诉求性质, REC-05).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// What it is about (REC-07).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// In a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What was said, at most 4,000 characters (Open311).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// What was read back to the caller (REC-03).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What has changed since the caller last spoke with us (REC-04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_since_last: Option<String>,
    /// What the caller proposes (REC-04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// Since when (REC-15).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_from: Option<Timestamp>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_to: Option<Timestamp>,
    /// How often: `every night`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<String>,
    /// When the trouble first came up, for old ones (积案, REC-26).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_occurred: Option<Timestamp>,
    /// County, township, community.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// The place itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Private>,
    /// Where on the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot: Option<MapPoint>,
    /// Who is complained of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<ComplaintTarget>,
    /// For whom the caller speaks (REC-13).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// How many people, about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affected: Option<u32>,
    /// How hard it is, by who took it down (REC-10); the rules make the grade of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<Difficulty>,
    /// A, B or C (REC-09).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// One of the twelve kinds that cannot wait, `Q01` to `Q12`; an empty text for none (CLK-04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quick_kind: Option<String>,
    /// Life or property is in danger: the answer is due in two hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub danger: Option<bool>,
    /// Whether a leader must see it (REC-24).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importance: Option<Importance>,
    /// Unrest, a minor, a secret: shown to few (REC-14).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<bool>,
    /// How the caller sounded at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emotion_in: Option<Emotion>,
    /// How at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emotion_out: Option<Emotion>,
    /// How the caller wants to be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_by: Option<ReplyBy>,
    /// Words to find it by: `两违`, `弃婴` (REC-23, REC-25).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Its names in other systems (CHAN-08).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Vec<ExternalReference>>,
    /// Photographs and papers that the caller sent with the demand: SHA-256 in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<String>>,
}

impl Form {
    /// Take over what `change` says.
    pub fn merge(&mut self, change: Form) {
        macro_rules! take {
            ($($field:ident)*) => { $(if change.$field.is_some() { self.$field = change.$field; })* };
        }
        take!(
            caller_kind name employer contact contact_alt confidential purpose topic title content
            summary change_since_last suggestion occurred_from occurred_to recurrence
            first_occurred area address spot against scope affected difficulty grade quick_kind danger
            importance sensitive emotion_in emotion_out reply_by tags foreign attachments
        );
    }

    /// The kind that cannot wait, when it is one.
    pub fn quick(&self) -> Option<&str> {
        self.quick_kind.as_deref().filter(|code| !code.is_empty())
    }
}

/// A place on the map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MapPoint {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub long: f64,
    /// Which map it was read from.
    pub datum: Datum,
}

/// Whom a complaint is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComplaintTarget {
    /// As the caller named them.
    pub name: Private,
    /// When it is a unit of the network: it cannot handle the complaint itself (S4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

/// A ticket's name in another system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExternalReference {
    /// Which system.
    pub system: String,
    /// The number there.
    pub number: String,
    /// By when they want it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize,
            serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// All of them, in the order they are printed.
            pub const ALL: &[$name] = &[$($name::$variant),*];
        }
    };
}
pub(crate) use words;

words!(
    /// Who calls.
    CallerKind {
        /// 个人
        Person,
        /// 企业
        Enterprise,
        /// 机构: a police station, a school.
        Institution,
    }
);
words!(
    /// What a caller wants (诉求性质).
    Purpose {
        /// 咨询
        Consult,
        /// 求助
        Help,
        /// 投诉
        Complaint,
        /// 举报: forces confidentiality (REC-06).
        Report,
        /// 建议
        Suggestion,
        /// 表扬
        Praise,
        /// 倾诉: listening is the service (NUI-10).
        Vent,
        /// 其他
        Other,
    }
);
words!(
    /// By which way a demand came (CHAN-01).
    Channel {
        /// 电话
        Phone,
        /// 语音留言
        Voicemail,
        /// 市长信箱
        Mailbox,
        /// 短信
        Sms,
        /// 微博
        Weibo,
        /// 微信
        Wechat,
        /// 网贴
        Forum,
        /// 手机APP, Open311
        App,
        /// 来访
        Visit,
        /// 进社区
        Outreach,
        /// 上级交办
        Upper,
        /// 110非警务
        Police,
        /// 网格
        Grid,
        /// 托管平台
        Platform,
        /// 发现件: found by the hotline itself (CHAN-06).
        Found,
    }
);
words!(
    /// For whom the caller speaks (影响范围).
    Scope {
        /// One person.
        Person,
        /// A building.
        Building,
        /// An estate.
        Estate,
        /// A village.
        Village,
        /// An area.
        Area,
    }
);
words!(
    /// How hard (REC-09): it decides the clock and who signs.
    Grade {
        /// Simple: true, plain, touching daily life.
        A,
        /// Ordinary.
        B,
        /// Complex.
        C,
    }
);
words!(
    /// Whether a leader must see it (REC-24).
    Importance {
        /// 一般
        Normal,
        /// 重要
        Important,
        /// 领导件: signed before it is dispatched (LDR-10).
        Leader,
    }
);
words!(
    /// How a caller sounds.
    Emotion {
        /// 平静
        Calm,
        /// 不满
        Upset,
        /// 激动
        Furious,
    }
);
words!(
    /// How a caller wants to be answered.
    ReplyBy {
        /// By phone.
        Phone,
        /// By SMS.
        Sms,
        /// By letter.
        Letter,
        /// Not at all.
        None,
    }
);
words!(
    /// Which map a place was read from: Chinese maps are not WGS 84.
    Datum {
        /// GPS.
        Wgs84,
        /// 国测局
        Gcj02,
        /// 百度
        Bd09,
    }
);
