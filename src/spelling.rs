//! Words: the one that somebody may have meant, and a noun in its number.

/// `1 stage`, `2 stages`, `0 entries`.
pub fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) if noun.ends_with('x') => format!("{count} {noun}es"),
        _ => format!("{count} {noun}s"),
    }
}

/// The candidate closest to `word`, if it is close enough to be a slip: at most a third of the
/// letters differ. Ties go to the first candidate.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let others: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
        let allowed = letters.len().max(others.len()) / 3;
        if letters.len().abs_diff(others.len()) > allowed {
            continue;
        }
        let distance = distance(&letters, &others);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Levenshtein's distance: how many letters to insert, delete or replace.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_slip_and_nothing_far_away() {
        let words = ["Revises", "Revision ID", "Depends On"];
        assert_eq!(closest("revise", words), Some("Revises"));
        assert_eq!(closest("Revison ID", words), Some("Revision ID"));
        assert_eq!(closest("Depend On", words), Some("Depends On"));
        assert_eq!(closest("Reviewed by", words), None);
        assert_eq!(closest("", words), None);
    }

    #[test]
    fn one_is_one() {
        let told = |count| ["stage", "entry", "index"].map(|noun| counted(count, noun)).join(", ");
        assert_eq!(told(1), "1 stage, 1 entry, 1 index");
        assert_eq!(told(0), "0 stages, 0 entries, 0 indexes");
    }

    #[test]
    fn distance_counts_single_letters() {
        let distance = |a: &str, b: &str| {
            super::distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
