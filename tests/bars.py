#!/usr/bin/env python3
"""Counts the bars of tunes in ABC, sharing nothing with the program: it knows only the few
signs of ABC that composed tunes have, by the standard's own words.

Usage: bars.py FILE...   prints a line for each bar of the wrong length, then a summary.
A bar must last what the metre says. At a repeat, a double bar, an ending or the tune's end it may be
split: then what is played one after the other must add up to a bar.
"""
import re
import sys
from fractions import Fraction as F

TOKEN = re.compile(r'''"[^"]*" | !\w+! | \{[^}]*\} | \(3 | [.~uvTMP()] |
    :\|2 | \|1 | :\| | \|: | :: | \|\| | \|\] | \| |
    \[ [^\]]* \] [\d/]* | [_=^]?[A-Ga-gz][,']*[\d/]* | [-<>] | \s+''', re.X)


def length(text):
    """`3/2`, `/`, `2`: as a fraction of the unit."""
    above, slash, below = text.partition("/")
    if not slash:
        return F(int(above or 1))
    halves = below.count("/") + 1 if not below.strip("/") else 0
    return F(int(above or 1)) / (2 ** halves if halves else int(below))


def bars(music):
    """(duration in units, the line that closes it) for every bar."""
    time, broken, triplet, last, at = F(0), F(0), 0, F(0), 0
    while at < len(music):
        token = TOKEN.match(music, at)
        if not token:
            raise ValueError(f"what is {music[at:at + 8]!r}?")
        at, text = token.end(), token.group()
        if text == "(3":
            triplet = 3
        elif text in "<>" and text:
            change = last / 2 if text == ">" else -last / 2
            time, broken = time + change, -change
        elif "|" in text and text[0] != '"' or text == "::":
            yield time, text
            time = F(0)
        elif re.match(r"[_=^]?[A-Ga-gz]|\[", text):
            last = length(re.search(r"[\d/]*$", text).group())
            if triplet:
                last, triplet = last * F(2, 3), triplet - 1
            time, broken = time + last + broken, F(0)
    if time:
        yield time, ""


def faults(metre, unit, music):
    """What is wrong with a tune's bars."""
    full = F(metre) / F(unit)
    found = [bar for bar in bars(music) if bar[0]]
    start, ending = 0, None           # where the repeat goes back to; where the first ending begins
    pickup = found[0][0] % full       # what the tune's last bar may lack
    for i, (time, line) in enumerate(found):
        after = found[i + 1][0] if i + 1 < len(found) else None
        begins = i == 0 or found[i - 1][1] not in ("|", "|1", ":|2")
        if time > full:
            yield f"bar {i + 1} is too long: {time} of {full}"
        elif time < full:
            if begins and line in ("|", "|:"):
                pass                  # a pickup: what it completes is looked at below
            elif line in ("|", "|1"):
                yield f"bar {i + 1} is too short: {time} of {full}"
        # Going back and going on both have to make full bars.
        first = found[start][0] % full
        if line in (":|", "::", ":|2") and (time + first) % full:
            yield f"bar {i + 1} does not meet the repeat's start: {time} + {first}"
        if line in (":|", "::", "||", "|:") and after is not None and (i > 0 or line != "|:"):
            if (time + after % full) % full:
                yield f"bar {i + 1} does not meet the next: {time} + {after}"
        if after is None and (time + (found[start][0] % full)) % full:
            yield f"the last bar does not meet the start: {time} + {found[start][0]}"
        if line in (":|", "::", "||", "|:"):
            start = i + 1


def main():
    tunes = bad = 0
    for path in sys.argv[1:]:
        for text in re.split(r"\n\s*\n", open(path).read()):
            fields = dict(re.findall(r"^([A-Z]):\s*(.*?)\s*$", text, re.M))
            if "K" not in fields:
                continue
            tunes += 1
            music = re.split(r"^K:.*\n", text, maxsplit=1, flags=re.M)[1]
            try:
                wrong = list(faults(fields["M"], fields["L"], music))
            except ValueError as error:
                wrong = [str(error)]
            bad += bool(wrong)
            for fault in wrong:
                print(f"{path}: X:{fields.get('X')}: {fault}")
    print(f"{tunes} tunes, {bad} with a bar of the wrong length")
    return bad > 0


sys.exit(main())
