#!/usr/bin/env python3
"""Prints native-owners.tsv: the owners by the native scheme, from its definition alone.

  python3 native-owners.py > native-owners.tsv
"""
import struct

MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                      0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
GOLDEN = 0x9E3779B97F4A7C15
GOLDEN_OF_INTS = 0x9E3779B1
M1, M2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
POINTS, TAKES_ONE_IN = 8, 16


def rotate(x, by):
    return (x << by | x >> 64 - by) & MASK


def round_(lane, word):
    return rotate((lane + word * P2) & MASK, 31) * P1 & MASK


def xxh64(data):
    rest = data
    if len(data) >= 32:
        lanes = [(P1 + P2) & MASK, P2, 0, -P1 & MASK]
        while len(rest) >= 32:
            lanes = [round_(*pair) for pair in zip(lanes, struct.unpack("<4Q", rest[:32]))]
            rest = rest[32:]
        h = sum(rotate(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            h = ((h ^ round_(0, lane)) * P1 + P4) & MASK
    else:
        h = P5
    h = (h + len(data)) & MASK
    while len(rest) >= 8:
        h = (rotate(h ^ round_(0, struct.unpack("<Q", rest[:8])[0]), 27) * P1 + P4) & MASK
        rest = rest[8:]
    if len(rest) >= 4:
        h = (rotate(h ^ struct.unpack("<I", rest[:4])[0] * P1 & MASK, 23) * P2 + P3) & MASK
        rest = rest[4:]
    for byte in rest:
        h = rotate(h ^ byte * P5 & MASK, 11) * P1 & MASK
    h = (h ^ h >> 33) * P2 & MASK
    h = (h ^ h >> 29) * P3 & MASK
    return h ^ h >> 32


def places(member, weight, replicas):
    for i in range(max(1, int(weight * replicas * POINTS + 0.5))):
        node = xxh64(f"{member}#{i // POINTS}".encode())
        if i % POINTS == 0:
            yield node
            continue
        bits = (node + i % POINTS * GOLDEN) & MASK
        bits = (bits ^ bits >> 30) * M1 & MASK
        bits = (bits ^ bits >> 27) * M2 & MASK
        yield bits ^ bits >> 31


def takes(key, place):
    bits = (key >> 16 ^ place >> 16) * GOLDEN_OF_INTS & 0xFFFFFFFF
    return bits * TAKES_ONE_IN < 1 << 32


def owners(members, replicas, key):
    h = xxh64(key.encode())
    points = [(place, name) for name, weight in members for place in places(name, weight, replicas)]
    start = h & ~0xFFFF
    clockwise = sorted(points, key=lambda point: point[0] - start & MASK)
    taking = [name for place, name in clockwise if takes(h, place)]
    return list(dict.fromkeys(taking + [name for _, name in clockwise]))


FLEETS = [
    [("http://10.0.0.1:8001", 1)],
    [(f"http://10.0.0.{i}:8001", 1) for i in range(1, 4)],
    [(f"http://cache-{i}.cache.default.svc.cluster.local:8080", 1) for i in range(5)],
    [("http://a.example:8001", 0.5), ("http://b.example:8001", 1), ("http://c.example:8001", 2.75)],
]
KEYS = ["", "a", "Tom", "user:1", "user:2", "user:3", "scores/Tom", "日本語", "\U0001f600",
        "a key of thirty-two characters..", "a key that is longer than one stripe of the hash is",
        "%", "Ünïcödé in a key that is longer than one stripe", "0", "00", "user:1000000",
        "session:8f14e45fceea167a5a36dedd4bea2543", "k" * 100, "http://example.com/?q=1&r=2", "~"]

print("# Owners in order by the native scheme. Made by native-owners.py.")
print("# members, with *weight if it is not 1\treplicas\tkey\towners")
for fleet in FLEETS:
    shown = " ".join(name if weight == 1 else f"{name}*{weight}" for name, weight in fleet)
    for key in KEYS:
        print(shown, 50, key, " ".join(owners(fleet, 50, key)), sep="\t")
