#!/bin/sh
# Makes the service's style sheet and scripts again from npm; the results are committed, so that nothing else needs Node.
set -eu
NHSUK_FRONTEND=10.6.1   # MIT; keep in step with nhsuk-frontend-jinja in pyproject.toml
SASS=1.108.2            # MIT; used here only
look="$(cd "$(dirname "$0")/.." && pwd)/src/allcomers/service/look"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
npm install --silent --prefix "$work" "nhsuk-frontend@$NHSUK_FRONTEND" "sass@$SASS"
modules="$work/node_modules"
dist="$modules/nhsuk-frontend/dist"
"$modules/.bin/sass" --load-path="$dist" --style=compressed --no-source-map --quiet-deps \
  "$look/styles/service.scss" "$work/service.css"
sed 's|/assets/images/|images/|g' "$work/service.css" > "$look/static/look/service.css"
sed 's|//# sourceMappingURL=.*||' "$dist/nhsuk/nhsuk-frontend.min.js" > "$look/static/look/nhsuk-frontend.min.js"
for icon in arrow-down arrow-up-down arrow-up cross; do
  cp "$dist/nhsuk/assets/images/nhsuk-icon-$icon.svg" "$look/static/look/images/"
done
