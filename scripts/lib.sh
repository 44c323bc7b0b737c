# shellcheck shell=bash
# What the scripts beside this file share: where the repository lies, which JDK runs it, how it is
# built when nothing is, and how one of its programs starts. Sourced by them, never run.
#
#   JAVA_HOME             the JDK to use; else the newest found, else the java on PATH
#   DAWNCACHE_JAVA_OPTS   further options for a node's JVM, such as "-Xmx4g"
#   DAWNCACHE_CLASSPATH   further jars for a node, such as one with an origin of your own
#   DAWNCACHE_RUN         where a cluster keeps its logs and process numbers; else run/
#
# They write into the repository: the build's products, the archive, the run folder. Where that
# cannot be written, a built one serves as it is; see own_folder.

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")

# Where the node program lies, and its libraries: in the build, or in a package (scripts/package).
products=$root/cache-node/target
libraries=$products/lib
if [[ ! -d $root/cache-node ]]; then
  products=$root/lib
  libraries=$products
fi

# The JVM reads arguments and file names by the locale; only UTF-8 has room for every key.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
  *[Uu][Tt][Ff]8 | *[Uu][Tt][Ff]-8) ;;
  *) export LC_ALL=C.UTF-8 ;;
esac

# die CODE TEXT: one line on standard error, and the end.
die() {
  printf '%s: %s\n' "${0##*/}" "$2" >&2
  exit "$1"
}

