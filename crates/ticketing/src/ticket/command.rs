//! What people may ask of a ticket, and the table of its states (hotline.md 2.3).

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

/// A command, as it comes through the API: `{"type":"dispatch","payload":{…}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "each field is named and documented on the deed of the same meaning"
)]
pub enum TicketCommand {
    /// Fill in or correct the form.
    Write(Box<Form>),
    /// T02: take it on.
    Register {
        #[serde(default)]
        form: Box<Form>,
        /// Its number in the matter it belongs to, when one is known.
        #[serde(default)]
        matter: Option<MatterId>,
    },
    /// T03: answer on the spot.
    Answer {
        answer: String,
        #[serde(default)]
        knowledge: Option<KnowledgeId>,
        #[serde(default)]
        no_item: Option<String>,
    },
    /// T04: hand on.
    Divert {
        target: DivertTarget,
        number: String,
        connected: bool,
        #[serde(default)]
        call: Option<CallId>,
    },
    /// T05: do not accept.
    NotAccept { reason: NotAcceptedReason, route_told: String },
    /// T06: no demand; nuisance is proposed by an agent and confirmed by a floor lead.
    MarkInvalid { disposition: Disposition },
    /// T06: the floor lead agrees.
    ConfirmNuisance,
    /// T06: the floor lead does not.
    RefuseNuisance,
    /// T07: wait for what is missing.
    AwaitInfo { missing: String, call_at: Timestamp },
    /// T08: it is there.
    Inform { facts: String },
    /// T08: three tries on two days were in vain.
    GiveUp,
    /// T09: to review.
    Review,
    /// T10: answered by a filing.
    MatchFiling { filing: FilingId },
    /// T11: follow the master of this matter.
    Merge { matter: MatterId },
    /// T11c: go its own way.
    Unmerge { reason: String },
    /// T12: before a leader.
    SubmitToLeader { sheet: String },
    /// T13: the leader signs.
    LeaderSign {
        text: String,
        #[serde(default)]
        for_leader: Option<AccountName>,
        #[serde(default)]
        scan: Option<String>,
    },
    /// T14: dispatch.
    Dispatch(Box<Dispatch>),
    /// T15: add a unit.
    AddUnit(Box<Dispatch>),
    /// T16: take it back.
    Recall { reason: String },
    /// T18: the result will not do.
    SendBack { reason: RedoReason, text: String },
    /// T19: it will.
    AcceptResult {
        #[serde(default)]
        feedback: Option<String>,
    },
    /// T20: tell the caller.
    Reply(ReplyMade),
    /// T21: what came of asking the caller.
    Ask(Callback),
    /// T23: handle it once more.
    Redo {
        reason: RedoReason,
        text: String,
        #[serde(default)]
        dispatch: Option<Box<Dispatch>>,
    },
    /// T24: close as unsatisfied.
    CloseUnsatisfied { reason: String },
    /// T26: open again.
    Reopen { ground: ReopenGround, text: String },
    /// T27: put away.
    Archive { manifest: String },
    /// T28: the caller takes it back.
    Withdraw { statement: String, proof: String },
    /// T29: an empty draft.
    Void { reason: String },
    /// The call was about a ticket there is already.
    Attach { to: TicketId, text: String },
    /// T30: two persons put it elsewhere.
    Override { to: TicketState, second: AccountName, reason: String },
    /// Another grade.
    Regrade {
        grade: Grade,
        #[serde(default)]
        reason: String,
    },
    /// Take it from the pool.
    Claim,
    /// Put it back.
    Release,
    /// Name a person for it.
    NameOfficer { officer: AccountName },
    /// Give it to a supervision group.
    NameGroup { group: GroupId },
    /// Chase it.
    Urge { channel: UrgeChannel, text: String },
    /// A conversation about it.
    Contact(ContactMade),
    /// Somebody promised something.
    Commit(Commitment),
    /// Look at it again.
    SetFollowUp(FollowUp),
    /// It was looked at.
    CheckFollowUp { n: u16, kept: bool, text: String },
    /// Reasonable or not: two persons of the hub.
    DecideReasonable { verdict: Reasonableness, reason: String, second: AccountName },
    /// The caller tells how it goes.
    CitizenUpdate { text: String },
    /// Thanks.
    Thank {
        kind: Gratitude,
        #[serde(default)]
        unit: Option<UnitId>,
        text: String,
    },
    /// Help given already.
    NoteAid { payer: String, item: String, amount_fen: u64 },
    /// Show me who it is.
    Reveal { reason: String },
    /// Something said about it.
    Note { text: String },
    /// A method that moved it.
    TagMethod { method: String },
    /// The law's own time, or force majeure.
    Pause { cause: PauseCause, basis: String },
    /// That is over.
    Resume { cause: PauseCause },
}

impl TicketCommand {
    /// Its word in the API.
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

/// The commands this doer could give now, guards aside.
pub fn allowed(state: TicketState, by: &Actor) -> Vec<&'static str> {
    table::allowed(TABLE, state, by)
}

