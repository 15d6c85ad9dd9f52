//! What a statement does does not stand in it.

use crate::diagnostic::Severity;
use crate::statement::{Action, TableChange};

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "statement-opaque",
    severity: Severity::Warning,
    summary: "what a statement does does not stand in it",
    explanation: "DO and CALL run code, and a change that could not be read may do anything to its table. Rules and reviewers see nothing; what it did on the shadow is in the plan, as far as the shadow's empty tables made it do it.",
    help: "write the statements out, or tell the reviewer what it does: `-- enact:allow statement-opaque <reason>`",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let kind = subject.statement().kind();
    match subject.action() {
        Action::Opaque => vec![format!("what `{kind}` does is seen only on the shadow")],
        Action::Unrecognised => {
            vec![format!("this {kind} could not be read: what it does is seen only on the shadow")]
        }
        Action::AlterTable { name, changes } if changes.contains(&TableChange::Unrecognised) => {
            if subject.is_new(name) {
                return Vec::new();
            }
            vec![format!(
                "a change to `{name}` could not be read: what it does is seen only on the shadow"
            )]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_code_and_what_cannot_be_read() {
        for sql in ["DO $$ BEGIN END $$", "CALL p()", "ALTER TABLE t FROBNICATE", "FROBNICATE t"] {
            assert_eq!(messages(&RULE, sql).len(), 1, "{sql}");
        }
        for sql in
            ["SELECT 1", "CREATE RULE r AS ON INSERT TO t DO NOTHING", "ALTER TABLE t ADD a int"]
        {
            assert_eq!(messages(&RULE, sql), [""; 0], "{sql}");
        }
    }
}
