//! From a project and a target to a proved plan.
