"""Music on hold, the two signals to seats and the tone before a message: composed for Heartline, made of sines.

Four phrases of four bars in the pentatonic of D, 60 beats a minute, over a slow
walk of open fifths: 32 seconds that end where they begin. Notes ring past the
end into the start, so the loop has no seam. Usage: music.py FOLDER
"""

import math
import struct
import sys
import wave

RATE = 16000
BEAT = 0.5  # seconds: quavers at 60 beats a minute
LENGTH = 64  # quavers

# D pentatonic (gong mode): D E F# A B. Numbers are semitones from D4.
D, E, F, A, B = 0, 2, 4, 7, 9
OCTAVE = 12

# (start, length, tone) in quavers: question, answer, a wider question, home.
MELODY = [
    (0, 3, A), (3, 1, B), (4, 4, D + OCTAVE), (8, 2, B), (10, 2, A), (12, 4, F),
    (16, 3, E), (19, 1, F), (20, 4, A), (24, 2, F), (26, 2, E), (28, 4, D),
    (32, 3, F), (35, 1, A), (36, 4, B), (40, 2, D + OCTAVE), (42, 2, E + OCTAVE), (44, 4, B),
    (48, 2, A), (50, 2, F), (52, 4, E), (56, 2, F), (58, 2, E), (60, 4, D),
]
# The bass: a fifth for every two bars.
GROUND = [(0, D), (8, B - OCTAVE), (16, A - OCTAVE), (24, D),
          (32, B - OCTAVE), (40, E), (48, A - OCTAVE), (56, D)]


def frequency(tone):
    return 293.66 * 2 ** (tone / 12)


def pluck(t, length):
    """A soft attack, then a bell's decay: no click on any line."""
    attack = min(1.0, t / 0.02)
    return attack * math.exp(-1.6 * t / length)


def swell(t, length):
    """In and out like breath."""
    return math.sin(math.pi * min(1.0, t / length)) ** 2


def sing(samples, start, ring, tone, loud, shape, partials):
    first = int(start * RATE)
    for i in range(int(ring * RATE)):
        t = i / RATE
        fade = min(1.0, (ring - t) / 0.05)
        wave_ = sum(p * math.sin(2 * math.pi * frequency(tone) * n * t) for n, p in partials)
        samples[(first + i) % len(samples)] += loud * fade * shape(t, ring) * wave_


def music():
    samples = [0.0] * int(LENGTH * BEAT * RATE)
    for start, length, tone in MELODY:
        ring = length * BEAT + 1.2
        sing(samples, start * BEAT, ring, tone, 0.5, pluck, [(1, 1), (2, 0.3), (3, 0.12), (4, 0.04)])
        # A soft echo, two quavers later.
        sing(samples, (start + 1.5) * BEAT, ring, tone, 0.12, pluck, [(1, 1), (2, 0.2)])
    for start, tone in GROUND:
        for part, loud in [(tone, 0.22), (tone + 7, 0.14), (tone + OCTAVE, 0.08)]:
            sing(samples, start * BEAT, 8 * BEAT + 1, part, loud, swell, [(1, 1), (3, 0.1)])
    return samples


def signal(tones):
    samples = [0.0] * int(0.6 * RATE)
    for i, tone in enumerate(tones):
        sing(samples, 0.05 + i * 0.16, 0.3, tone, 0.5, pluck, [(1, 1), (2, 0.2)])
    return samples


def steady(t, length):
    """At once and even, with soft ends."""
    return min(1.0, t / 0.01)


def beep():
    samples = [0.0] * int(0.8 * RATE)
    sing(samples, 0.1, 0.5, A + OCTAVE, 0.5, steady, [(1, 1)])
    return samples


def write(path, samples):
    loudest = max(abs(s) for s in samples)
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(b"".join(struct.pack("<h", int(s / loudest * 23000)) for s in samples))


if __name__ == "__main__":
    folder = sys.argv[1]
    write(f"{folder}/music.wav", music())
    write(f"{folder}/confirmed.wav", signal([A, D + OCTAVE]))
    write(f"{folder}/denied.wav", signal([A, D]))
    write(f"{folder}/beep.wav", beep())
