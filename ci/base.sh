#!/bin/sh
# Merges a branch of origin into the checkout, which is then what the merge of this change would give, and prints the
# commit at the head of that branch, which is what to compare it with.  Run it in CI's own clone of the infra repo:
#     base=$(ci/base.sh BRANCH)
# The merge is a commit of no branch, and no branch moves.  History is fetched as far as a merge takes: a clone of depth
# 2 seldom holds it.
set -eu
branch=$1
tip=refs/remotes/origin/$branch
head=$(git rev-parse HEAD)

say() {
    echo "base.sh: $*" >&2
    exit 1
}

# Whether the history at hand tells where the two parted: no commit of one side only has parents that were not fetched.
# Beyond such a commit may lie a later place to part from than the one in sight.
is_enough() {
    git merge-base "$head" "$tip" >/dev/null || return 1
    ends=$(git rev-parse --git-path shallow)
    ! { [ -s "$ends" ] && git rev-list "$head...$tip" | grep -qxFf "$ends"; }
}

git fetch --quiet --no-tags --depth=2 origin "+refs/heads/$branch:$tip"
depth=8
until is_enough; do
    if [ "$(git rev-parse --is-shallow-repository)" = false ]; then
        say "HEAD and $branch have no commit in common"
    fi
    # A HEAD that only this clone has, a merge made by the runner, cannot be asked for: then all of it.
    git fetch --quiet --no-tags --deepen="$depth" origin "$head" "+refs/heads/$branch:$tip" 2>/dev/null ||
        git fetch --quiet --no-tags --unshallow origin
    depth=$((depth * 4))
done

git checkout --quiet --detach
if ! said=$(git -c user.name=gate -c user.email=gate@localhost -c core.hooksPath=/dev/null -c commit.gpgSign=false \
    merge --ff --quiet --no-edit -m "Merge $branch, to be judged" "$tip" 2>&1); then
    # Names of files are the change's to choose: neither a terminal nor a runner may take them for commands.
    said=$(printf '%s' "$said" | LC_ALL=C tr -c '\40-\176' ' ' | sed 's/##\[/## [/g')
    git merge --abort 2>/dev/null || true
    say "HEAD does not merge with $branch: merge $branch into the change first. Git says: $said"
fi
git rev-parse "$tip"
