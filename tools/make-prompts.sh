#!/bin/sh
# Speaks libs/audio/prompts/<language>.txt into libs/audio/prompts/<language>/<id>.ulaw. Needs espeak-ng and sox.
set -eu
cd "$(dirname "$0")/../libs/audio/prompts"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for words in *.txt; do
  language=${words%.txt}
  mkdir -p "$language"
  while IFS="$(printf '\t')" read -r id sentence; do
    espeak-ng -v "$language" -s 150 -p 42 -a 140 -w "$scratch/spoken.wav" "$sentence" </dev/null
    # A phone's band, a level that stays clear of clipping, and no silence before or after.
    sox -R "$scratch/spoken.wav" "$scratch/trimmed.wav" \
      gain -6 highpass 200 lowpass 3400 silence 1 0.01 0.3% reverse silence 1 0.01 0.3% reverse
    sox -R "$scratch/trimmed.wav" -t raw -r 8000 -c 1 -e mu-law "$language/$id.ulaw" \
      compand 0.02,0.2 6:-50,-24,-12 -9 -90 0.1 norm -1 fade t 0.01 -0 0.02 pad 0.03 0.08 rate 8000
  done <"$words"
done
