// Makes the npm packages: one for each platform with its binary, and `layerlint`, which depends on them and starts the right one.
//   node build.mjs VERSION FOLDER-OF-BINARIES OUT
// The folder holds one folder for each Rust target with the binary in it.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const targets = {
  "linux-x64": { target: "x86_64-unknown-linux-musl", os: "linux", cpu: "x64" },
  "linux-arm64": { target: "aarch64-unknown-linux-musl", os: "linux", cpu: "arm64" },
  "darwin-x64": { target: "x86_64-apple-darwin", os: "darwin", cpu: "x64" },
  "darwin-arm64": { target: "aarch64-apple-darwin", os: "darwin", cpu: "arm64" },
  "win32-x64": { target: "x86_64-pc-windows-msvc", os: "win32", cpu: "x64" },
};

const [version, binaries, out] = process.argv.slice(2);
if (!out) {
  console.error("node build.mjs VERSION FOLDER-OF-BINARIES OUT");
  process.exit(2);
}

const here = dirname(fileURLToPath(import.meta.url));
const common = {
  version,
  license: "MIT OR Apache-2.0",
  repository: { type: "git", url: "git+https://github.com/layerlint/layerlint.git" },
};
const optional = {};

for (const [platform, { target, os, cpu }] of Object.entries(targets)) {
  const binary = os === "win32" ? "layerlint.exe" : "layerlint";
  const from = join(binaries, target, binary);
  if (!existsSync(from)) {
    console.error(`left out: no ${from}`);
    continue;
  }
  const name = `@layerlint/${platform}`;
  const folder = join(out, platform);
  mkdirSync(join(folder, "bin"), { recursive: true });
  copyFileSync(from, join(folder, "bin", binary));
  chmodSync(join(folder, "bin", binary), 0o755);
  write(folder, { name, description: `layerlint for ${platform}`, ...common, os: [os], cpu: [cpu], files: ["bin"] });
  optional[name] = version;
}

const folder = join(out, "layerlint");
mkdirSync(join(folder, "bin"), { recursive: true });
copyFileSync(join(here, "start.js"), join(folder, "bin", "layerlint.js"));
copyFileSync(join(here, "..", "..", "README.md"), join(folder, "README.md"));
write(folder, {
  name: "layerlint",
  description: "Says before upload what AWS Lambda would say after: a linter for layer zips and function packages",
  keywords: ["aws", "lambda", "layer", "lint", "sarif"],
  ...common,
  engines: { node: ">=16" },
  bin: { layerlint: "bin/layerlint.js" },
  files: ["bin"],
  optionalDependencies: optional,
});

function write(where, json) {
  writeFileSync(join(where, "package.json"), JSON.stringify(json, null, 2) + "\n");
}
