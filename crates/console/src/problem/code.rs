//! The one list of codes by which the API says why it refuses a request.
//!
//! A code never changes its meaning. The page has a Chinese and an English sentence for each
//! (`problem_…` in `web/src/i18n`), and a test compares the page's tables with this list.

use axum::http::StatusCode;
use center::{CallRejected, NotNowReason, ProfileRejected};
use model::event::LoginRefusal;
use schemars::JsonSchema;
use serde::Serialize;

/// Defines [`Code`], with the HTTP status and the title of each code.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident: $status:ident, $title:literal;)*) => {
        /// The reason a request was refused, as a stable word for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[schemars(rename = "ProblemCode")]
        pub(crate) enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All codes, by HTTP status.
            pub(crate) const ALL: &[Code] = &[$(Code::$name),*];

            /// The HTTP status that goes with the code.
            pub(crate) fn status(self) -> StatusCode {
                match self {
                    $(Code::$name => StatusCode::$status,)*
                }
            }

            /// A short English summary for developers, the same for every occurrence.
            pub(crate) fn title(self) -> &'static str {
                match self {
                    $(Code::$name => $title,)*
                }
            }
        }
    };
}

codes! {
    /// The request shows neither a session nor a token that is valid now.
    NotLoggedIn: UNAUTHORIZED, "Not logged in";
    /// The name or the password is wrong; the answer does not say which.
    WrongPassword: UNAUTHORIZED, "Name or password is wrong";
    /// The signature or token of a webhook is missing or wrong.
    Unproven: UNAUTHORIZED, "The sender is not authenticated";
    /// The password is right and the first day of the account is still to come.
    AccountNotStarted: FORBIDDEN, "The account is not open yet";
    /// The password is right and the last day of the account has passed.
    AccountEnded: FORBIDDEN, "The account has ended";
    /// The password is right and the account is switched off.
    AccountDisabled: FORBIDDEN, "The account is switched off";
    /// The password is right and no second person has confirmed the account's role.
    RoleUnconfirmed: FORBIDDEN, "The account's role is not confirmed";
    /// The person must choose a password of their own first: `POST /api/v1/me/password`.
    PasswordDue: FORBIDDEN, "The password must be changed first";
    /// The request came from another site's page.
    CrossSite: FORBIDDEN, "The request came from another site";
    /// The person's rights do not cover this.
    Forbidden: FORBIDDEN, "Not permitted";
    /// The thing that the request names does not exist, or this person may not know of it.
    NotFound: NOT_FOUND, "Not found";
    /// The config has no seat with this number.
    SeatNotFound: NOT_FOUND, "No such seat";
    /// The call does not exist or has ended.
    CallNotFound: NOT_FOUND, "No such call";
    /// The agent's skills and queues are those of `agents.toml`: there is no change to take back.
    ProfileUnchanged: NOT_FOUND, "The agent has no temporary profile";
    /// The route exists and takes another method.
    MethodNotAllowed: METHOD_NOT_ALLOWED, "Method not allowed";
    /// The body of the request came too slowly.
    BodyStalled: REQUEST_TIMEOUT, "The body arrived too slowly";
    /// The state does not allow this; `state` and `allowed` say more where they are present.
    NotNow: CONFLICT, "Not possible in the present state";
    /// Somebody else has changed it since record `expect_seq`.
    Stale: CONFLICT, "Changed by somebody else";
    /// The person is signed in at another seat.
    SignedInElsewhere: CONFLICT, "Signed in at another seat";
    /// Another person is signed in at the seat.
    SeatTaken: CONFLICT, "The seat is taken";
    /// Nobody is signed in at the seat.
    SignedOut: CONFLICT, "Nobody is signed in at the seat";
    /// The seat's phone cannot be reached.
    PhoneUnreachable: CONFLICT, "The phone cannot be reached";
    /// The seat is not in wrap-up.
    NotInWrapUp: CONFLICT, "The seat is not in wrap-up";
    /// The wrap-up has the greatest length that the config allows.
    WrapUpAtMost: CONFLICT, "The wrap-up cannot be longer";
    /// No seat talks with the caller.
    NotTalking: CONFLICT, "No seat talks with the caller";
    /// The caller is on hold already.
    HeldAlready: CONFLICT, "The caller is on hold already";
    /// The caller is not on hold.
    NotHeld: CONFLICT, "The caller is not on hold";
    /// The phone of the agent holds the caller by its own key.
    HeldByPhone: CONFLICT, "The agent's phone holds the caller; resume there";
    /// The phone of the seat rings or is in a call.
    SeatBusy: CONFLICT, "The seat's phone is busy";
    /// The queue takes no more calls.
    QueueFull: CONFLICT, "The queue is full";
    /// The call has as many parties as it may have.
    TooManyParties: CONFLICT, "Too many parties in the call";
    /// No colleague was asked, or the colleague has left.
    NobodyAsked: CONFLICT, "No colleague is in the call";
    /// The supervisor is not in the call, or the phone still rings.
    NotInCall: CONFLICT, "The supervisor is not in the call";
    /// As many agents have temporary profiles as the engine keeps.
    TooManyProfiles: CONFLICT, "Too many temporary profiles";
    /// The body is larger than this route takes.
    TooLarge: PAYLOAD_TOO_LARGE, "The body is too large";
    /// The file is shorter than the first byte that was asked for.
    RangeNotSatisfiable: RANGE_NOT_SATISFIABLE, "The range lies outside of the file";
    /// The request is not valid; `faults` names what is wrong by field where it is present.
    Unclear: UNPROCESSABLE_ENTITY, "The request is not valid";
    /// The config has no queue with this name.
    NoSuchQueue: UNPROCESSABLE_ENTITY, "No such queue";
    /// The level of a skill is not 1 to 10.
    BadLevel: UNPROCESSABLE_ENTITY, "A level is not 1 to 10";
    /// The tier in a queue is not 1 to 10.
    BadTier: UNPROCESSABLE_ENTITY, "A tier is not 1 to 10";
    /// More than 64 skills, or a skill's name is empty or longer than 120 bytes.
    ProfileTooLarge: UNPROCESSABLE_ENTITY, "The profile is too large";
    /// The number plan does not allow this number.
    NumberNotAllowed: UNPROCESSABLE_ENTITY, "The number may not be called";
    /// The end of the change is not in the future.
    EndsInThePast: UNPROCESSABLE_ENTITY, "The end is in the past";
    /// The `Idempotency-Key` was used for another command.
    KeyReused: UNPROCESSABLE_ENTITY, "The key was used for another command";
    /// This account or address has too many requests or streams open.
    TooMany: TOO_MANY_REQUESTS, "Too many requests";
    /// Too many wrong passwords, keys or signatures.
    TooManyAttempts: TOO_MANY_REQUESTS, "Too many failed attempts";
    /// No trunk calls outside numbers, or all its outbound channels are in use.
    NoTrunk: SERVICE_UNAVAILABLE, "No channel is free for an outside number";
    /// No voice port is free.
    NoVoicePort: SERVICE_UNAVAILABLE, "No voice port is free";
    /// The console cannot answer now.
    Unavailable: SERVICE_UNAVAILABLE, "Not available now";
    /// There was no answer in time; the command may have been carried out.
    Timeout: SERVICE_UNAVAILABLE, "No answer in time";
    /// The log cannot be written; nothing was done.
    LogFailed: SERVICE_UNAVAILABLE, "The log cannot be written";
    /// The engine has more to do than it can take in; nothing was done.
    Busy: SERVICE_UNAVAILABLE, "The engine is busy";
    /// The engine is being stopped.
    Stopping: SERVICE_UNAVAILABLE, "The engine is stopping";
    /// The engine runs in an emergency, without its log and its desk.
    Emergency: SERVICE_UNAVAILABLE, "The engine runs in emergency mode";
}

