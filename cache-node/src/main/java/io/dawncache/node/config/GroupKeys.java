package io.dawncache.node.config;

import io.dawncache.core.CachePolicy;
import io.dawncache.core.GroupConfig;
import io.dawncache.node.text.ByteSize;
import io.dawncache.node.text.Fraction;
import io.dawncache.node.text.TimeSpan;
import io.dawncache.server.RemoteChanges;
import java.util.List;

/** The table of a group's keys: where its values come from, and how they are kept. */
public final class GroupKeys {
  private static final int MOST = Integer.MAX_VALUE;

  public static final Key<GroupConfig.Builder, Yaml> ORIGIN =
      new Key<>(
          "origin",
          ValueTypes.ORIGIN,
          null,
          "Where values are loaded from: SCHEME:LOCATION, such as files:/srv/scores, or a map of one"
              + " scheme and its settings. Another origin clears the group at this node.",
          (group, origin) -> {});

  public static final Key<GroupConfig.Builder, ByteSize> BUDGET =
      new Key<GroupConfig.Builder, ByteSize>(
              "budget",
              ValueTypes.BUDGET,
              null,
              "The largest size of the group in memory, such as 500k, 64m, 64MiB (the same), 64MB"
                  + " (64 million), or a share of the largest heap, such as 10%; 0 for no bound. By"
                  + " default 64m, or less if the heap is small: all groups together get half of"
                  + " it.",
              (group, size) -> group.maxBytes(size.bytes()))
          .withFlag("--max-bytes")
          .describedAs(
              "The largest size of each group in memory, such as 500k, 64m, 64MiB (the same), 64MB"
                  + " (64 million) or 10%% of the largest heap; 0 for no bound. By default 64m, or"
                  + " less if the heap is small: all groups together get half of it.");

  public static final Key<GroupConfig.Builder, CachePolicy> POLICY =
      new Key<>(
              "policy",
              ValueTypes.POLICY,
              "tinylfu",
              "Which entry a full cache evicts first: the least recently used (lru), or the one that"
                  + " W-TinyLFU chooses (tinylfu, the default).",
              GroupConfig.Builder::policy)
          .withFlag();

  public static final Key<GroupConfig.Builder, TimeSpan> TTL =
      new Key<GroupConfig.Builder, TimeSpan>(
              "ttl",
              ValueTypes.TIME,
              null,
              "The TTL of values for which the origin sets none, such as 500ms, 10s, 5m, 1h or 7d;"
                  + " by default they never expire.",
              (group, time) -> group.ttl(time.duration()))
          .withFlag();

  public static final Key<GroupConfig.Builder, Fraction> TTL_JITTER =
      new Key<GroupConfig.Builder, Fraction>(
              "ttl-jitter",
              ValueTypes.FRACTION,
              "0",
              "The largest fraction by which the TTL of each value is shortened at random, such as"
                  + " 0.1; 0 by default.",
              (group, fraction) -> group.ttlJitter(fraction.value()))
          .withFlag();

  public static final Key<GroupConfig.Builder, TimeSpan> REFRESH_AFTER_WRITE =
      new Key<GroupConfig.Builder, TimeSpan>(
              "refresh-after-write",
              ValueTypes.TIME,
              null,
              "The age from which on a get is answered with the present value and starts a load of a"
                  + " new one; never by default.",
              (group, time) -> group.refreshAfterWrite(time.duration()))
          .withFlag();

  public static final Key<GroupConfig.Builder, TimeSpan> STALE_IF_ERROR =
      new Key<GroupConfig.Builder, TimeSpan>(
              "stale-if-error",
              ValueTypes.TIME,
              "0s",
              "How long an expired value may still be the answer, marked as stale, if the origin"
                  + " fails; not at all by default.",
              (group, time) -> group.staleIfError(time.duration()))
          .withFlag();

  public static final Key<GroupConfig.Builder, TimeSpan> NEGATIVE_TTL =
      new Key<GroupConfig.Builder, TimeSpan>(
              "negative-ttl",
              ValueTypes.TIME,
              "0s",
              "How long a node remembers that a key was not found; not at all by default.",
              (group, time) -> group.negativeTtl(time.duration()))
          .withFlag();

  public static final Key<GroupConfig.Builder, TimeSpan> HOT_TTL =
      new Key<GroupConfig.Builder, TimeSpan>(
              "hot-ttl",
              ValueTypes.TIME,
              "10s",
              "The largest TTL of a copy of another node's value; 10s by default.",
              (group, time) -> group.hotTtl(time.duration()))
          .withFlag();

