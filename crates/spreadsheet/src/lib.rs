//! Tables as spreadsheet programs write and read them: CSV (RFC 4180) with the habits of Excel.
//!
//! Excel in Chinese saves "CSV" in GBK and with CRLF, cuts a number of twelve digits to
//! `2.02612E+12`, takes the leading zero off `010402`, and runs a cell that begins with `=`. This
//! crate reads what comes of that, or says what is lost, and writes cells that survive it. It knows
//! no column of any table, and no file.

mod cell;
mod date;
mod encoding;
mod reader;
mod writer;

pub use cell::{guarded, is_cut_number, unguarded};
pub use date::date;
pub use encoding::{Decoded, Encoding, NotText, decode};
pub use reader::{Broken, Reader, Row};
pub use writer::{Lines, Writer};
