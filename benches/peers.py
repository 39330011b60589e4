#!/usr/bin/env python3
"""How fast others train the same network, to be set beside Reelsmith's own figures.

    python3 benches/peers.py train

The first run makes a Python environment in the system's temp folder and installs PyTorch
from PyPI into it; --venv names another place, and an environment that has PyTorch already is
used as it is. Everything is measured on the CPU in single precision (f32), on random tokens.
Each measurement is printed as one line of JSON on stdout; all else goes to stderr.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

# The reference network: its 959,715 parameters are checked before anything is measured.
VOCABULARY, EMBEDDING, LAYERS, HIDDEN = 99, 128, 2, 256
PARAMETERS = 959_715


def run_in_environment(folder: Path) -> None:
    """Starts this script again with the Python of the environment in `folder`."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"making a Python environment in {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
    has_torch = subprocess.run([python, "-c", "import torch"], stderr=subprocess.DEVNULL)
    if has_torch.returncode != 0:
        print("installing PyTorch from PyPI", file=sys.stderr)
        pip = subprocess.run([python, "-m", "pip", "install", "torch", "numpy"], stdout=sys.stderr)
        if pip.returncode != 0:
            sys.exit(f"PyTorch could not be installed into {folder}: pip says why above")
    again = subprocess.run([python, __file__, *sys.argv[1:]], env={**os.environ, "REELSMITH_PEERS": "1"})
    sys.exit(again.returncode)


def network(dropout: float):
    """The reference network in PyTorch."""
    from torch import nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(VOCABULARY, EMBEDDING)
            self.dropout = nn.Dropout(dropout)
            self.rnn = nn.LSTM(EMBEDDING, HIDDEN, LAYERS, batch_first=True, dropout=dropout)
            self.fc = nn.Linear(HIDDEN, VOCABULARY)

        def forward(self, tokens):
            states, _ = self.rnn(self.dropout(self.embedding(tokens)))
            return self.fc(states)

    model = Network()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    assert parameters == PARAMETERS, f"{parameters} parameters instead of {PARAMETERS}"
    return model


def train(arguments: argparse.Namespace) -> None:
    """Measures whole optimiser steps: forward, backward, clipping and Adam."""
    import torch
    from torch import nn

    torch.set_num_threads(arguments.threads)
    for batch in arguments.batch:
        torch.manual_seed(0)
        model = network(arguments.dropout).train()
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
        criterion = nn.CrossEntropyLoss()
        tokens = torch.randint(VOCABULARY, (batch, arguments.length + 1))
        inputs, targets = tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()

        def step():
            optimiser.zero_grad()
            loss = criterion(model(inputs).view(-1, VOCABULARY), targets.view(-1))
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            return loss.item()

        # A machine that was busy before shows in the report: its figures are worth little.
        load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
        for _ in range(arguments.warm_up):
            step()
        seconds = []
        for _ in range(arguments.runs):
            start = time.perf_counter()
            for _ in range(arguments.steps):
                step()
            seconds.append((time.perf_counter() - start) / arguments.steps)
        characters = batch * arguments.length
        report = {
            "peer": "pytorch",
            "version": torch.__version__,
            "task": "train",
            "precision": "f32",
            "threads": torch.get_num_threads(),
            "batch": batch,
            "length": arguments.length,
            "dropout": arguments.dropout,
            "runs": arguments.runs,
            "steps_per_run": arguments.steps,
            "median_seconds_per_step": round(statistics.median(seconds), 4),
            "characters_per_second": round(characters / statistics.median(seconds)),
            "slowest_run": round(characters / max(seconds)),
            "fastest_run": round(characters / min(seconds)),
            "load_before": load,
        }
        print(json.dumps(report), flush=True)


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def share(text: str) -> float:
    number = float(text)
    if not 0.0 <= number < 1.0:
        raise argparse.ArgumentTypeError("must be from 0 to below 1")
    return number


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Options of every task.
    common = argparse.ArgumentParser(add_help=False, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    common.add_argument(
        "--venv",
        type=Path,
        default=Path(tempfile.gettempdir()) / "reelsmith-peers",
        help="Python environment with PyTorch, made if missing (default: %(default)s)",
    )
    common.add_argument("--threads", type=positive, default=2, help="threads for PyTorch (default: %(default)s)")
    common.add_argument("--runs", type=positive, default=7, help="timed runs; the median counts (default: %(default)s)")
    tasks = parser.add_subparsers(dest="task", required=True)

    task = tasks.add_parser("train", parents=[common], help="characters a second in training", description=train.__doc__)
    task.add_argument(
        "--batch", type=positive, nargs="+", default=[64, 32], help="batch sizes to measure (default: 64 32)"
    )
    task.add_argument("--length", type=positive, default=256, help="characters a sequence (default: %(default)s)")
    task.add_argument("--dropout", type=share, default=0.3, help="dropout of both kinds (default: %(default)s)")
    task.add_argument("--steps", type=positive, default=3, help="optimiser steps in a timed run (default: %(default)s)")
    task.add_argument("--warm-up", type=positive, default=2, help="steps before the clock runs (default: %(default)s)")
    task.set_defaults(measure=train)
    return parser.parse_args()


def main() -> None:
    # Parsed before anything is installed, so that --help and mistakes cost nothing.
    arguments = parse_arguments()
    if "REELSMITH_PEERS" not in os.environ:
        run_in_environment(arguments.venv)
    arguments.measure(arguments)


if __name__ == "__main__":
    main()
