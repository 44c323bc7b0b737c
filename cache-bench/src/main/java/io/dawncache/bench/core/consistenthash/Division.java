package io.dawncache.bench.core.consistenthash;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A way to divide keys among members, which are the hashes of their names, all distinct and in
 * ascending order. A key is a hash too.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
interface Division {

  /** Makes the division for some members. */
  @FunctionalInterface
  interface Maker {
    Division of(long[] members);
  }

  /** Returns the index of the member that owns {@code key}. */
  int owner(long key);

  /** Returns the bytes of the arrays that a look-up uses. */
  long bytes();

  /** SplitMix64's way from a number to one that looks random. */
  static long mixed(long number) {
    long bits = number + 0x9E3779B97F4A7C15L;
    bits = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
    bits = (bits ^ bits >>> 27) * 0x94D049BB133111EBL;
    return bits ^ bits >>> 31;
  }

  /** Returns the member with the highest score for {@code key} that is not full. */
  private static int best(long[] members, long key, boolean[] full) {
    int best = -1;
    long highest = Long.MIN_VALUE;
    for (int i = 0; i < members.length; i++) {
      long score = mixed(members[i] ^ key);
      if (!full[i] && (best < 0 || score > highest)) {
        best = i;
        highest = score;
      }
    }
    return best;
  }

  /** Thaler and Ravishankar's rendezvous: the member that scores highest for the key. */
  record Rendezvous(long[] members, boolean[] full) implements Division {
    Rendezvous(long[] members) {
      this(members, new boolean[members.length]);
    }

    @Override
    public int owner(long key) {
      return best(members, key, full);
    }

    @Override
    public long bytes() {
      return 8L * members.length;
    }
  }

  /** Lamping and Veach's jump hash over the list in its order. */
  record Jump(int members) implements Division {
    @Override
    public int owner(long key) {
      long state = key;
      long bucket = -1;
      for (long next = 0; next < members; ) {
        bucket = next;
        state = state * 2862933555777941757L + 1;
        next = (long) ((bucket + 1) * (0x1p31 / ((state >>> 33) + 1)));
      }
      return (int) bucket;
    }

    @Override
    public long bytes() {
      return 0;
    }
  }

  /** A table of slots, each of which belongs to one member. */
  record Slots(int[] owners) implements Division {

    /** Each slot to the member that scores highest for it. */
    static Slots byRendezvous(int slots, long[] members) {
      boolean[] full = new boolean[members.length];
      int[] owners = new int[slots];
      Arrays.setAll(owners, slot -> best(members, mixed(slot), full));
      return new Slots(owners);
    }

    /** The same, but a member that has 2 % more than its part gets no further slot. */
    static Slots byRendezvousWithBound(int slots, long[] members) {
      int most = (int) Math.ceil(1.02 * slots / members.length);
      boolean[] full = new boolean[members.length];
      int[] counts = new int[members.length];
      int[] owners = new int[slots];
      for (int slot = 0; slot < slots; slot++) {
        int owner = best(members, mixed(slot), full);
        owners[slot] = owner;
        counts[owner]++;
        full[owner] = counts[owner] == most;
      }
      return new Slots(owners);
    }

    /** Eisenbud's Maglev: members take turns, each the next free slot of its own permutation. */
    static Slots maglev(int primeSlots, long[] members) {
      int[] owners = new int[primeSlots];
      Arrays.fill(owners, -1);
      long[] next = new long[members.length];
      long[] step = new long[members.length];
      for (int i = 0; i < members.length; i++) {
        next[i] = Long.remainderUnsigned(members[i], primeSlots);
        step[i] = Long.remainderUnsigned(mixed(members[i]), primeSlots - 1) + 1;
      }
      for (int filled = 0; filled < primeSlots; filled++) {
        int member = filled % members.length;
        while (owners[(int) next[member]] >= 0) {
          next[member] = (next[member] + step[member]) % primeSlots;
        }
        owners[(int) next[member]] = member;
      }
      return new Slots(owners);
    }

    @Override
    public int owner(long key) {
      return owners[(int) Math.multiplyHigh(key >>> 1, 2L * owners.length)];
    }

    @Override
    public long bytes() {
      return 4L * owners.length;
    }
  }

  /**
   * Points on a circle, as in a ring. A look-up begins at the hash of the key and {@code probes -
   * 1} further ones and takes the nearest point of all; a point takes one key in {@code
   * takesOneIn}.
   */
  record Points(long[] places, int[] holders, int[] firsts, int shift, int probes, int takesOneIn)
      implements Division {

    static Points of(long[] members, int points, int probes, int takesOneIn) {
      Map<Long, Integer> memberByPlace = new HashMap<>();
      for (int member = 0; member < members.length; member++) {
        for (int point = 0; point < points; point++) {
          memberByPlace.put(mixed(members[member] + point) >>> 1, member);
        }
      }
      long[] places = memberByPlace.keySet().stream().mapToLong(place -> place).sorted().toArray();
      int[] holders = new int[places.length];
      Arrays.setAll(holders, point -> memberByPlace.getOrDefault(places[point], 0));
      int shift = Long.numberOfLeadingZeros(places.length) - 1; // places have 63 bits
      int[] firsts = new int[(int) (Long.MAX_VALUE >>> shift) + 1];
      int point = 0;
      for (int cell = 0; cell < firsts.length; cell++) {
        while (point < places.length && places[point] >>> shift < cell) {
          point++;
        }
        firsts[cell] = point;
      }
      return new Points(places, holders, firsts, shift, probes, takesOneIn);
    }

    @Override
    public int owner(long key) {
      int nearest = atOrAfter(key >>> 1);
      if (probes > 1) {
        long least = distance(key >>> 1, nearest);
        for (int probe = 1; probe < probes; probe++) {
          long place = mixed(key + probe) >>> 1;
          int point = atOrAfter(place);
          if (distance(place, point) < least) {
            least = distance(place, point);
            nearest = point;
          }
        }
      }
      if (takesOneIn > 1) {
        for (int passed = 0; passed < places.length && !takes(nearest, key); passed++) {
          nearest = nearest + 1 < places.length ? nearest + 1 : 0;
        }
      }
      return holders[nearest];
    }

    private boolean takes(int point, long key) {
      long bits = (key ^ places[point]) * 0x9E3779B97F4A7C15L;
      bits = (bits ^ bits >>> 32) * 0xBF58476D1CE4E5B9L;
      return (bits >>> 32) * takesOneIn < 1L << 32;
    }

    private int atOrAfter(long place) {
      int point = firsts[(int) (place >>> shift)];
      while (point < places.length && places[point] < place) {
        point++;
      }
      return point < places.length ? point : 0;
    }

    private long distance(long place, int point) {
      return (places[point] - place) & Long.MAX_VALUE;
    }

    @Override
    public long bytes() {
      return 12L * places.length + 4L * firsts.length;
    }
  }
}
