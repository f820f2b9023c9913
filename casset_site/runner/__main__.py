"""`python -m casset_site.runner <command>`: what the Makefile calls, through bootstrap.py."""

import importlib
import sys

from casset_site.runner.errors import RunnerError

# Imported only when called for: `run` must not wait for what `lint` needs.
COMMANDS = {
    "setup": "casset_site.runner.quality:setup",
    "run": "casset_site.runner.serve:run",
    "test": "casset_site.runner.testing:test",
    "bench": "casset_site.runner.testing:bench",
    "lint": "casset_site.runner.quality:lint",
    "lock": "casset_site.runner.quality:lock",
}


def main(arguments: list[str]) -> int:
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        sys.stderr.write(f"Commands: {' '.join(COMMANDS)}\n")
        return 2
    module, function = COMMANDS[name].split(":")
    try:
        return getattr(importlib.import_module(module), function)(rest) or 0
    except RunnerError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except PermissionError as error:
        sys.stderr.write(
            f"\n{error.filename} belongs to another user. Run as that user, or set CASSET_DATA_DIR.\n"
        )
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
