//! Follows the keyring on disk while the engine runs.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use center::{Command, ControlCommand, ControlRequest};
use model::{AccountName, AccountStatus, SeatId, desk::Actor, event::SeatActor};
use settings::{Keyring, KeyringError};

use crate::{
    backend::Engine,
    emergency,
    keys::secret_of,
    mailbox::{Mailbox, MailboxWriter},
    plan,
};

/// Checks the file every second, passes changes to signalling and the log, and signs out people
/// whose account has ended.
pub(crate) async fn watch(
    engine: Arc<Engine>,
    standby: Option<PathBuf>,
    to_sip: Arc<Mailbox<sip::Command>>,
) {
    let keys = Arc::clone(&engine.keys);
    let mut sip = MailboxWriter::new(&to_sip);
    let mut known = keys.known().clone();
    let mut leaving = BTreeSet::new();
    let mut is_read_failing = false;
    // The keys that are copied to the emergency folder, and whether a failed copy was reported.
    let (mut copied_keys, mut is_copy_failing) = (None, false);
    loop {
        tokio::time::sleep(plan::KEYS_EVERY).await;
        let looking = Arc::clone(&keys);
        let standby = standby.clone();
        let last_copy = copied_keys.clone();
        let look = move || {
            let fresh = looking.look()?;
            let copied = match &standby {
                Some(folder) if last_copy.as_ref() != Some(&fresh) => {
                    emergency::copy_keys(folder, &fresh)
                }
                _ => Ok(()),
            };
            Ok::<_, KeyringError>((fresh, copied))
        };
        let Ok(read) = tokio::task::spawn_blocking(look).await else {
            return;
        };
        let fresh = match read {
            Ok((fresh, copied)) => {
                match copied {
                    Ok(()) => (copied_keys, is_copy_failing) = (Some(fresh.clone()), false),
                    Err(e) if !is_copy_failing => {
                        tracing::error!("cannot copy the keyring to the emergency's folder: {e}");
                        is_copy_failing = true;
                    }
                    Err(_) => {}
                }
                fresh
            }
            Err(e) => {
                if !is_read_failing {
                    tracing::error!(
                        "cannot read the keyring: {e}; the engine continues with the keys it \
                         read before"
                    );
                    is_read_failing = true;
                }
                continue;
            }
        };
        is_read_failing = false;
        let in_force = engine.config.current.load_full();
        for (seat, secret) in fresh.seats() {
            if known.seat(seat) != Some(secret)
                && let Some(known) = in_force.config.settings.seat(seat)
            {
                sip.send(sip::Command::PutSeat(known.registered_as(Some(secret_of(secret)))));
            }
        }
        known = fresh;
        // The rest is passed on in a second.
        let _later = sip.flush();
        sign_out(&engine, &known, &mut leaving).await;
        if let Err(refusal) = engine.record_changes().await {
            tracing::warn!("changes of the keyring are not in the log yet: {refusal}");
        }
    }
}

/// Signs out, once, the people whose account has ended. A seat in a talk is signed out at its end.
async fn sign_out(
    engine: &Engine,
    keyring: &Keyring,
    leaving: &mut BTreeSet<(SeatId, AccountName)>,
) {
    let today = engine.keys.today();
    let board = engine.live.wallboard.load_full();
    let agents = board.seats.iter().filter_map(|(seat, on)| Some((*seat, on.agent()?.clone())));
    let out: BTreeSet<_> = agents
        .filter(|(_, agent)| {
            let account = keyring.account(agent.as_str());
            account.is_some_and(|account| account.staff.status(today) != AccountStatus::Open)
        })
        .collect();
    for (seat, agent) in &out {
        if !leaving.contains(&(*seat, agent.clone())) {
            tracing::info!("seat {seat} is signed out: the account {agent} has ended");
            let command = ControlCommand::LogOut { seat: *seat };
            let request = ControlRequest { by: Actor::Engine, command };
            let reply = engine.ask(SeatActor::Engine, Command::Control(request)).await;
            if let Err(refusal) = reply {
                tracing::warn!("cannot sign out seat {seat}: {refusal}");
            }
        }
    }
    *leaving = out;
}
