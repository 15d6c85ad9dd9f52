//! The command line as people and scripts meet it: whole commands, run as processes.

mod bad_input;
mod demo;
mod memory;
mod output;
mod secrets;
mod spoil;
