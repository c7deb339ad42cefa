#!/bin/sh
# Run once by the postgres image on an empty volume: the three roles of config/embedded/roles.py.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d waybridge \
    -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" -v operator="$OPERATOR_PASSWORD" <<'SQL'
CREATE ROLE waybridge_owner LOGIN CREATEDB NOSUPERUSER BYPASSRLS PASSWORD :'owner';
CREATE ROLE waybridge_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
CREATE ROLE waybridge_operator LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'operator';
GRANT waybridge_app, waybridge_operator TO waybridge_owner WITH INHERIT FALSE, SET TRUE;
ALTER DATABASE waybridge OWNER TO waybridge_owner;
GRANT ALL ON SCHEMA public TO waybridge_owner;
SQL
