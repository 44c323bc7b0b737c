# shellcheck shell=bash
# shellcheck disable=SC2154 # package, which sources this, has set root, java_home and others
# Makes an image of the layout of the Open Container Initiative out of a staged package. Sourced by
# package, never run; needs what that has set: root, java_home, work, out, name, time.
#
# Four layers: files of Debian, a Java runtime, the package, and the archive of the node's classes. The
# archive is made by a node inside the image, once for a build and a JDK: a JVM does not write the same
# bytes twice, so it is kept with the build's other products.

# What bin/dawncache needs of Debian, beside what these need themselves.
readonly debian_packages=(bash coreutils libc-bin libstdc++6 sed zlib1g)

# What a node, the drivers and origins of its users, and those who look into a JVM need of the JDK.
readonly java_modules=(
  java.base java.instrument java.logging java.management java.naming java.net.http java.rmi
  java.security.jgss java.security.sasl java.sql java.transaction.xa java.xml jdk.attach jdk.charsets
  jdk.crypto.cryptoki jdk.crypto.ec jdk.jcmd jdk.jfr jdk.management jdk.management.agent
  jdk.naming.dns jdk.net jdk.unsupported jdk.zipfs
)

readonly image_user=65532:65532
readonly image_path=/opt/dawncache/bin:/opt/java/bin:/usr/bin:/bin

# image: makes the file; the package is staged already.
image() {
  local tool tree=$work/image
  for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || die 1 "no $tool found (expected: a Debian system, for an image)"
  done
  [[ -x $java_home/bin/jlink ]] || die 1 "$java_home: no jlink (expected: a whole JDK, for an image)"
  mkdir -p -- "$tree"/opt "$work"/oci/blobs/sha256
  layers=()
  diff_ids=()
  debian_files "$tree"
  layer "$tree" .
  java_runtime "$tree/opt/java"
  layer "$tree" opt/java
  mkdir -p -- "$tree/etc/dawncache"
  cp -rp -- "$work/$name" "$tree/opt/dawncache"
  cp -p -- "$tree/opt/dawncache/conf/dawncache.yaml" "$tree/etc/dawncache/"
  layer "$tree" etc/dawncache opt/dawncache
  class_archives "$tree"
  layer "$tree" "${archives[@]}"
  layout
  archived "$work/oci" . >"$out/$name-oci.tar"
}

# apt_get FOLDER ARGUMENT...: apt-get for a system in which nothing is installed yet.
apt_get() {
  mkdir -p -- "$1/partial"
  apt-get -qq -y -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o "Dir::Cache::archives=$1" \
    -o APT::Install-Recommends=false -o APT::Sandbox::User= "${@:2}" install "${debian_packages[@]}"
}

# debian_files TREE: unpacks the packages, and configures none: they are libraries and commands.
debian_files() {
  local tree=$1 cache=$root/run/debian package
  apt_get "$cache" --download-only >"$work/apt.log" 2>&1 || {
    cat -- "$work/apt.log" >&2
    die 1 'the packages of Debian could not be fetched (expected: apt-get update has run)'
  }
  # It names those that are not in its folder.
  apt_get "$work/none" --print-uris | cut -d ' ' -f 2 | LC_ALL=C sort >"$work/packages"
  mkdir -p -- "$tree"/{etc,tmp,var/lib/dpkg/status.d}
  while read -r package; do
    dpkg-deb -x "$cache/$package" "$tree"
    # Where those who look for vulnerable packages look in images without dpkg.
    dpkg-deb -f "$cache/$package" >"$tree/var/lib/dpkg/status.d/${package%%_*}"
  done <"$work/packages"
  rm -rf -- "$tree"/usr/share/{info,lintian,locale,man}
  find "$tree/usr/share/doc" ! -type d ! -name copyright -delete
  find "$tree/usr/share/doc" -type d -empty -delete
  printf '%s\n' 'root:x:0:0:root:/root:/bin/bash' \
    "dawncache:x:$image_user::/nonexistent:/usr/sbin/nologin" >"$tree/etc/passwd"
  printf '%s\n' 'root:x:0:' "dawncache:x:${image_user#*:}:" >"$tree/etc/group"
  printf '%s\n' 'hosts: files dns' >"$tree/etc/nsswitch.conf"
}

# java_runtime DIR: the parts of the JDK that are needed.
java_runtime() {
  local modules
  modules=$(
    IFS=,
    printf '%s' "${java_modules[*]}"
  )
  "$java_home/bin/jlink" --add-modules "$modules" --no-header-files --no-man-pages --output "$1" \
    || die 1 "$java_home: jlink failed (expected: as above)"
}

