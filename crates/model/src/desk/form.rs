//! The registration form of a demand (诉求, REC-01).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AreaId, Difficulty, TopicId, UnitId};
use crate::{Number, Timestamp};

/// Text about a person: a name, an address. `Debug` redacts it; [`Private::reveal`] gives it whole.
#[derive(
    Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Private(String);

impl Private {
    /// Wraps a personal text.
    pub fn new(text: impl Into<String>) -> Private {
        Private(text.into())
    }

    /// The whole text. Only code that has checked the reader's rights may show it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "" } else { "***" })
    }
}

/// The registration form. As a change: `None` leaves a field, an empty text clears it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Form {
    /// A person, an enterprise or an institution calls (CALL-27).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_kind: Option<CallerKind>,
    /// The caller's name; giving it is voluntary (REC-20).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Private>,
    /// Their employer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer: Option<Private>,
    /// The number to call back; it may differ from the number that called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Number>,
    /// A second number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_alt: Option<Number>,
    /// Whether the caller wants to stay anonymous to the units; every caller is asked (T02).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidential: Option<bool>,
    /// The purpose of the call (诉求性质, REC-05).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The topic (REC-07).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// The title, on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The content, at most 4,000 characters (limit of Open311).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The summary that was read back to the caller (REC-03).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The change since the caller's previous call (REC-04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_since_last: Option<String>,
    /// The caller's proposal (REC-04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The time it began (REC-15).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_from: Option<Timestamp>,
    /// The time it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_to: Option<Timestamp>,
    /// The recurrence: `every night`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<String>,
    /// The time it first came up, for long-standing matters (积案, REC-26).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_occurred: Option<Timestamp>,
    /// County, township, community.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// The place itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Private>,
    /// The position on the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot: Option<MapPoint>,
    /// The target of a complaint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<ComplaintTarget>,
    /// The scope the caller speaks for (REC-13).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// The approximate number of people affected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affected: Option<u32>,
    /// The difficulty as the agent judges it (REC-10); the rules derive the grade from it.
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
    /// The caller's mood at the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emotion_in: Option<Emotion>,
    /// The caller's mood at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emotion_out: Option<Emotion>,
    /// The way the caller wants to be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_by: Option<ReplyBy>,
    /// Tags: `两违`, `弃婴` (REC-23, REC-25).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Its numbers in other systems (CHAN-08).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Vec<ExternalReference>>,
    /// Files the caller sent with the demand: SHA-256 in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<String>>,
}

impl Form {
    /// Applies a change: fields that are set replace those of the form.
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

    /// The quick-response kind, if it has one.
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
    /// The datum of the map it was read from.
    pub datum: Datum,
}

/// The target of a complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComplaintTarget {
    /// As the caller named them.
    pub name: Private,
    /// The unit, when the target is one; it cannot handle the complaint itself (S4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

/// A ticket's number in another system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExternalReference {
    /// The other system.
    pub system: String,
    /// The number there.
    pub number: String,
    /// The due time there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

macro_rules! word_enum {
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
            /// All variants, in printing order.
            pub const ALL: &[$name] = &[$($name::$variant),*];
        }
    };
}
pub(crate) use word_enum;

word_enum!(
    /// The kind of caller.
    CallerKind {
        /// 个人
        Person,
        /// 企业
        Enterprise,
        /// 机构: a police station, a school.
        Institution,
    }
);
word_enum!(
    /// The purpose of a demand (诉求性质).
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
word_enum!(
    /// The channel a demand came by (CHAN-01).
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
word_enum!(
    /// The scope a caller speaks for (影响范围).
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
word_enum!(
    /// The grade of a ticket (REC-09); it decides the handling clock and the signatures.
    Grade {
        /// Simple: true, plain, touching daily life.
        A,
        /// Ordinary.
        B,
        /// Complex.
        C,
    }
);
word_enum!(
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
word_enum!(
    /// The caller's mood.
    Emotion {
        /// 平静
        Calm,
        /// 不满
        Upset,
        /// 激动
        Furious,
    }
);
word_enum!(
    /// The way a caller wants to be answered.
    ReplyBy {
        /// Telephone.
        Phone,
        /// SMS.
        Sms,
        /// Letter.
        Letter,
        /// Not at all.
        None,
    }
);
word_enum!(
    /// The datum of a map; Chinese maps do not use WGS 84.
    Datum {
        /// GPS.
        Wgs84,
        /// 国测局
        Gcj02,
        /// 百度
        Bd09,
    }
);
