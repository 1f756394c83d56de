//! Tickets (诉求件): their states, events (T01 to T30 of hotline.md 2.3) and parts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AreaId, Channel, ClockKind, ClockTerms, Disposition, DivertTarget, FilingId, Form, Grade,
    GroupId, KnowledgeId, MatterId, NotAcceptedReason, Post, Private, Reached, Reasonableness,
    RedoReason, ReopenGround, Satisfaction, TopicId, UnitId, Urge, form::word_enum,
};
use crate::{AccountName, CallId, LineId, Number, SeatId, TicketId, Timestamp};

word_enum!(
    /// The state of a ticket.
    TicketState {
        /// 录入中
        Draft,
        /// 已受理
        Registered,
        /// 待补充
        AwaitInfo,
        /// 待审核派单
        InReview,
        /// 呈批中
        AwaitLeader,
        /// 办理中
        Handling,
        /// 随主单办理
        Following,
        /// 待验收
        ResultCheck,
        /// 待反馈
        Reply,
        /// 待回访
        Callback,
        /// 已办结
        Closed,
        /// 已归档
        Archived,
        /// 作废
        Cancelled,
    }
);

word_enum!(
    /// The party that tells the caller the result.
    ReplyRule {
        /// The hotline (RPL-04).
        Hub,
        /// The unit (RPL-05).
        Unit,
        /// Either.
        Both,
    }
);

word_enum!(
    /// The way a ticket was closed.
    TicketClosure {
        /// 当场答复
        Direct,
        /// 评价办结
        Evaluated,
        /// 未评价办结
        NoEvaluation,
        /// 不满意结案
        Unsatisfied,
        /// 疑难备案答复
        Filed,
        /// 转出
        Diverted,
        /// 不予受理
        NotAccepted,
        /// 撤诉、失联
        Withdrawn,
        /// 无效
        Invalid,
    }
);

