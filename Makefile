# Two commands for everyone: make book, make test. The rest is for those who work on the course.
PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
SETUP = @$(PYTHON) -I course_lib/cli/bootstrap.py

.PHONY: book test serve lint bench lock clean

book:  ## set everything up in ./.venv, build the book (executed), say where it is
	$(SETUP)
	@.venv/bin/course book

test:  ## add what tests need, run every test in WORKERS processes; 0: in this one
	$(SETUP) --system
	@.venv/bin/python -m pytest -n $(WORKERS)

serve: book  ## show the book in a browser
	@echo "the book: http://localhost:$(PORT)   (stop with Ctrl+C)"
	@.venv/bin/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lint:  ## style, types, spelling
	$(SETUP) --tests
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check course_lib tests
	@.venv/bin/pyright
	@.venv/bin/codespell

bench:  ## pairs in one run, ratios printed
	$(SETUP) --tests
	@.venv/bin/course bench

lock:  ## resolve pyproject.toml anew into requirements.lock
	@$(PYTHON) -I course_lib/cli/bootstrap.py --lock

clean:  ## remove what was built; the environment and recorded results stay
	@rm -rf _build
