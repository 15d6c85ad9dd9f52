//! Types that are announced before they are made: functions that they stand on stand on them.

use crate::catalog::{Kind, ObjectId};

use super::family::needs_of;
use super::world::World;

impl<'a> World<'a> {
    /// Whether a type is announced before it is made: functions that it stands on stand on it.
    pub(super) fn is_announced(&self, id: &ObjectId) -> bool {
        can_be_announced(id)
            && needs_of(id, self.after).iter().any(|need| self.is_own_function(id, &need.on))
    }

    /// Whether a type that will be there and a function of it stand on one another.
    pub(super) fn is_own_function(&self, id: &ObjectId, function: &ObjectId) -> bool {
        let needs = |one: &ObjectId, other: &ObjectId| {
            needs_of(one, self.after).iter().any(|need| need.on == *other)
        };
        can_be_announced(id)
            && function.kind() == Kind::Function
            && needs(id, function)
            && needs(function, id)
    }

    /// Whether a type and a function of it stood on one another.
    pub(super) fn stand_on_one_another(&self, function: &ObjectId, id: &ObjectId) -> bool {
        let needed = self.needed.get(function).map_or(&[][..], Vec::as_slice);
        can_be_announced(id) && needed.iter().any(|need| need.object == *id)
    }

    /// The type with which a function goes, because they stand on one another.
    pub(super) fn type_of_function(&self, function: &ObjectId) -> Option<&'a ObjectId> {
        let needed = |id: &ObjectId| self.needed.get(id).map_or(&[][..], Vec::as_slice);
        if function.kind() != Kind::Function {
            return None;
        }
        let types = needed(function).iter().map(|need| &need.object);
        let mut types = types.filter(|id| can_be_announced(id) && self.choices.drops(id));
        types.find(|id| needed(id).iter().any(|need| need.object == *function))
    }

    /// Whether functions go with a type.
    pub(super) fn goes_with_functions(&self, id: &ObjectId) -> bool {
        let needs = self.needed.get(id).map_or(&[][..], Vec::as_slice);
        needs.iter().any(|need| self.type_of_function(&need.object) == Some(id))
    }
}

/// Whether functions can be made for a type before it is there.
fn can_be_announced(id: &ObjectId) -> bool {
    matches!(id.kind(), Kind::BaseType | Kind::Range)
}
