# Runs one shell step, limits and keeps its output, records how it ended; outlives the service.
#
#   sh shim run DIR NONCE BOOT NS TIMEOUT GRACE COMMAND...   in a session of its own; environment on stdin
#   sh shim stop DIR NONCE BOOT NS GRACE                     ends the step and waits for that, also
#                                                            when the shim that ran it was killed
#
# DIR is private to the service. NONCE names this very directory: a shim that comes late, when the
# directory was given up and made anew, finds no start.NONCE and does nothing. From "cd" on all names
# are relative, so it never leaves the directory it checked.
#
#   claim     exclusive, holds the identity of the shim; whoever makes it decides whether the step began
#   main      identity of the step's first process, which leads the step's own session
#   ending    why the step is being ended, made before the first signal
#   out.N     output from byte N on; a gap between two files was dropped
#   out.lost  how many bytes after the last out.N could not be written, at least; blank when none
#   exit      code and cause; complete and durable as soon as it is there
#
# POSIX sh, with setsid (util-linux or busybox), "sync FILE" (coreutils 8.24 or busybox; an older one
# syncs everything, which is slower and just as safe), mkfifo, dd, wc, ln, mv, rm, sleep.

# shellcheck shell=sh
set -u
umask 077
verb=$1 dir=$2 nonce=$3 boot=$4 ns=$5
shift 5
cd -P -- "$dir" && [ -e "start.$nonce" ] || exit 71

# stat_of PID: state, session and start of a process; fails when there is none.
# A process chooses its name, line ends and brackets included: only what follows the last ")" counts.
stat_of() {
    stat_text=
    while read -r stat_line || [ -n "$stat_line" ]; do stat_text="$stat_text $stat_line"; done \
        < "/proc/$1/stat" || return 1
    case $stat_text in *') '*) ;; *) return 1 ;; esac
    set -- ${stat_text##*) }
    state=$1 session=$4 start=${20}
} 2> /dev/null

# members SESSION [BUT]: pids of all living processes of a session.
members() {
    pids=
    for proc in /proc/[0-9]*; do
        stat_of "${proc#/proc/}" || continue
        [ "$session" = "$1" ] || continue
        case $state in Z | X) continue ;; esac
        [ "${proc#/proc/}" = "${2-}" ] || pids="$pids ${proc#/proc/}"
    done
}

# step_members: pids of the step's session. A process that has the number of the step's first one
# and is not it proves that nobody of the session is left: the kernel keeps the number until then.
step_members() {
    pids=
    if stat_of "$main" && [ "$start" != "$main_start" ]; then return; fi
    members "$main"
}

# seconds: whole seconds since the machine started, in "now". No clock that anybody sets.
seconds() {
    read -r now rest < /proc/uptime
    now=${now%%.*}
}

# end_session SECONDS: TERM, SECONDS, KILL to all of the step's session, until nobody is left.
# Measured by time and not by looks: with many processes on the machine a look alone takes long.
end_session() {
    step_members
    [ -n "$pids" ] || return 0
    kill -TERM $pids 2> /dev/null
    seconds
    until=$((now + $1))
    while step_members && [ -n "$pids" ] && seconds && [ "$now" -le "$until" ]; do
        sleep 0.1
    done
    left=50
    while step_members && [ -n "$pids" ] && [ "$left" -gt 0 ]; do
        kill -KILL -- "-$main" 2> /dev/null # at one stroke: a fork bomb is faster than a list
        kill -KILL $pids 2> /dev/null
        sleep 0.1
        left=$((left - 1))
    done
    [ -z "$pids" ]
}

# read_main: who leads the step's session; fails when the step has not come that far.
read_main() {
    { read -r main_boot main_ns main main_start dot < main; } 2> /dev/null || return 1
    [ "$dot" = . ] && [ "$main_boot" = "$boot" ] && [ "$main_ns" = "$ns" ]
}

# end_step CAUSE SECONDS
end_step() {
    left=50
    until read_main; do
        [ ! -e exit ] && [ "$left" -gt 0 ] || return 0
        sleep 0.1
        left=$((left - 1))
    done
    if stat_of "$main" && [ "$start" = "$main_start" ] && [ "$state" != Z ]; then
        (set -C && echo "$1" > ending) 2> /dev/null
    fi
    end_session "$2"
}

