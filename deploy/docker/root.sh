#!/bin/sh
# Lays out the file system of an image without a distribution: the program, the libraries it is linked to, the
# certificates of well-known authorities, how names are looked up.
#   deploy/docker/root.sh PROGRAM FOLDER
set -eu
program=$1 folder=$2

mkdir -p "$folder/etc/ssl/certs" "$folder/tmp"
install -m 755 "$program" "$folder/"
# names of functions stay for stack traces, line tables do not
strip --strip-debug "$folder/$(basename "$program")"
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
    install -D -m 755 "$library" "$folder$library"
done
install -m 644 /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
printf 'hosts: files dns\n' >"$folder/etc/nsswitch.conf"
printf 'salgslogg:x:65532:65532::/:/\n' >"$folder/etc/passwd"
