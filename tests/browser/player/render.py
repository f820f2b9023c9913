"""The player's template as the pages include it, rendered in a process of its own: no project settings."""

import subprocess
import sys
from functools import cache

from tests.browser.player.server import ROOT

SCRIPT = """
import sys
from django.conf import settings
settings.configure()
from django.template import Context, Engine
engine = Engine(
    dirs=[sys.argv[1]],
    libraries={"lucide": "lucide.templatetags.lucide"},
    builtins=["template_partials.templatetags.partials"],
)
print(engine.get_template("components/player.html").render(Context()))
"""


@cache
def player_html() -> str:
    arguments = [sys.executable, "-c", SCRIPT, str(ROOT / "templates")]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
