package io.dawncache.bench.fleet;

import static java.util.Objects.requireNonNull;

import io.dawncache.bench.workload.Zipf;
import io.dawncache.core.ByteView;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Membership;
import io.dawncache.core.Owner;
import io.dawncache.core.PeerGetter;
import io.dawncache.core.ShippedNode;
import io.dawncache.core.consistenthash.Scheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A fleet in one thread and in simulated time. Each get arrives at a random node that runs and asks
 * for a key by Zipf's law. The shipped membership, with its ring and its ejected members, names the
 * key's acting owner, and the shipped memory of each node decides which copies it keeps.
 */
final class Fleet {
  /*
   * All nodes agree, so one membership stands for all of theirs, seen by an observer that is no
   * member. What an owner holds as its own is a number a key: the node that holds it, and nothing is
   * ever evicted. Half a second after owners have changed, the nodes that hold keys of others offer
   * these to them, and a node that leaves does so before it stops. An owner that lacks a key takes it
   * from the node that holds it if owners have changed within a minute, as a node that peeks does, and
   * else loads it.
   */
  private static final int NOBODY = -1;
  private static final long NEVER = Long.MAX_VALUE;
  private static final long OFFER_NANOS = 500_000_000L;
  private static final long PEEK_NANOS = 60_000_000_000L;
  private static final long TICK_NANOS = 100_000_000L;
  private static final int COPIES = 100;
  private static final PeerGetter UNASKED =
      (request, callback) -> {
        throw new AssertionError("asked by a connection (expected: none in a simulation)");
      };
  private static final ByteView VALUE = ByteView.copyOf(new byte[100]);

  private final SplittableRandom random;
  private final Zipf zipf;
  private final String[] keys;
  private final int[] owners; // by key, the acting owner
  private final int[] holders; // by key, the node whose memory has it, or NOBODY
  private final long nanosAGet;
  private final boolean offering;
  private final Membership membership =
      new Membership("http://observer:1", Scheme.NATIVE, Membership.REPLICAS, url -> UNASKED);
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> members = new ArrayList<>();
  private final List<ShippedNode> nodes = new ArrayList<>();
  private final List<Integer> running = new ArrayList<>();
  private long nowNanos;
  private long tickedNanos;
  private long changedNanos = Long.MIN_VALUE / 2;
  private long offersNanos = NEVER; // when the next offers are made
  private long[] answered = new long[0]; // by node, as an owner, in this phase

  /**
   * Makes a fleet whose memory is empty.
   *
   * @param getsASecond of each node
   * @param offering whether nodes offer what they hold to new owners, as the shipped ones do
   */
  Fleet(int size, int keyCount, double skew, int getsASecond, boolean offering, long seed) {
    this.offering = offering;
    this.random = new SplittableRandom(seed);
    this.zipf = new Zipf(keyCount, skew);
    this.keys = new String[keyCount];
    Arrays.setAll(keys, key -> "key" + (keyCount + key));
    this.owners = new int[keyCount];
    this.holders = new int[keyCount];
    Arrays.fill(holders, NOBODY);
    this.nanosAGet = Math.max(1, 1_000_000_000L / ((long) size * getsASecond));
    for (int node = 0; node < size; node++) {
      enter();
    }
    membership.set(members);
    nameOwners();
  }

  /** Adds a member; returns the number of the keys that it takes over. */
  int join() {
    enter();
    membership.set(members);
    return changed();
  }

  /** Has a node leave and stop; returns the number of the keys it owned. */
  int leave(int node) {
    int moved = eject(node);
    if (offering) {
      offer();
    }
    empty(node);
    return moved;
  }

  /** Kills a node, which every other ejects at once; returns the number of the keys it owned. */
  int kill(int node) {
    int moved = eject(node);
    empty(node);
    return moved;
  }

  private int eject(int node) {
    membership.eject(members.get(node), 1);
    running.remove((Integer) node);
    return changed();
  }

