# asrscheck: `make run` shows it, `make test` tests it, `make help` lists the rest.

GO       ?= go
LINTER   ?= $(GO) tool -modfile=.tools/go.mod golangci-lint
FUZZTIME ?= 20s
PROGRAM  := dist/asrscheck
PAGE     := asrscheck-report.html

GOOD := fixtures/nginx/ok/single.conf
BAD  := fixtures/nginx/err/host_override.conf

.DEFAULT_GOAL := help
.PHONY: run test lint fmt fuzz update docs build clean help

run: build ## check a sound and a broken configuration, drive traffic through both, and write a report page
	@echo "== a broken configuration, read: $(BAD)"
	@$(PROGRAM) check $(BAD); test $$? -eq 1
	@echo
	@echo "== a sound one, read and run by the reference proxy in front of the fake service: $(GOOD)"
	@$(PROGRAM) test $(GOOD)
	@echo
	@echo "== the broken one likewise"
	@$(PROGRAM) test $(BAD) --report html=$(PAGE); test $$? -eq 1
	@echo
	@echo "The broken configuration's report as a page: $(CURDIR)/$(PAGE)"

test: ## install what tests need, and run them all
	@.ci/setup
	$(GO) test -timeout 30m $(TESTFLAGS) ./...

lint: ## look for mistakes and matters of style
	$(GO) vet ./...
	$(LINTER) run ./...

fmt: ## format the sources
	$(LINTER) fmt ./...

fuzz: ## run every fuzz test for FUZZTIME (20s)
	@grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do \
		for name in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$$dir"/*_test.go | cut -c6-); do \
			echo "== $$dir $$name"; $(GO) test "$$dir" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

update: ## rewrite what tests compare with; read the difference afterwards
	UPDATE=1 $(GO) test ./...

docs: ## rewrite the example in README.md
	UPDATE=1 $(GO) test ./cmd/asrscheck -run TestTheExampleInREADMEIsReal

build: ## build the program into dist/
	@mkdir -p dist
	$(GO) build -trimpath -o $(PROGRAM) ./cmd/asrscheck

clean: ## remove what was built
	rm -rf dist $(PAGE)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
