//! Selectors: a text such as `head`, `label@head`, `ae10+2` or `-1` in, revisions out.
//!
//! The forms and their meaning are Alembic's; where Alembic takes one of several or fails with an
//! assertion, this refuses and says why. A prefix may be of any length if it is unique.

use super::marks::Marks;
use super::walk::{Walk, walked};
use super::{Heads, Rank, RevisionGraph};
use crate::diagnostic::{Code, Refusal};
use crate::revision::Revision;
use crate::spelling;

/// `[branch@][symbol][+N|-N]`, taken apart; something of it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selector<'a> {
    pub(super) text: &'a str,
    branch: Option<&'a str>,
    symbol: Option<&'a str>,
    steps: Option<i32>,
}

/// A position in the graph: a revision, or before the first.
pub(super) type Position = Option<Rank>;

impl<'a> Selector<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Refusal> {
        let invalid = |why: &str| {
            Refusal::new(
                Code::SelectorInvalid,
                format!("`{}` is not a revision: {why}", text.escape_debug()),
            )
            .help("write an id, its beginning, `head`, `heads`, `base`, `label@head`, `+1`, `-1` or `<id>+2`")
        };
        if text.contains(':') {
            return Err(invalid("a range `A:B` is for `enact history` only"));
        }
        let (branch, rest) = match text.split_once('@') {
            Some((branch, rest)) => (Some(branch), rest),
            None => (None, text),
        };
        let (symbol, steps) = match rest.find(['+', '-']) {
            None => (rest, None),
            Some(at) => {
                let steps: i32 = rest[at..]
                    .parse()
                    .map_err(|_| invalid("what follows `+` or `-` is not a number"))?;
                if steps == 0 {
                    return Err(invalid("a step of 0 goes nowhere"));
                }
                (&rest[..at], Some(steps))
            }
        };
        let symbol = (!symbol.is_empty()).then_some(symbol);
        if branch == Some("") || (symbol.is_none() && steps.is_none()) {
            return Err(invalid("a part of it is empty"));
        }
        if rest.contains('@') {
            return Err(invalid("it has two `@`"));
        }
        Ok(Self { text, branch, symbol, steps })
    }

    /// Steps that count from the rows of the database.
    pub(super) fn steps_from_rows(self) -> Option<i32> {
        self.steps.filter(|_| self.symbol.is_none())
    }
}

impl RevisionGraph {
    /// Whether `selector` means something else for each database: `current`, `+1`, `-1`.
    ///
    /// # Errors
    /// `selector-invalid`.
    pub fn counts_from_rows(selector: &str) -> Result<bool, Refusal> {
        let parsed = Selector::parse(selector)?;
        Ok(parsed.symbol == Some("current") || parsed.steps_from_rows().is_some())
    }

    /// The revisions that `selector` names, in topological order; none for `base`. `+N` and `-N`
    /// count from the rows in `current`, which are looked at in no other case.
    ///
    /// # Errors
    /// `selector-invalid`, `revision-unknown`, `revision-ambiguous`, `several-heads`,
    /// `relative-walk`, `tracked-revision-unknown`.
    pub fn resolve(&self, selector: &str, current: &Heads) -> Result<Vec<&Revision>, Refusal> {
        let parsed = Selector::parse(selector)?;
        let mut ranks = if parsed.steps_from_rows().is_some_and(|steps| steps < 0) {
            let (_, position) = self.below(&parsed, current)?;
            position.into_iter().collect()
        } else {
            self.targets(&parsed, current)?
        };
        ranks.sort_unstable();
        Ok(self.pick(&ranks))
    }

