#!/bin/sh
# Installs devlog-collector for this user, on Linux (glibc) and macOS:
#
#   curl -fsSL https://github.com/devlog-collector/devlog-collector/releases/latest/download/install.sh | sh
#
# It downloads one archive, checks it against SHA256SUMS, and puts one file into ~/.local/bin. What may be set:
#
#   DEVLOG_VERSION=1.2.3            another version than the newest
#   DEVLOG_INSTALL_DIR=/some/bin    another folder
#   DEVLOG_DOWNLOAD_URL=https://…   a mirror: the folder that has the archives and SHA256SUMS
set -eu

repository=https://github.com/devlog-collector/devlog-collector
folder=${DEVLOG_INSTALL_DIR:-"$HOME/.local/bin"}

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

# Which archive this machine needs.
target() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    *) fail "there is no program for $(uname -s); on Windows use install.ps1 or Scoop" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) architecture=x64 ;;
    aarch64 | arm64) architecture=arm64 ;;
    *) fail "there is no program for $(uname -m)" ;;
  esac
  # A shell that is translated on an Apple processor says x86_64.
  if [ "$os" = macos ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || echo 0)" = 1 ]; then
    architecture=arm64
  fi
  if [ "$os" = linux ] && ldd --version 2>&1 | grep -qi musl; then
    fail "this system has musl in place of glibc, for which there is no program"
  fi
  echo "$os-$architecture"
}

# download URL FILE
download() {
  case $1 in
    https://* | http://localhost:* | http://127.0.0.1:*) ;;
    *) fail "refusing to download over anything but https: $1" ;;
  esac
  if command -v curl >/dev/null; then
    curl -fsSL --retry 3 --connect-timeout 20 -o "$2" "$1" || fail "can't download $1"
  elif command -v wget >/dev/null; then
    wget -q --tries=3 --timeout=20 -O "$2" "$1" || fail "can't download $1"
  else
    fail "curl or wget is needed"
  fi
}

checksum() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  else
    fail "sha256sum or shasum is needed to check what was downloaded"
  fi
}

main() {
  name=$(target)
  if [ -n "${DEVLOG_DOWNLOAD_URL:-}" ]; then
    url=$DEVLOG_DOWNLOAD_URL
  elif [ -n "${DEVLOG_VERSION:-}" ]; then
    url=$repository/releases/download/v$DEVLOG_VERSION
  else
    url=$repository/releases/latest/download
  fi
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM

  download "$url/SHA256SUMS" "$work/SHA256SUMS"
  line=$(grep -E "^[0-9a-f]{64}  devlog-collector-${DEVLOG_VERSION:-[0-9][^/ ]*}-$name\.tar\.gz\$" "$work/SHA256SUMS") ||
    fail "$url/SHA256SUMS names no archive for $name"
  [ "$(echo "$line" | wc -l)" -eq 1 ] || fail "$url/SHA256SUMS names several archives for $name: set DEVLOG_VERSION"
  expected=${line%% *}
  archive=${line##* }

  echo "downloading $url/$archive"
  download "$url/$archive" "$work/archive.tar.gz"
  found=$(checksum "$work/archive.tar.gz")
  [ "$found" = "$expected" ] || fail "$archive is damaged: its SHA-256 is $found, and should be $expected"
  tar -xzf "$work/archive.tar.gz" -C "$work" || fail "$archive can't be unpacked"

  mkdir -p "$folder"
  # Moved into place at once: a collector that runs keeps the file that it was started from.
  cp "$work/${archive%.tar.gz}/devlog-collector" "$folder/.devlog-collector.new"
  chmod 755 "$folder/.devlog-collector.new"
  mv -f "$folder/.devlog-collector.new" "$folder/devlog-collector"
  "$folder/devlog-collector" version || fail "the program does not run on this machine"

  echo "installed in $folder"
  case ":$PATH:" in
    *":$folder:"*) ;;
    *) echo "$folder is not on the PATH: add it in your shell's profile" ;;
  esac
  echo "start it with: devlog-collector start"
}

# Called last, so that half a script does nothing.
main
