"""Runs a module in a process that ends with its parent: `python -m lumiku.core.tied PARENT MODULE ...`.

The tie comes before the imports of the module, which may take seconds: who is killed then leaves nobody.
"""

import runpy
import sys

from lumiku.core.parent import die_with_parent


def command_for(parent: int, module: str) -> list[str]:
    """What starts the module so; its own arguments are to follow."""
    return [sys.executable, "-P", "-m", "lumiku.core.tied", str(parent), module]


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    module = sys.argv[2]
    del sys.argv[1:3]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
