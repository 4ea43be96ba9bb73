#!/bin/sh
# Run once by the image of PostgreSQL when its volume is empty: the role that the service connects as owns nothing.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set=password="$(cat /run/secrets/service_password)" <<'SQL'
CREATE ROLE allcomers_service LOGIN PASSWORD :'password';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
