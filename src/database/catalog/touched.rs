//! What a change touched. In: what told of it. Out: what is to be read again.

use std::collections::BTreeSet;

use super::anchor::PG_CLASS;

/// What a change touched, by object ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// System catalog and object id of what was made, altered or dropped.
    pub objects: BTreeSet<(u32, u32)>,
    /// Relations that were locked as for changing them.
    pub relations: BTreeSet<u32>,
    /// Whether it may have been anything.
    pub anything: bool,
    /// Whether it may have been the rights on anything: GRANT and the like do not tell of what.
    pub rights: bool,
}

impl Touched {
    /// Where nobody can tell.
    pub fn anything() -> Self {
        Self { anything: true, ..Self::default() }
    }

    /// The highest id afterwards, if this made new relations and touched nothing else, where `newest` was
    /// the highest before: the server counts upwards, and where it began anew, nothing seems new. In
    /// whatever order such changes are committed and read, a reading finds the same of each.
    pub fn only_made(&self, newest: u32) -> Option<u32> {
        let is_new = self.ids().all(|id| id > newest);
        let are_relations = self.objects.iter().all(|(class, _)| *class == PG_CLASS);
        (is_new && are_relations && !self.anything && !self.rights)
            .then(|| self.ids().fold(newest, u32::max))
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = u32> {
        self.objects.iter().map(|(_, object)| *object).chain(self.relations.iter().copied())
    }
}
