package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link Scheme#NATIVE} promises: even shares, and no key that moves without need. */
class NativeRingTest {
  private static final int REPLICAS = 50;

  /** The forms that lists of members usually have. */
  private static final List<IntFunction<String>> FLEETS =
      List.of(
          i -> "http://10.0." + i / 100 + "." + i % 100 + ":8001",
          i -> "http://localhost:" + (8001 + i),
          i -> "http://cache-" + i + ".cache.default.svc.cluster.local:8080",
          i -> "http://[2001:db8::" + Integer.toHexString(i + 1) + "]:8001",
          i -> "https://node" + i + ".example.com");

  /** One scheme with everything rare in it: members have few points, and hardly any takes a key. */
  private static final Scheme RELUCTANT =
      new Scheme(
          "reluctant",
          Scheme.NATIVE.pointName(),
          Scheme.NATIVE.hash(),
          Scheme.NATIVE.collision(),
          new Scheme.Smoothing(2, 20));

  private static final AtomicInteger HASHED = new AtomicInteger();

  private static final Scheme COUNTING =
      new Scheme(
          "counting",
          Scheme.NATIVE.pointName(),
          bytes -> {
            HASHED.incrementAndGet();
            return Scheme.NATIVE.hash().hash(bytes);
          },
          Scheme.NATIVE.collision(),
          Scheme.NATIVE.smoothing());

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 10, 20, 50, 100, 1_000})
  void theBusiestMemberOwnsAtMostFivePercentMoreThanTheMean(int members) {
    for (IntFunction<String> fleet : fleets(members)) {
      List<String> list = list(fleet, members);
      double most = most(shares(list).values()) * members;
      assertTrue(most <= (members < 1_000 ? 1.05 : 1.06), () -> list.get(0) + ": " + most);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 10, 50, 100, 1_000})
  void aMemberThatJoinsTakesAtMostFivePercentMoreThanItsPart(int members) {
    for (IntFunction<String> fleet : fleets(members)) {
      List<String> joined = list(fleet, members + 1);
      Map<String, Double> shares = shares(joined);
      for (int newcomer : new int[] {0, members / 2, members}) { // all keys that move are its own
        double moved = requireNonNull(shares.get(joined.get(newcomer)));
        assertTrue(moved <= 1.05 / (members + 1), () -> joined.get(newcomer) + ": " + moved);
      }
    }
  }

  /** The keys of the lost member go to its next owners, so this is who serves what then. */
  @ParameterizedTest
  @ValueSource(ints = {3, 5, 10, 50})
  void whicheverMemberIsLostTheOthersSharesAreEven(int members) {
    for (IntFunction<String> fleet : fleets(members)) {
      List<String> list = list(fleet, members);
      for (String lost : list) {
        double most = most(shares(without(list, lost)).values()) * (members - 1);
        assertTrue(most <= 1.05, () -> "without " + lost + ": " + most);
      }
    }
  }

  /** Each other member takes a part of a lost member's keys, and none takes much more than most. */
  @Test
  void theKeysOfALostMemberAreSpreadOverAllOthers() {
    double[] bounds = {1.1, 1.2, 2}; // for 5, 10 and 100 members, all of them measured lower
    int[] sizes = {5, 10, 100};
    for (int i = 0; i < sizes.length; i++) {
      List<String> list = list(FLEETS.get(0), sizes[i]);
      Map<String, Double> before = shares(list);
      for (String lost : list.subList(0, 5)) {
        Map<String, Double> after = shares(without(list, lost));
        double mean = requireNonNull(before.get(lost)) / after.size();
        for (Map.Entry<String, Double> member : after.entrySet()) {
          double taken = member.getValue() - requireNonNull(before.get(member.getKey()));
          assertTrue(taken > 0, () -> member.getKey() + " takes none of " + lost);
          double bound = bounds[i];
          assertTrue(taken <= bound * mean, () -> lost + " to " + member + ": " + taken / mean);
        }
      }
    }
  }

  @Test
  void theSharesOfSecondAndThirdOwnersAreEvenToo() {
    int keys = 300_000;
    List<String> list = list(FLEETS.get(0), 10);
    Ring ring = Ring.of(Scheme.NATIVE, REPLICAS, list);
    for (int place = 0; place < 3; place++) {
      var counts = new HashMap<String, Integer>();
      for (int i = 0; i < keys; i++) {
        Iterator<String> owners = ring.owners("user:" + i);
        for (int before = 0; before < place; before++) {
          owners.next();
        }
        counts.merge(owners.next(), 1, Integer::sum);
      }
      int most = Collections.max(counts.values());
      assertTrue(most <= 1.05 * keys / 10, counts::toString);
    }
  }

  /** What the exact shares above are worth: real keys fall as these say. */
  @Test
  void keysFallToMembersAsTheirSharesSay() {
    int keys = 1 << 20;
    List<String> list = list(FLEETS.get(0), 10);
    Ring ring = Ring.of(Scheme.NATIVE, REPLICAS, list);
    var counts = new HashMap<String, Integer>();
    for (int i = 0; i < keys; i++) {
      counts.merge(requireNonNull(ring.owner("user:" + i)), 1, Integer::sum);
    }
    double squares = 0;
    for (Map.Entry<String, Double> share : shares(list).entrySet()) {
      double expected = keys * share.getValue();
      double error = requireNonNull(counts.get(share.getKey())) - expected;
      squares += error * error / expected;
    }
    double chiSquare = squares;
    assertTrue(chiSquare < 27.9, () -> "chi-square of 9 degrees: " + chiSquare); // 1 in 1,000
  }

  @Test
  void theRingIsTheOneThatItsDefinitionDraws() {
    var random = new Random(11);
    for (Scheme scheme : List.of(Scheme.NATIVE, RELUCTANT)) {
      for (int round = 0; round < 20; round++) {
        List<String> list = randomList(random);
        int replicas = scheme.equals(RELUCTANT) ? 1 + random.nextInt(3) : REPLICAS;
        Ring ring = Ring.of(scheme, replicas, list);
        DrawnRing drawn = DrawnRing.of(scheme, replicas, list);
        for (int i = 0; i < 20; i++) {
          String key = "key " + random.nextInt();
          List<String> owners = walk(ring.owners(key));
          assertEquals(drawn.owners(key), owners, key);
          assertEquals(owners.get(0), ring.owner(key), key);
          assertEquals(owners.get(0), ring.owner(key.getBytes(UTF_8)), key);
        }
      }
    }
  }

  /** Where a cell or the circle ends, and where only bits differ that nothing compares. */
  @Test
  void aKeyBesideAPointOrAtAnEndOfTheCircleBelongsToWhomTheDefinitionSays() {
    List<String> list = list(FLEETS.get(0), 200); // two cells for each point, so edges are many
    for (Scheme.Smoothing smoothing :
        List.of(Scheme.NATIVE.smoothing(), new Scheme.Smoothing(2, 3))) {
      Scheme scheme = atNumbers(smoothing);
      Ring ring = Ring.of(scheme, 1, list);
      DrawnRing drawn = DrawnRing.of(scheme, 1, list);
      var hashes = new ArrayList<>(List.of(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE));
      for (String member : list.subList(0, 20)) {
        for (long place : scheme.places(member, smoothing.points())) {
          hashes.addAll(List.of(place - 1, place, place + 1, place - 0x10000, place + 0x10000));
          hashes.addAll(List.of(place & -1L << 48, (place & -1L << 48) - 1)); // its cell's edge
        }
      }
      for (long hash : hashes) {
        String key = "=" + hash;
        assertEquals(drawn.owners(key), walk(ring.owners(key)), key);
        assertEquals(drawn.owners(key).get(0), ring.owner(key), key);
      }
    }
  }

  /** Returns the native scheme, but for keys such as {@code =630}, whose hash is that number. */
  private static Scheme atNumbers(Scheme.Smoothing smoothing) {
    return new Scheme(
        "at numbers",
        Scheme.NATIVE.pointName(),
        bytes ->
            bytes[0] == '='
                ? Long.parseLong(new String(bytes, 1, bytes.length - 1, UTF_8))
                : Scheme.NATIVE.hash().hash(bytes),
        Scheme.NATIVE.collision(),
        smoothing);
  }

  @Test
  void everyMemberIsAnOwnerOnceAndNoOrderOfTheListMatters() {
    var random = new Random(12);
    for (Scheme scheme : List.of(Scheme.NATIVE, RELUCTANT)) {
      for (int round = 0; round < 50; round++) {
        List<String> list = randomList(random);
        var shuffled = new ArrayList<>(list);
        shuffled.addAll(list.subList(0, random.nextInt(list.size() + 1))); // some twice
        Collections.shuffle(shuffled, random);
        Ring ring = Ring.of(scheme, 3, list);
        Ring other = Ring.of(scheme, 3, shuffled);
        for (int i = 0; i < 50; i++) {
          String key = "key " + random.nextInt();
          List<String> owners = walk(ring.owners(key));
          assertEquals(list.size(), owners.size(), key);
          assertEquals(new HashSet<>(list), new HashSet<>(owners), key);
          assertEquals(owners, walk(other.owners(key)), key);
        }
      }
    }
  }

  /** Read forwards, a member leaves; read backwards, it joins. */
  @Test
  void withoutAMemberTheOwnersOfAKeyAreTheOthersInTheSameOrder() {
    var random = new Random(13);
    for (Scheme scheme : List.of(Scheme.NATIVE, RELUCTANT)) {
      for (int round = 0; round < 50; round++) {
        List<String> list = randomList(random);
        String gone = list.get(random.nextInt(list.size()));
        Ring ring = Ring.of(scheme, 3, list);
        Ring rest = Ring.of(scheme, 3, without(list, gone));
        for (int i = 0; i < 50; i++) {
          String key = "key " + random.nextInt();
          assertEquals(without(walk(ring.owners(key)), gone), walk(rest.owners(key)), key);
        }
      }
    }
  }

  @Test
  void sharesAreInProportionToWeights() {
    double[] weights = {0.5, 1, 1, 1.5, 2, 4};
    var members = new ArrayList<Member>();
    for (int i = 0; i < 12; i++) {
      members.add(new Member(FLEETS.get(0).apply(i), weights[i % weights.length]));
    }
    Map<String, Double> shares = new DrawnRing(Scheme.NATIVE, REPLICAS, members).shares();
    for (Member member : members) {
      double part = requireNonNull(shares.get(member.name())) * 20 / member.weight();
      assertTrue(part > 0.95 && part < 1.05, () -> member + ": " + part);
    }
    Ring ring = Ring.weighted(Scheme.NATIVE, REPLICAS, members);
    DrawnRing drawn = new DrawnRing(Scheme.NATIVE, REPLICAS, members);
    for (int i = 0; i < 100; i++) {
      assertEquals(drawn.owners("key " + i), walk(ring.owners("key " + i)));
    }
  }

  @Test
  void aMemberThatGainsWeightOnlyTakesKeysAndOneThatLosesItOnlyGivesThem() {
    var random = new Random(14);
    for (int round = 0; round < 50; round++) {
      List<String> list = randomList(random);
      String changed = list.get(0);
      var light = new ArrayList<Member>();
      list.forEach(name -> light.add(new Member(name, 0.1 + random.nextInt(20) / 10.0)));
      var heavy = new ArrayList<>(light);
      heavy.set(0, new Member(changed, light.get(0).weight() + 1.3));
      Ring before = Ring.weighted(Scheme.NATIVE, REPLICAS, light);
      Ring after = Ring.weighted(Scheme.NATIVE, REPLICAS, heavy);
      for (int i = 0; i < 200; i++) {
        String key = "key " + random.nextInt();
        String owner = requireNonNull(after.owner(key));
        assertTrue(owner.equals(changed) || owner.equals(before.owner(key)), key);
        assertEquals(
            without(walk(before.owners(key)), changed), without(walk(after.owners(key)), changed));
      }
    }
  }

  @Test
  void membersOfWeightOneAreMembersWithoutAWeight() {
    List<String> list = list(FLEETS.get(0), 10);
    Ring plain = Ring.of(Scheme.DAWNCACHE, REPLICAS, list);
    Ring weighted =
        Ring.weighted(
            Scheme.DAWNCACHE, REPLICAS, list.stream().map(name -> new Member(name, 1)).toList());
    for (int i = 0; i < 1_000; i++) {
      assertEquals(walk(plain.owners("key " + i)), walk(weighted.owners("key " + i)));
    }
    assertEquals(list, weighted.members());
  }

  @Test
  void aWeightOutOfRangeOrTwoWeightsOfOneMemberAreRefused() {
    for (double weight : new double[] {-1, 0, 0.009, 100.1, Double.NaN}) {
      var e = assertThrows(IllegalArgumentException.class, () -> new Member("a", weight));
      assertEquals("weight: " + weight + " (expected: 0.01 .. 100)", e.getMessage());
    }
    var unnamed = assertThrows(IllegalArgumentException.class, () -> new Member("", 1));
    var two =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Ring.weighted(Scheme.NATIVE, 50, List.of(new Member("a", 1), new Member("a", 2))));

    assertEquals("name: \"\" (expected: not empty)", unnamed.getMessage());
    assertEquals("members: two weights of a (expected: one)", two.getMessage());
  }

  @Test
  void smoothingWithoutPointsOrKeysIsRefused() {
    var points = assertThrows(IllegalArgumentException.class, () -> new Scheme.Smoothing(0, 1));
    var keys = assertThrows(IllegalArgumentException.class, () -> new Scheme.Smoothing(1, 0));

    assertEquals("points: 0 (expected: >= 1)", points.getMessage());
    assertEquals("takesOneIn: 0 (expected: >= 1)", keys.getMessage());
  }

  /** One hash a virtual node, one a look-up, 64 MB for everything, and nothing for a look-up. */
  @Test
  void aRingOfAThousandMembersIsMadeWithFewHashesAndBytes() {
    List<String> list = list(FLEETS.get(0), 1_000);
    HASHED.set(0);
    Ring counted = Ring.of(COUNTING, REPLICAS, list);
    assertEquals(1_000 * REPLICAS, HASHED.get());
    counted.owner("Tom");
    assertEquals(1_000 * REPLICAS + 1, HASHED.get());

    long before = allocatedBytes();
    Ring ring = Ring.of(Scheme.NATIVE, REPLICAS, list);
    long making = allocatedBytes() - before; // what it holds, and what making it leaves behind
    assertTrue(making <= 64_000_000, () -> making + " bytes");

    String[] keys =
        IntStream.range(0, 1_000)
            .mapToObj(i -> "some key of usual length " + i)
            .toArray(String[]::new);
    lookUp(ring, keys);
    before = allocatedBytes();
    int found = lookUp(ring, keys);
    long finding = allocatedBytes() - before;
    assertEquals(100 * keys.length, found);
    assertTrue(finding < found, () -> finding + " bytes"); // the meter itself allocates a little
  }

  /** The CPU time, which other programs do not lengthen much, and the best of some. */
  @Test
  void aRingOfAThousandMembersIsMadeInFourHundredMilliseconds() {
    List<String> list = list(FLEETS.get(0), 1_000);
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = cpuNanos();
      Ring ring = Ring.of(Scheme.NATIVE, REPLICAS, list);
      best = Math.min(best, cpuNanos() - before);
      assertEquals(list, ring.members());
    }
    long nanos = best;
    assertTrue(nanos <= 400_000_000, () -> nanos + " ns");
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Made by native-owners.py, which has a hash and a ring of its own. */
  @Test
  void theOwnersAreTheSameInEveryReleaseOnEveryMachine() throws IOException {
    var stream = NativeRingTest.class.getResourceAsStream("native-owners.tsv");
    int rows = 0;
    try (var reader = new BufferedReader(new InputStreamReader(requireNonNull(stream), UTF_8))) {
      for (String row : reader.lines().filter(line -> !line.startsWith("#")).toList()) {
        String[] columns = row.split("\t", -1);
        List<Member> members =
            List.of(columns[0].split(" ")).stream().map(NativeRingTest::member).toList();
        Ring ring = Ring.weighted(Scheme.NATIVE, Integer.parseInt(columns[1]), members);
        assertEquals(List.of(columns[3].split(" ")), walk(ring.owners(columns[2])), row);
        rows++;
      }
    }
    assertEquals(80, rows);
  }

  private static Member member(String weighted) {
    int end = weighted.indexOf('*');
    return end < 0
        ? new Member(weighted, 1)
        : new Member(weighted.substring(0, end), Double.parseDouble(weighted.substring(end + 1)));
  }

  private static Map<String, Double> shares(List<String> members) {
    return DrawnRing.of(Scheme.NATIVE, REPLICAS, members).shares();
  }

  private static double most(Collection<Double> shares) {
    assertEquals(1, shares.stream().mapToDouble(share -> share).sum(), 1e-6);
    return Collections.max(shares);
  }

  private static int lookUp(Ring ring, String[] keys) {
    int found = 0;
    for (int round = 0; round < 100; round++) {
      for (String key : keys) {
        found += ring.owner(key) == null ? 0 : 1;
      }
    }
    return found;
  }

  private static long allocatedBytes() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  /** Returns all forms of lists, or two of them where lists are long. */
  private static List<IntFunction<String>> fleets(int members) {
    return members < 50 ? FLEETS : FLEETS.subList(0, 2);
  }

  private static List<String> list(IntFunction<String> fleet, int members) {
    return IntStream.range(0, members).mapToObj(fleet).toList();
  }

  private static List<String> randomList(Random random) {
    IntFunction<String> fleet = FLEETS.get(random.nextInt(FLEETS.size()));
    int members = 1 + random.nextInt(12);
    return random.ints(0, 1_000).distinct().limit(members).mapToObj(fleet).toList();
  }

  private static List<String> without(List<String> members, String gone) {
    return members.stream().filter(member -> !member.equals(gone)).toList();
  }

  private static List<String> walk(Iterator<String> owners) {
    var walked = new ArrayList<String>();
    owners.forEachRemaining(walked::add);
    return walked;
  }
}
