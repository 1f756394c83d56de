//! The console from outside: requests in, answers out, over a small engine in memory.

mod accounts;
mod assessments;
mod audio;
mod audit;
mod connections;
mod courier;
mod described;
mod desk;
mod double;
mod hooks;
mod limits;
mod lists;
mod people;
mod seen;
mod streams;
mod tables;
mod wishes;
mod words;
mod worklists;