# feature_version TEXT: prints 25 for 25.0.3, and 8 for 1.8.0_402.
feature_version() {
  local version=${1#1.}
  printf '%s\n' "${version%%[!0-9]*}"
}

# newest_jdk: prints the home of the newest JDK in the usual places, or nothing.
newest_jdk() {
  local home version
  for home in /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [[ -x $home/bin/javac && -r $home/release ]]; then
      version=$(sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$home/release")
      printf '%s\t%s\n' "$version" "$home"
    fi
  done | sort -V | tail -n 1 | cut -f 2
}

# find_java: sets java_home, java and java_version.
find_java() {
  java_home=${JAVA_HOME:-$(newest_jdk)}
  if [[ -z $java_home ]]; then
    java=$(command -v java) || die 1 'no Java found (expected: JAVA_HOME, a JDK of 17 or later)'
    java_home=$(dirname -- "$(dirname -- "$(readlink -f -- "$java")")")
  fi
  java=$java_home/bin/java
  [[ -x $java ]] || die 1 "JAVA_HOME: $java_home (expected: a JDK of 17 or later)"
  if [[ -r $java_home/release ]]; then
    java_version=$(sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$java_home/release")
  else
    java_version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  fi
  java_version=$(feature_version "$java_version")
  ((${java_version:-0} >= 17)) \
    || die 1 "$java_home: Java ${java_version:-unknown} (expected: 17 or later)"
}

# own_folder: prints a folder of the user's own for what is kept of this repository and cannot be
# written into it; makes it first. Fails if that cannot be done either.
own_folder() {
  local folder id
  id=$(printf '%s' "$root" | cksum | cut -d ' ' -f 1)
  for folder in "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/dawncache/$id" \
    "${TMPDIR:-/tmp}/dawncache-$UID-$id"; do
    # A name in a folder that everybody may write could have been taken by somebody else.
    if (umask 077 && mkdir -p -- "$folder") 2>/dev/null && [[ -O $folder && -w $folder ]]; then
      printf '%s\n' "$folder"
      return
    fi
  done
  return 1
}

# exists PATH...: whether there is a file at the first path, which is what a glob without a match
# is not.
exists() {
  [[ -e $1 ]]
}

# node_jar: prints the newest jar of the node program, or fails.
node_jar() {
  local jar newest=''
  for jar in "$products"/cache-node-*.jar; do
    case $jar in
      *-sources.jar | *-javadoc.jar | *-tests.jar) ;;
      *) [[ -f $jar && ($newest == '' || $jar -nt $newest) ]] && newest=$jar ;;
    esac
  done
  # The build copies the libraries after it has made the jar; both must be there.
  exists "$libraries"/cache-server-*.jar && exists "$libraries"/protobuf-java-*.jar \
    && [[ -n $newest ]] && printf '%s\n' "$newest"
}

# build_once: builds the node program if nothing is built; of several at one time, one builds.
build_once() {
  node_jar >/dev/null && return
  [[ -d $root/cache-node ]] || die 1 "$products: no cache-node jar (expected: the package, whole)"
  [[ -w $root/cache-node ]] \
    || die 1 "$root: nothing is built (expected: mvn -DskipTests package, by who may write there)"
  [[ -x $java_home/bin/javac ]] || die 1 "$java_home: no compiler (expected: a JDK of 17 or later)"
  command -v mvn >/dev/null || die 1 'no mvn found (expected: Maven 3.8 or later on PATH)'
  (
    if ! flock -n 9; then
      printf '%s: waiting for another build of the node program\n' "${0##*/}" >&2
      flock 9
    fi
    node_jar >/dev/null && exit
    printf '%s: building the node program, once, which takes a minute or two\n' "${0##*/}" >&2
    cd -- "$root"
    output=$(
      JAVA_HOME=$java_home mvn --batch-mode -q -Dmaven.test.skip=true -Denforcer.skip -pl cache-node -am \
        package 2>&1 9<&-
    ) || {
      printf '%s\n' "$output" >&2
      exit 1
    }
  ) 9<"$root/pom.xml" || die 1 'the build failed (expected: as above)'
  node_jar >/dev/null || die 1 "no jar in $products (expected: one by the build)"
}

# class_path: prints the node program's jars, always in the same order, then the user's.
class_path() {
  local jar jars
  jars=$(node_jar)
  local LC_ALL=C
  for jar in "$libraries"/*.jar; do
    jars+=:$jar
  done
  printf '%s\n' "$jars${DAWNCACHE_CLASSPATH:+:$DAWNCACHE_CLASSPATH}"
}

# out_of_memory_options: prints the options by which a JVM whose heap is exhausted ends with exit code
# 3 and says why on standard error. One that lives on may have lost threads, and then accepts
# connections that it never answers. What the JVM does not see, direct buffers, the programs watch
# themselves (io.dawncache.node.OutOfMemory).
out_of_memory_options() {
  printf '%s\n' -XX:+ExitOnOutOfMemoryError -XX:+DisplayVMOutputToStderr
}

# jvm_options: prints what every node's JVM is started with, one a line. docs/benchmarks.md has the
# measurements behind them.
jvm_options() {
  out_of_memory_options
  if ((java_version >= 24)); then
    # Netty asks for both; without the second it does without Unsafe, and starts and serves slower.
    printf '%s\n' --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  fi
  if ((java_version >= 25)); then
    printf '%s\n' -XX:+UseCompactObjectHeaders
  fi
  printf '%s\n' -Dio.netty.leakDetection.level=disabled # it samples: for tests, not for serving
  printf '%s\n' "-Ddawncache.plugins=$root/plugins"
}

# archive_file: prints where the archive of this JDK lies: what the JVM makes of the node's classes
# when it starts, kept for the next start. Prints nothing if there is no place for one.
archive_file() {
  local build name folder=$products
  build=$(cksum <"$java_home/release" 2>/dev/null | cut -d ' ' -f 1) || build=unknown
  name=node-$java_version-$build.archive
  if [[ ! -w $folder ]] && ! is_fresh "$folder/$name"; then
    folder=$(own_folder) || return 0
  fi
  printf '%s\n' "$folder/$name"
}

# archive_options FILE: prints the options by which a JVM uses the archive. One that does not fit,
# such as for a collector of the user's choice, is passed over without a word.
archive_options() {
  [[ -f $1 && ! -s $1.failed ]] || return 0
  if ((java_version >= 25)); then
    printf '%s\n' "-XX:AOTCache=$1" '-Xlog:aot*=off' '-Xlog:cds*=off'
  else
    printf '%s\n' "-XX:SharedArchiveFile=$1" '-Xlog:cds*=off' '-Xlog:dynamic*=off'
  fi
}

# is_fresh FILE: whether it was made of this build, and by these scripts.
is_fresh() {
  local part
  # A build after a change in the server alone leaves the node program's own jar as it is.
  for part in "$(node_jar)" "$libraries"/{cache,dawncache}-*.jar "${BASH_SOURCE[0]}"; do
    [[ $1 -nt $part ]] || return
  done
}

# archive_once: makes the archive if there is no fresh one. Of several nodes that start at one time
# one makes it, and the others wait. That it cannot be made, such as on a full disk, costs time at
# each start, no more.
archive_once() {
  local file jar
  file=$(archive_file)
  jar=$(node_jar)
  [[ -n $file ]] || return 0
  is_fresh "$file" || is_fresh "$file.failed" && return
  (
    flock 9
    is_fresh "$file" || is_fresh "$file.failed" && exit
    rm -f -- "$file" "$file.failed"
    printf '%s: archiving the classes for faster starts, once, which takes a few seconds\n' \
      "${0##*/}" >&2
    if ! rehearse "$file.new" >"$file.log" 2>&1 || ! mv -f -- "$file.new" "$file" 2>>"$file.log"; then
      printf '%s: no archive could be made, see %s\n' "${0##*/}" "$file.failed" >&2
      rm -f -- "$file.new"
      mv -f -- "$file.log" "$file.failed"
    fi
  ) 9<"$jar" || true
}