/// An event of a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum TicketEvent {
    /// T01: opened by a channel other than the phone; calls open theirs as `TicketOpened`.
    Opened {
        /// The channel.
        channel: Channel,
        /// The sender's number, when known.
        caller: Number,
        /// The line or account it came to.
        line: LineId,
        /// The message's id in that channel; it makes the import idempotent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// A closed demand was imported from another hotline's records (CALL-31: lines that were merged).
    /// It is found when the caller calls again; it is read-only, and counted only there.
    TakenOver(Box<LegacyTicket>),
    /// The form was filled in or corrected; every field is kept as it is typed (REC-02).
    Written(Box<Form>),
    /// T02: registered; the caller is told its number.
    Registered {
        /// The matter it belongs to: its own, or an existing one.
        matter: MatterId,
        /// Whether the caller has spoken of this before (老户).
        repeat_caller: bool,
        /// Whether others have spoken of the matter.
        repeat_matter: bool,
        /// Six digits with which the caller may look it up.
        query_code: String,
    },
    /// T03: answered on the spot and filed (REC-17).
    Answered {
        /// The answer.
        answer: String,
        /// The knowledge item it is taken from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knowledge: Option<KnowledgeId>,
        /// The reason that no item was used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no_item: Option<String>,
    },
    /// T04: handed on to another service.
    Diverted {
        /// The kind of service it is handed to.
        target: DivertTarget,
        /// The number told or called.
        number: String,
        /// Connected, rather than told the number.
        connected: bool,
        /// The call's other leg, when connected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
    },
    /// T05: not accepted; the caller was told which way is open.
    NotAccepted {
        /// The reason.
        reason: NotAcceptedReason,
        /// The way they were told.
        route_told: String,
    },
    /// An agent proposes to count it as nuisance; a floor lead confirms (T06).
    NuisanceProposed(Disposition),
    /// The proposal was turned down.
    NuisanceRefused,
    /// T06: invalid: there is no demand.
    Invalidated(Disposition),
    /// T07: information is missing; every clock stands still.
    InfoAwaited {
        /// The missing information.
        missing: String,
        /// The time of the next call to the caller.
        call_at: Timestamp,
    },
    /// T08: the missing information came in.
    InfoGiven {
        /// The facts learned.
        facts: String,
    },
    /// T08: the caller was not reached in three attempts on two days and by an SMS.
    GivenUp,
    /// T09: sent to review, to be checked and dispatched.
    SentToReview,
    /// T10: a filing answers it; not dispatched.
    FilingMatched {
        /// The filing.
        filing: FilingId,
        /// Its answer.
        answer: String,
    },
    /// T11: follows another ticket of the same matter.
    Merged {
        /// The matter whose master it follows.
        matter: MatterId,
    },
    /// T11b: the ticket it follows was accepted; this caller is to be answered too.
    MasterPassed,
    /// T11c: it is separated from its matter's master again.
    Unmerged {
        /// The reason.
        reason: String,
        /// The matter it belongs to from now on.
        matter: MatterId,
    },
    /// T12: submitted to a leader (呈批).
    SentToLeader {
        /// The submission sheet.
        sheet: String,
    },
    /// T13, and signatures after the fact: a leader's instruction.
    LeaderSigned(Instruction),
    /// T14: dispatched. Its assignments are numbered from the ticket's next.
    Dispatched(Box<Dispatch>),
    /// T15: another unit was added.
    UnitAdded(Box<Dispatch>),
    /// T16: taken back from the units.
    Recalled {
        /// The reason.
        reason: String,
    },
    /// T17: every required result came in.
    ResultsIn,
    /// T18: the result is not accepted; another round begins.
    SentBack {
        /// The kind of reason.
        reason: RedoReason,
        /// The missing part.
        text: String,
        /// The new time to handle it, by assignment.
        clocks: Vec<ClockTerms>,
    },
    /// T19: the result is accepted.
    ResultAccepted {
        /// The text the citizen is to be told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        feedback: Option<String>,
        /// The party that is to tell them, by the rule of that day (RPL-04, RPL-05).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_by: Option<ReplyRule>,
    },
    /// T20: the caller was told.
    Replied(ReplyMade),
    /// T20b: no reply is possible: there is no caller to tell.
    ReplyImpossible,
    /// T21: an attempt to ask the caller for satisfaction.
    Asked(super::Callback),
    /// T22: satisfied.
    Satisfied,
    /// T23: it is handled once more.
    Redone {
        /// The reason.
        reason: RedoReason,
        /// The request to the unit.
        text: String,
        /// The new time to handle it.
        clocks: Vec<ClockTerms>,
        /// Assignments of its own, when a follower is handled separately.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dispatch: Option<Box<Dispatch>>,
    },
    /// T24: closed as unsatisfied; the dissatisfaction item stays open until it is struck off.
    ClosedUnsatisfied {
        /// The attempts made, and the reason that no more is possible.
        reason: String,
    },
    /// T25: closed because the caller was not reached.
    ClosedUnreached,
    /// T26: reopened.
    Reopened {
        /// The ground.
        ground: ReopenGround,
        /// The new facts.
        text: String,
    },
    /// T27: archived; read-only from now on.
    Archived {
        /// The hash of the bundle, SHA-256 in hex.
        manifest: String,
    },
    /// T28: the caller withdraws it.
    Withdrawn {
        /// Their own words.
        statement: String,
        /// The recording or message that says so.
        proof: String,
    },
    /// T29: an empty draft is voided.
    Voided {
        /// The reason.
        reason: String,
    },
    /// The call was about an existing ticket; this one is not needed.
    Attached {
        /// The ticket that has the call now.
        to: TicketId,
    },
    /// T30: put into another state by two persons.
    Overridden {
        /// The new state.
        to: TicketState,
        /// The second person.
        second: AccountName,
        /// The reason.
        reason: String,
    },
    /// Another call about it came in: an urge, not a new ticket.
    CallAdded {
        /// The call.
        call: CallId,
        /// The seat that answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
    /// The grade changed: other clocks with the same pauses.
    Regraded {
        /// The grade.
        grade: Grade,
        /// The reason, when it differs from the rule.
        reason: String,
        /// The clocks from now on.
        clocks: Vec<ClockTerms>,
    },
    /// Claimed from the public pool (占有).
    Claimed,
    /// Released to the pool.
    Released,
    /// An officer was named for it (REC-18).
    OfficerNamed {
        /// The officer.
        officer: AccountName,
    },
    /// A supervision group was named for it (SEAT-08).
    GroupNamed {
        /// The group.
        group: GroupId,
    },
    /// It was urged.
    Urged(Urge),
    /// A contact with the caller or another person about it (REC-28).
    Contacted(ContactMade),
    /// A unit or person promised something (RPL-15).
    Committed(Commitment),
    /// A follow-up was set (RPL-24, DSP-19).
    FollowUpSet(FollowUp),
    /// A follow-up was checked.
    FollowUpChecked {
        /// The follow-up's number, from 1.
        n: u16,
        /// Whether the promise was kept; otherwise the trouble is back.
        kept: bool,
        /// The finding.
        text: String,
    },
    /// The hub decided whether the demand is reasonable (REC-27).
    ReasonablenessDecided {
        /// The verdict.
        verdict: Reasonableness,
        /// The reason.
        reason: String,
        /// The second person.
        second: AccountName,
    },
    /// The caller reported progress (REC-21).
    CitizenUpdated {
        /// Their own words.
        text: String,
    },
    /// The caller gave thanks, by call, letter or banner (CB-10).
    Thanked {
        /// The form of thanks.
        kind: Gratitude,
        /// The unit thanked.
        unit: Option<UnitId>,
        /// Free text.
        text: String,
    },
    /// Help the caller was given already (REC-22).
    AidNoted {
        /// The payer.
        payer: String,
        /// The aid.
        item: String,
        /// The amount in fen, hundredths of a yuan.
        amount_fen: u64,
    },
    /// The caller's identity was shown to a person who otherwise sees it masked.
    Revealed {
        /// The reason for needing it.
        reason: String,
    },
    /// A note of the desk.
    Noted {
        /// The text.
        text: String,
    },
    /// The method that moved it was tagged (SUP-08).
    MethodTagged {
        /// The method, one of the ten.
        method: String,
    },
    /// The clocks were paused during handling, for a procedure by law or force majeure.
    Paused {
        /// The cause.
        cause: super::PauseCause,
        /// The file or order that says so.
        basis: String,
    },
    /// The cause of a pause ended.
    Resumed {
        /// The cause of the pause.
        cause: super::PauseCause,
    },
    /// The routing and the grade that the directory proposes (DSP-05): once a ticket is in review,
    /// and again when its topic, place or complaint target has changed.
    RouteProposed(Box<ProposedRoute>),
    /// A clock of the ticket was started by the rules.
    ClockStarted(ClockTerms),
    /// A clock was met.
    ClockMet(ClockKind),
    /// A filing answers its matter: the agent sees it, and the ticket is not dispatched (UNS-04).
    FilingFound {
        /// The filing; `None`: it no longer answers.
        filing: Option<FilingId>,
        /// The answer callers get.
        answer: String,
    },
}

/// A demand from another hotline's records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegacyTicket {
    /// Its number there; it makes the import idempotent.
    pub number: String,
    /// The channel it came by.
    pub channel: Channel,
    /// The caller's number; empty when withheld.
    #[serde(default)]
    pub caller: Number,
    /// The line or account it came to.
    #[serde(default)]
    pub line: LineId,
    /// The registration form.
    #[serde(default)]
    pub form: Form,
    /// The time it was opened.
    pub opened: Timestamp,
    /// The time it was closed.
    pub closed: Timestamp,
    /// The unit that handled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The reply to the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// The caller's grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<Satisfaction>,
}

