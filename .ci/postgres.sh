#!/usr/bin/env bash
# A PostgreSQL of its own for the tests, on a free port, gone afterwards.
#   .ci/postgres.sh start [DIR]   prints the URL for YICHUANG_TEST_POSTGRES
#   .ci/postgres.sh stop  [DIR]
# Needs Debian's package `postgresql` (any version); as root it runs as user postgres, else nobody.
set -euo pipefail

dir=${2:-${TMPDIR:-/tmp}/yichuang-postgres}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || echo /missing/initdb)")
[ -x "$bin/initdb" ] || { echo "PostgreSQL is not installed: apt-get install postgresql" >&2; exit 1; }

as_user() {
    if [ "$(id -u)" = 0 ]; then
        user=postgres; id "$user" >/dev/null 2>&1 || user=nobody
        (cd / && runuser -u "$user" -- "$@")
    else
        "$@"
    fi
}

case "${1:-}" in
start)
    rm -rf "$dir"; mkdir -p "$dir"
    if [ "$(id -u)" = 0 ]; then chown "$(id -u postgres 2>/dev/null || id -u nobody)" "$dir"; fi
    as_user "$bin/initdb" -D "$dir/data" --locale=C -E UTF8 --auth=trust -U postgres >"$dir.log" 2>&1
    for _ in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 30000))
        # Durability is proved elsewhere; tests only need the answers.
        settings="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300"
        settings="$settings -c fsync=off -c full_page_writes=off -c shared_buffers=64MB"
        if as_user "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" -o "$settings" start >>"$dir.log" 2>&1; then
            echo "postgres://postgres@127.0.0.1:$port/postgres"
            exit 0
        fi
    done
    cat "$dir.log" >&2
    exit 1
    ;;
stop)
    as_user "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
    rm -rf "$dir" "$dir.log"
    ;;
*)
    echo "usage: $0 start|stop [DIR]" >&2
    exit 2
    ;;
esac
