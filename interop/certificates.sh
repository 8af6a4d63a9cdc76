#!/usr/bin/env bash
# Makes in DIR what a TLS run needs: an authority, a certificate of the server at 127.0.0.1, and one for each named station.
#
#   certificates.sh DIR STATION...
set -euo pipefail
dir=$1
shift
mkdir -p "$dir"

quietly() { # openssl writes progress to standard error; it is shown when it fails
  "$@" 2>"$dir/openssl.log" || { cat "$dir/openssl.log" >&2; return 1; }
}

signed() { # name subject extensions
  quietly openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$dir/$1.key" -out "$dir/$1.csr" -subj "$2"
  quietly openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 -out "$dir/$1.pem" -extfile <(printf '%s\n' "$3")
}

quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$dir/ca.key" -out "$dir/ca.pem" -days 2 \
  -subj '/O=Chargeyard/CN=interop authority' -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign'
signed server '/O=Chargeyard/CN=127.0.0.1' $'subjectAltName=IP:127.0.0.1,DNS:localhost\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth'
for station in "$@"; do
  signed "$station" "/O=Chargeyard/CN=$station" $'keyUsage=digitalSignature\nextendedKeyUsage=clientAuth'
done