/// The routing that the directory proposes for a ticket. A person dispatches; the proposal shows
/// where they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposedRoute {
    /// The topic it was looked up by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// The area of the demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// The unit that is complained about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<UnitId>,
    /// The unit that handles it.
    pub lead: UnitId,
    /// The units that assist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assists: Vec<UnitId>,
    /// The unit that supervises; `None` when a person must name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervise: Option<UnitId>,
    /// The unit that takes it when the lead cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<UnitId>,
    /// The grade.
    pub grade: Grade,
    /// The quick-response kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quick_kind: Option<String>,
    /// The rules that led to it, in order, as text.
    pub why: Vec<String>,
}

/// The dispatch of a ticket to its units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dispatch {
    /// The units: one lead and any number of assistants.
    pub parts: Vec<DispatchPart>,
    /// The supervising unit: named, and not the one that handles (DSP-02).
    pub supervise: UnitId,
    /// The person there who answers for it (SEAT-17).
    pub supervisor: String,
    /// A, B or C.
    pub grade: Grade,
    /// The note to the units.
    #[serde(default)]
    pub note: String,
    /// The reason for other units than the directory names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The reason for dispatching before the leader has signed (LDR-10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<String>,
    /// The clocks it starts; filled in from the policy.
    #[serde(default)]
    pub clocks: Vec<ClockTerms>,
}

