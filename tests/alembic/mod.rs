//! Real Alembic and enact on the same graphs and databases. `scripts/alembic` brings Alembic.

mod chance;
mod meeting;
pub(crate) mod oracle;
pub(crate) mod ours;
pub(crate) mod shapes;
mod walks;
