//! The commands to a ticket, and the table of its states (hotline.md 2.3).

use model::{
    AccountName, CallId, TicketId, Timestamp,
    desk::{
        Actor, Callback, CallbackChannel, Commitment, ContactMade, Dispatch, Disposition,
        DivertTarget, FilingId, FollowUp, Form, Grade, Gratitude, GroupId, KnowledgeId, MatterId,
        NotAcceptedReason, PauseCause, Reasonableness, RedoReason, ReopenGround, ReplyMade,
        TicketState, UnitId, UrgeChannel,
    },
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use workflow::table::{self, Row};

/// A command as it comes through the API: `{"type":"dispatch","payload":{…}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "each field is named and documented on the event of the same meaning"
)]
pub enum TicketCommand {
    /// Fills in or corrects the form.
    Write(Box<Form>),
    /// Registers the ticket (T02).
    Register {
        #[serde(default)]
        form: Box<Form>,
        /// The matter it belongs to, when one is known.
        #[serde(default)]
        matter: Option<MatterId>,
    },
    /// Answers it on the spot (T03).
    Answer {
        answer: String,
        #[serde(default)]
        knowledge: Option<KnowledgeId>,
        #[serde(default)]
        no_item: Option<String>,
    },
    /// Diverts it to another service (T04).
    Divert {
        target: DivertTarget,
        number: String,
        connected: bool,
        #[serde(default)]
        call: Option<CallId>,
    },
    /// Does not accept it (T05).
    NotAccept { reason: NotAcceptedReason, route_told: String },
    /// Marks it as invalid; an agent proposes nuisance and a supervisor confirms it (T06).
    MarkInvalid { disposition: Disposition },
    /// The supervisor confirms the nuisance (T06).
    ConfirmNuisance,
    /// The supervisor does not confirm the nuisance (T06).
    RefuseNuisance,
    /// Waits for missing information (T07).
    AwaitInfo { missing: String, call_at: Timestamp },
    /// Records the information that was missing (T08).
    Inform { facts: String },
    /// Gives up after three failed tries on two days (T08).
    GiveUp,
    /// Sends it to review (T09).
    Review,
    /// Answers it by a filing (T10).
    MatchFiling { filing: FilingId },
    /// Lets it follow the master of this matter (T11).
    Merge { matter: MatterId },
    /// Separates it from the master (T11c).
    Unmerge { reason: String },
    /// Submits it to a leader (T12).
    SubmitToLeader { sheet: String },
    /// The leader signs (T13).
    LeaderSign {
        text: String,
        #[serde(default)]
        for_leader: Option<AccountName>,
        #[serde(default)]
        scan: Option<String>,
    },
    /// Dispatches it to units (T14).
    Dispatch(Box<Dispatch>),
    /// Adds a unit (T15).
    AddUnit(Box<Dispatch>),
    /// Recalls it from its units (T16).
    Recall { reason: String },
    /// Sends the result back (T18).
    SendBack { reason: RedoReason, text: String },
    /// Accepts the result (T19).
    AcceptResult {
        #[serde(default)]
        feedback: Option<String>,
    },
    /// Records a reply to the caller (T20).
    Reply(ReplyMade),
    /// Records a callback and its outcome (T21).
    Ask(Callback),
    /// Starts another round of handling (T23).
    Redo {
        reason: RedoReason,
        text: String,
        #[serde(default)]
        dispatch: Option<Box<Dispatch>>,
    },
    /// Closes it as unsatisfied (T24).
    CloseUnsatisfied { reason: String },
    /// Opens it again (T26).
    Reopen { ground: ReopenGround, text: String },
    /// Archives it (T27).
    Archive { manifest: String },
    /// Withdraws it at the request of the caller (T28).
    Withdraw { statement: String, proof: String },
    /// Cancels an empty draft (T29).
    Void { reason: String },
    /// Attaches the call to a ticket that exists already.
    Attach { to: TicketId, text: String },
    /// Puts it into another state, by two persons (T30).
    Override { to: TicketState, second: AccountName, reason: String },
    /// Changes its grade.
    Regrade {
        grade: Grade,
        #[serde(default)]
        reason: String,
    },
    /// Claims it from the pool.
    Claim,
    /// Releases the claim.
    Release,
    /// Names a person who is responsible for it.
    NameOfficer { officer: AccountName },
    /// Gives it to a supervision group.
    NameGroup { group: GroupId },
    /// Urges it.
    Urge { channel: UrgeChannel, text: String },
    /// Records a conversation about it.
    Contact(ContactMade),
    /// Records a promise.
    Commit(Commitment),
    /// Sets a follow-up.
    SetFollowUp(FollowUp),
    /// Records the check of a follow-up.
    CheckFollowUp { n: u16, kept: bool, text: String },
    /// Decides, by two persons of the hub, whether the demand is reasonable.
    DecideReasonable { verdict: Reasonableness, reason: String, second: AccountName },
    /// Records news from the caller.
    CitizenUpdate { text: String },
    /// Records thanks.
    Thank {
        kind: Gratitude,
        #[serde(default)]
        unit: Option<UnitId>,
        text: String,
    },
    /// Records aid that was given already.
    NoteAid { payer: String, item: String, amount_fen: u64 },
    /// Reveals the masked caller, for a reason.
    Reveal { reason: String },
    /// Adds a note.
    Note { text: String },
    /// Names a method that moved it.
    TagMethod { method: String },
    /// Pauses its clocks, for a legal procedure or force majeure.
    Pause { cause: PauseCause, basis: String },
    /// Ends that pause.
    Resume { cause: PauseCause },
}

