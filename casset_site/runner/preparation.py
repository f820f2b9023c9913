"""What has to be done before the site can be served, and what of it can be skipped this time."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casset_site.runner.console import say
from casset_site.runner.stamps import Stamps, fingerprint
from casset_site.runner.supervisor import Program, run_to_end, together

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"


@dataclass(frozen=True)
class Step:
    """One management command, skipped while its sources and `also` are what they were when it last ran."""

    name: str
    saying: str
    arguments: tuple[str, ...]
    sources: tuple[Path, ...]
    also: str = ""
    always: bool = False

    def fingerprint(self) -> str:
        return fingerprint(*self.sources, also=self.also)

    def is_current(self, stamps: Stamps) -> bool:
        return not self.always and stamps.is_current(self.name, self.fingerprint())

    async def run(self, environment: dict[str, str], stamps: Stamps) -> None:
        say(self.saying)
        # Tools that log each of their moves would bury what matters here.
        calmer = {"LOG_LEVEL": "WARNING", **environment}
        await run_to_end(manage(self.name, *self.arguments), calmer)
        stamps.record(self.name, self.fingerprint())


Chain = list[Step]


def manage(command: str, *arguments: str) -> Program:
    return Program(command, [sys.executable, str(ROOT / "manage.py"), command, *arguments])


def chains(data: Path, *, embedded_database: bool, demo: bool) -> list[Chain]:
    """Steps that follow each other, in chains that may run side by side.

    Another server's database may have been changed or replaced, so its steps always run; ours is known
    by the file that its making left.
    """
    always = not embedded_database
    cluster = fingerprint(data / "postgres" / "PG_VERSION")
    migrations = tuple(sorted(_migration_folders()))
    static = (ROOT / "static", LOCK)
    assets = [
        Step("build_assets", "Building fonts and other assets", (), _command_sources("build_assets")),
        Step("collectstatic", "Collecting static files", ("--noinput", "-v0"), (*static, data / "assets")),
    ]
    database = [Step("migrate", "Migrating the database", ("-v0",), (*migrations, LOCK), cluster, always)]
    if demo:
        sources = (ROOT / "studio" / "demo", *_command_sources("load_demo"))
        saying = "Loading the demo: the first time, its music is composed here"
        database.append(Step("load_demo", saying, (), sources, cluster, always))
    return [[step for step in chain if _exists(step)] for chain in (database, assets)]


async def prepare(wanted: list[Chain], environment: dict[str, str], stamps: Stamps) -> None:
    """Run what is not current; a step also runs when one before it in its chain did."""
    await together(*(_run_chain(outdated(chain, stamps), environment, stamps) for chain in wanted))


def outdated(chain: Chain, stamps: Stamps) -> Chain:
    """The chain from its first step that is not current."""
    first = next((place for place, step in enumerate(chain) if not step.is_current(stamps)), len(chain))
    return chain[first:]


async def _run_chain(chain: Chain, environment: dict[str, str], stamps: Stamps) -> None:
    for step in chain:
        await step.run(environment, stamps)


def _command_sources(name: str) -> tuple[Path, ...]:
    found = [*ROOT.glob(f"*/management/commands/{name}.py"), *ROOT.glob(f"*/*/management/commands/{name}.py")]
    return (*found, LOCK) if found else ()


def _exists(step: Step) -> bool:
    return step.name in {"migrate", "collectstatic"} or bool(_command_sources(step.name))


def _migration_folders() -> Iterator[Path]:
    yield from ROOT.glob("[a-z]*/migrations")
    yield from ROOT.glob("[a-z]*/[a-z]*/migrations")
