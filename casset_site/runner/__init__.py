"""Everything behind `make`: bootstrap, embedded servers, supervision, checks and tests."""