/// One unit's part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DispatchPart {
    /// The unit.
    pub unit: UnitId,
    /// The unit's role.
    pub role: DispatchRole,
    /// The way the unit was notified.
    pub method: DispatchMethod,
    /// An assistant whose result is waited for; a lead's always is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

word_enum!(
    /// The role of a unit in a dispatch.
    DispatchRole {
        /// 主办: handles it and writes the one reply.
        Lead,
        /// 协办: helps.
        Assist,
        /// 督办: supervises.
        Supervise,
    }
);

/// The way a unit is notified (DSP-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DispatchMethod {
    /// 电话转办: the person who took the call has signed for it.
    Phone {
        /// The recorded call.
        call: CallId,
        /// The person who took the call.
        listener: String,
    },
    /// 网络转办
    Network,
    /// 书面转办
    Written {
        /// The document's number.
        document: String,
        /// The scan's hash, SHA-256 in hex.
        scan: String,
    },
}

/// A leader's instruction (批示).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Instruction {
    /// The leader.
    pub leader: AccountName,
    /// The leader a deputy signs for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_leader: Option<AccountName>,
    /// The text.
    pub text: String,
    /// The scan's hash, when it was written on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<String>,
}

/// The reply to a caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplyMade {
    /// The way.
    pub how: super::ReplyBy,
    /// The unit that replied, when it was not the hub (RPL-05).
    #[serde(default)]
    pub by_unit: Option<UnitId>,
    /// The wording.
    pub text: String,
    /// Whether it is an interim answer (RPL-17).
    #[serde(default)]
    pub interim: bool,
    /// The recorded call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Whether they were reached.
    pub reached: Reached,
}

/// A contact about a ticket: a call, an SMS or a letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContactMade {
    /// The person spoken with.
    pub with: Private,
    /// The purpose.
    pub purpose: ContactPurpose,
    /// The way: phone, SMS or letter.
    #[serde(default = "by_phone")]
    pub how: super::ReplyBy,
    /// The number.
    #[serde(default)]
    pub number: Number,
    /// The recorded call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Whether they were reached.
    pub reached: Reached,
    /// The text.
    pub text: String,
}

fn by_phone() -> super::ReplyBy {
    super::ReplyBy::Phone
}

word_enum!(
    /// The purpose of a contact.
    ContactPurpose {
        /// Missing information (T07).
        Info,
        /// First contact of the unit (先行联系).
        FirstContact,
        /// The responsibility of a unit.
        Competence,
        /// Coordination.
        Coordination,
        /// Another purpose.
        Other,
    }
);

/// A promise made to the caller (承诺).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Commitment {
    /// The person's name.
    pub by: String,
    /// The matter.
    pub what: String,
    /// The due time.
    pub due: Timestamp,
}

/// A follow-up: a matter to be checked again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FollowUp {
    /// The matter.
    pub what: String,
    /// The due time.
    pub due: Timestamp,
    /// The ticket cannot be archived before it is checked (S3).
    pub binding: bool,
    /// The rule that asked for it; `None` when a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<FollowUpSource>,
}

/// The rule that asks for a follow-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpSource {
    /// The day of this promise, from 1, has come (RPL-15).
    Promise(u16),
    /// This many days have passed since the closing; the check is for a relapse (RPL-24).
    Days(u16),
}

word_enum!(
    /// The form of thanks.
    Gratitude {
        /// 感谢电话
        Call,
        /// 感谢信
        Letter,
        /// 锦旗
        Banner,
    }
);

/// A signature: the post, the name and the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Signature {
    /// Their post.
    pub post: Post,
    /// Their name, which is printed (RPL-06).
    pub name: String,
    /// The form: on paper, by app, oral.
    pub how: String,
}
