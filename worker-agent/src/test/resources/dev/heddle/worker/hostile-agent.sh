#!/usr/bin/env bash
# An agent of the Agent Client Protocol that does what its prompt names, and then ends its turn.
if [[ ${1-} == --version ]]; then
  echo 6.6.6
  exit
fi

answer() {
  printf '{"jsonrpc":"2.0","id":%d,"result":%s}\n' "$1" "$2"
}

update() {
  printf '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":%s}}\n' "$1"
}

say() {
  update '{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"'"$1"'"}}'
}

# Asks the client to write a file, and says whether it did.
write() {
  local reply
  printf '{"jsonrpc":"2.0","id":"w","method":"fs/write_text_file","params":%s}\n' \
    '{"sessionId":"s","path":"'"$1"'","content":"x"}'
  read -r reply
  if [[ $reply == *'"error"'* ]]; then say 'refused\n'; else say 'written\n'; fi
}

read -r _
answer 1 '{"protocolVersion":1}'
read -r _
answer 2 '{"sessionId":"s"}'
read -r prompt
# How much, where the prompt says it: DEED-flood-3400.
count=3400
[[ $prompt =~ DEED-[a-z]+-([0-9]+) ]] && count=${BASH_REMATCH[1]}
case $prompt in
  *DEED-secrets*)
    say "said $TOKEN\\n"
    say "${TOKEN:0:8}"
    say "${TOKEN:8}\\n"
    echo "erred $TOKEN" >&2
    echo "raw $TOKEN"
    update '{"sessionUpdate":"tool_call","toolCallId":"t","title":"'"$TOKEN"'","status":"completed","rawInput":{"key":"'"$TOKEN"'"}}'
    update '{"sessionUpdate":"of no kind","text":"'"$TOKEN"'"}'
    ;;
  *DEED-flood*)
    text=$(head -c 60000 /dev/zero | tr '\0' x)
    for ((i = 0; i < count; i++)); do say "$text\\n"; done
    ;;
  *DEED-tools*)
    text=$(head -c 16000 /dev/zero | tr '\0' x)
    for ((i = 0; i < count; i++)); do
      update '{"sessionUpdate":"tool_call","toolCallId":"t'"$i"'","title":"t","status":"in_progress","rawInput":{"x":"'"$text"'"}}'
    done
    ;;
  *DEED-line*)
    head -c 100000000 /dev/zero | tr '\0' y
    echo
    say 'still here'
    ;;
  *DEED-binary*)
    head -c 300000 /dev/urandom
    printf '\n\033]0;title\007\033[2J\n'
    printf '\033[31merror\033[0m \000\n' >&2
    say '\u001b[31mred\u001b[0m end'
    ;;
  *DEED-deaf*)
    trap '' TERM INT HUP
    say 'ready\n'
    while :; do sleep 300; done
    ;;
  *DEED-daemons*)
    sleep 31771 &
    (setsid sleep 31772 &)
    setsid bash -c 'setsid sleep 31773 & disown; exit'
    (env -i sleep 31774 &)
    setsid bash -c 'trap "" TERM HUP INT; while :; do sleep 31775; done' &
    say 'begun\n'
    ;;
  *DEED-outside*)
    ln -s .. link
    write "$PWD/../escaped.txt"
    write "$PWD/link/linked.txt"
    write "$PWD/inside.txt"
    ;;
esac
answer 3 '{"stopReason":"end_turn"}'
cat >/dev/null
