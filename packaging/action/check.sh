#!/usr/bin/env bash
# One scan, several reports: SARIF, annotations, the job's summary, and the numbers that the action gives out.
# The exit status of the scan is an output, so that the reports are uploaded before the job fails.
set -euo pipefail

work="$(mktemp -d)"
arguments=(check --output "sarif=$LAYERLINT_SARIF" --output "json=$work/report.json" --no-progress --fail-on "$LAYERLINT_FAIL_ON")
if [ "$LAYERLINT_SUMMARY" = true ]; then
  arguments+=(--output "markdown=$work/summary.md")
fi
if [ "$LAYERLINT_ANNOTATIONS" = true ]; then
  arguments+=(--output github)
else
  arguments+=(--output human)
fi
if [ -n "$LAYERLINT_CONFIG_FILE" ]; then
  arguments+=(--config "$LAYERLINT_CONFIG_FILE")
fi
while IFS= read -r argument; do
  if [ -n "$argument" ]; then arguments+=("$argument"); fi
done <<<"${LAYERLINT_ARGS:-}"
arguments+=(--)
while IFS= read -r path; do
  if [ -n "$path" ]; then arguments+=("$path"); fi
done <<<"${LAYERLINT_PATHS:-}"

status=0
layerlint "${arguments[@]}" || status=$?

{
  echo "status=$status"
  if [ -f "$work/report.json" ]; then
    echo "sarif-file=$LAYERLINT_SARIF"
    # the report is JSON of our own: the three numbers stand on lines of their own
    errors="$(sed -n 's/^    "errors": \([0-9]*\),*$/\1/p' "$work/report.json" | tail -n 1)"
    warnings="$(sed -n 's/^    "warnings": \([0-9]*\),*$/\1/p' "$work/report.json" | tail -n 1)"
    infos="$(sed -n 's/^    "infos": \([0-9]*\),*$/\1/p' "$work/report.json" | tail -n 1)"
    echo "errors=$errors"
    echo "findings=$((errors + warnings + infos))"
    echo "size-unzipped=$(sed -n 's/^      "unzipped": \([0-9]*\),*$/\1/p' "$work/report.json" | sort -n | tail -n 1)"
  fi
} >>"$GITHUB_OUTPUT"
if [ -f "$work/summary.md" ]; then
  cat "$work/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
