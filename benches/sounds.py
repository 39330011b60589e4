#!/usr/bin/env python3
"""Spectrogram and envelope of every instrument.

    python3 benches/sounds.py target/release/reelsmith-cli FOLDER

needs numpy and matplotlib. It sounds one long note (A4) and a scale with each instrument, without room, chords and
drones, and writes FOLDER/NAME.png for each and FOLDER/sheet.png with all of them. In the lower plots the long note's
level is black and the scale's orange.
"""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

INSTRUMENTS = ["whistle", "low-whistle", "flute", "fiddle", "pipes", "concertina", "accordion", "harp", "banjo",
               "mandolin", "piano", "guitar", "bouzouki", "sine"]
LONG = "X:1\nL:1/4\nM:4/4\nQ:1/4=120\nK:C\nA4|\n"
SCALE = "X:1\nL:1/4\nM:4/4\nQ:1/4=200\nK:D\nDEFG|ABcd|efga|b4|\n"


def sound(program, text, name):
    """Samples of a tune, both sides together, and their rate."""
    with tempfile.TemporaryDirectory() as folder:
        tune, out = Path(folder, "tune.abc"), Path(folder, "tune.wav")
        tune.write_text(text)
        command = [program, "convert", tune, out, "--instrument", name, "--chords", "off", "--room", "0",
                   "--no-drones"]
        subprocess.run(command, check=True)
        with wave.open(str(out)) as file:
            rate, frames = file.getframerate(), file.readframes(file.getnframes())
    return np.frombuffer(frames, "<i2").reshape(-1, 2).mean(axis=1) / 32768, rate


def envelope(x, rate, seconds=0.004):
    """The greatest level within a few milliseconds, in steps of one."""
    step = rate // 1000
    x = np.pad(np.abs(x), (0, int(seconds * rate)))
    return np.array([x[i:i + int(seconds * rate)].max() for i in range(0, len(x) - int(seconds * rate), step)])


def plot(axes, name, note, scale, rate):
    top, bottom = axes
    # A trace of noise: digital silence has no logarithm.
    note = note + np.random.default_rng(0).normal(0, 1e-7, len(note))
    top.specgram(note, NFFT=2048, Fs=rate, noverlap=1536, cmap="magma", vmin=-150, vmax=-40)
    top.set_ylim(0, 12_000)
    top.set_xlim(0, 2.4)
    top.set_title(name, fontsize=8, pad=2)
    level = envelope(note, rate)
    bottom.plot(np.arange(len(level)) / 1000, 20 * np.log10(np.maximum(level, 1e-5)), lw=0.8, color="black")
    run = envelope(scale, rate)
    bottom.plot(np.arange(len(run)) / 1000, 20 * np.log10(np.maximum(run, 1e-5)), lw=0.4, color="tab:orange")
    bottom.set_ylim(-80, 0)
    bottom.set_xlim(0, 2.4)
    for axis in axes:
        axis.tick_params(labelsize=5, length=2, pad=1)


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    sheet, grid = plt.subplots(4, 7, figsize=(14, 7.4), height_ratios=[2, 1, 2, 1])
    for place, name in enumerate(INSTRUMENTS):
        (note, rate), (scale, _) = sound(program, LONG, name), sound(program, SCALE, name)
        row, column = divmod(place, 7)
        plot((grid[2 * row][column], grid[2 * row + 1][column]), name, note, scale, rate)
        figure, axes = plt.subplots(2, 1, figsize=(9, 7), height_ratios=[2, 1])
        plot(axes, name, note, scale, rate)
        figure.savefig(folder / f"{name}.png", dpi=80, bbox_inches="tight")
        plt.close(figure)
    sheet.tight_layout(pad=0.5)
    sheet.savefig(folder / "sheet.png", dpi=90)
    # 48 colours are enough for it, and a quarter of the bytes.
    Image.open(folder / "sheet.png").convert("RGB").quantize(48).save(folder / "sheet.png", optimize=True)


main()
