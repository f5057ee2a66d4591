#!/bin/bash
# Two roles: the owner migrates, the application works with rows (pharmatrace/grants.py says which).
set -euo pipefail

psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres \
  --set owner_password="$(cat /run/secrets/database_owner_password)" \
  --set password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE ROLE pharmatrace_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE pharmatrace LOGIN PASSWORD :'password';
CREATE DATABASE pharmatrace OWNER pharmatrace_owner;
SQL
