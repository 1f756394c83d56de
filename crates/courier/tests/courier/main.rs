//! The courier before far ends of ours that misbehave, over real sockets.

mod envelope;
mod house;
mod receiver;
mod signed;
mod statements;
mod texting;
mod upload;
