#!/bin/sh
# Makes every WAV file of this folder again: prompts.toml spoken by espeak-ng,
# the music and the signals by music.py. All are our own work.
# Needs espeak-ng, sox and python3 (3.11 or later). The files are 8 kHz mono
# PCM16, the telephone's own format, with the loudest sample at -3 dBFS.
set -eu
cd "$(dirname "$0")"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# Filters to the telephone's band, evens the loudness, and adds silence at both ends.
finish() {
    sox "$1" -b 16 -c 1 -r 8000 "$2" \
        gain -6 highpass 150 lowpass 3600 compand 0.01,0.2 6:-60,-50,-30,-18,-20,-14,0,-8 -4 -90 0.05 \
        norm -3 pad 0.15 0.35 dither -s
}

speak() { # name, language, voice, words a minute, text
    espeak-ng -v "$3" -s "$4" -p 45 -g 1 -w "$made/$1-$2.wav" "$5"
    finish "$made/$1-$2.wav" "$1-$2.wav"
}

python3 -c '
import tomllib
for name, said in tomllib.load(open("prompts.toml", "rb")).items():
    print(name, "zh", said["pinyin"], sep="\t")
    print(name, "en", said["en"].replace("12345", "1 2 3 4 5"), sep="\t")
' > "$made/said"
tab=$(printf '\t')
while IFS="$tab" read -r name language text; do
    case $language in
        zh) speak "$name" zh cmn-latn-pinyin 165 "$text" ;;
        en) speak "$name" en en-us 155 "$text" ;;
    esac
done < "$made/said"

python3 music.py "$made"
sox "$made/music.wav" -b 16 -c 1 -r 8000 music.wav norm -9
for signal in confirmed denied beep; do
    sox "$made/$signal.wav" -b 16 -c 1 -r 8000 "$signal.wav" norm -9
done
