#!/usr/bin/env python3
"""Reelsmith's speed beside PyTorch's and ONNX Runtime's: the same network, the same machine, in turn.

    python3 benches/peers.py table        everything, nine rounds, as a Markdown table
    python3 benches/peers.py generation   one pass of the peers writing a tune
    python3 benches/peers.py training     one pass of the peers training

The first run makes a Python environment in the system's temp folder and installs what it needs from
PyPI into it; --venv names another place. `table` first builds Reelsmith's own benches with cargo. Each
measurement is one line of JSON on stdout (the table comes last); all else goes to stderr. On a busy
machine the figures are worth little: medians of rounds taken in turn soften that, and the load is shown.
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

ROOT = Path(__file__).resolve().parent.parent
CHECKPOINT = ROOT / "models" / "reference.safetensors"
# The reference network: its 959,715 parameters are checked before anything is measured.
VOCABULARY, EMBEDDING, LAYERS, HIDDEN = 99, 128, 2, 256
PARAMETERS = 959_715
PACKAGES = ["torch", "numpy", "safetensors", "onnx", "onnxruntime"]


def run_in_environment(folder: Path) -> None:
    """Starts this script again with the Python of the environment in `folder`."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"making a Python environment in {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
    there = subprocess.run([python, "-c", "import " + ", ".join(PACKAGES)], stderr=subprocess.DEVNULL)
    if there.returncode != 0:
        print(f"installing {', '.join(PACKAGES)} from PyPI", file=sys.stderr)
        pip = subprocess.run([python, "-m", "pip", "install", *PACKAGES], stdout=sys.stderr)
        if pip.returncode != 0:
            sys.exit(f"the packages could not be installed into {folder}: pip says why above")
    again = subprocess.run([python, __file__, *sys.argv[1:]], env={**os.environ, "REELSMITH_PEERS": "1"})
    sys.exit(again.returncode)


def report(what: str, by: str, speed: float) -> dict:
    line = {"what": what, "by": by, "unit": "characters", "speed": round(speed)}
    print(json.dumps(line), flush=True)
    return line


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

        def forward(self, tokens, state=None):
            outputs, state = self.rnn(self.dropout(self.embedding(tokens)), state)
            return self.fc(outputs), state

    model = Network()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    assert parameters == PARAMETERS, f"{parameters} parameters instead of {PARAMETERS}"
    return model


def repeat(units: float, seconds: float, work) -> float:
    """Units a second of `work`, repeated for about so long after a first time that is not counted."""
    work()
    rounds, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        work()
        rounds += 1
    return rounds * units / (time.perf_counter() - start)


class Training:
    """Whole optimiser steps: forward, backward, clipping and Adam, on random tokens."""

    def __init__(self, arguments):
        import torch

        self.arguments, self.models = arguments, {}
        # Its LSTM has bf16 only where the CPU has AVX-512, and fails elsewhere.
        bf16 = torch.ops.mkldnn._is_mkldnn_bf16_supported()
        for precision in ("f32", "bf16") if bf16 else ("f32",):
            torch.manual_seed(0)
            model = network(0.3).train()
            self.models[precision] = (model, torch.optim.Adam(model.parameters(), lr=1e-3))
        self.tokens = torch.randint(VOCABULARY, (arguments.batch, arguments.length + 1))

    def measure(self) -> list:
        import torch
        from torch import nn

        torch.set_num_threads(self.arguments.threads)
        criterion, lines = nn.CrossEntropyLoss(), []
        inputs, targets = self.tokens[:, :-1].contiguous(), self.tokens[:, 1:].contiguous()
        for precision, (model, optimiser) in self.models.items():

            def step():
                optimiser.zero_grad()
                with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
                    logits, _ = model(inputs)
                loss = criterion(logits.float().view(-1, VOCABULARY), targets.view(-1))
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()

            characters = self.arguments.batch * self.arguments.length
            speed = repeat(characters, 4 * self.arguments.seconds, step)
            lines.append(report("training", f"PyTorch {torch.__version__.split('+')[0]} {precision}", speed))
        return lines


class Generation:
    """One tune, a character at a time, with the state carried along; one thread, which is fastest."""

    def __init__(self, arguments):
        import torch
        from safetensors.torch import load_file

        self.seconds = arguments.seconds
        self.weights = {name: tensor.float() for name, tensor in load_file(CHECKPOINT).items()}
        self.model = network(0.0).eval()
        self.model.load_state_dict(self.weights)
        text = "X:1\nL:1/8\nM:4/4\nK:D\n|: FA | d2 fd Aceg | fdec dBAF | G2 BG FAdA | BGED EFGE | D2 FD A,DFA |\n"
        # <sos> <eos> <unk> <pad>, the newline, then ASCII from the space on without the percent sign.
        table = ["\n", *(chr(code) for code in range(32, 127) if chr(code) != "%")]
        self.tokens = [4 + table.index(character) for character in text]
        self.session = self.onnx_session()
        self.check(torch)

    def onnx_session(self):
        """The network as an ONNX graph of one step."""
        import numpy
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper

        w = {name: tensor.numpy() for name, tensor in self.weights.items()}
        order = lambda rows: numpy.concatenate([numpy.split(rows, 4)[i] for i in (0, 3, 1, 2)])  # ifgo to iofc
        constants, nodes = {"E": w["embedding.weight"], "F": w["fc.weight"].T.copy(), "b": w["fc.bias"]}, []
        nodes.append(helper.make_node("Gather", ["E", "token"], ["x0"]))
        for layer in range(LAYERS):
            for part, name in (("W", "ih"), ("R", "hh")):
                constants[f"{part}{layer}"] = order(w[f"rnn.weight_{name}_l{layer}"])[None]
            biases = [order(w[f"rnn.bias_{name}_l{layer}"]) for name in ("ih", "hh")]
            constants[f"B{layer}"] = numpy.concatenate(biases)[None]
            inputs = [f"x{layer}", f"W{layer}", f"R{layer}", f"B{layer}", "", f"h{layer}", f"c{layer}"]
            outputs = [f"y{layer}", f"H{layer}", f"C{layer}"]
            nodes.append(helper.make_node("LSTM", inputs, outputs, hidden_size=HIDDEN))
            nodes.append(helper.make_node("Identity", [f"H{layer}"], [f"x{layer + 1}"]))
        nodes.append(helper.make_node("MatMul", [f"x{LAYERS}", "F"], ["product"]))
        nodes.append(helper.make_node("Add", ["product", "b"], ["logits"]))
        state = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, HIDDEN])
        names = [f"{part}{layer}" for layer in range(LAYERS) for part in "hc"]
        inputs = [helper.make_tensor_value_info("token", TensorProto.INT64, [1, 1]), *map(state, names)]
        outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1, VOCABULARY])]
        outputs += [state(name.upper()) for name in names]
        initial = [numpy_helper.from_array(value, name) for name, value in constants.items()]
        graph = helper.make_graph(nodes, "step", inputs, outputs, initial)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def by_onnx(self) -> list:
        import numpy

        names = [f"{part}{layer}" for layer in range(LAYERS) for part in "hc"]
        state, all_logits = {name: numpy.zeros((1, 1, HIDDEN), numpy.float32) for name in names}, []
        for token in self.tokens:
            logits, *new = self.session.run(None, {"token": numpy.array([[token]]), **state})
            state = dict(zip(names, new))
            all_logits.append(logits[0, 0])
        return all_logits

    def by_torch(self) -> list:
        import torch

        with torch.inference_mode():
            state, all_logits = None, []
            for token in self.tokens:
                logits, state = self.model(torch.tensor([[token]]), state)
                all_logits.append(logits[0, 0].numpy())
        return all_logits

    def check(self, torch) -> None:
        """Both peers compute the same network, or nothing is compared."""
        torch.set_num_threads(1)
        worst = max(abs(a - b).max() for a, b in zip(self.by_torch(), self.by_onnx()))
        assert worst < 1e-3, f"PyTorch and ONNX Runtime differ by {worst}"

    def measure(self) -> list:
        import onnxruntime
        import torch

        torch.set_num_threads(1)
        units = len(self.tokens)
        return [
            report("one tune", f"PyTorch {torch.__version__.split('+')[0]} f32", repeat(units, self.seconds, self.by_torch)),
            report("one tune", f"ONNX Runtime {onnxruntime.__version__} f32", repeat(units, self.seconds, self.by_onnx)),
        ]


