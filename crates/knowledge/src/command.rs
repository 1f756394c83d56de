//! What people ask of the knowledge base.

use model::{
    Date, TicketId,
    desk::{KnowledgeId, KnowledgeText, TopicId, Visibility},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
pub enum KnowledgeCommand {
    /// A caller asks what no item answers.
    Want {
        /// In the caller's words.
        question: String,
        /// What it is about.
        #[serde(default)]
        topic: Option<TopicId>,
        /// Where it came up.
        #[serde(default)]
        ticket: Option<TicketId>,
    },
    /// Write an item, or fill a gap.
    Write {
        /// Its name; `None`: the next free one. A gap's name fills the gap.
        #[serde(default)]
        id: Option<KnowledgeId>,
        /// What it says.
        text: Box<KnowledgeText>,
    },
    /// Write it anew.
    Revise {
        /// Which.
        id: KnowledgeId,
        /// The newest version its writer has seen.
        base: u32,
        /// All of the new text.
        text: Box<KnowledgeText>,
    },
    /// Give the newest version to the hub: new, or still right.
    Submit {
        /// Which.
        id: KnowledgeId,
    },
    /// Say what a review found.
    Review {
        /// Which.
        id: KnowledgeId,
        /// The version that was read.
        version: u32,
        /// What was found.
        answer: ReviewAnswer,
    },
    /// Change who may read what is published.
    Show {
        /// Which.
        id: KnowledgeId,
        /// To whom.
        visibility: Visibility,
    },
    /// A ticket is answered with it.
    Use {
        /// Which.
        id: KnowledgeId,
        /// On which ticket.
        ticket: TicketId,
    },
    /// It is wrong or out of date.
    Report {
        /// Which.
        id: KnowledgeId,
        /// What is wrong.
        text: String,
        /// Where it came up.
        #[serde(default)]
        ticket: Option<TicketId>,
    },
    /// Settle what is said against it, or close a gap, without a new version.
    Dismiss {
        /// Which.
        id: KnowledgeId,
        /// Why.
        reason: String,
    },
    /// Show it to nobody any more.
    Retire {
        /// Which.
        id: KnowledgeId,
        /// Why.
        reason: String,
    },
}

impl KnowledgeCommand {
    /// The item it is about, when it names one.
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

/// What a reviewer says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ReviewAnswer {
    /// It is right: publish it.
    Accept {
        /// The last day for the next review; `None`: a year from now.
        #[serde(default)]
        review_by: Option<Date>,
        /// Who may read it.
        visibility: Visibility,
    },
    /// It goes back.
    SendBack {
        /// What is missing.
        reason: String,
    },
}
