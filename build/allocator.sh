# Sourced by scripts that start the program. Every tensor is memory that libtorch asks the C library for, which gives
# large pieces back to the system at once and gets them anew, zeroed. jemalloc, where it is installed, keeps them
# (docs/performance.md). VIDEOCONCEPTS_MALLOC=system turns it off.
if [ -z "${LD_PRELOAD+set}" ] && [ "${VIDEOCONCEPTS_MALLOC:-jemalloc}" = jemalloc ]; then
  jemalloc=$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null \
    | sed -n 's/.*libjemalloc\.so\.2 .*x86-64.*=> //p' | head -n 1)
  if [ -n "$jemalloc" ]; then
    MALLOC_CONF="${MALLOC_CONF-oversize_threshold:0,dirty_decay_ms:-1,muzzy_decay_ms:-1,thp:always,narenas:4}"
    LD_PRELOAD="$jemalloc"
    export LD_PRELOAD MALLOC_CONF
  fi
fi
