//! The `enact` command: exit code and panic hook, nothing else.

use std::io::Write as _;
use std::process::ExitCode;

use enact::diagnostic::Exit;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        // The payload may quote data; the place is enough to find the defect.
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        // Not `eprintln`: it would panic again where nobody reads.
        let _ = writeln!(
            std::io::stderr(),
            "error[bug]: enact stopped at a defect of its own ({place})\n  = help: report it with the \
             command and this place; `enact status` tells what is true of the database"
        );
        std::process::exit(Exit::Bug as i32);
    }));
    ExitCode::from(enact::cli::run() as u8)
}