impl Code {
    /// The code as the API writes it.
    pub(crate) fn word(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(word)) => word,
            _ => String::new(),
        }
    }

    /// The URI reference that identifies the code (RFC 9457 3.1.1).
    pub(crate) fn type_uri(self) -> String {
        format!("/api/v1/problems/{}", self.word())
    }
}

impl From<NotNowReason> for Code {
    fn from(reason: NotNowReason) -> Code {
        match reason {
            NotNowReason::SignedInElsewhere => Code::SignedInElsewhere,
            NotNowReason::SeatTaken => Code::SeatTaken,
            NotNowReason::SignedOut => Code::SignedOut,
            NotNowReason::PhoneUnreachable => Code::PhoneUnreachable,
            NotNowReason::NotInWrapUp => Code::NotInWrapUp,
            NotNowReason::WrapUpAtMost => Code::WrapUpAtMost,
        }
    }
}

impl From<&CallRejected> for Code {
    fn from(rejected: &CallRejected) -> Code {
        match rejected {
            CallRejected::NoSuchCall => Code::CallNotFound,
            CallRejected::NotTalking => Code::NotTalking,
            CallRejected::HeldAlready => Code::HeldAlready,
            CallRejected::NotHeld => Code::NotHeld,
            CallRejected::HeldByPhone => Code::HeldByPhone,
            CallRejected::NoSuchSeat => Code::SeatNotFound,
            CallRejected::SeatUnreachable => Code::PhoneUnreachable,
            CallRejected::SeatBusy => Code::SeatBusy,
            CallRejected::NoSuchQueue => Code::NoSuchQueue,
            CallRejected::QueueFull => Code::QueueFull,
            CallRejected::NumberNotAllowed => Code::NumberNotAllowed,
            CallRejected::NoTrunk => Code::NoTrunk,
            CallRejected::NoPort => Code::NoVoicePort,
            CallRejected::TooManyParties => Code::TooManyParties,
            CallRejected::NobodyAsked => Code::NobodyAsked,
            CallRejected::NotInCall => Code::NotInCall,
            CallRejected::Draining => Code::Stopping,
        }
    }
}

