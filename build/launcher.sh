#!/bin/sh
# Starts the program of this folder; it brings .NET and libtorch along.
root=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
. "$root/lib/allocator.sh"
exec "$root/lib/VideoConcepts.Cli" "$@"
