#!/bin/sh
# Browser tests drive the system's own Chromium: a browser's private download may be unreachable, so it is never the only way.
set -eu
if [ -x "${ALLCOMERS_CHROMIUM:-}" ]; then exit 0; fi
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing Debian's chromium for the browser tests"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
    exit 0
fi
echo "No Chromium was found, and this user may not install one. The browser tests need it:"
echo "    sudo apt-get install chromium        (Debian, Ubuntu)"
echo "or name one you have:  export ALLCOMERS_CHROMIUM=/path/to/chromium"
echo "Everything else works without it."
