//! `heartline seat …`: the SIP passwords of seats.

use engine::{
    entropy,
    fault::{EX_USAGE, Fault},
    keyring,
};
use model::SeatId;
use settings::Settings;

use crate::{
    cli::{Place, SeatVerb},
    output::print_line,
};

/// Runs the command.
pub(crate) fn run(verb: SeatVerb) -> Result<(), Fault> {
    let SeatVerb::Password { seat, password, create, place } = verb;
    set_password(seat, password, create, &place)
}

/// Sets the password of a seat, or makes a new one and prints it only once.
fn set_password(
    seat: SeatId,
    password: Option<String>,
    create: bool,
    place: &Place,
) -> Result<(), Fault> {
    let settings = Settings::load(&place.config).map_err(|faults| Fault::of_config(&faults))?;
    if settings.seat(seat).is_none() {
        let text = format!("{}: there is no seat {seat}", place.config.display());
        return Err(Fault::new(EX_USAGE, text));
    }
    let data = place.data_folder()?;
    place.require_keyring(create)?;
    let made = password.is_none();
    let password = password.unwrap_or_else(|| settings::password_from(entropy::seed()));
    keyring::set_seat_password(&data, &settings.sip.endpoint.realm, seat, &password)?;
    if made {
        print_line(&format!("seat {seat} registers with the password {password}"));
    } else {
        print_line(&format!("the password of seat {seat} was set"));
    }
    Ok(())
}
