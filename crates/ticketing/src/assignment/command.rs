//! The commands to an assignment, and the table of its states (hotline.md 2.4).

use model::{
    Timestamp,
    desk::{
        Actor, AssignmentState, ContactMade, HandlingResult, OverdueReason, Post, RedoReason,
        ReturnGround, UnitId, UrgeChannel,
    },
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use workflow::table::{self, Row};

/// A command as it comes through the API: `{"type":"sign","payload":{…}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "each field is named and documented on the event of the same meaning"
)]
pub enum AssignmentCommand {
    /// Signs for the assignment (A01).
    Sign {
        #[serde(default)]
        handler: Option<String>,
    },
    /// Names the person who handles it.
    NameHandler { handler: String },
    /// Asks for a return, because the unit is not responsible (A02).
    AskReturn {
        ground: ReturnGround,
        basis: String,
        #[serde(default)]
        proposed: Option<UnitId>,
    },
    /// Approves the return (A03).
    ApproveReturn { reason: String },
    /// Rejects the return (A04).
    RejectReturn { reason: String },
    /// Asks an authority to decide (A05).
    Dispute { authority: String, text: String },
    /// Records the authority's decision (A06, A07).
    DecideDispute { stays: bool, document: String, unit: UnitId },
    /// Delegates it to a lower unit (A08).
    Delegate {
        unit: UnitId,
        due: Timestamp,
        #[serde(default)]
        note: String,
    },
    /// Asks for more days.
    AskExtension { days: u16, reason: String, plan: String, citizen_told: bool },
    /// Grants more days; 0 refuses them.
    DecideExtension { days: u16, reason: String },
    /// Records a conversation with the caller.
    Contact(ContactMade),
    /// Records that a person was on site.
    OnSite {
        by: String,
        finding: String,
        #[serde(default)]
        evidence: Vec<String>,
    },
    /// Records an obstacle.
    Obstruct { text: String },
    /// Writes the result (A10).
    DraftResult(Box<HandlingResult>),
    /// The head signs the result (A11).
    HeadSign { post: Post, name: String, how: String },
    /// The head rejects the result (A12).
    HeadReject { reason: String },
    /// A further signatory signs the result.
    FurtherSign { post: Post, name: String, how: String },
    /// The supervising unit passes the result (A13).
    SupPass {
        substance: u8,
        wording: u8,
        #[serde(default)]
        text: String,
    },
    /// The supervising unit rejects the result (A14).
    SupReject { reason: RedoReason, text: String },
    /// Withdraws the assignment (A17).
    Withdraw { reason: String },
    /// Explains why it is late.
    ExplainOverdue { reason: OverdueReason, text: String },
    /// Urges the unit.
    Urge { channel: UrgeChannel, text: String },
}

impl AssignmentCommand {
    /// The command's word in the API.
    pub fn word(&self) -> &'static str {
        match self {
            AssignmentCommand::Sign { .. } => "sign",
            AssignmentCommand::NameHandler { .. } => "name_handler",
            AssignmentCommand::AskReturn { .. } => "ask_return",
            AssignmentCommand::ApproveReturn { .. } => "approve_return",
            AssignmentCommand::RejectReturn { .. } => "reject_return",
            AssignmentCommand::Dispute { .. } => "dispute",
            AssignmentCommand::DecideDispute { .. } => "decide_dispute",
            AssignmentCommand::Delegate { .. } => "delegate",
            AssignmentCommand::AskExtension { .. } => "ask_extension",
            AssignmentCommand::DecideExtension { .. } => "decide_extension",
            AssignmentCommand::Contact(_) => "contact",
            AssignmentCommand::OnSite { .. } => "on_site",
            AssignmentCommand::Obstruct { .. } => "obstruct",
            AssignmentCommand::DraftResult(_) => "draft_result",
            AssignmentCommand::HeadSign { .. } => "head_sign",
            AssignmentCommand::HeadReject { .. } => "head_reject",
            AssignmentCommand::FurtherSign { .. } => "further_sign",
            AssignmentCommand::SupPass { .. } => "sup_pass",
            AssignmentCommand::SupReject { .. } => "sup_reject",
            AssignmentCommand::Withdraw { .. } => "withdraw",
            AssignmentCommand::ExplainOverdue { .. } => "explain_overdue",
            AssignmentCommand::Urge { .. } => "urge",
        }
    }
}