impl TicketCommand {
    /// The command's word in the API.
    pub fn word(&self) -> &'static str {
        match self {
            TicketCommand::Write(_) => "write",
            TicketCommand::Register { .. } => "register",
            TicketCommand::Answer { .. } => "answer",
            TicketCommand::Divert { .. } => "divert",
            TicketCommand::NotAccept { .. } => "not_accept",
            TicketCommand::MarkInvalid { .. } => "mark_invalid",
            TicketCommand::ConfirmNuisance => "confirm_nuisance",
            TicketCommand::RefuseNuisance => "refuse_nuisance",
            TicketCommand::AwaitInfo { .. } => "await_info",
            TicketCommand::Inform { .. } => "inform",
            TicketCommand::GiveUp => "give_up",
            TicketCommand::Review => "review",
            TicketCommand::MatchFiling { .. } => "match_filing",
            TicketCommand::Merge { .. } => "merge",
            TicketCommand::Unmerge { .. } => "unmerge",
            TicketCommand::SubmitToLeader { .. } => "submit_to_leader",
            TicketCommand::LeaderSign { .. } => "leader_sign",
            TicketCommand::Dispatch(_) => "dispatch",
            TicketCommand::AddUnit(_) => "add_unit",
            TicketCommand::Recall { .. } => "recall",
            TicketCommand::SendBack { .. } => "send_back",
            TicketCommand::AcceptResult { .. } => "accept_result",
            TicketCommand::Reply(_) => "reply",
            TicketCommand::Ask(callback) if callback.how == CallbackChannel::Second => "ask_second",
            TicketCommand::Ask(_) => "ask",
            TicketCommand::Redo { .. } => "redo",
            TicketCommand::CloseUnsatisfied { .. } => "close_unsatisfied",
            TicketCommand::Reopen { .. } => "reopen",
            TicketCommand::Archive { .. } => "archive",
            TicketCommand::Withdraw { .. } => "withdraw",
            TicketCommand::Void { .. } => "void",
            TicketCommand::Attach { .. } => "attach",
            TicketCommand::Override { .. } => "override",
            TicketCommand::Regrade { .. } => "regrade",
            TicketCommand::Claim => "claim",
            TicketCommand::Release => "release",
            TicketCommand::NameOfficer { .. } => "name_officer",
            TicketCommand::NameGroup { .. } => "name_group",
            TicketCommand::Urge { .. } => "urge",
            TicketCommand::Contact(_) => "contact",
            TicketCommand::Commit(_) => "commit",
            TicketCommand::SetFollowUp(_) => "set_follow_up",
            TicketCommand::CheckFollowUp { .. } => "check_follow_up",
            TicketCommand::DecideReasonable { .. } => "decide_reasonable",
            TicketCommand::CitizenUpdate { .. } => "citizen_update",
            TicketCommand::Thank { .. } => "thank",
            TicketCommand::NoteAid { .. } => "note_aid",
            TicketCommand::Reveal { .. } => "reveal",
            TicketCommand::Note { .. } => "note",
            TicketCommand::TagMethod { .. } => "tag_method",
            TicketCommand::Pause { .. } => "pause",
            TicketCommand::Resume { .. } => "resume",
        }
    }
}

