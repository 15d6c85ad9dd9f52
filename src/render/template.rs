//! The templates: strict about what is undefined, careful with text that came from elsewhere.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value, context};

use crate::diagnostic::{Code, Refusal};
use crate::graph::Direction;
use crate::plan::Plan;
use crate::plan::file::PlanFile;
use crate::revision::RevisionId;
use crate::source::visible;
use crate::spelling::counted;
use crate::statement::literal;

/// The templates that enact carries, by name.
const BUILT_IN: &[(&str, &str)] = &[
    ("plan.md", include_str!("../../templates/plan.md.j2")),
    ("plan.sql", include_str!("../../templates/plan.sql.j2")),
];

/// The templates of one project: enact's own, or the project's where it has one of that name.
#[derive(Debug, Clone, Default)]
pub struct Templates(Vec<(String, String)>);

impl Templates {
    /// The names that a project's folder may hold, with `.j2` behind.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// Puts the project's own text in place of the built-in template `name`.
    pub fn replace(&mut self, name: &str, text: String) {
        self.0.push((name.to_owned(), text));
    }

    /// Renders the template `name`.
    pub(super) fn render(&self, name: &str, values: Value) -> Result<String, Refusal> {
        let own = self.0.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str());
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        let text = own.or(built_in).unwrap_or_default();
        environment().render_named_str(name, text, values).map_err(|error| {
            let place = error.line().map_or_else(String::new, |line| format!(" in line {line}"));
            Refusal::new(
                Code::TemplateInvalid,
                format!("the template `{name}.j2` does not render{place}: {error}"),
            )
            .help("mend the project's template, or remove it to use enact's own")
        })
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_syntax(
        SyntaxConfig::builder()
            .keep_trailing_newline(true)
            .build()
            .expect("the default delimiters"),
    );
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.add_filter("text", |text: String| markdown_text(&text));
    environment.add_filter("cell", |text: String| markdown_text(&text).replace('|', "\\|"));
    environment.add_filter("code", |text: String| code(&text));
    environment.add_filter("fenced", |lines: Vec<String>, language: String| {
        fenced(&lines.join("\n"), &language)
    });
    environment.add_filter("counted", |count: Value, noun: String| {
        // Numbers of 64 bits are texts in a plan.
        let count = count
            .to_string()
            .parse()
            .map_err(|_| minijinja::Error::new(ErrorKind::InvalidOperation, "not a number"))?;
        Ok::<_, minijinja::Error>(counted(count, &noun))
    });
    environment.add_filter("time", |milliseconds: String| time(&milliseconds));
    environment.add_filter("literal", |text: String| literal(&text));
    environment.add_filter("heads", |ids: Vec<String>| {
        if ids.is_empty() { "base".to_owned() } else { ids.join(", ") }
    });
    environment
}

/// The reading for reviewers.
///
/// # Errors
/// `template-invalid`, if the project's own template does not render.
pub fn markdown(templates: &Templates, file: &PlanFile) -> Result<String, Refusal> {
    let plan = file.plan();
    templates.render(
        "plan.md",
        context! {
            plan => Serde(plan),
            drift => Serde(plan.accepted_drift()),
            given => Serde(plan.given_by_others()),
            digest => file.digest().to_string(),
            summary => Serde(plan.summary()),
            left_out => Serde(plan.ignore.clone()),
            impacts => Serde(plan.impacts()),
            direction => direction(plan),
            from => heads(&plan.transition.from),
            to => heads(&plan.transition.to),
        },
    )
}

pub(super) fn direction(plan: &Plan) -> &'static str {
    match plan.transition.direction {
        Direction::Upgrade => "Upgrade",
        Direction::Downgrade => "Downgrade",
        Direction::Stamp => "Take over",
    }
}

pub(super) fn heads(heads: &[RevisionId]) -> String {
    if heads.is_empty() {
        return "base".to_owned();
    }
    heads.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Text in running Markdown: nothing in it is markup but what stands between single backticks.
fn markdown_text(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let closed = parts.len() % 2 == 1;
    parts
        .iter()
        .enumerate()
        .map(|(at, part)| match (at % 2, closed || at + 1 < parts.len()) {
            (1, true) if !part.is_empty() => code(part),
            (1, true) => "\\`\\`".to_owned(),
            (1, false) => format!("\\`{}", escaped(part)),
            _ => escaped(part),
        })
        .collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        if matches!(c, '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '&') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// `100 ms`, `5 s`, `5 min`, `1 h`: in the largest unit that is exact; other text as it is.
fn time(milliseconds: &str) -> String {
    let Ok(number) = milliseconds.parse::<u64>() else {
        return milliseconds.to_owned();
    };
    let units = [(3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    let exact = units.iter().find(|(size, _)| number > 0 && number.is_multiple_of(*size));
    let (size, unit) = exact.copied().unwrap_or((1, "ms"));
    format!("{} {unit}", number / size)
}

/// A code span, fenced by more backticks than it holds.
fn code(text: &str) -> String {
    let text = visible(text).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A code block; line ends stay, other control characters become visible.
fn fenced(text: &str, language: &str) -> String {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    let lines: Vec<String> = text.split('\n').map(visible).collect();
    format!("{fence}{language}\n{}\n{fence}", lines.join("\n"))
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_is_never_markup() {
        assert_eq!(markdown_text("a *b* <c>\u{1b}"), r"a \*b\* \<c\>\\u{1b}");
        assert_eq!(markdown_text("a `b_c` _d_ `e"), r"a `b_c` \_d\_ \`e");
        assert_eq!(markdown_text("``<i>`"), r"\`\`\<i\>\`");
        assert_eq!(
            ["0", "100", "5000", "300000", "1500"].map(time),
            ["0 ms", "100 ms", "5 s", "5 min", "1500 ms"]
        );
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(fenced("```\nx", "sql"), "````sql\n```\nx\n````");
    }

    #[test]
    fn the_projects_own_template_is_used_and_strict() {
        let mut templates = Templates::default();
        templates.replace("plan.md", "{{ nothing_like_it }}".to_owned());
        let refusal = templates.render("plan.md", context! {}).unwrap_err();
        assert_eq!(refusal.code(), Code::TemplateInvalid);
    }
}
