//! Commands of the knowledge base.

use model::{
    Date, TicketId,
    desk::{KnowledgeId, KnowledgeText, TopicId, Visibility},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
pub enum KnowledgeCommand {
    /// Report a question that no item answers.
    Want {
        /// In the caller's words.
        question: String,
        /// The topic.
        #[serde(default)]
        topic: Option<TopicId>,
        /// The ticket on which it came up.
        #[serde(default)]
        ticket: Option<TicketId>,
    },
    /// Write an item, or fill a gap.
    Write {
        /// The id; `None` takes the next free one. The id of a gap fills the gap.
        #[serde(default)]
        id: Option<KnowledgeId>,
        /// The text.
        text: Box<KnowledgeText>,
    },
    /// Write a new version.
    Revise {
        /// The item.
        id: KnowledgeId,
        /// The newest version the author has seen.
        base: u32,
        /// The complete new text.
        text: Box<KnowledgeText>,
    },
    /// Submit the newest version for review, as new or as still correct.
    Submit {
        /// The item.
        id: KnowledgeId,
    },
    /// Accept or send back a version.
    Review {
        /// The item.
        id: KnowledgeId,
        /// The version that was reviewed.
        version: u32,
        /// The result.
        answer: ReviewAnswer,
    },
    /// Change the visibility of a published item.
    Show {
        /// The item.
        id: KnowledgeId,
        /// The new visibility.
        visibility: Visibility,
    },
    /// Record that a ticket was answered with the item.
    Use {
        /// The item.
        id: KnowledgeId,
        /// The ticket.
        ticket: TicketId,
    },
    /// Report that an item is wrong or out of date.
    Report {
        /// The item.
        id: KnowledgeId,
        /// The fault of the item.
        text: String,
        /// Where it came up.
        #[serde(default)]
        ticket: Option<TicketId>,
    },
    /// Settle the reports of an item, or close a gap, without a new version.
    Dismiss {
        /// The item.
        id: KnowledgeId,
        /// The reason.
        reason: String,
    },
    /// Hide the item from everybody.
    Retire {
        /// The item.
        id: KnowledgeId,
        /// The reason.
        reason: String,
    },
}

impl KnowledgeCommand {
    /// The item that the command names, if it does.
    pub fn item(&self) -> Option<&KnowledgeId> {
        match self {
            KnowledgeCommand::Want { .. } => None,
            KnowledgeCommand::Write { id, .. } => id.as_ref(),
            KnowledgeCommand::Revise { id, .. }
            | KnowledgeCommand::Submit { id }
            | KnowledgeCommand::Review { id, .. }
            | KnowledgeCommand::Show { id, .. }
            | KnowledgeCommand::Use { id, .. }
            | KnowledgeCommand::Report { id, .. }
            | KnowledgeCommand::Dismiss { id, .. }
            | KnowledgeCommand::Retire { id, .. } => Some(id),
        }
    }
}

/// The result of a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ReviewAnswer {
    /// Publish it.
    Accept {
        /// The next review date; `None` means in a year.
        #[serde(default)]
        review_by: Option<Date>,
        /// The visibility.
        visibility: Visibility,
    },
    /// Send it back to its author.
    SendBack {
        /// The reason: what the version lacks.
        reason: String,
    },
}
