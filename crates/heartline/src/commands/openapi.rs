//! `heartline openapi`: the description of the API.

use engine::Fault;

use crate::output::print_line;

/// Prints the OpenAPI 3.1 description, generated from the routes.
pub(crate) fn run() -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(&console::description());
    print_line(&text.map_err(|error| Fault::from(error.to_string()))?);
    Ok(())
}
