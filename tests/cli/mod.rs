//! The command line as people meet it: whole commands, run as processes.

mod bad_input;
mod demo;
mod output;
mod secrets;
mod spoil;