/// The commands that this actor may give in this state, apart from the checks of each command.
pub fn allowed(state: AssignmentState, by: &Actor) -> Vec<&'static str> {
    table::allowed(TABLE, state, by)
}

use AssignmentState::{
    Accepted, Arbitrating, Delegated, Issued, ReturnAsked, Returned, Submitted, SupPassed,
    UnitSign, Withdrawn,
};
use Role::{Director, Dispatcher, GovSupervision, Leader, Liaison, SupGroup, Supervisor, UnitHead};

const fn row(
    id: &'static str,
    command: &'static str,
    from: &'static [AssignmentState],
    roles: &'static [Role],
) -> Row<AssignmentState> {
    Row { id, command, from, to: &[], roles, citizen: false, partner: false }
}

const OPEN: &[AssignmentState] =
    &[Issued, Accepted, ReturnAsked, Arbitrating, Delegated, UnitSign, Submitted];
const UNIT: &[Role] = &[Liaison, UnitHead];
/// The hub may record what a unit said on the phone (scenario S2: no log-in needed).
const UNIT_OR_HUB: &[Role] = &[Liaison, UnitHead, Dispatcher, SupGroup, Director];

/// The table of hotline.md 2.4. Steps that follow by rule (A09, A15, A16) have no command.
pub const TABLE: &[Row<AssignmentState>] = &[
    row("A01", "sign", &[Issued], UNIT).leads_to(&[Accepted]),
    row("", "name_handler", OPEN, UNIT),
    row("A02", "ask_return", &[Issued, Accepted], UNIT_OR_HUB).leads_to(&[ReturnAsked]),
    row("A03", "approve_return", &[ReturnAsked], &[Dispatcher, Director]).leads_to(&[Returned]),
    row("A04", "reject_return", &[ReturnAsked], &[Dispatcher, Director]).leads_to(&[Accepted]),
    row("A05", "dispute", &[ReturnAsked], &[Dispatcher, Director]).leads_to(&[Arbitrating]),
    row("A06", "decide_dispute", &[Arbitrating], &[Director]).leads_to(&[Accepted, Returned]),
    row("A08", "delegate", &[Accepted], UNIT).leads_to(&[Delegated]),
    row("", "ask_extension", &[Accepted, Delegated], UNIT_OR_HUB),
    row("", "decide_extension", &[Accepted, Delegated, UnitSign], &[SupGroup, Director]),
    row("", "contact", OPEN, UNIT_OR_HUB),
    row("", "on_site", OPEN, UNIT_OR_HUB),
    row("", "obstruct", OPEN, UNIT_OR_HUB),
    row("A10", "draft_result", &[Accepted], UNIT_OR_HUB).leads_to(&[UnitSign]),
    row("A11", "head_sign", &[UnitSign], UNIT_OR_HEAD).leads_to(&[Submitted]),
    row("A12", "head_reject", &[UnitSign], &[UnitHead]).leads_to(&[Accepted]),
    row("", "further_sign", &[Submitted], &[UnitHead, Leader, Director]),
    row("A13", "sup_pass", &[Submitted], &[Liaison, UnitHead, SupGroup, GovSupervision])
        .leads_to(&[SupPassed]),
    row("A14", "sup_reject", &[Submitted], &[Liaison, UnitHead, SupGroup, GovSupervision])
        .leads_to(&[Accepted]),
    row("A17", "withdraw", OPEN, &[Dispatcher, Director]).leads_to(&[Withdrawn]),
    row("", "explain_overdue", &[Accepted, Delegated, UnitSign, Submitted, SupPassed], UNIT_OR_HUB),
    row(
        "",
        "urge",
        OPEN,
        &[Dispatcher, SupGroup, Director, Supervisor, Leader, GovSupervision, Liaison],
    ),
];

/// The head of the unit; or the hub, which records an oral signature with its giver and its time
/// (scenario S3).
const UNIT_OR_HEAD: &[Role] = &[UnitHead, Dispatcher, SupGroup, Director];