  public static final Key<GroupConfig.Builder, ByteSize> HOT_BYTES =
      new Key<GroupConfig.Builder, ByteSize>(
              "hot-bytes",
              ValueTypes.SIZE,
              null,
              "The part of the budget for copies of other nodes' values; 0 keeps none, an eighth by"
                  + " default.",
              (group, size) -> group.hotBytes(size.bytes()))
          .withFlag()
          .describedAs(
              "The part of --max-bytes for copies of other nodes' values; 0 keeps none, an eighth by"
                  + " default.");

  public static final Key<GroupConfig.Builder, TimeSpan> LOAD_TIMEOUT =
      new Key<>(
          "load-timeout",
          ValueTypes.TIME,
          "10s",
          "How long a load may take, with its time in the queue.",
          (group, time) -> group.loadTimeout(time.duration()));

  public static final Key<GroupConfig.Builder, Integer> MAX_LOADS =
      new Key<>(
          "max-loads",
          ValueTypes.count(1, MOST),
          "64",
          "How many loads may run at once.",
          GroupConfig.Builder::maxLoads);

  public static final Key<GroupConfig.Builder, Integer> MAX_QUEUED_LOADS =
      new Key<>(
          "max-queued-loads",
          ValueTypes.count(0, MOST),
          "10000",
          "How many loads may wait for their turn; one more is refused as overloaded.",
          GroupConfig.Builder::maxQueuedLoads);

  public static final Key<GroupConfig.Builder, TimeSpan> MAX_QUEUE_TIME =
      new Key<>(
          "max-queue-time",
          ValueTypes.TIME,
          "500ms",
          "How long the first load of the queue may have waited; while it has waited longer, one"
              + " more is refused as overloaded.",
          (group, time) -> group.maxQueueTime(time.duration()));

  public static final Key<GroupConfig.Builder, Integer> MAX_WAITERS =
      new Key<>(
          "max-waiters",
          ValueTypes.count(1, MOST),
          "100000",
          "How many gets may wait at once; one more is refused as overloaded.",
          GroupConfig.Builder::maxWaiters);

  public static final Key<GroupConfig.Builder, ByteSize> MAX_KEY_BYTES =
      new Key<>(
          "max-key-bytes",
          ValueTypes.LENGTH,
          "16k",
          "The maximum length of a key.",
          (group, size) -> group.maxKeyBytes((int) size.bytes()));

  public static final Key<GroupConfig.Builder, ByteSize> MAX_VALUE_BYTES =
      new Key<>(
          "max-value-bytes",
          ValueTypes.LENGTH,
          "16m",
          "The maximum length of a value, the same at every node; at most"
              + " limits.max-value-bytes.",
          (group, size) -> group.maxValueBytes((int) size.bytes()));

  public static final Key<GroupConfig.Builder, Boolean> HEDGE =
      new Key<>(
          "hedge",
          ValueTypes.SWITCH,
          "off",
          "Whether a load that takes longer than 99 of 100 gets a second one beside it.",
          GroupConfig.Builder::hedge);

  public static final Key<GroupConfig.Builder, RemoteChanges> REMOTE_CHANGES =
      new Key<GroupConfig.Builder, RemoteChanges>(
              "remote-changes",
              ValueTypes.REMOTE_CHANGES,
              null,
              "What may be changed through the operations listener: none, remove (of keys, and of all"
                  + " by a clear), or all, which adds put. By default remove, and all for groups"
                  + " with the origin none.",
              (group, changes) -> {})
          .withFlag();

  /** All of them, in the order in which they are shown. */
  public static final KeyTable<GroupConfig.Builder> TABLE =
      new KeyTable<>(
          List.of(
              ORIGIN,
              BUDGET,
              POLICY,
              TTL,
              TTL_JITTER,
              REFRESH_AFTER_WRITE,
              STALE_IF_ERROR,
              NEGATIVE_TTL,
              HOT_TTL,
              HOT_BYTES,
              LOAD_TIMEOUT,
              MAX_LOADS,
              MAX_QUEUED_LOADS,
              MAX_QUEUE_TIME,
              MAX_WAITERS,
              MAX_KEY_BYTES,
              MAX_VALUE_BYTES,
              HEDGE,
              REMOTE_CHANGES));

  private GroupKeys() {}
}
