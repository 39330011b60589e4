#!/usr/bin/env node
// Reading ABC, with all that is said about faults, beside abcjs: the same tunes, the same machine, in turn.
//
//     node benches/abcjs.mjs [FILE.abc] [--tunes N] [--rounds N]
//
// FILE is a tunebook, tests/fixtures/tunes.abc if none is named; its tunes are used over again up to N
// (2000). The first run installs abcjs from npm into the system's temp folder. Reelsmith's side is
// `cargo bench --bench playing`. One line of JSON a round with microseconds a tune, and the medians last. On
// a busy machine only their ratio is worth something.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const VERSION = "6.7.2";
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

let file = path.join(root, "tests/fixtures/tunes.abc");
let tunes = 2000;
let rounds = 5;
for (let i = 2; i < process.argv.length; i++) {
  const argument = process.argv[i];
  if (argument === "--tunes") tunes = Number(process.argv[++i]);
  else if (argument === "--rounds") rounds = Number(process.argv[++i]);
  else file = path.resolve(argument);
}
if (!(tunes >= 1 && rounds >= 1)) {
  console.error("--tunes and --rounds take a number from 1");
  process.exit(2);
}

const folder = path.join(tmpdir(), "reelsmith-abcjs");
if (!existsSync(path.join(folder, "node_modules/abcjs"))) {
  console.error(`installing abcjs ${VERSION} from npm into ${folder}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), '{"private": true}\n');
  execFileSync("npm", ["install", "--silent", `abcjs@${VERSION}`], { cwd: folder, stdio: "inherit" });
}
const abcjs = createRequire(path.join(folder, "package.json"))("abcjs");

const book = readFileSync(file, "utf8");
const own = book
  .split(/\r?\n\r?\n/)
  .map((text) => text.trim())
  .filter((text) => /^K:/m.test(text))
  .map((text) => `${text}\n`);
const texts = Array.from({ length: tunes }, (_, i) => own[i % own.length]);

function readByAbcjs() {
  const started = performance.now();
  for (const text of texts) abcjs.parseOnly(text);
  return ((performance.now() - started) * 1000) / texts.length;
}

function readByReelsmith() {
  const bench = ["bench", "--quiet", "--no-default-features", "--bench", "playing", "--"];
  const told = execFileSync("cargo", [...bench, file, "--tunes", String(tunes)], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(told.trim().split("\n").at(-1)).read;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const found = { reelsmith: [], abcjs: [] };
readByAbcjs(); // Its compiler needs a round to warm up.
for (let round = 0; round < rounds; round++) {
  found.reelsmith.push(readByReelsmith());
  found.abcjs.push(readByAbcjs());
  const [reelsmith, other] = [found.reelsmith.at(-1), found.abcjs.at(-1)];
  console.log(JSON.stringify({ round, reelsmith, abcjs: Number(other.toFixed(1)) }));
}
const [reelsmith, other] = [median(found.reelsmith), median(found.abcjs)];
console.log(
  JSON.stringify({ tunes, reelsmith, abcjs: Number(other.toFixed(1)), times: Number((other / reelsmith).toFixed(1)) }),
);
