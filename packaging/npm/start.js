#!/usr/bin/env node
// Starts the binary of this platform with the same arguments, and ends with its status.
"use strict";
const { spawnSync } = require("node:child_process");

const platform = `${process.platform}-${process.arch}`;
const binary = process.platform === "win32" ? "layerlint.exe" : "layerlint";
let path;
try {
  path = require.resolve(`@layerlint/${platform}/bin/${binary}`);
} catch {
  console.error(`layerlint has no binary for ${platform}, or it was not installed (npm install --include=optional); cargo install layerlint builds one`);
  process.exit(2);
}
const done = spawnSync(path, process.argv.slice(2), { stdio: "inherit" });
if (done.error) {
  console.error(String(done.error));
}
process.exit(done.status ?? 2);
