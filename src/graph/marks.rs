//! A set of ranks as a row of bits: membership in, the ranks in order out.

use super::Rank;

/// Which ranks are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    /// The empty set, for ranks below `len`.
    pub(super) fn new(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    pub(super) fn contains(&self, rank: Rank) -> bool {
        self.0[rank as usize / 64] & bit(rank) != 0
    }

    /// Adds `rank`, and says whether it is new.
    pub(super) fn insert(&mut self, rank: Rank) -> bool {
        let new = !self.contains(rank);
        self.0[rank as usize / 64] |= bit(rank);
        new
    }

    pub(super) fn remove(&mut self, rank: Rank) {
        self.0[rank as usize / 64] &= !bit(rank);
    }

    pub(super) fn union(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
    }

    /// The ranks, ascending: parents before children.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = Rank> {
        self.0.iter().enumerate().flat_map(|(at, &word)| {
            (0..64_u32).filter(move |bit| word >> bit & 1 == 1).map(move |bit| first(at) + bit)
        })
    }
}

/// The first rank of the word at `at`.
fn first(at: usize) -> Rank {
    Rank::try_from(at * 64).expect("the set was made for ranks")
}

fn bit(rank: Rank) -> u64 {
    1 << (rank % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_a_set_in_order() {
        let mut marks = Marks::new(130);
        for rank in [129, 0, 64, 63] {
            assert!(marks.insert(rank));
            assert!(!marks.insert(rank));
        }
        marks.remove(63);
        assert_eq!(marks.iter().collect::<Vec<_>>(), [0, 64, 129]);
        assert_eq!(marks.iter().next_back(), Some(129));
        let mut other = Marks::new(130);
        other.insert(64);
        other.insert(1);
        let (mut both, mut rest) = (marks.clone(), marks.clone());
        both.intersect(&other);
        rest.subtract(&other);
        marks.union(&other);
        assert_eq!(both.iter().collect::<Vec<_>>(), [64]);
        assert_eq!(rest.iter().collect::<Vec<_>>(), [0, 129]);
        assert_eq!(marks.iter().collect::<Vec<_>>(), [0, 1, 64, 129]);
    }
}
