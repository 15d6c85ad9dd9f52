//! Whose migrations they are: the names and beginnings of files in, a [`Tool`] out.

use std::fmt;
use std::str::FromStr;

use camino::Utf8Path;

use super::names::flyway_name;
use super::sections::{Mark, mark};
use crate::diagnostic::{Code, Refusal};
use crate::source::SourceFile;

/// A tool whose migrations can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Alembic, by running it.
    Alembic,
    /// golang-migrate: `N_name.up.sql`, `N_name.down.sql`.
    GolangMigrate,
    /// dbmate: `-- migrate:up`, `-- migrate:down`.
    Dbmate,
    /// sqlx: `N_name.sql`, or as golang-migrate.
    Sqlx,
    /// diesel: `N_name/up.sql`, `N_name/down.sql`.
    Diesel,
    /// Flyway: `V1__name.sql`, `U1__name.sql`.
    Flyway,
    /// goose: `-- +goose Up`, `-- +goose Down`.
    Goose,
    /// node-pg-migrate's SQL: `-- Up Migration`, `-- Down Migration`.
    NodePgMigrate,
    /// Numbered files of no tool: `N_name.sql`, or in pairs.
    Numbered,
}

impl Tool {
    /// Every tool, in the order in which help names them.
    pub const ALL: [Self; 9] = [
        Self::Alembic,
        Self::GolangMigrate,
        Self::Dbmate,
        Self::Sqlx,
        Self::Diesel,
        Self::Flyway,
        Self::Goose,
        Self::NodePgMigrate,
        Self::Numbered,
    ];

    /// The name, as the command line has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alembic => "alembic",
            Self::GolangMigrate => "golang-migrate",
            Self::Dbmate => "dbmate",
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
            Self::Flyway => "flyway",
            Self::Goose => "goose",
            Self::NodePgMigrate => "node-pg-migrate",
            Self::Numbered => "numbered",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Tool {
    type Err = Refusal;

    /// # Errors
    /// `import-unclear`.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::ALL.into_iter().find(|tool| tool.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.map(Self::name).to_vec();
            Refusal::new(
                Code::ImportUnclear,
                format!("enact reads no migrations of `{}`", text.escape_debug()),
            )
            .help(format!("the tools: {}", names.join(", ")))
        })
    }
}

/// The tool that wrote these files, all of one folder, by what only its files have. Files in pairs
/// (`.up.sql`) are taken for golang-migrate's, and those that are only numbered for nobody's; sqlx's
/// look like either, and are read alike.
///
/// # Errors
/// `import-unclear`, if they fit no tool, or several.
pub fn guess(folder: &Utf8Path, files: &[SourceFile]) -> Result<Tool, Refusal> {
    let mut tools: Vec<Tool> = files.iter().filter_map(|file| of_file(folder, file)).collect();
    tools.sort_unstable();
    tools.dedup();
    // A file that is only numbered is what it is where others say more.
    if tools.len() > 1 {
        tools.retain(|&tool| tool != Tool::Numbered);
    }
    match tools[..] {
        [tool] => Ok(tool),
        [] => Err(Refusal::new(
            Code::ImportUnclear,
            format!("`{folder}` holds no migration of a tool that enact knows"),
        )
        .help("name the folder that holds the migration files, or the tool before it")),
        _ => {
            let names: Vec<&str> = tools.iter().map(|tool| tool.name()).collect();
            Err(Refusal::new(
                Code::ImportUnclear,
                format!("`{folder}` looks like the work of {}", names.join(" and of ")),
            )
            .help(format!("name the tool: `enact import {} {folder}`", names[0])))
        }
    }
}

fn of_file(folder: &Utf8Path, file: &SourceFile) -> Option<Tool> {
    let name = file.name().file_name()?;
    if file.name().parent() != Some(folder) {
        return matches!(name, "up.sql" | "down.sql").then_some(Tool::Diesel);
    }
    if flyway_name(name).is_some() {
        return Some(Tool::Flyway);
    }
    if !name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let speaks = |tool| {
        file.text().lines().any(|line| matches!(mark(tool, line), Some(Mark::Up | Mark::Down)))
    };
    let spoken =
        [Tool::Dbmate, Tool::Goose, Tool::NodePgMigrate].into_iter().find(|&it| speaks(it));
    Some(match spoken {
        Some(tool) => tool,
        None if name.ends_with(".up.sql") || name.ends_with(".down.sql") => Tool::GolangMigrate,
        None => Tool::Numbered,
    })
}
