//! What happens to a ticket (诉求件), T01 to T30 of hotline.md 2.3, and what hangs on one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AreaId, Channel, ClockKind, ClockTerms, Disposition, DivertTarget, FilingId, Form, Grade,
    GroupId, KnowledgeId, MatterId, NotAcceptedReason, Post, Private, Reached, Reasonableness,
    RedoReason, ReopenGround, Satisfaction, TopicId, UnitId, Urge, form::words,
};
use crate::{AccountName, CallId, LineId, Number, SeatId, TicketId, Timestamp};

words!(
    /// Where a ticket stands.
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

words!(
    /// Who tells the caller the result.
    ReplyRule {
        /// The hotline (RPL-04).
        Hub,
        /// The unit (RPL-05).
        Unit,
        /// Either.
        Both,
    }
);

words!(
    /// How a ticket was closed.
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

/// What happened to a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum TicketEvent {
    /// T01: opened by a channel other than the phone; calls open theirs as `TicketOpened`.
    Opened {
        /// By which way.
        channel: Channel,
        /// Who, when known.
        caller: Number,
        /// The line or account it came to.
        line: LineId,
        /// The message's own name there, so that it comes once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// A demand another house brought to its end, taken over from its books (CALL-31): who calls again
    /// finds it; it is read-only, and counted where it was worked.
    TakenOver(Box<LegacyTicket>),
    /// The form was filled in or corrected; every field is kept as it is typed (REC-02).
    Written(Box<Form>),
    /// T02: taken on, with a number told to the caller.
    Registered {
        /// The issue it belongs to: its own, or one there already.
        matter: MatterId,
        /// Whether the caller has spoken of this before (老户).
        repeat_caller: bool,
        /// Whether others have.
        repeat_matter: bool,
        /// Six digits with which the caller may look it up.
        query_code: String,
    },
    /// T03: answered on the spot and filed (REC-17).
    Answered {
        /// What was answered.
        answer: String,
        /// From which knowledge.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knowledge: Option<KnowledgeId>,
        /// Why without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no_item: Option<String>,
    },
    /// T04: handed on.
    Diverted {
        /// To whom.
        target: DivertTarget,
        /// The number told or called.
        number: String,
        /// Connected, rather than told the number.
        connected: bool,
        /// The call's other leg, when connected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
    },
    /// T05: not accepted, and the caller told which way is open.
    NotAccepted {
        /// Why.
        reason: NotAcceptedReason,
        /// The way they were told.
        route_told: String,
    },
    /// An agent proposes to count it as nuisance; a floor lead confirms (T06).
    NuisanceProposed(Disposition),
    /// The proposal was turned down.
    NuisanceRefused,
    /// T06: no demand at all.
    Invalidated(Disposition),
    /// T07: something is missing; every clock stands still.
    InfoAwaited {
        /// What.
        missing: String,
        /// When to call the caller again.
        call_at: Timestamp,
    },
    /// T08: it is there.
    InfoGiven {
        /// What was learned.
        facts: String,
    },
    /// T08: three tries on two days and an SMS, and nobody reached.
    GivenUp,
    /// T09: to be checked and dispatched.
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
    /// T11c: it goes its own way again.
    Unmerged {
        /// Why.
        reason: String,
        /// The matter it belongs to from now on.
        matter: MatterId,
    },
    /// T12: put before a leader (呈批).
    SentToLeader {
        /// The submission sheet.
        sheet: String,
    },
    /// T13, and signatures after the fact: what a leader wrote.
    LeaderSigned(Instruction),
    /// T14: dispatched. Its assignments are numbered from the ticket's next.
    Dispatched(Box<Dispatch>),
    /// T15: another unit.
    UnitAdded(Box<Dispatch>),
    /// T16: taken back from the units.
    Recalled {
        /// Why.
        reason: String,
    },
    /// T17: every result asked for is in.
    ResultsIn,
    /// T18: the result will not do; another round.
    SentBack {
        /// In which way.
        reason: RedoReason,
        /// What is missing.
        text: String,
        /// The new time to handle it, by assignment.
        clocks: Vec<ClockTerms>,
    },
    /// T19: the result will do.
    ResultAccepted {
        /// What the citizen is going to be told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        feedback: Option<String>,
        /// Who is to tell them, by the rule of that day (RPL-04, RPL-05).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_by: Option<ReplyRule>,
    },
    /// T20: the caller was told.
    Replied(ReplyMade),
    /// T20b: there is nobody to tell.
    ReplyImpossible,
    /// T21: the caller was asked, or called, or could not be.
    Asked(super::Callback),
    /// T22: satisfied.
    Satisfied,
    /// T23: handled once more.
    Redone {
        /// Why.
        reason: RedoReason,
        /// What is asked of the unit.
        text: String,
        /// The new time to handle it.
        clocks: Vec<ClockTerms>,
        /// A follower goes its own way: its own assignments.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dispatch: Option<Box<Dispatch>>,
    },
    /// T24: closed as unsatisfied; the item stays open until it is struck off.
    ClosedUnsatisfied {
        /// What was tried and why nothing more is possible.
        reason: String,
    },
    /// T25: nobody reached.
    ClosedUnreached,
    /// T26: opened again.
    Reopened {
        /// Why.
        ground: ReopenGround,
        /// What is new.
        text: String,
    },
    /// T27: put away, read-only from now on.
    Archived {
        /// The hash of the bundle, SHA-256 in hex.
        manifest: String,
    },
    /// T28: the caller takes it back.
    Withdrawn {
        /// In their words.
        statement: String,
        /// The recording or message that says so.
        proof: String,
    },
    /// T29: an empty draft put aside.
    Voided {
        /// Why.
        reason: String,
    },
    /// The call was about a ticket there is already: this one is not needed.
    Attached {
        /// The ticket that has the call now.
        to: TicketId,
    },
    /// T30: put into another state by two persons.
    Overridden {
        /// Into which.
        to: TicketState,
        /// The second person.
        second: AccountName,
        /// Why.
        reason: String,
    },
    /// Another call about it: an urge, not a new ticket.
    CallAdded {
        /// The call.
        call: CallId,
        /// Who answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
    /// Another grade: the same pauses, other clocks.
    Regraded {
        /// Which.
        grade: Grade,
        /// Why, when the rule says otherwise.
        reason: String,
        /// What counts from now on.
        clocks: Vec<ClockTerms>,
    },
    /// Taken from the public pool (占有).
    Claimed,
    /// Put back.
    Released,
    /// Somebody is named for it (REC-18).
    OfficerNamed {
        /// Who.
        officer: AccountName,
    },
    /// It belongs to this supervision group (SEAT-08).
    GroupNamed {
        /// Which.
        group: GroupId,
    },
    /// Chased.
    Urged(Urge),
    /// Spoken with the caller or anybody else about it (REC-28).
    Contacted(ContactMade),
    /// A unit or person promised something (RPL-15).
    Committed(Commitment),
    /// Something to look at again (RPL-24, DSP-19).
    FollowUpSet(FollowUp),
    /// It was looked at.
    FollowUpChecked {
        /// Which, from 1.
        n: u16,
        /// Kept, or the trouble is back.
        kept: bool,
        /// What was found.
        text: String,
    },
    /// The hub decided whether the demand is reasonable (REC-27).
    ReasonablenessDecided {
        /// What.
        verdict: Reasonableness,
        /// Why.
        reason: String,
        /// The second person.
        second: AccountName,
    },
    /// The caller reports how it goes (REC-21).
    CitizenUpdated {
        /// In their words.
        text: String,
    },
    /// Thanks, by call, letter or banner (CB-10).
    Thanked {
        /// How.
        kind: Gratitude,
        /// Whom.
        unit: Option<UnitId>,
        /// In words.
        text: String,
    },
    /// Help the caller was given already (REC-22).
    AidNoted {
        /// By whom.
        payer: String,
        /// What.
        item: String,
        /// In cents of a yuan.
        amount_fen: u64,
    },
    /// The caller's identity was shown to somebody who sees it masked.
    Revealed {
        /// Why they needed it.
        reason: String,
    },
    /// Something said about it by the desk.
    Noted {
        /// What.
        text: String,
    },
    /// A method that moved it (SUP-08).
    MethodTagged {
        /// Which of the ten.
        method: String,
    },
    /// Asked in the middle of handling: the time stands still for a procedure by law or force majeure.
    Paused {
        /// Why.
        cause: super::PauseCause,
        /// The file or order that says so.
        basis: String,
    },
    /// That cause is gone.
    Resumed {
        /// Which.
        cause: super::PauseCause,
    },
    /// Whose it is by the directory, and how hard (DSP-05): said once a ticket is in review, and again
    /// when its topic, place or whom it is against has changed.
    RouteProposed(Box<ProposedRoute>),
    /// A clock of the ticket was started by the rules.
    ClockStarted(ClockTerms),
    /// A clock was met.
    ClockMet(ClockKind),
    /// A filing answers its matter: it is shown to whoever takes the demand down and is not dispatched
    /// (UNS-04).
    FilingFound {
        /// Which; none any more.
        filing: Option<FilingId>,
        /// What callers are answered.
        answer: String,
    },
}

/// A demand as another house's books have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegacyTicket {
    /// Its number there, by which it comes once.
    pub number: String,
    /// By which way it came there.
    pub channel: Channel,
    /// From whom; empty when withheld.
    #[serde(default)]
    pub caller: Number,
    /// The line or account it came to.
    #[serde(default)]
    pub line: LineId,
    /// What was written down of it.
    #[serde(default)]
    pub form: Form,
    /// When it was opened there.
    pub opened: Timestamp,
    /// When it was closed there.
    pub closed: Timestamp,
    /// Who handled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// What the caller was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// What they said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<Satisfaction>,
}

/// What the directory says of a ticket. A person dispatches; what they do otherwise can be seen from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposedRoute {
    /// What it was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// The unit that is complained of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<UnitId>,
    /// Who handles it.
    pub lead: UnitId,
    /// Who helps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assists: Vec<UnitId>,
    /// Who supervises; nobody when a person must name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervise: Option<UnitId>,
    /// Who takes it when the lead cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<UnitId>,
    /// How hard.
    pub grade: Grade,
    /// Which of the twelve kinds that cannot wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quick_kind: Option<String>,
    /// What led here, in order, in words.
    pub why: Vec<String>,
}

/// To whom a ticket is given, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dispatch {
    /// Who handles it: one lead, any number of assistants.
    pub parts: Vec<DispatchPart>,
    /// The supervising unit: named, and not the one that handles (DSP-02).
    pub supervise: UnitId,
    /// The person there who answers for it (SEAT-17).
    pub supervisor: String,
    /// A, B or C.
    pub grade: Grade,
    /// What the units should know.
    #[serde(default)]
    pub note: String,
    /// Why other units than the directory names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why before the leader has signed (LDR-10).
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
    /// What it is to do.
    pub role: DispatchRole,
    /// How it was told.
    pub method: DispatchMethod,
    /// An assistant whose result is waited for; a lead's always is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

words!(
    /// What a unit is to do.
    DispatchRole {
        /// 主办: handles it and writes the one reply.
        Lead,
        /// 协办: helps.
        Assist,
        /// 督办: supervises.
        Supervise,
    }
);

/// How a unit is told (DSP-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DispatchMethod {
    /// 电话转办: who listened has signed for it.
    Phone {
        /// The recorded call.
        call: CallId,
        /// Who listened.
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

/// What a leader wrote (批示).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Instruction {
    /// The leader.
    pub leader: AccountName,
    /// For whom, when a deputy signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_leader: Option<AccountName>,
    /// What.
    pub text: String,
    /// The scan's hash, when it was written on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<String>,
}

/// How a caller was told the result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplyMade {
    /// By which way.
    pub how: super::ReplyBy,
    /// By the unit rather than by the hub (RPL-05).
    #[serde(default)]
    pub by_unit: Option<UnitId>,
    /// In these words.
    pub text: String,
    /// An answer on the way, not the last one (RPL-17).
    #[serde(default)]
    pub interim: bool,
    /// The recorded call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Whether they were reached.
    pub reached: Reached,
}

