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

# Passes on the worker's deadlines and obeys its other words, until it or the keeper is gone.
watch() {
  local word value
  # Who keeps the deadline is then gone, and nobody would freeze the engine.
  trap '' PIPE
  while read -r word value; do
    case $word in
      tick) printf '%s\n' "$value" || break ;;
      term) signal -TERM "-$engine" ;;
      kill) kill_all ;;
    esac
  done
  kill_all
}

# Freezes the engine when its deadline passes, thaws it when there is a later one, and ends all when
# the watcher is gone. Deadlines are read only when they are there: a `read -t` whose time is over
# while a line comes has taken the line's end, and says that there was no line.
keep_deadline() {
  local frozen=0 value left
  # Nobody writes to it, so that waiting for it is a sleep without a process.
  exec 5<> <(:)
  while :; do
    while read -r -t 0; do
      if ! read -r value; then
        kill_all
        return
      fi
      deadline=$value
    done
    # The clock of a time-out stands still while the machine is suspended; the deadline does not.
    read_clock
    left=$((deadline - now))
    if ((left <= 0)); then
      if ((!frozen)); then
        freeze
        frozen=1
      fi
      left=100
    elif ((frozen)); then
      thaw
      frozen=0
    fi
    ((left > 1000)) && left=1000
    printf -v left '%d.%03d' $((left / 1000)) $((left % 1000))
    read -r -t "$left" -u 5
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
  keep_deadline
)
keeper=$!
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
signal -KILL "$keeper" "$watcher"
exit "$code"