/// The commands that this actor may give in this state, apart from the checks of each command.
pub fn allowed(state: TicketState, by: &Actor) -> Vec<&'static str> {
    table::allowed(TABLE, state, by)
}

use Role::{
    Agent, Archivist, Callback as CallbackAgent, Director, Dispatcher, GovSupervision, Leader,
    Liaison, Qa, SupGroup, Supervisor, UnitHead,
};
use TicketState::{
    Archived, AwaitInfo, AwaitLeader, Callback as InCallback, Cancelled, Closed, Draft, Following,
    Handling, InReview, Registered, Reply, ResultCheck,
};

const fn row(
    id: &'static str,
    command: &'static str,
    from: &'static [TicketState],
    roles: &'static [Role],
) -> Row<TicketState> {
    Row { id, command, from, to: &[], roles, citizen: false, partner: false }
}

const fn open_to_citizens(row: Row<TicketState>) -> Row<TicketState> {
    Row { citizen: true, ..row }
}

const fn open_to_partners(row: Row<TicketState>) -> Row<TicketState> {
    Row { partner: true, ..row }
}

/// The states of registered tickets that are not closed.
const OPEN: &[TicketState] = &[
    Registered,
    AwaitInfo,
    InReview,
    AwaitLeader,
    Handling,
    Following,
    ResultCheck,
    Reply,
    InCallback,
];
/// All states but archived and cancelled.
const NOT_ARCHIVED: &[TicketState] = &[
    Draft,
    Registered,
    AwaitInfo,
    InReview,
    AwaitLeader,
    Handling,
    Following,
    ResultCheck,
    Reply,
    InCallback,
    Closed,
];
/// All states of tickets that were registered.
const REGISTERED_EVER: &[TicketState] = &[
    Registered,
    AwaitInfo,
    InReview,
    AwaitLeader,
    Handling,
    Following,
    ResultCheck,
    Reply,
    InCallback,
    Closed,
    Archived,
];
const FRONT: &[Role] = &[Agent, Supervisor, Dispatcher, Director];
const HUB: &[Role] = &[Agent, Supervisor, CallbackAgent, Dispatcher, SupGroup, Director];
const BACK_OFFICE: &[Role] = &[Dispatcher, SupGroup, Director];
const REPLIERS: &[Role] =
    &[Agent, Supervisor, CallbackAgent, Dispatcher, SupGroup, Director, Liaison];

