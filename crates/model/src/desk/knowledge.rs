//! What happens to the knowledge base: items of question and answer, and what is missing (hotline.md KB-01 to KB-04).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{TopicId, UnitId, form::words};
use crate::{Date, LineId, TicketId};

words!(
    /// Where an item stands.
    KnowledgeState {
        /// 待补: asked for, and nobody has written it yet.
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
words!(
    /// Who may read an item. Ordered: what is public is internal as well (hotline.md 3.3, after Zammad).
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
    /// The laws and documents it rests on; at most [`KnowledgeText::BASIS_MAX`].
    #[serde(default)]
    pub basis: Vec<String>,
    /// Whose item it is: who keeps it right.
    pub owner: UnitId,
    /// What it is about; 1 to [`KnowledgeText::TOPICS_MAX`].
    pub topics: Vec<TopicId>,
    /// The merged line it came with (KB-04).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineId>,
    /// The first day it holds; `None`: it holds already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// The last day it holds; `None`: until somebody says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

impl KnowledgeText {
    /// Ways to ask one question. Who needs more has two questions.
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

/// What happened to an item, or to the lack of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum KnowledgeEvent {
    /// Somebody was asked what no item answers: the gap has a name from now on.
    Wanted {
        /// What was asked.
        question: String,
        /// What it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<TopicId>,
        /// Where it came up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<TicketId>,
    },
    /// Written for the first time: version 1.
    Written(Box<KnowledgeText>),
    /// Written anew. What is published stays so until the new version is.
    Revised {
        /// Which version this is.
        version: u32,
        /// All of its text.
        text: Box<KnowledgeText>,
    },
    /// Given to the hub: new text, or old text that is still right.
    Submitted {
        /// Which version.
        version: u32,
    },
    /// The hub has read it.
    Reviewed {
        /// Which version.
        version: u32,
        /// What it found.
        verdict: ReviewVerdict,
    },
    /// Shown to those from now on.
    Published {
        /// Which version.
        version: u32,
        /// To whom: never [`Visibility::Draft`].
        visibility: Visibility,
    },
    /// Answered with on a ticket.
    Used {
        /// On which.
        ticket: TicketId,
        /// Which version was read.
        version: u32,
    },
    /// Wrong or out of date, says somebody who answers with it.
    Reported {
        /// What is wrong.
        text: String,
        /// Where it came up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<TicketId>,
    },
    /// Reports are settled without a new version: the item is right, or the gap is none.
    Dismissed {
        /// Why.
        reason: String,
    },
    /// Shown to nobody any more.
    Retired {
        /// Why: the law is gone, another item says it.
        reason: String,
    },
}

/// What a review found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewVerdict {
    /// It is right.
    Accepted {
        /// The last day for the next review (KB-02).
        review_by: Date,
    },
    /// It goes back to its owner.
    SentBack {
        /// What is missing.
        reason: String,
    },
}