use Role::{
    Agent, Archivist, Callback as Caller, Director, Dispatcher, GovSupervision, Leader, Liaison,
    Qa, SupGroup, Supervisor, UnitHead,
};
use TicketState::{
    Archived, AwaitInfo, AwaitLeader, Callback as Asking, Cancelled, Closed, Draft, Following,
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

/// Everything still going on.
const OPEN: &[TicketState] = &[
    Registered,
    AwaitInfo,
    InReview,
    AwaitLeader,
    Handling,
    Following,
    ResultCheck,
    Reply,
    Asking,
];
/// Everything but what was put away or never was.
const LIVE: &[TicketState] = &[
    Draft,
    Registered,
    AwaitInfo,
    InReview,
    AwaitLeader,
    Handling,
    Following,
    ResultCheck,
    Reply,
    Asking,
    Closed,
];
/// Everything that was ever taken on.
const KNOWN: &[TicketState] = &[
    Registered,
    AwaitInfo,
    InReview,
    AwaitLeader,
    Handling,
    Following,
    ResultCheck,
    Reply,
    Asking,
    Closed,
    Archived,
];
const FRONT: &[Role] = &[Agent, Supervisor, Dispatcher, Director];
const HUB: &[Role] = &[Agent, Supervisor, Caller, Dispatcher, SupGroup, Director];
const DESK: &[Role] = &[Dispatcher, SupGroup, Director];
const REPLIERS: &[Role] = &[Agent, Supervisor, Caller, Dispatcher, SupGroup, Director, Liaison];

/// The table of hotline.md 2.3. What only the engine does by rule (T11b, T17, T20b, T22, T25)
/// has no command.
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
    row("T08b", "give_up", &[AwaitInfo], &[Caller, Dispatcher, Director]).leads_to(&[Closed]),
    row("T09", "review", &[Registered], FRONT).leads_to(&[InReview]),
    row("T10", "match_filing", &[InReview], &[Dispatcher, Director]).leads_to(&[Reply]),
    row("T11", "merge", &[Registered, InReview], &[Dispatcher, Director]).leads_to(&[Following]),
    row("T11c", "unmerge", &[Following], &[Dispatcher, Director]).leads_to(&[InReview]),
    row("T12", "submit_to_leader", &[InReview], &[Director]).leads_to(&[AwaitLeader]),
    // Also after the fact, for what could not wait (S4).
    row("T13", "leader_sign", &[InReview, Handling, ResultCheck], &[Leader]),
    row("T13", "leader_sign", &[AwaitLeader], &[Leader]).leads_to(&[InReview]),
    row("T14", "dispatch", &[InReview], &[Dispatcher, Director]).leads_to(&[Handling]),
    row("T15", "add_unit", &[Handling], &[Dispatcher, Director]),
    row("T16", "recall", &[Handling], &[Dispatcher, Director]).leads_to(&[InReview]),
    row("T18", "send_back", &[ResultCheck], &[SupGroup, Director]).leads_to(&[Handling]),
    row("T19", "accept_result", &[ResultCheck], &[SupGroup, Director]).leads_to(&[Reply]),
    // What is said in between, and the reply itself.
    row("T20", "reply", &[Handling, Following], REPLIERS),
    row("T20", "reply", &[Reply], REPLIERS).leads_to(&[Asking, Closed]),
    open_to_citizens(row("T21", "ask", &[Asking], &[Caller, SupGroup])),
    row("T21", "ask_second", &[Asking, Closed], &[SupGroup, GovSupervision]),
    row("T23", "redo", &[Asking], &[Caller, SupGroup, Director]).leads_to(&[Handling]),
    row("T24", "close_unsatisfied", &[Asking], &[SupGroup, Director]).leads_to(&[Closed]),
    open_to_citizens(
        row("T26", "reopen", &[Closed], &[Caller, SupGroup, Director]).leads_to(&[InReview]),
    ),
    row("T27", "archive", &[Closed], &[Archivist, Director]).leads_to(&[Archived]),
    row("T28", "withdraw", OPEN, HUB).leads_to(&[Closed]),
    row("T29", "void", &[Draft], &[Agent, Supervisor]).leads_to(&[Cancelled]),
    row("T29", "attach", &[Draft], FRONT).leads_to(&[Cancelled]),
    row("T30", "override", LIVE, &[Director]),
    row("", "regrade", &[Registered, InReview, Handling], &[Dispatcher, SupGroup, Director]),
    row("", "claim", &[InReview, ResultCheck, Reply, Asking], HUB),
    row("", "release", OPEN, HUB),
    row("", "name_officer", OPEN, DESK),
    row("", "name_group", OPEN, DESK),
    open_to_citizens(row(
        "",
        "urge",
        &[InReview, AwaitLeader, Handling, Following, ResultCheck],
        &[Agent, Supervisor, Caller, Dispatcher, SupGroup, Director, Leader, GovSupervision],
    )),
    row("", "contact", LIVE, HUB),
    row("", "commit", OPEN, &[Dispatcher, SupGroup, Director, Liaison, Caller]),
    row("", "set_follow_up", LIVE, HUB),
    row("", "check_follow_up", LIVE, &[Caller, SupGroup, Director, Liaison, Dispatcher]),
    row("", "decide_reasonable", KNOWN, &[Director]),
    open_to_citizens(row("", "citizen_update", KNOWN, HUB)),
    row("", "thank", KNOWN, HUB),
    row("", "note_aid", OPEN, &[Agent, Dispatcher, SupGroup, Director, Liaison]),
    row("", "reveal", KNOWN, &[Qa, Liaison, UnitHead]),
    row("", "note", LIVE, HUB),
    row("", "tag_method", KNOWN, DESK),
    row("", "pause", &[Handling], &[Director]),
    row("", "resume", &[Handling], &[Director]),
];
