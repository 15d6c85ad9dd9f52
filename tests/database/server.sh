#!/bin/sh
# A throw-away PostgreSQL for the tests of connecting: scram and TLS on 127.0.0.1, trust on its
# socket. Says "ready" when it answers; stops and removes itself when its standard input ends.
#
# usage: server.sh FOLDER PORT BINDIR
set -eu
folder=$1 port=$2 bin=$3
umask 022
mkdir -p "$folder"
cd "$folder"

as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

authority() { # NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" 2>/dev/null
}

certificate() { # NAME SUBJECT EXTENSIONS
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" \
        -keyout "$1.key" -out "$1.csr" 2>/dev/null
    printf '%s\n' "basicConstraints=CA:FALSE" "$3" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA authority.crt -CAkey authority.key -CAcreateserial \
        -days 2 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
    chmod 600 "$1.key"
}

authority authority
authority stranger
certificate server "/CN=db.example" "subjectAltName=DNS:db.example"
certificate client "/CN=with_certificate" "extendedKeyUsage=clientAuth"

if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
as_postgres "$bin/initdb" -D data -U postgres --auth=trust --no-sync --locale=C -E UTF8 >initdb.log 2>&1
cat >data/pg_hba.conf <<HBA
local     all,replication  all   trust
hostssl   all  with_certificate  127.0.0.1/32  cert
hostnossl all  only_tls          127.0.0.1/32  reject
hostssl   all  only_clear        127.0.0.1/32  reject
host      all  all               127.0.0.1/32  scram-sha-256
HBA
cat >>data/postgresql.conf <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
ssl = on
ssl_cert_file = '$folder/server.crt'
ssl_key_file = '$folder/server.key'
ssl_ca_file = '$folder/authority.crt'
max_connections = 60
fsync = off
CONF

stop() {
    as_postgres "$bin/pg_ctl" -D data -m immediate stop >/dev/null 2>&1 || true
    cd /
    rm -rf "$folder"
}
trap stop EXIT
trap '' INT
as_postgres "$bin/pg_ctl" -D data -w -l server.log start >/dev/null
as_postgres "$bin/psql" -qX -h "$folder" -p "$port" -U postgres -v ON_ERROR_STOP=1 >/dev/null <<SQL
CREATE ROLE alice LOGIN PASSWORD 'wonder land:1';
CREATE ROLE only_tls LOGIN PASSWORD 'p';
CREATE ROLE only_clear LOGIN PASSWORD 'p';
CREATE ROLE with_certificate LOGIN;
CREATE ROLE plain_role LOGIN;
CREATE ROLE busy LOGIN CONNECTION LIMIT 0;
CREATE DATABASE closed;
REVOKE CONNECT ON DATABASE closed FROM PUBLIC;
SQL
echo ready
cat >/dev/null
