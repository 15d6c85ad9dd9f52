//! The codes and their exit statuses: scripts match them, so a change of the list is seen in review.

use enact::diagnostic::Code;

#[test]
fn the_list_of_codes_and_exit_statuses_is_stable() {
    let list: String = Code::ALL
        .iter()
        .map(|code| format!("{:>3} {}\n", code.exit() as u8, code.name()))
        .collect();
    snapbox::assert_data_eq!(list, snapbox::file!["codes.txt"]);
}
