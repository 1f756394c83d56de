//! The console from outside: requests in, answers out, over a small engine in memory.

mod audio;
mod connections;
mod double;
mod hooks;
mod limits;
mod lists;
mod people;
mod streams;
mod wishes;
