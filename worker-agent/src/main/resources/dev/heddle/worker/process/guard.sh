#!/usr/bin/env bash
# Stands between the worker and one engine. See GuardedProcess for the protocol.
#
#   guard.sh RUN_FOLDER MARKER DEADLINE COMMAND...
#
# Standard input is the tick channel: `tick MILLIS`, `term`, `kill`; its end means that the worker
# is gone. Times are milliseconds since boot (/proc/uptime), which no one can set.
set -u
run=$1 marker=$2 deadline=$3
shift 3

# Ctrl-C and a closing terminal are the worker's to handle.
trap '' INT QUIT HUP TERM

# A process that is already gone is no error.
signal() {
  kill "$@" 2>/dev/null
}

now=0
read_clock() {
  local up
  read -r up _ </proc/uptime
  now=$((10#${up/./} * 10))
}

# Process ids that carry the marker in their environment, wherever they have moved to.
marked=()
find_marked() {
  local file
  marked=()
  while IFS= read -r file; do
    file=${file#/proc/}
    marked+=("${file%/environ}")
  done < <(grep -lzxsF -e "HEDDLE_RUN=$marker" /proc/[0-9]*/environ)
}

# Repeated, since a process may fork between being seen and being stopped.
freeze() {
  local pid stat moved=1
  signal -STOP "${leader[@]}" "-$engine"
  while ((moved)); do
    moved=0
    find_marked
    for pid in "${marked[@]}"; do
      { read -r stat <"/proc/$pid/stat"; } || continue
      stat=${stat##*) }
      if [[ ${stat%% *} != [tTZX] ]]; then
        signal -STOP "$pid" && moved=1
      fi
    done
    ((moved)) && sleep 0.01
  done
}

thaw() {
  find_marked
  signal -CONT "${leader[@]}" "-$engine" "${marked[@]}"
}

anything_left() {
  signal -0 "-$engine" && return 0
  find_marked
  ((${#marked[@]}))
}

kill_all() {
  signal -KILL "${leader[@]}" "-$engine"
  while anything_left; do
    signal -KILL "-$engine" "${marked[@]}"
    sleep 0.02
  done
}

# Takes the worker's words until it is gone, and freezes the engine when none comes in time.
watch() {
  local frozen=0 rest='' line word value left timeout status
  while :; do
    read_clock
    left=$((deadline - now))
    if ((!frozen && left <= 0)); then
      freeze
      frozen=1
    fi
    timeout=()
    if ((!frozen)); then
      # The clock of the time-out stands still while the machine is suspended; the deadline does not.
      ((left > 1000)) && left=1000
      printf -v left '%d.%03d' $((left / 1000)) $((left % 1000))
      timeout=(-t "$left")
    fi
    IFS= read -r "${timeout[@]}" line
    status=$?
    if ((status > 128)); then
      rest+=$line
      continue
    elif ((status != 0)); then
      kill_all
      exit
    fi
    read -r word value <<<"$rest$line"
    rest=''
    case $word in
      tick)
        deadline=$value
        read_clock
        if ((frozen && now < deadline)); then
          thaw
          frozen=0
        fi
        ;;
      term) signal -TERM "-$engine" ;;
      kill) kill_all ;;
    esac
  done
}

# An engine does not start on a lease that has run out.
read_clock
while ((now >= deadline)); do
  read -r word value || exit 125
  case $word in
    tick) deadline=$value ;;
    term | kill) exit 125 ;;
  esac
  read_clock
done

# Where there is setpriv, the kernel kills the engine with the guard.
with_guard=()
if setpriv --pdeathsig KILL true 2>/dev/null; then
  with_guard=(setpriv --pdeathsig KILL)
fi

exec 3<&0
(
  trap - INT QUIT HUP TERM
  exec <"$run/stdin" 3<&-
  export HEDDLE_RUN=$marker
  unset OLDPWD
  printf 'engine %s\n' "$BASHPID"
  exec "${with_guard[@]}" setsid -- "$@"
) &
engine=$!
leader=("$engine")
exec >/dev/null 2>>"$run/guard.log" </dev/null

# Whatever ends the watcher closes this pipe; nothing of the run outlives it.
exec 4> >(
  exec 3<&-
  read -r
  kill_all
)
second=$!
watch <&3 3<&- >&4 4>&- &
watcher=$!
exec 3<&- 4>&-

# By its id alone, since bash remembers how that ended. Of several, `wait -n` knows only those that
# it has not yet forgotten as jobs: an engine that is over by now would never be seen.
wait "$engine"
code=$?
# Its process id may soon belong to another.
leader=()

# What the engine left behind may finish its last words, then it goes too.
for _ in {1..20}; do
  anything_left || break
  sleep 0.05
done
kill_all
printf '%s\n' "$code" >"$run/exit"
signal -KILL "$second" "$watcher"
exit "$code"
