//! The knowledge base: items of question and answer, and gaps (hotline.md KB-01 to KB-04).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{TopicId, UnitId, form::word_enum};
use crate::{Date, LineId, TicketId};

word_enum!(
    /// The state of an item.
    KnowledgeState {
        /// 待补: asked for and not yet written.
        Wanted,
        /// 草稿
        Draft,
        /// 待审核
        Submitted,
        /// 审核退回
        SentBack,
        /// 已发布
        Published,
        /// 已停用
        Retired,
    }
);
word_enum!(
    /// The readers of an item, ordered: a public item is internal as well (hotline.md 3.3, after
    /// Zammad).
    Visibility {
        /// 草稿: those who write and review.
        Draft,
        /// 内部: everybody at the desk.
        Internal,
        /// 公开: anybody.
        Public,
    }
);

/// The text of an item, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeText {
    /// The question, in the ways people ask it; 1 to [`KnowledgeText::QUESTIONS_MAX`].
    pub questions: Vec<String>,
    /// The answer, to be said aloud; at most [`KnowledgeText::ANSWER_MAX`] characters.
    pub answer: String,
    /// The laws and documents it is based on; at most [`KnowledgeText::BASIS_MAX`].
    #[serde(default)]
    pub basis: Vec<String>,
    /// The unit that keeps it correct.
    pub owner: UnitId,
    /// The topics; 1 to [`KnowledgeText::TOPICS_MAX`].
    pub topics: Vec<TopicId>,
    /// The merged line it came with (KB-04).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineId>,
    /// The first day it is valid; `None`: it is valid already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// The last day it is valid; `None`: until it is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

impl KnowledgeText {
    /// Ways to ask one question; more belong to a second item.
    pub const QUESTIONS_MAX: usize = 20;
    /// Characters of one question.
    pub const QUESTION_MAX: usize = 200;
    /// Characters of an answer, as much as a ticket's content holds; it is said aloud.
    pub const ANSWER_MAX: usize = 4_000;
    /// Laws and documents of one item.
    pub const BASIS_MAX: usize = 10;
    /// Characters of the name of one law or document.
    pub const BASIS_TEXT_MAX: usize = 200;
    /// Topics of one item.
    pub const TOPICS_MAX: usize = 5;
}

/// An event of a knowledge item, or of a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum KnowledgeEvent {
    /// A question came up that no item answers: the gap is registered.
    Wanted {
        /// The question.
        question: String,
        /// The topic.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<TopicId>,
        /// The ticket it came up on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<TicketId>,
    },
    /// Written for the first time: version 1.
    Written(Box<KnowledgeText>),
    /// Revised. The published version stays until the new one is published.
    Revised {
        /// The number of this version.
        version: u32,
        /// All of its text.
        text: Box<KnowledgeText>,
    },
    /// Submitted to the hub: new text, or old text confirmed as still correct.
    Submitted {
        /// The version.
        version: u32,
    },
    /// The hub has read it.
    Reviewed {
        /// The version.
        version: u32,
        /// The result.
        verdict: ReviewVerdict,
    },
    /// Published to a circle of readers.
    Published {
        /// The version.
        version: u32,
        /// The readers; never [`Visibility::Draft`].
        visibility: Visibility,
    },
    /// Used as the answer of a ticket.
    Used {
        /// The ticket.
        ticket: TicketId,
        /// The version that was read.
        version: u32,
    },
    /// A reader reported it as wrong or out of date.
    Reported {
        /// A description of the fault.
        text: String,
        /// The ticket it came up on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<TicketId>,
    },
    /// Reports are settled without a new version: the item is correct, or the gap does not exist.
    Dismissed {
        /// The reason.
        reason: String,
    },
    /// It was retired: it is no longer shown.
    Retired {
        /// The reason: the law is repealed, or another item replaces it.
        reason: String,
    },
}

/// The result of a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewVerdict {
    /// The item is correct.
    Accepted {
        /// The last day for the next review (KB-02).
        review_by: Date,
    },
    /// The item goes back to its owner.
    SentBack {
        /// The missing part.
        reason: String,
    },
}
