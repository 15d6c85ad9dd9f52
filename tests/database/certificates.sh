#!/bin/sh
# An authority, a stranger to it, and certificates for a server and a client, in the folder.
#
# usage: certificates.sh FOLDER
set -eu
cd "$1"
command -v openssl >/dev/null || { echo "these tests need openssl: run scripts/setup" >&2; exit 1; }

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