# class_archives TREE: has a node in the image archive its classes, unless one of this build has done it;
# sets "archives" to the files. They are later than the jars, so that scripts/node takes them for fresh.
class_archives() {
  local tree=$1 file kept sums
  # shellcheck disable=SC2016 # bash in the image expands it
  file=$(within "$tree" 'cd /; . /opt/dawncache/scripts/lib.sh; find_java; archive_file')
  kept=$products/image-${file##*/}.tar
  sums=$(cd -- "$tree/opt" && sha256sum java/lib/modules dawncache/lib/*.jar dawncache/scripts/lib.sh)
  if [[ $(cat -- "$kept.sums" 2>/dev/null) != "$sums" ]]; then
    # Before JDK 25 a JVM keeps in its archive what goes beyond another one, of the JDK's own classes,
    # which jlink does not make.
    # shellcheck disable=SC2016
    within "$tree" '
      cd /tmp
      . /opt/dawncache/scripts/lib.sh
      find_java
      ((java_version >= 25)) || "$java" -Xshare:dump
      rehearse "$(archive_file)"
    ' >"$work/rehearsal.log" 2>&1 || {
      cat -- "$work/rehearsal.log" >&2
      die 1 'no archive of the classes could be made in the image (expected: as above)'
    }
    rm -rf -- "$tree"/tmp/*
    (cd -- "$tree" && find opt -name '*.archive' -o -name classes.jsa) >"$work/archives"
    archived "$tree" --files-from="$work/archives" >"$kept"
    printf '%s\n' "$sums" >"$kept.sums"
  fi
  mapfile -t archives < <(tar -tf "$kept")
  tar -C "$tree" -xf "$kept"
  (cd -- "$tree" && chmod 644 "${archives[@]}" && touch -d "$time + 1 second" "${archives[@]}")
}

# within TREE SCRIPT: runs a bash in the image, with the /dev and /proc that containers have.
within() {
  local -a namespaces=(--mount)
  ((EUID == 0)) || namespaces+=(--map-root-user)
  # shellcheck disable=SC2016 # the other shell expands it
  unshare "${namespaces[@]}" sh -euc '
    mount --rbind /dev "$1/dev"
    mount --rbind /proc "$1/proc"
    exec chroot "$1" /usr/bin/env -i "PATH=$2" JAVA_HOME=/opt/java bash -euc "$3"
  ' sh "$1" "$image_path" "$2"
}

# layer TREE PATH...: adds a layer of these files.
layer() {
  local tree=$1 tar=$work/layer
  shift
  chmod 755 -- "$tree"
  chmod 1777 -- "$tree/tmp"
  find "$tree" -newermt "$time + 1 second" -exec touch -h -d "$time" {} +
  archived "$tree" "$@" >"$tar"
  diff_ids+=("sha256:$(sha256sum <"$tar" | cut -d ' ' -f 1)")
  gzip -n "$tar"
  layers+=("$(blob "$tar.gz" application/vnd.oci.image.layer.v1.tar+gzip)")
}

# archived TREE PATH...: prints a tar of these files, of root.
archived() {
  tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --format=gnu -cf - "${@:2}"
}

# blob FILE TYPE: moves the file among the blobs, and prints its descriptor.
blob() {
  local hash size
  hash=$(sha256sum <"$1" | cut -d ' ' -f 1)
  size=$(stat -c %s -- "$1")
  mv -- "$1" "$work/oci/blobs/sha256/$hash"
  printf '{"mediaType":"%s","digest":"sha256:%s","size":%d}\n' "$2" "$hash" "$size"
}

# layout: writes what describes the layers.
layout() {
  local config manifest version=${name#dawncache-}
  jq -n -c --arg time "$time" --arg version "$version" --arg user "$image_user" \
    --arg path "$image_path" --arg architecture "$(dpkg --print-architecture)" '
    {
      created: $time,
      architecture: $architecture,
      os: "linux",
      config: {
        User: $user,
        ExposedPorts: {"8001/tcp": {}, "9001/tcp": {}},
        Env: [
          "PATH=" + $path,
          "JAVA_HOME=/opt/java",
          "DAWNCACHE_JAVA_OPTS=-XX:MaxRAMPercentage=50"
        ],
        Entrypoint: ["/opt/dawncache/bin/dawncache"],
        Cmd: ["serve", "--config", "/etc/dawncache/dawncache.yaml", "--listen", "0.0.0.0:8001"],
        WorkingDir: "/opt/dawncache",
        StopSignal: "SIGTERM",
        Labels: {
          "org.opencontainers.image.title": "dawncache",
          "org.opencontainers.image.version": $version,
          "org.opencontainers.image.licenses": "Apache-2.0"
        }
      },
      rootfs: {type: "layers", diff_ids: $ARGS.positional}
    }' --args "${diff_ids[@]}" >"$work/config"
  config=$(blob "$work/config" application/vnd.oci.image.config.v1+json)
  printf '%s\n' "${layers[@]}" | jq -s -c --argjson config "$config" '
    {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: $config,
      layers: .
    }' >"$work/manifest"
  manifest=$(blob "$work/manifest" application/vnd.oci.image.manifest.v1+json)
  jq -n -c --argjson manifest "$manifest" --arg version "$version" '
    {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [$manifest + {annotations: {"org.opencontainers.image.ref.name": $version}}]
    }' >"$work/oci/index.json"
  printf '{"imageLayoutVersion":"1.0.0"}\n' >"$work/oci/oci-layout"
  find "$work/oci" -exec touch -d "$time" {} +
}
