# What people run. Each target first makes sure that what it needs is there (scripts/setup).
.PHONY: demo test check bench

# The whole story of one change, on a throw-away PostgreSQL.
demo:
	@scripts/setup demo
	@cargo run --quiet -- demo

# Every test, on a real PostgreSQL, a real ssh-keygen and a real Alembic.
test:
	@scripts/setup test
	cargo test

# What CI asks of the code itself.
check:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

bench:
	@scripts/setup demo
	cargo bench