# end_rest: what a shim that was killed left of its own session: the keeper of the output, and whoever
# waits for the time-out. A shim that lives ends them itself.
end_rest() {
    { read -r shim_boot shim_ns shim shim_start dot < claim; } 2> /dev/null || return 0
    if stat_of "$shim"; then
        [ "$start" = "$shim_start" ] || return 0 # given to another: nobody of the session is left
        case $state in Z | X) ;; *) return 0 ;; esac
    fi
    members "$shim"
    [ -n "$pids" ] || return 0
    sleep 1 # the keeper still reads what is in the pipe
    members "$shim"
    [ -z "$pids" ] || kill -KILL $pids 2> /dev/null
    return 0
}

# keep_output: stdin to out.0 (3 MiB and a little) and the newest three of the files after it.
# dd passes on what one read gives, at once: nothing waits in a buffer, nothing is lost by a signal.
# Never stops reading: a step must not hang on its output because the disk is full. out.lost is there
# already and long enough, so that even then it can be said that something is missing.
keep_output() {
    trap '' TERM HUP INT
    at=0 size=0 file=out.0 max=3145728
    set --
    while :; do
        written=yes
        said=$(dd bs=65536 count=16 2>&1 >> "$file") || written=
        # It begins with "2+1 records in", says POSIX: fewer than it may read were the last.
        said=${said%% *}
        case $written$said in
            yes*[!0-9+]* | *+*+* | yes+* | *+) ;; # it does not: counted below
            yes*+*) [ $((${said%+*} + ${said#*+})) -ge 16 ] || return 0 ;;
        esac
        now=$(wc -c < "$file") || break
        if [ "$now" -eq "$size" ]; then
            [ -z "$written" ] || return 0
            break
        fi
        size=$now
        [ "$size" -ge "$max" ] || continue
        at=$((at + size)) size=0 file=out.$((at)) max=1048576
        set -- "$@" "$file"
        [ $# -le 3 ] || { rm -f "$1" && shift; }
    done
    # What the last dd read and could not write is not told by it: one byte at least.
    lost=$(wc -c)
    printf '%s\n' $((lost + 1)) 1<> out.lost
} 2> /dev/null

# The step itself begins here, in its session, once its identity is on record. Its environment comes
# as text on stdin, because it holds secrets (no file), and because a JVM in a C locale cannot pass
# on what is not ASCII. It is applied last, when no name in it can get in the way of this script.
lead() {
    stat_of $$ && printf '%s %s %s %s .\n' "$boot" "$ns" $$ "$start" > main || exit 126
    text=$(cat)
    case $text in
        *': complete') ;;
        *) echo unready > ending && exit 1 ;; # the service died while it wrote: nothing began
    esac
    exec < /dev/null
    cd step/sop || exit 126
    umask 022
    unset PATH OLDPWD
    eval "$text"
    exec "$@"
}

# record CODE CAUSE: exit.new is there already and long enough, so that a full disk cannot stop this.
record() {
    printf '%s %s .\n' "$1" "$2" 1<> exit.new && sync exit.new && mv exit.new exit && sync .
}

run() {
    timeout=$1 grace=$2
    shift 2
    trap : TERM HUP INT # not '': the step would inherit that
    stat_of $$ && printf '%s %s %s %s .\n' "$boot" "$ns" $$ "$start" > pid || exit 72
    ln pid claim || exit 73
    sync claim . && mkfifo pipe || { record 0 unready && exit 0; }
    keep_output < pipe &
    keeper=$!
    if [ "$timeout" != 0 ]; then
        (
            trap '' TERM HUP INT
            sleep "$timeout"
            end_step timeout "$grace"
        ) &
    fi
    # In the foreground: its status is exact, no signal can cut the waiting short.
    setsid sh shim lead "$dir" "$nonce" "$boot" "$ns" "$@" > pipe 2>&1
    code=$?
    cause=ended
    [ ! -e ending ] || read -r cause < ending
    read_main && end_session 2
    # Who left the session may still hold the pipe: the keeper gets 2 s for what is in it.
    (sleep 2 && kill -KILL $keeper) 2> /dev/null &
    wait $keeper
    record "$code" "$cause"
    recorded=$?
    members $$ $$
    [ -z "$pids" ] || kill -KILL $pids 2> /dev/null
    rm -f pipe
    exit $recorded
}

case $verb in
    run) run "$@" ;;
    lead) lead "$@" ;;
    stop) end_step stopped "$1" && end_rest ;;
    *) exit 64 ;;
esac
