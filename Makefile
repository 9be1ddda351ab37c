# `make run` and `make test` are all a newcomer needs; `make help` lists the rest.

.DEFAULT_GOAL := help
CARGO ?= cargo
BIN := target/debug/fairwarning

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: setup
setup: ## install what building and testing need beyond Rust
	@tools/setup.sh

.PHONY: build
build: ## build the program
	@tools/setup.sh build
	$(CARGO) build --locked

.PHONY: run
run: build ## build and serve the sample programs on http://127.0.0.1:8080
	@$(BIN) serve notices

.PHONY: test
test: ## run every test
	@tools/setup.sh
	$(CARGO) test --locked

.PHONY: check
check: build ## check the sample declarations
	@$(BIN) check notices

.PHONY: lint
lint: ## check format and lints
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings

.PHONY: verify
verify: build ## let outside programs judge mails, calendars, pages and the API description
	@tools/verify.sh

.PHONY: bench
bench: ## print what checking, enqueueing, sending, answering and rehearsing cost, beside others' programs
	@tools/setup.sh
	@tools/peers.sh
	$(CARGO) bench --locked --bench declarations
	$(CARGO) bench --locked --bench serving
	$(CARGO) bench --locked --bench rehearsal
	$(CARGO) bench --locked --bench sending
	$(CARGO) bench --locked --bench filling
	$(CARGO) bench --locked --bench nodes

.PHONY: torture
torture: ## kill nodes, stop databases, break servers, and print what it cost (TORTURE="--rounds 5 kill")
	@tools/setup.sh
	$(CARGO) bench --locked --bench torture -- $(TORTURE)

.PHONY: zoo
zoo: ## probe servers of every kind beside testssl.sh and sslyze (ZOO="nginx" for some of them)
	@tools/setup.sh
	@tools/zoo-peers.sh
	$(CARGO) bench --locked --bench zoo -- $(ZOO)

.PHONY: fuzz
fuzz: ## try random input on the reader, dates, references and hellos (SECONDS_EACH=600)
	@tools/fuzz.sh

.PHONY: schemas
schemas: build ## write the JSON Schemas of declarations anew
	@for kind in program apis notice translated-program translated-apis translated-notice; do $(BIN) schema $$kind >schemas/$$kind.schema.json; done

.PHONY: examples
examples: ## ask the sample programs for the API's examples anew
	-FAIRWARNING_WRITE_EXAMPLES=1 $(CARGO) test --locked --test suite every_example_of_an_answer

.PHONY: pictures
pictures: build ## take the pictures of pages and mails again
	@tools/pictures.sh

.PHONY: release
release: ## build the optimised program
	$(CARGO) build --locked --release

.PHONY: clean-samples
clean-samples: ## forget the sample database and mails
	rm -rf var
