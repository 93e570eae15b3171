#!/usr/bin/env python3
"""check_layers.py finds what it is there to find: each case is a small project of its own, made right
and then wrong in one way.

usage: test_layers.py [COMPILER...]     (default: cc)
"""
import os
import subprocess
import sys
import tempfile

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check_layers.py")
COMPILER = sys.argv[1:] or ["cc"]

PAGE = """
| layer | what it holds | may know |
|---|---|---|
| `low` | the ground | `<low.h>` |
| `mid/a` `mid/b` | two families | `low` `public` |
| `high` | the roof | `mid/*` `low/ground` `public` |

| from | to | by | why |
|---|---|---|---|
| `low/pick` | `high/roof` | `roof_*` | meant |
"""
GOOD = {
    "docs/architecture.md": PAGE,
    "lib/low/ground.h": "int ground(void);\n",
    "lib/low/ground.c": '#include "ground.h"\nint ground(void) { return 1; }\n',
    "lib/low/pick.c": "int roof_pick(void);\nint pick(void);\nint pick(void) { return roof_pick(); }\n",
    "lib/mid/a/a.c": '#include <tinytensor/any.h>\n#include "low/ground.h"\n'
                     "int tt_b(int x);\nint tt_a(int x);\n"
                     "int tt_a(int x) { return x ? tt_b(x - 1) : ground(); }\n",
    "lib/mid/b/b.c": "int tt_a(int x);\nint tt_b(int x);\nint tt_b(int x) { return tt_a(x); }\n",
    "lib/high/roof.c": '#include "low/ground.h"\nint roof_pick(void);\n'
                       "int roof_pick(void) { return ground(); }\n",
    "include/tinytensor/any.h": "",
    "include/tinytensor/low.h": "",
}
# What is wrong, the files that make it so (None: the file goes), and what the check must say.
BAD = [
    ("an #include that goes up",
     {"lib/high/roof.h": "", "lib/low/ground.c": '#include "high/roof.h"\nint ground(void);\n'
                                                 "int ground(void) { return 1; }\n"},
     "lib/low/ground.c includes high/roof.h"),
    ("an #include of a file that is not named",
     {"lib/low/other.h": "", "lib/high/roof.c": '#include "low/other.h"\nint roof_pick(void);\n'
                                                "int roof_pick(void) { return 1; }\n"},
     "lib/high/roof.c includes low/other.h"),
    ("a public header that is not named",
     {"lib/low/ground.h": "#include <tinytensor/any.h>\nint ground(void);\n"},
     "lib/low/ground.h includes <tinytensor/any.h>"),
    ("a symbol that goes up, declared by hand",
     {"lib/low/pick.c": "int roof_pick(void);\nint tt_a(int x);\nint pick(void);\n"
                        "int pick(void) { return roof_pick() + tt_a(1); }\n"},
     "lib/low/pick.c needs tt_a of lib/mid/a/a.c"),
    ("a private symbol of another family",
     {"lib/mid/b/b.c": "int tt_a(int x);\nint tt_b(int x);\nint inner_b(void);\n"
                       "int tt_b(int x) { return tt_a(x); }\nint inner_b(void) { return 1; }\n",
      "lib/mid/a/a.c": "int inner_b(void);\nint tt_a(int x);\n"
                       "int tt_a(int x) { return x + inner_b(); }\n"},
     "lib/mid/a/a.c needs inner_b of lib/mid/b/b.c"),
    ("a public function of a higher layer",
     {"lib/high/roof.c": "int roof_pick(void);\nint tt_roof(void);\n"
                         "int roof_pick(void) { return 1; }\nint tt_roof(void) { return 1; }\n",
      "lib/mid/b/b.c": "int tt_roof(void);\nint tt_b(int x);\nint tt_b(int x) { return tt_roof() + x; }\n"},
     "lib/mid/b/b.c needs tt_roof of lib/high/roof.c"),
    ("two files that call each other",
     {"lib/low/ground.c": '#include "ground.h"\nint pick(void);\nint up(void);\n'
                          "int ground(void) { return pick(); }\nint up(void) { return 1; }\n",
      "lib/low/pick.c": "int roof_pick(void);\nint up(void);\nint pick(void);\n"
                        "int pick(void) { return roof_pick() + up(); }\n"},
     "lib/low/ground.c needs pick of lib/low/pick.c\n    lib/low/pick.c needs up of"),
    ("headers that include each other",
     {"lib/low/ground.h": '#ifndef G\n#define G\n#include "other.h"\nint ground(void);\n#endif\n',
      "lib/low/other.h": '#ifndef O\n#define O\n#include "ground.h"\n#endif\n'},
     "a circle of files"),
    ("a folder without a row", {"lib/mid/c/c.c": "int c;\n"}, "lib/mid/c has no row"),
    ("a row without a folder", {"lib/mid/b/b.c": None, "lib/mid/a/a.c": "int a;\n"},
     "a row for lib/mid/b, which is not there"),
    ("a link that is meant, but not there",
     {"lib/low/pick.c": "int pick(void);\nint pick(void) { return 1; }\n"},
     "means a link that is not there"),
    ("a crowded folder", {f"lib/low/x{i}.h": "" for i in range(14)}, "lib/low holds 16 units"),
    ("a page without the table", {"docs/architecture.md": "nothing\n"}, "no table of layers"),
]


def check(files):
    """The verdict on a project, and what was printed."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            if text is None:
                continue
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        objects = []
        for name in files:
            if name.endswith(".c") and files[name] is not None:
                objects.append(os.path.join(root, name[len("lib/"):].replace("/", "_") + ".o"))
                subprocess.run(COMPILER + ["-Ilib", "-Iinclude", "-c", name, "-o", objects[-1]],
                               cwd=root, check=True)
        library = os.path.join(root, "libmade.a")
        subprocess.run(["ar", "rc", library] + objects, check=True)
        run = subprocess.run([sys.executable, CHECK, root, library], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
        return run.returncode, run.stdout


def main():
    bad = 0
    code, text = check(GOOD)
    if code:
        print(f"a project without fault is refused:\n{text}")
        bad = 1
    for what, files, message in BAD:
        code, text = check({**GOOD, **files})
        if not code or message not in text:
            print(f"{what} is not found: '{message}' is not in\n{text}")
            bad = 1
    sys.exit(bad)


if __name__ == "__main__":
    main()
