#!/bin/sh
# A PgBouncer in transaction mode, without TLS. Says "ready" when it listens; stops when its
# standard input ends.
#
# usage: pooler.sh FOLDER PORT SERVER_FOLDER SERVER_PORT
set -eu
folder=$1 port=$2 server_folder=$3 server_port=$4
PATH=$PATH:/usr/sbin
command -v pgbouncer >/dev/null || { echo "these tests need PgBouncer: run scripts/setup, which installs it" >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"
echo '"postgres" ""' >users
cat >pooler.ini <<INI
[databases]
* = host=$server_folder port=$server_port
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = trust
auth_file = $folder/users
pool_mode = transaction
default_pool_size = 5
logfile = $folder/log
INI
run=
if [ "$(id -u)" = 0 ]; then
    chown -R postgres "$folder"
    run="runuser -u postgres --"
fi
$run pgbouncer -q pooler.ini >/dev/null 2>&1 &
pooler=$!
trap '{ kill "$pooler"; wait "$pooler"; } 2>/dev/null || true; cd /; rm -rf "$folder"' EXIT
trap '' INT
until grep -q "process up" log 2>/dev/null; do
    kill -0 "$pooler"
    sleep 0.05
done
echo ready
cat >/dev/null
