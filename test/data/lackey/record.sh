#!/bin/sh
# Records the traces of this folder with lackey and the counters of the same programs with cachegrind (both of valgrind 3.19).
# Usage: sh record.sh DIRECTORY; writes NAME.lackey.gz and expected.json there. Needs gcc.
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "$1" && pwd)
build=$(mktemp -d)
gcc -O2 -march=x86-64-v3 -fno-tree-loop-distribute-patterns -fno-stack-protector -nostdlib -static -o "$build/mix" "$here/mix.c"
gcc -O1 -nostdlib -static -fno-stack-protector -o "$build/matrix" "$here/matrix.c"

# Debian's wrapper adds variables; the program behind it leaves the environment alone. The last variable keeps the dynamic loader
# from reading past LD_PRELOAD into random bytes.
tool=$(command -v valgrind.bin || command -v valgrind)
cd "$build" # so that the traces name no folder
run() { env -i LD_PRELOAD= ZZ=zzzzzzzzzzzz "$tool" "$@" </dev/null >/dev/null 2>&1; }

geometries='32768,8,64 32768,8,64 33554432,16,64
16384,2,32 8192,1,32 262144,8,32
4096,1,64 1024,16,64 65536,1,128
8192,4,128 49152,12,64 1048576,16,32
384,3,64 640,5,128 12288,3,32
1024,16,64 2048,64,32 4194304,1,256
65536,2,256 65536,1,512 1048576,1,256
1073741824,1,64 2048,1,1024 1073741824,2,8192
96,3,32 96,3,32 256,8,32'

{
  printf '{'
  separator=''
  for name in mix matrix true; do
    program="./$name"
    [ "$name" = true ] && program=/bin/true
    # Cachegrind keeps fewer guest registers up to date than other tools do by default, so that it loses loads nobody uses.
    run --tool=lackey --vex-iropt-register-updates=sp-at-mem-access --trace-mem=yes --log-file="$build/$name.lackey" "$program"
    gzip -9nc "$build/$name.lackey" >"$out/$name.lackey.gz"
    printf '%s\n  "%s": {' "$separator" "$name"
    comma=''
    echo "$geometries" | while read -r i1 d1 ll; do
      run --tool=cachegrind --cache-sim=yes "--I1=$i1" "--D1=$d1" "--LL=$ll" "--cachegrind-out-file=$build/out" "$program"
      printf '%s\n    "%s %s %s": "%s"' "$comma" "$i1" "$d1" "$ll" "$(sed -n 's/^summary: //p' "$build/out")"
      comma=','
    done
    printf '\n  }'
    separator=','
  done
  printf '\n}\n'
} >"$out/expected.json"
rm -r "$build"
