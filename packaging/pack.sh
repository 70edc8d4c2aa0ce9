#!/usr/bin/env bash
# Packs a built binary with licences, completions and manual pages, and writes its SHA-256 beside it.
#   packaging/pack.sh TARGET
set -euo pipefail
cd "$(dirname "$0")/.."

target="$1"
binary="target/$target/release/layerlint"
case "$target" in *windows*) binary="$binary.exe" ;; esac
folder="$(mktemp -d)"
mkdir -p dist "$folder/completions" "$folder/man"
cp "$binary" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$folder/"
for shell in bash zsh fish powershell elvish; do
  "$binary" completions "$shell" >"$folder/completions/layerlint.$shell"
done
"$binary" man --out "$folder/man"

archive="layerlint-$target.tar.gz"
tar -czf "dist/$archive" -C "$folder" .
if command -v sha256sum >/dev/null; then
  (cd dist && sha256sum "$archive" >"$archive.sha256")
else
  (cd dist && shasum -a 256 "$archive" >"$archive.sha256")
fi