  private void empty(int node) {
    nodes.set(node, newNode());
    for (int key = 0; key < holders.length; key++) {
      if (holders[key] == node) {
        holders[key] = NOBODY;
      }
    }
  }

  /** Starts a stopped node again, empty. */
  void start(int node) {
    membership.readmit(members.get(node));
    running.add(node);
    changed();
  }

  /** Gives each owner all its keys, so that only changes of members cause loads. */
  void fill() {
    System.arraycopy(owners, 0, holders, 0, owners.length);
  }

  /** Runs a phase. */
  Traffic run(long gets) {
    answered = new long[nodes.size()];
    long own = 0;
    long copyHits = 0;
    long fetches = 0;
    long loads = 0;
    long peeks = 0;
    for (long get = 0; get < gets; get++) {
      pass();
      int node = running.get(random.nextInt(running.size()));
      int key = zipf.draw(random);
      int owner = owners[key];
      if (owner != node && nodes.get(node).answers(keys[key])) {
        copyHits++;
        continue;
      }
      answered[owner]++;
      boolean held = holders[key] == owner;
      if (!held) {
        boolean peeked = holders[key] != NOBODY && nowNanos - changedNanos <= PEEK_NANOS;
        peeks += peeked ? 1 : 0;
        loads += peeked ? 0 : 1;
        holders[key] = owner;
      }
      if (owner != node) {
        fetches++;
        nodes.get(node).fetch(keys[key], VALUE, nodes.get(owner));
      } else {
        own++;
      }
    }
    double mean = (double) Arrays.stream(answered).sum() / running.size();
    double busiest = Arrays.stream(answered).max().orElse(0) / mean;
    return new Traffic(gets, own, copyHits, fetches, loads, peeks, busiest);
  }

  /** Returns the largest number of keys that one node owns, against the mean. */
  double balance() {
    int[] owned = new int[nodes.size()];
    for (int owner : owners) {
      owned[owner]++;
    }
    return (double) Arrays.stream(owned).max().orElse(0) * running.size() / owners.length;
  }

  /** Returns how many keys the fleet holds. */
  long resident() {
    return Arrays.stream(holders).filter(holder -> holder != NOBODY).count();
  }

  private void pass() {
    nowNanos += nanosAGet;
    if (nowNanos >= offersNanos) {
      offersNanos = NEVER;
      offer();
    }
    if (nowNanos - tickedNanos >= TICK_NANOS) {
      tickedNanos = nowNanos;
      nodes.forEach(ShippedNode::tick);
    }
  }

  /** Gives each owner what others hold of its keys. */
  private void offer() {
    for (int key = 0; key < holders.length; key++) {
      if (holders[key] != NOBODY) {
        holders[key] = owners[key];
      }
    }
  }

  private void enter() {
    int number = nodes.size();
    String url = "http://10." + (number >> 16) + "." + (number >> 8 & 255) + "." + (number & 255);
    members.add(url + ":8001");
    numbers.put(members.get(number), number);
    nodes.add(newNode());
    running.add(number);
  }

  private ShippedNode newNode() {
    long copyBytes = ShippedNode.copyBytes(keys[0], VALUE);
    long maxBytes = 8 * COPIES * copyBytes; // an eighth is for copies
    return new ShippedNode(GroupConfig.builder().maxBytes(maxBytes).build(), () -> nowNanos);
  }

  private int changed() {
    int[] before = owners.clone();
    nameOwners();
    changedNanos = nowNanos;
    offersNanos = offering ? nowNanos + OFFER_NANOS : NEVER;
    int moved = 0;
    for (int key = 0; key < owners.length; key++) {
      moved += before[key] == owners[key] ? 0 : 1;
    }
    return moved;
  }

  private void nameOwners() {
    Arrays.setAll(
        owners,
        key -> {
          Iterator<Owner> all = membership.owners(keys[key]);
          return requireNonNull(numbers.get(all.next().url()));
        });
  }
}
