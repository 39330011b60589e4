#!/usr/bin/env python3
"""The crates the program is made of, their licences, and the texts of these, each once.

    python3 packaging/crates.py [TARGET] > crates.txt
    python3 packaging/crates.py --list > assets/crates.txt

TARGET is a triple such as x86_64-pc-windows-gnu; this machine's kind if none is given. The list is what the program
itself shows: for every system it is made for, a line for each crate, without the texts.
"""

import json
import subprocess
import sys
from pathlib import Path

TARGETS = ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"]


def host() -> str:
    version = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return next(line.removeprefix("host: ") for line in version.splitlines() if line.startswith("host: "))


def used(metadata: dict) -> set[str]:
    """The ids of what is linked into the program: build and test dependencies are left out."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    open_ids, found = [metadata["resolve"]["root"]], set()
    while open_ids:
        crate = open_ids.pop()
        if crate in found:
            continue
        found.add(crate)
        for dependency in nodes[crate]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                open_ids.append(dependency["pkg"])
    return found - {metadata["resolve"]["root"]}


def crates_for(target: str) -> list[dict]:
    """What is linked into the program for a system, by name."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ids = used(metadata)
    return sorted((c for c in metadata["packages"] if c["id"] in ids), key=lambda c: c["name"])


def licence(crate: dict) -> str:
    return crate["license"] or crate["license_file"]


def all_systems() -> None:
    everywhere = {(c["name"], c["version"]): licence(c) for target in TARGETS for c in crates_for(target)}
    for (name, version), terms in sorted(everywhere.items()):
        print(f"{name} {version}: {terms}")


def main() -> None:
    if sys.argv[1:] == ["--list"]:
        all_systems()
        return
    crates = crates_for(sys.argv[1] if len(sys.argv) > 1 else host())
    print("Reelsmith is made with these crates:\n")
    texts: dict[str, list[str]] = {}
    for crate in crates:
        name = f"{crate['name']} {crate['version']}"
        print(f"{name}: {licence(crate)}")
        for file in sorted(Path(crate["manifest_path"]).parent.iterdir()):
            if file.is_file() and file.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE")):
                text = file.read_text(encoding="utf-8", errors="replace").strip()
                texts.setdefault(text, []).append(name)
    for text, names in texts.items():
        print(f"\n{'=' * 78}\n{', '.join(names)}\n\n{text}")


main()