/// A conversation about a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContactMade {
    /// With whom.
    pub with: Private,
    /// What for.
    pub purpose: ContactPurpose,
    /// By phone, SMS or letter.
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
    /// What was said.
    pub text: String,
}

fn by_phone() -> super::ReplyBy {
    super::ReplyBy::Phone
}

words!(
    /// What somebody was called for.
    ContactPurpose {
        /// To learn what is missing (T07).
        Info,
        /// First contact of the unit (先行联系).
        FirstContact,
        /// To settle whose it is.
        Competence,
        /// To coordinate.
        Coordination,
        /// Anything else.
        Other,
    }
);

/// A promise somebody made (承诺).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Commitment {
    /// Who.
    pub by: String,
    /// What.
    pub what: String,
    /// By when.
    pub due: Timestamp,
}

/// Something to look at again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FollowUp {
    /// What.
    pub what: String,
    /// When.
    pub due: Timestamp,
    /// The ticket cannot be archived before it is checked (S3).
    pub binding: bool,
    /// What asked for it, when no person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<FollowUpSource>,
}

/// What asks by rule to look at something again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpSource {
    /// The day of this promise, from 1, has come (RPL-15).
    Promise(u16),
    /// So many days have passed since the end: is the trouble back (RPL-24)?
    Days(u16),
}

words!(
    /// How people say thanks.
    Gratitude {
        /// 感谢电话
        Call,
        /// 感谢信
        Letter,
        /// 锦旗
        Banner,
    }
);

/// The post in which somebody signed, and their name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Signature {
    /// Their post.
    pub post: Post,
    /// Their name, which is printed (RPL-06).
    pub name: String,
    /// On paper, by app, by word of mouth.
    pub how: String,
}