# rehearse FILE: has a node do once what nodes do, and its JVM keep the classes in the file. Profiles
# are not kept: those of so short a life cost a start more than they save it. The option for that is
# a diagnostic one; a JVM that no longer knows it keeps them.
rehearse() {
  local record=(-XX:ArchiveClassesAtExit="$1")
  if ((java_version >= 25)); then
    record=(
      -XX:AOTCacheOutput="$1"
      -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining
    )
  fi
  local options
  mapfile -t options < <(jvm_options)
  "$java" "${options[@]}" "${record[@]}" -cp "$(DAWNCACHE_CLASSPATH='' class_path)" \
    io.dawncache.node.Rehearsal "$root/scripts/data/scores"
}

# run_main CLASS JVM_OPTION... -- ARGUMENT...: becomes a JVM that runs CLASS.
run_main() {
  local main=$1 options archive
  shift
  find_java
  build_once
  archive_once
  mapfile -t options < <(jvm_options)
  mapfile -t archive < <(archive_options "$(archive_file)")
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  exec "$java" "${archive[@]}" "${options[@]}" -cp "$(class_path)" "$main" "$@"
}

# bench_jar: prints the newest jar of the benchmarks, or fails if there is none or a source is newer
# than it: figures of yesterday's code under today's commit would be worse than none.
bench_jar() {
  local jar newest=''
  for jar in "$root"/cache-bench/target/cache-bench-*.jar; do
    case $jar in
      *-sources.jar | *-javadoc.jar | *-tests.jar) ;;
      *) [[ -f $jar && ($newest == '' || $jar -nt $newest) ]] && newest=$jar ;;
    esac
  done
  [[ -n $newest ]] && exists "$root"/cache-bench/target/lib/jmh-core-*.jar \
    && [[ -z $(sources_newer_than "$newest") ]] && printf '%s\n' "$newest"
}

# sources_newer_than FILE: prints one of them, or nothing.
sources_newer_than() {
  find "$root"/pom.xml "$root"/proto "$root"/cache-*/pom.xml "$root"/cache-*/src/main \
    "$root"/integrations/dawncache-micrometer/{pom.xml,src/main} \
    -type f -newer "$1" -print -quit
}

build_bench() {
  bench_jar >/dev/null && return
  [[ -x $java_home/bin/javac ]] || die 1 "$java_home: no compiler (expected: a JDK of 17 or later)"
  command -v mvn >/dev/null || die 1 'no mvn found (expected: Maven 3.8 or later on PATH)'
  (
    flock 9
    bench_jar >/dev/null && exit
    printf '%s: building, which takes a minute or two\n' "${0##*/}" >&2
    cd -- "$root"
    # Maven keeps the jar of a module in which nothing has changed, and it would stay too old.
    rm -f -- cache-bench/target/cache-bench-*.jar
    output=$(
      JAVA_HOME=$java_home mvn --batch-mode -q -Dmaven.test.skip=true -Denforcer.skip package 2>&1 9<&-
    ) || {
      printf '%s\n' "$output" >&2
      exit 1
    }
  ) 9<"$root/pom.xml" || die 1 'the build failed (expected: as above)'
  bench_jar >/dev/null || die 1 "no jar in $root/cache-bench/target (expected: one by the build)"
}

# run_bench_main CLASS JVM_OPTION... -- ARGUMENT...: becomes a JVM that runs CLASS of cache-bench.
run_bench_main() {
  local main=$1 options
  shift
  find_java
  build_bench
  mapfile -t options < <(out_of_memory_options)
  if ((java_version >= 24)); then
    # JMH reads fields by sun.misc.Unsafe, which Java announces to forbid; Netty asks for the other.
    options+=(--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED)
  fi
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  exec "$java" "${options[@]}" -Ddawncache.root="$root" \
    -cp "$(bench_jar):$root/cache-bench/target/lib/*" "$main" "$@"
}

# A program that asks once and ends is over before the compiler's best code would be ready.
# shellcheck disable=SC2034 # used by those who source this file
short_lived=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m)
