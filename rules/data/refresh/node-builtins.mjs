#!/usr/bin/env node
// Writes rules/data/node-builtins.toml: the modules that each Node.js has of its own.
// usage: node rules/data/refresh/node-builtins.mjs NODE... > rules/data/node-builtins.toml     (one program per major version)
import { execFileSync } from "node:child_process";

const ask = `
const { builtinModules } = require("module");
const has = (name) => { try { require("node:" + name); return true } catch { return false } };
const plain = builtinModules.filter((name) => !name.startsWith("node:"));
const only = ["ffi", "quic", "sea", "sqlite", "stream/iter", "test", "test/mock_loader", "test/reporters", "vfs"];
process.emitWarning = () => {};
console.log(JSON.stringify({ version: process.versions.node, plain, prefixed: only.filter(has) }));
`;

const list = (names) => `[\n${names.sort().map((name) => `    "${name}",\n`).join("")}]`;
const day = new Date().toISOString().slice(0, 10);
console.log(`# The modules that Node.js has of its own; \`prefixed\` ones answer to \`node:\` names only.
source = "module.builtinModules and require() of each version; made by rules/data/refresh/node-builtins.mjs"
as-of = ${day}`);
for (const node of process.argv.slice(2)) {
  const { version, plain, prefixed } = JSON.parse(execFileSync(node, ["-e", ask], { encoding: "utf8" }));
  console.log(`
[[node]]
major = ${version.split(".")[0]}
version = "${version}"
plain = ${list(plain)}
prefixed = ${list(prefixed)}`);
}
