#!/bin/sh
# Prints the commit at which HEAD left a branch of origin, and fetches as much history as that takes: a clone of
# depth 2 seldom holds it.  Run it in the checkout of the infra repo:  ci/base.sh BRANCH
set -eu
branch=$1
tip=refs/remotes/origin/$branch
head=$(git rev-parse HEAD)

git fetch --quiet --no-tags --depth=2 origin "+refs/heads/$branch:$tip"
depth=8
until git merge-base "$head" "$tip"; do
    if [ "$(git rev-parse --is-shallow-repository)" = false ]; then
        echo "base.sh: HEAD and $branch have no commit in common" >&2
        exit 1
    fi
    # A HEAD that only this clone has, a merge made by the runner, cannot be asked for: then all of it.
    git fetch --quiet --no-tags --deepen="$depth" origin "$head" "+refs/heads/$branch:$tip" 2>/dev/null ||
        git fetch --quiet --no-tags --unshallow origin
    depth=$((depth * 4))
done
