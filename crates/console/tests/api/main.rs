//! Tests of the console by HTTP requests, over a small engine in memory.

mod accounts;
mod assessments;
mod audio;
mod audit;
mod config;
mod connections;
mod desk;
mod engine;
mod hooks;
mod limits;
mod list_audit;
mod lists;
mod messaging;
mod openapi;
mod page_words;
mod seat_commands;
mod session;
mod streams;
mod tables;
mod worklists;
