//! The command line as people and scripts meet it: whole commands, run as processes.

mod autogenerate;
mod bad_input;
mod demo;
mod diff;
mod diff_names;
mod memory;
mod output;
mod secrets;
mod spoil;