/// The table of hotline.md 2.3. Steps that only the engine takes by rule (T11b, T17, T20b, T22,
/// T25) have no command.
pub const TABLE: &[Row<TicketState>] = &[
    row("", "write", &[Draft, Registered, AwaitInfo, InReview], HUB),
    open_to_partners(row("T02", "register", &[Draft], FRONT).leads_to(&[Registered])),
    row("T03", "answer", &[Registered], FRONT).leads_to(&[Closed]),
    row("T04", "divert", &[Draft, Registered], FRONT).leads_to(&[Closed]),
    row("T05", "not_accept", &[Registered, InReview], &[Supervisor, Dispatcher, Director])
        .leads_to(&[Closed]),
    row("T06", "mark_invalid", &[Draft, Registered], FRONT).leads_to(&[Closed]),
    row("T06", "confirm_nuisance", &[Draft, Registered], &[Supervisor, Director])
        .leads_to(&[Closed]),
    row("T06", "refuse_nuisance", &[Draft, Registered], &[Supervisor, Director]),
    row("T07", "await_info", &[Registered, InReview, Handling], FRONT).leads_to(&[AwaitInfo]),
    row("T08", "inform", &[AwaitInfo], HUB).leads_to(&[Registered, InReview, Handling]),
    row("T08b", "give_up", &[AwaitInfo], &[CallbackAgent, Dispatcher, Director])
        .leads_to(&[Closed]),
    row("T09", "review", &[Registered], FRONT).leads_to(&[InReview]),
    row("T10", "match_filing", &[InReview], &[Dispatcher, Director]).leads_to(&[Reply]),
    row("T11", "merge", &[Registered, InReview], &[Dispatcher, Director]).leads_to(&[Following]),
    row("T11c", "unmerge", &[Following], &[Dispatcher, Director]).leads_to(&[InReview]),
    row("T12", "submit_to_leader", &[InReview], &[Director]).leads_to(&[AwaitLeader]),
    // Also after the dispatch, for what could not wait (scenario S4).
    row("T13", "leader_sign", &[InReview, Handling, ResultCheck], &[Leader]),
    row("T13", "leader_sign", &[AwaitLeader], &[Leader]).leads_to(&[InReview]),
    row("T14", "dispatch", &[InReview], &[Dispatcher, Director]).leads_to(&[Handling]),
    row("T15", "add_unit", &[Handling], &[Dispatcher, Director]),
    row("T16", "recall", &[Handling], &[Dispatcher, Director]).leads_to(&[InReview]),
    row("T18", "send_back", &[ResultCheck], &[SupGroup, Director]).leads_to(&[Handling]),
    row("T19", "accept_result", &[ResultCheck], &[SupGroup, Director]).leads_to(&[Reply]),
    // Interim replies, and the reply itself.
    row("T20", "reply", &[Handling, Following], REPLIERS),
    row("T20", "reply", &[Reply], REPLIERS).leads_to(&[InCallback, Closed]),
    open_to_citizens(row("T21", "ask", &[InCallback], &[CallbackAgent, SupGroup])),
    row("T21", "ask_second", &[InCallback, Closed], &[SupGroup, GovSupervision]),
    row("T23", "redo", &[InCallback], &[CallbackAgent, SupGroup, Director]).leads_to(&[Handling]),
    row("T24", "close_unsatisfied", &[InCallback], &[SupGroup, Director]).leads_to(&[Closed]),
    open_to_citizens(
        row("T26", "reopen", &[Closed], &[CallbackAgent, SupGroup, Director]).leads_to(&[InReview]),
    ),
    row("T27", "archive", &[Closed], &[Archivist, Director]).leads_to(&[Archived]),
    row("T28", "withdraw", OPEN, HUB).leads_to(&[Closed]),
    row("T29", "void", &[Draft], &[Agent, Supervisor]).leads_to(&[Cancelled]),
    row("T29", "attach", &[Draft], FRONT).leads_to(&[Cancelled]),
    row("T30", "override", NOT_ARCHIVED, &[Director]),
    row("", "regrade", &[Registered, InReview, Handling], &[Dispatcher, SupGroup, Director]),
    row("", "claim", &[InReview, ResultCheck, Reply, InCallback], HUB),
    row("", "release", OPEN, HUB),
    row("", "name_officer", OPEN, BACK_OFFICE),
    row("", "name_group", OPEN, BACK_OFFICE),
    open_to_citizens(row(
        "",
        "urge",
        &[InReview, AwaitLeader, Handling, Following, ResultCheck],
        &[Agent, Supervisor, CallbackAgent, Dispatcher, SupGroup, Director, Leader, GovSupervision],
    )),
    row("", "contact", NOT_ARCHIVED, HUB),
    row("", "commit", OPEN, &[Dispatcher, SupGroup, Director, Liaison, CallbackAgent]),
    row("", "set_follow_up", NOT_ARCHIVED, HUB),
    row(
        "",
        "check_follow_up",
        NOT_ARCHIVED,
        &[CallbackAgent, SupGroup, Director, Liaison, Dispatcher],
    ),
    row("", "decide_reasonable", REGISTERED_EVER, &[Director]),
    open_to_citizens(row("", "citizen_update", REGISTERED_EVER, HUB)),
    row("", "thank", REGISTERED_EVER, HUB),
    row("", "note_aid", OPEN, &[Agent, Dispatcher, SupGroup, Director, Liaison]),
    row("", "reveal", REGISTERED_EVER, &[Qa, Liaison, UnitHead]),
    row("", "note", NOT_ARCHIVED, HUB),
    row("", "tag_method", REGISTERED_EVER, BACK_OFFICE),
    row("", "pause", &[Handling], &[Director]),
    row("", "resume", &[Handling], &[Director]),
];
