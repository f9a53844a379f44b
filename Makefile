# `make` alone lists the targets. Each recipe is one line; what takes more is a script in scripts/.

.DEFAULT_GOAL := help
.PHONY: help run build test bench soak docs dev fmt lint update db ci

help:
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "make %-8s %s\n", $$1, $$2 }'

run: build ## build in release, start on the embedded database in ./data, print the address and a first request
	target/release/switchboard serve

build: ## build the release binary, user interface included, at target/release/switchboard
	scripts/web-build && cargo build --release --locked -p server --bin switchboard

test: ## install what the tests need when it is absent, then run every check and every test
	scripts/test

bench: ## measure speed and memory, print the ratios, write bench/RESULTS.md
	scripts/bench

soak: ## run a long load with faults and check that nothing acknowledged was lost
	scripts/soak

docs: ## build the documentation of the code at target/doc/server/index.html
	RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps --locked

dev: ## build in debug and start the server with the built user interface on ./data
	scripts/web-build && cargo run --locked -p server --bin switchboard -- serve

fmt: ## format Rust, TOML and the web sources
	scripts/fmt

lint: ## run every check that needs no test: spelling, formats, shell, web, clippy, docs
	scripts/test tools typos toml shell rustfmt web-install web-check web-build clippy docs

update: ## rewrite openapi.json, the generated files and the expected results of the tests
	scripts/update

db: ## open a read-only shell on the database in ./data
	scripts/db

ci: ## run what continuous integration runs
	CI=true bash .ci/run