impl From<&ProfileRejected> for Code {
    fn from(rejected: &ProfileRejected) -> Code {
        match rejected {
            ProfileRejected::NoSuchQueue(_) => Code::NoSuchQueue,
            ProfileRejected::BadLevel(_) => Code::BadLevel,
            ProfileRejected::BadTier(_) => Code::BadTier,
            ProfileRejected::TooLarge => Code::ProfileTooLarge,
            ProfileRejected::EndsInThePast => Code::EndsInThePast,
            ProfileRejected::TooMany => Code::TooManyProfiles,
            ProfileRejected::NothingToWithdraw => Code::ProfileUnchanged,
        }
    }
}

impl From<LoginRefusal> for Code {
    fn from(reason: LoginRefusal) -> Code {
        match reason {
            LoginRefusal::WrongPassword => Code::WrongPassword,
            LoginRefusal::NotYet => Code::AccountNotStarted,
            LoginRefusal::Ended => Code::AccountEnded,
            LoginRefusal::Disabled => Code::AccountDisabled,
            LoginRefusal::Unconfirmed => Code::RoleUnconfirmed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_of_a_seat_is_its_code() {
        for reason in NotNowReason::ALL {
            assert_eq!(Code::from(reason).word(), reason.as_str());
        }
    }

    #[test]
    fn codes_are_listed_by_status() {
        let statuses: Vec<u16> = Code::ALL.iter().map(|code| code.status().as_u16()).collect();
        assert!(statuses.is_sorted(), "{statuses:?}");
        assert!(statuses.iter().all(|status| *status >= 400));
    }
}