    /// The revisions between two selectors `A:B`, both included, newest first. An empty side is
    /// the end of the graph; `+N` and `-N` alone count from the other side, or from `current`
    /// where both sides do so.
    ///
    /// # Errors
    /// As for [`RevisionGraph::resolve`]; `selector-invalid` if A is not an ancestor of B, or is one
    /// only by a dependency (where Alembic 1.20.1 stops with an assertion).
    pub fn range(&self, range: &str, current: &Heads) -> Result<Vec<&Revision>, Refusal> {
        let (lower, upper) = range.split_once(':').unwrap_or((range, range));
        let upper = Selector::parse(if upper.is_empty() { "heads" } else { upper })?;
        let lower = Selector::parse(if lower.is_empty() { "base" } else { lower })?;
        let (low, high) = match (lower.steps_from_rows(), upper.steps_from_rows()) {
            (Some(steps), None) if lower.branch.is_none() => {
                let high = self.targets(&upper, current)?;
                let start = self.one(&upper, &high)?;
                (self.clipped(&lower, start, steps)?, high)
            }
            (None, Some(steps)) if upper.branch.is_none() => {
                let low = self.targets(&lower, current)?;
                let start = self.one(&lower, &low)?;
                let high = self.clipped(&upper, start, steps)?;
                (low, high)
            }
            _ => {
                let side = |selector: &Selector<'_>| {
                    self.resolve(selector.text, current).map(|revisions| {
                        revisions.iter().filter_map(|found| self.rank(found.id.as_str())).collect()
                    })
                };
                (side(&lower)?, side(&upper)?)
            }
        };
        let mut marks = self.needed_by(high.iter().copied());
        if let Some(&outside) = low.iter().find(|&&rank| !marks.contains(rank)) {
            let message = format!("`{}` is not an ancestor of `{}`", self.id(outside), upper.text);
            return Err(Refusal::new(Code::SelectorInvalid, message)
                .help("write a range as `<older>:<newer>`"));
        }
        if !low.is_empty() {
            marks.subtract(&self.implied(&low));
            marks.intersect(&self.reach(low.iter().copied(), |edges| &edges.children));
            let reached = high.iter().any(|&rank| marks.contains(rank));
            if !reached && upper.symbol != Some("heads") {
                return Err(Refusal::new(
                    Code::SelectorInvalid,
                    format!(
                        "only a dependency leads from {} to `{}`, and a range follows parents",
                        self.list(&low),
                        upper.text
                    ),
                )
                .help(format!("`enact history :{}` shows all that it needs", upper.text)));
            }
        }
        Ok(marks.iter().rev().map(|rank| self.revision(rank)).collect())
    }

    fn clipped(
        &self,
        selector: &Selector<'_>,
        start: Position,
        steps: i32,
    ) -> Result<Vec<Rank>, Refusal> {
        let end = match self.walk(selector, start, steps, None)? {
            Walk::Ended(position) | Walk::Left(position) => position,
        };
        Ok(end.into_iter().collect())
    }

    /// What an upgrade to `selector` must reach.
    pub(super) fn upgrade_targets(
        &self,
        selector: &str,
        current: &Heads,
    ) -> Result<Vec<Rank>, Refusal> {
        self.targets(&Selector::parse(selector)?, current)
    }

    fn targets(&self, selector: &Selector<'_>, current: &Heads) -> Result<Vec<Rank>, Refusal> {
        let Some(steps) = selector.steps else {
            return self.absolute(selector, current);
        };
        let branch = self.branch_of(selector)?;
        let start = if selector.symbol.is_some() {
            self.one(selector, &self.absolute(selector, current)?)?
        } else if steps < 0 {
            return Err(walked(selector, "goes down from the database's revision")
                .help("use `enact downgrade` to go down"));
        } else {
            self.row_to_go_up_from(selector, branch, current)?
        };
        let lineage = branch.map(|rank| self.lineage(rank));
        let end = self.walk(selector, start, steps, lineage.as_ref())?;
        Ok(end.whole(selector)?.into_iter().collect())
    }

    /// What a downgrade to `selector` must go back to, and the revision whose ancestors alone
    /// are meant if the branches that start there are several.
    pub(super) fn downgrade_target(
        &self,
        selector: &str,
        current: &Heads,
    ) -> Result<(Option<Rank>, Position), Refusal> {
        self.below(&Selector::parse(selector)?, current)
    }

    fn below(
        &self,
        selector: &Selector<'_>,
        current: &Heads,
    ) -> Result<(Option<Rank>, Position), Refusal> {
        let branch = self.branch_of(selector)?;
        let (branch, start) = match (selector.symbol, selector.steps) {
            (None, Some(1..)) => {
                return Err(walked(selector, "goes up from the database's revision")
                    .help("use `enact upgrade` to go up"));
            }
            (None, _) => {
                let row = self.row_to_go_down_from(selector, branch, current)?;
                (branch.or(Some(row)), Some(row))
            }
            (Some(_), _) => (branch, self.one(selector, &self.absolute(selector, current)?)?),
        };
        let steps = selector.steps.unwrap_or(0);
        let lineage = branch.filter(|_| steps > 0).map(|rank| self.lineage(rank));
        let end = self.walk(selector, start, steps, lineage.as_ref())?;
        Ok((branch, end.whole(selector)?))
    }

    /// A selector without its steps.
    fn absolute(&self, selector: &Selector<'_>, current: &Heads) -> Result<Vec<Rank>, Refusal> {
        let branch = self.branch_of(selector)?;
        let lineage = branch.map(|rank| self.lineage(rank));
        let inside = |rank: &Rank| lineage.as_ref().is_none_or(|marks| marks.contains(*rank));
        let heads = || self.ranks().filter(|&rank| self.edges(rank).children.is_empty());
        match selector.symbol {
            None | Some("base") => Ok(Vec::new()),
            Some("heads") if branch.is_none() => {
                Ok(self.ranks().filter(|&rank| self.is_real_head(rank)).collect())
            }
            Some("heads") => {
                // A head on which another of them depends is no goal of its own.
                let heads: Vec<Rank> = heads().filter(inside).collect();
                let implied = self.implied(&heads);
                Ok(heads.into_iter().filter(|&head| !implied.contains(head)).collect())
            }
            Some("current") => Ok(self.rows(current)?.into_iter().filter(inside).collect()),
            Some("head") => {
                let heads: Vec<Rank> = heads().filter(inside).collect();
                if heads.len() > 1 {
                    return Err(self.several_heads(selector, &heads));
                }
                Ok(heads)
            }
            Some(name) => {
                let rank = self.named(name, lineage.as_ref())?;
                if inside(&rank) {
                    return Ok(vec![rank]);
                }
                let branch = selector.branch.unwrap_or_default();
                let message = format!("`{}` is not in the lineage of `{branch}`", self.id(rank));
                Err(Refusal::new(Code::RevisionUnknown, message)
                    .help(format!("`enact history` shows what is; `{branch}@head` is its end")))
            }
        }
    }

    fn several_heads(&self, selector: &Selector<'_>, heads: &[Rank]) -> Refusal {
        let message = format!("`{}` is one of several heads: {}", selector.text, self.list(heads));
        Refusal::new(Code::SeveralHeads, message).help(
            "name one of them or `<label>@head`, take all with `heads`, or join them with `enact create --merge`",
        )
    }

    fn branch_of(&self, selector: &Selector<'_>) -> Result<Option<Rank>, Refusal> {
        selector.branch.map(|name| self.named(name, None)).transpose()
    }

    /// An id, a label, or the unique beginning of an id (within `lineage`, if given).
    fn named(&self, name: &str, lineage: Option<&Marks>) -> Result<Rank, Refusal> {
        if let Some(rank) = self.rank(name).or_else(|| self.labels.get(name).copied()) {
            return Ok(rank);
        }
        let first = self.by_id.partition_point(|&rank| self.id(rank).as_str() < name);
        let begun: Vec<Rank> = self.by_id[first..]
            .iter()
            .copied()
            .take_while(|&rank| self.id(rank).as_str().starts_with(name))
            .filter(|&rank| lineage.is_none_or(|marks| marks.contains(rank)))
            .collect();
        match begun[..] {
            [rank] => Ok(rank),
            [] => {
                let names = self.by_id.iter().map(|&rank| self.id(rank).as_str());
                let meant =
                    spelling::closest(name, names.chain(self.labels.keys().map(String::as_str)));
                let message = format!("no revision or label is called `{}`", name.escape_debug());
                Err(Refusal::new(Code::RevisionUnknown, message).help(match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "`enact history` lists the revisions and their labels".to_owned(),
                }))
            }
            _ => {
                let message = format!("`{name}` begins several ids: {}", self.list(&begun));
                Err(Refusal::new(Code::RevisionAmbiguous, message).help("write more of the id"))
            }
        }
    }

    /// Up to three ids, for a message.
    pub(super) fn list(&self, ranks: &[Rank]) -> String {
        let mut names: Vec<String> =
            ranks.iter().take(3).map(|&rank| format!("`{}`", self.id(rank))).collect();
        if ranks.len() > names.len() {
            names.push(format!("and {} more", ranks.len() - names.len()));
        }
        names.join(", ")
    }

    fn one(&self, selector: &Selector<'_>, ranks: &[Rank]) -> Result<Position, Refusal> {
        match ranks {
            [] => Ok(None),
            [rank] => Ok(Some(*rank)),
            several if selector.symbol == Some("heads") => {
                Err(self.several_heads(selector, several))
            }
            several => {
                let message = format!(
                    "`{}` stands for several revisions: {}",
                    selector.text,
                    self.list(several)
                );
                Err(Refusal::new(Code::RevisionAmbiguous, message).help("name one of them"))
            }
        }
    }
}
