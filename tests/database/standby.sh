#!/bin/sh
# A standby of the tests' server, on a socket of its own. Says "ready" when it answers; stops and
# removes itself when its standard input ends.
#
# usage: standby.sh FOLDER SERVER_FOLDER SERVER_PORT BINDIR
set -eu
folder=$1 server_folder=$2 port=$3 bin=$4
mkdir -p "$folder"
cd "$folder"

as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
stop() {
    as_postgres "$bin/pg_ctl" -D data -m immediate stop >/dev/null 2>&1 || true
    cd /
    rm -rf "$folder"
}
trap stop EXIT
trap '' INT
as_postgres "$bin/pg_basebackup" -h "$server_folder" -p "$port" -U postgres -D data -R -c fast --no-sync
as_postgres "$bin/pg_ctl" -D data -w -l standby.log \
    -o "-c port=$port -c listen_addresses= -c unix_socket_directories=$folder" start >/dev/null
echo ready
cat >/dev/null
