#!/bin/sh
# Builds echarts.min.js from the published npm packages. Needs node and npm; nobody needs it to use Iolaus.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts echarts@6.1.0 zrender@6.1.0 esbuild@0.25.12 >/dev/null
cp "$here/entry.mjs" entry.mjs
npx esbuild entry.mjs --bundle --minify --format=iife --global-name=echarts --target=es2019 \
  --legal-comments=inline --log-level=warning --outfile="$here/echarts.min.js"
(cd "$here" && sha256sum echarts.min.js)