def own_bench(name: str) -> Path:
    """Builds one of Reelsmith's benches; its program."""
    command = ["cargo", "bench", "--bench", name, "--no-run", "--message-format=json"]
    output = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in output.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == name:
            return Path(message["executable"])
    sys.exit(f"cargo built no bench {name}")


def run_own(program: Path, *flags: str, **variables: str) -> list:
    output = subprocess.run([program, *flags], stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **variables})
    print(output.stdout, end="", flush=True)
    return [json.loads(line) for line in output.stdout.splitlines()]


def table(arguments: argparse.Namespace) -> None:
    generation, training = own_bench("generation"), own_bench("training")
    peers = [Generation(arguments), Training(arguments)]
    lines, loads = [], []
    for number in range(arguments.rounds):
        loads.append(os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0)
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        lines += run_own(generation, "--seconds", str(arguments.seconds))
        # candle with one thread is faster at this than with rayon's default: it is measured at its best too.
        alone = run_own(generation, "--seconds", str(arguments.seconds), "--only", "candle", RAYON_NUM_THREADS="1")
        lines += [{**line, "by": line["by"] + ", RAYON_NUM_THREADS=1"} for line in alone]
        sizes = ["--batch", arguments.batch, "--sequence", arguments.length, "--threads", arguments.threads]
        flags = [*map(str, sizes), "--runs", "3"]
        # candle's own training is slow: a round in three is enough of it.
        lines += run_own(training, *flags, *([] if number % 3 == 0 else ["--only", "own"]))
        for peer in peers:
            lines += peer.measure()
    speeds = {}
    for line in lines:
        speeds.setdefault((line["what"], line["by"]), []).append(line["speed"])
    medians = {key: statistics.median(values) for key, values in speeds.items()}
    print(f"\nMedians of {arguments.rounds} rounds, characters a second; load {min(loads):.1f} to {max(loads):.1f}.\n")
    for what in ("one tune", "many tunes", "training"):
        print(f"| {what} | characters a second | share of the memory floor |\n|---|---|---|")
        for (kind, by), speed in medians.items():
            if kind == what:
                floor = medians.get(("floor", by))
                print(f"| {by} | {speed:,.0f} | {f'{100 * speed / floor:.0f} %' if what == 'one tune' and floor else ''} |")
        print()


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["table", "generation", "training"])
    folder = Path(tempfile.gettempdir()) / "reelsmith-peers"
    parser.add_argument("--venv", type=Path, default=folder, help="Python environment, made if missing (%(default)s)")
    parser.add_argument("--rounds", type=positive, default=9, help="rounds of the table (%(default)s)")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a measurement (%(default)s)")
    parser.add_argument("--threads", type=positive, default=2, help="threads in training (%(default)s)")
    parser.add_argument("--batch", type=positive, default=64, help="tunes a training batch (%(default)s)")
    parser.add_argument("--length", type=positive, default=256, help="characters a training tune (%(default)s)")
    return parser.parse_args()


def main() -> None:
    # Parsed before anything is installed, so that --help and mistakes cost nothing.
    arguments = parse_arguments()
    if "REELSMITH_PEERS" not in os.environ:
        run_in_environment(arguments.venv)
    match arguments.task:
        case "table":
            table(arguments)
        case "generation":
            Generation(arguments).measure()
        case "training":
            Training(arguments).measure()


if __name__ == "__main__":
    main()
