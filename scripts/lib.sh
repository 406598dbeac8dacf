# Shared by the scripts of this folder; source it, do not run it.
# Defines rootDir, say, now, secondsSince, dockerAnswers; startStep and waitStep (parallel steps).
set -euo pipefail
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logDir="$rootDir/.cache/logs"
pnpmVersion=12.21.0
binDir="$rootDir/node_modules/.bin"
# The workspace pins a Node, which comes first. ONSALE_NODE=path keeps the one of PATH, so that CI
# can test other versions.
if [[ ${ONSALE_NODE:-} == path ]]; then
  mkdir -p "$rootDir/.cache/node-of-path"
  ln -sfn "$(readlink -f "$(command -v node)")" "$rootDir/.cache/node-of-path/node"
  binDir="$rootDir/.cache/node-of-path:$binDir"
fi
export PATH="$binDir:$PATH"

say() { printf '%s\n' "$*" >&2; }

# Milliseconds since 1970, without a subprocess.
now() { local t=${EPOCHREALTIME/[.,]/}; printf '%s' "${t:0:-3}"; }
# secondsSince START [END]
secondsSince() {
  local ms=$((${2:-$(now)} - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

declare -A stepPid=() stepStart=() stepHint=() stepName=()

# startStep KEY "what it does" "what to do when it fails" COMMAND...: runs in the background, with
# output in .cache/logs/KEY.log, in its own process group, so that Ctrl-C ends all of its processes.
startStep() {
  local key=$1 name=$2 hint=$3
  shift 3
  mkdir -p "$logDir"
  stepName[$key]=$name stepHint[$key]=$hint stepStart[$key]=$(now)
  say "  start   $name"
  rm -f "$logDir/$key.end"
  set -m
  {
    code=0
    "$@" || code=$?
    # A step may end long before waitStep is called.
    now >&3
    exit "$code"
  } >"$logDir/$key.log" 2>&1 3>"$logDir/$key.end" </dev/null &
  stepPid[$key]=$!
  set +m
}

# waitStep KEY: prints done or failed with the log's tail; returns the command's exit code.
waitStep() {
  local key=$1 code=0 took
  wait "${stepPid[$key]}" || code=$?
  unset "stepPid[$key]"
  took=$(secondsSince "${stepStart[$key]}" "$(cat "$logDir/$key.end")")
  if ((code == 0)); then
    say "  done    ${stepName[$key]} ($took)"
    return 0
  fi
  say "  FAILED  ${stepName[$key]} after $took (exit $code); its log ends:"
  tail -n 15 "$logDir/$key.log" | sed 's/^/          | /' >&2
  say "          whole log: $logDir/$key.log"
  say "          what to do: ${stepHint[$key]}"
  return "$code"
}

# Ends every running step with its child processes; called by traps.
stopSteps() {
  local key
  for key in "${!stepPid[@]}"; do kill -TERM -- "-${stepPid[$key]}" 2>/dev/null || true; done
  for key in "${!stepPid[@]}"; do wait "${stepPid[$key]}" 2>/dev/null || true; done
}

has() { command -v "$1" >/dev/null 2>&1; }

# Whether a Docker engine answers within two seconds and may be used; asked once.
dockerAnswers() {
  [[ ${DEVSTACK_SOURCE:-} != private ]] || return 1
  if [[ -z ${dockerAnswer:-} ]]; then
    dockerAnswer=no
    if has docker && timeout 2 docker info >/dev/null 2>&1; then dockerAnswer=yes; fi
  fi
  [[ $dockerAnswer == yes ]]
}

pnpm() { npx -y "pnpm@$pnpmVersion" "$@"; }
