//! Real Alembic and enact on the same graphs and databases. `scripts/alembic` brings Alembic.

mod chance;
mod meeting;
mod oracle;
mod ours;
pub(crate) mod shapes;
mod walks;
