//! The changes of ALTER TABLE, from sqlparser's tree. No other file names sqlparser.
//!
//! In: the text of one ALTER TABLE. Out: an [`Action::AlterTable`]. The table's name and the cuts
//! between changes come from our own tokens; each change is then parsed alone, so that one that
//! sqlparser cannot read does not hide its neighbours. The tree is a hint and never printed: what
//! runs is the text.

use sqlparser::ast::{
    AlterColumnOperation, AlterTableOperation, ColumnDef, ColumnOption, DataType, DropBehavior,
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, GeneratedExpressionMode, Ident,
    ObjectName, RenameTableNameKind, Statement, TableConstraint,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token as TreeToken;

use super::action::{Action, ConstraintKind, ConstraintStart, Fill, TableChange};
use super::name::Cursor;
use super::token::TokenKind;

/// The most tokens that a change may have to be parsed. sqlparser's trees of long chains (`a + a +
/// …`) are dropped by recursion, which ends the process at some hundred thousand terms.
const MAX_TOKENS: usize = 10_000;

/// How deep sqlparser may recurse; more is an error of its own, not of the stack.
const RECURSION_LIMIT: usize = 50;

/// Reads `ALTER TABLE [IF EXISTS] [ONLY] name [*] change, …`.
pub(super) fn alter_table(sql: &str) -> Option<Action> {
    let mut cursor = Cursor::new(sql);
    // `ALTER TABLE ALL IN TABLESPACE` names no table.
    if !cursor.words("alter table") || cursor.word("all") {
        return None;
    }
    cursor.words("if exists");
    cursor.word("only");
    let name = cursor.qualified_name()?;
    if cursor.peek().is_some_and(|token| token.kind == TokenKind::Operator) {
        cursor.advance();
    }
    let mut changes = Vec::new();
    while let Some(first) = cursor.peek() {
        let (mut end, mut tokens, mut depth) = (first.start, 0_usize, 0_usize);
        while let Some(token) = cursor.peek() {
            match token.kind {
                TokenKind::Mark(b',') if depth == 0 => break,
                TokenKind::Mark(b'(' | b'[') => depth += 1,
                TokenKind::Mark(b')' | b']') => depth = depth.saturating_sub(1),
                _ => {}
            }
            (end, tokens) = (token.end, tokens + 1);
            cursor.advance();
        }
        cursor.advance();
        changes.push(if tokens <= MAX_TOKENS {
            change(&sql[first.start..end])
        } else {
            TableChange::Unrecognised
        });
    }
    Some(Action::AlterTable { name, changes })
}

/// Reads one change.
fn change(text: &str) -> TableChange {
    // The table's own name says nothing about the change, and may be one that sqlparser rejects.
    match parse(&format!("ALTER TABLE t {text}")) {
        Some(Statement::AlterTable(alter)) => match <[_; 1]>::try_from(alter.operations) {
            Ok([operation]) => lower(operation),
            Err(_) => TableChange::Unrecognised,
        },
        _ => TableChange::Unrecognised,
    }
}

/// The one statement that `sql` holds, if sqlparser reads all of it.
fn parse(sql: &str) -> Option<Statement> {
    let mut parser = Parser::new(&PostgreSqlDialect {})
        .with_recursion_limit(RECURSION_LIMIT)
        .try_with_sql(sql)
        .ok()?;
    let statement = parser.parse_statement().ok()?;
    (parser.peek_token().token == TreeToken::EOF).then_some(statement)
}

fn lower(operation: AlterTableOperation) -> TableChange {
    use AlterTableOperation as Op;
    match operation {
        Op::AddColumn { column_def, .. } => added(&column_def),
        Op::DropColumn { column_names, drop_behavior, .. } => match &column_names[..] {
            [column] => TableChange::DropColumn {
                column: folded(column),
                cascade: drop_behavior == Some(DropBehavior::Cascade),
            },
            _ => TableChange::Unrecognised,
        },
        Op::AlterColumn { column_name, op } => {
            let column = folded(&column_name);
            match op {
                AlterColumnOperation::SetNotNull => TableChange::SetNotNull { column },
                AlterColumnOperation::SetDataType { .. } => TableChange::AlterType { column },
                _ => TableChange::Other,
            }
        }
        Op::AddConstraint { constraint, not_valid } => constrained(&constraint, not_valid),
        Op::ValidateConstraint { name } => TableChange::ValidateConstraint { name: folded(&name) },
        Op::DropConstraint { name, .. } => TableChange::DropConstraint { name: folded(&name) },
        Op::RenameColumn { old_column_name, new_column_name } => TableChange::RenameColumn {
            from: folded(&old_column_name),
            to: folded(&new_column_name),
        },
        Op::RenameTable { table_name: RenameTableNameKind::To(name) } => match last(&name) {
            Some(to) => TableChange::RenameTable { to },
            None => TableChange::Unrecognised,
        },
        _ => TableChange::Other,
    }
}

fn constrained(constraint: &TableConstraint, not_valid: bool) -> TableChange {
    use TableConstraint as C;
    let (name, kind) = match constraint {
        C::Check(c) => (&c.name, ConstraintKind::Check),
        C::ForeignKey(c) => (&c.name, ConstraintKind::ForeignKey),
        C::Unique(c) => (&c.name, ConstraintKind::Unique),
        C::PrimaryKey(c) => (&c.name, ConstraintKind::PrimaryKey),
        C::Exclude(c) => (&c.name, ConstraintKind::Exclude),
        C::UniqueUsingIndex(c) => (&c.name, ConstraintKind::Unique),
        C::PrimaryKeyUsingIndex(c) => (&c.name, ConstraintKind::PrimaryKey),
        // MySQL's.
        _ => return TableChange::Unrecognised,
    };
    let using_index = matches!(constraint, C::UniqueUsingIndex(_) | C::PrimaryKeyUsingIndex(_));
    TableChange::AddConstraint {
        name: name.as_ref().map(folded),
        kind,
        start: match (using_index, not_valid) {
            (true, _) => ConstraintStart::UsingIndex,
            (_, true) => ConstraintStart::NotValid,
            _ => ConstraintStart::AtOnce,
        },
    }
}

fn added(column: &ColumnDef) -> TableChange {
    let mut not_null = false;
    let mut fill = if is_serial(&column.data_type) { Fill::EachRow } else { Fill::Null };
    let mut constraints = Vec::new();
    for option in &column.options {
        match &option.option {
            ColumnOption::NotNull => not_null = true,
            ColumnOption::Default(expression) => fill = filled(expression),
            // PostgreSQL 18's virtual columns are computed when read.
            ColumnOption::Generated {
                generation_expr_mode: Some(GeneratedExpressionMode::Virtual),
                ..
            } => {}
            ColumnOption::Generated { .. } | ColumnOption::Identity(_) => fill = Fill::EachRow,
            ColumnOption::PrimaryKey(_) => constraints.push(ConstraintKind::PrimaryKey),
            ColumnOption::Unique(_) => constraints.push(ConstraintKind::Unique),
            ColumnOption::ForeignKey(_) => constraints.push(ConstraintKind::ForeignKey),
            ColumnOption::Check(_) => constraints.push(ConstraintKind::Check),
            _ => {}
        }
    }
    TableChange::AddColumn { column: folded(&column.name), not_null, fill, constraints }
}

fn is_serial(data_type: &DataType) -> bool {
    let DataType::Custom(name, _) = data_type else {
        return false;
    };
    last(name).is_some_and(|name| {
        matches!(
            name.as_str(),
            "serial" | "serial2" | "serial4" | "serial8" | "bigserial" | "smallserial"
        )
    })
}

/// What a default fills existing rows with. A stack of its own walks the tree, however deep.
fn filled(default: &Expr) -> Fill {
    let mut calls = Vec::new();
    let mut open = vec![default];
    while let Some(expression) = open.pop() {
        match expression {
            Expr::Value(value) if matches!(value.value, sqlparser::ast::Value::Placeholder(_)) => {
                return Fill::Unknown;
            }
            Expr::Value(_) | Expr::TypedString(_) => {}
            Expr::Interval(interval) => open.push(&interval.value),
            Expr::Nested(inner)
            | Expr::UnaryOp { expr: inner, .. }
            | Expr::Cast { expr: inner, .. }
            | Expr::Collate { expr: inner, .. } => open.push(inner),
            Expr::BinaryOp { left, right, .. }
            | Expr::AtTimeZone { timestamp: left, time_zone: right } => {
                open.extend([&**left, &**right]);
            }
            Expr::Array(array) => open.extend(&array.elem),
            Expr::Function(function) => {
                let Some(name) = last(&function.name) else {
                    return Fill::Unknown;
                };
                calls.push(name);
                match &function.args {
                    FunctionArguments::None => {}
                    FunctionArguments::Subquery(_) => return Fill::Unknown,
                    FunctionArguments::List(list) => {
                        for argument in &list.args {
                            match argument {
                                FunctionArg::Unnamed(FunctionArgExpr::Expr(inner))
                                | FunctionArg::Named {
                                    arg: FunctionArgExpr::Expr(inner), ..
                                } => open.push(inner),
                                _ => return Fill::Unknown,
                            }
                        }
                    }
                }
            }
            _ => return Fill::Unknown,
        }
    }
    if calls.is_empty() {
        Fill::Constant
    } else {
        calls.sort_unstable();
        calls.dedup();
        Fill::Calls(calls)
    }
}

/// An identifier as the catalog has it.
fn folded(identifier: &Ident) -> String {
    if identifier.quote_style.is_some() {
        identifier.value.clone()
    } else {
        identifier.value.to_ascii_lowercase()
    }
}

fn last(name: &ObjectName) -> Option<String> {
    name.0.last()?.as_ident().map(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(text: &str) -> Vec<TableChange> {
        match alter_table(&format!("ALTER TABLE s.t {text}")) {
            Some(Action::AlterTable { name, changes }) => {
                assert_eq!(name.to_string(), "s.t");
                changes
            }
            other => panic!("{other:?}"),
        }
    }

    fn fill(text: &str) -> Fill {
        match &changes(&format!("ADD COLUMN c {text}"))[..] {
            [TableChange::AddColumn { fill, .. }] => fill.clone(),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn calls(name: &str) -> Fill {
        Fill::Calls(vec![name.to_owned()])
    }

    #[test]
    fn a_change_that_cannot_be_read_does_not_hide_its_neighbours() {
        let changes = changes(
            "DROP COLUMN \"A\" CASCADE, ALTER b SET STORAGE plain, ADD CHECK (x IN (1, 2)), RENAME c TO D",
        );
        assert_eq!(
            changes,
            [
                TableChange::DropColumn { column: "A".into(), cascade: true },
                TableChange::Unrecognised,
                TableChange::AddConstraint {
                    name: None,
                    kind: ConstraintKind::Check,
                    start: ConstraintStart::AtOnce
                },
                TableChange::RenameColumn { from: "c".into(), to: "d".into() },
            ]
        );
    }

    #[test]
    fn constraints_say_how_they_come_to_hold() {
        let start = |text: &str| match &changes(text)[..] {
            [TableChange::AddConstraint { kind, start, .. }] => (*kind, *start),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            start("ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u (b) NOT VALID"),
            (ConstraintKind::ForeignKey, ConstraintStart::NotValid)
        );
        assert_eq!(
            start("ADD CONSTRAINT c UNIQUE USING INDEX i"),
            (ConstraintKind::Unique, ConstraintStart::UsingIndex)
        );
        assert_eq!(
            start("ADD PRIMARY KEY (a)"),
            (ConstraintKind::PrimaryKey, ConstraintStart::AtOnce)
        );
    }

    #[test]
    fn defaults_are_judged_by_what_they_call() {
        assert_eq!(fill("int"), Fill::Null);
        assert_eq!(fill("int NOT NULL DEFAULT 1 + 2"), Fill::Constant);
        assert_eq!(fill("text DEFAULT 'x'::varchar(3)"), Fill::Constant);
        assert_eq!(fill("text[] DEFAULT ARRAY['a']"), Fill::Constant);
        assert_eq!(fill("timestamptz DEFAULT now()"), calls("now"));
        assert_eq!(fill("timestamptz DEFAULT CURRENT_TIMESTAMP"), calls("current_timestamp"));
        assert_eq!(fill("uuid DEFAULT pg_catalog.gen_random_uuid()"), calls("gen_random_uuid"));
        assert_eq!(fill("int DEFAULT (CASE WHEN true THEN 1 END)"), Fill::Unknown);
        assert_eq!(fill("bigserial"), Fill::EachRow);
        assert_eq!(fill("int GENERATED ALWAYS AS IDENTITY"), Fill::EachRow);
        assert_eq!(fill("int GENERATED ALWAYS AS (a + 1) STORED"), Fill::EachRow);
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_left_to_the_server() {
        let chain = |terms: usize| format!("ADD CHECK (a > 0{})", " + a".repeat(terms));
        assert!(matches!(changes(&chain(4_990))[..], [TableChange::AddConstraint { .. }]));
        let tests = format!("ADD CHECK (a{})", " NOTNULL".repeat(9_990));
        assert!(matches!(changes(&tests)[..], [TableChange::AddConstraint { .. }]));
        assert_eq!(changes(&chain(200_000)), [TableChange::Unrecognised]);
        let deep = format!("ADD CHECK ({}a{})", "(".repeat(1_500), ")".repeat(1_500));
        assert_eq!(changes(&deep), [TableChange::Unrecognised]);
    }
}
