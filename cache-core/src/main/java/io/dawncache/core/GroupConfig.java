package io.dawncache.core;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bounds and the policy of a group; immutable, made by a {@linkplain #builder() builder}.
 *
 * @since 0.1.0
 */
public final class GroupConfig {
  static final int DEFAULT_MAX_LOADS = 64;

  private static final int HOT_PART = 8;
  private static final int MISSING_PART = 16;
  private static final long UNBOUNDED_HOT_BYTES = 8L << 20;
  private static final long UNBOUNDED_MISSING_BYTES = 4L << 20;

  /** A shorter stop of the process is not detected. */
  private static final Duration LEAST_HOT_TTL = Duration.ofNanos(CoarseClock.STOPPED_NANOS);

  private static final GroupConfig DEFAULTS = builder().build();

  private final long maxBytes;
  private final boolean maxBytesSet;
  private final CachePolicy policy;
  private final Duration loadTimeout;
  private final int maxLoads;
  private final int maxQueuedLoads;
  private final Duration maxQueueTime;
  private final int maxKeyBytes;
  private final int maxValueBytes;
  private final @Nullable Duration ttl;
  private final double ttlJitter;
  private final @Nullable Duration refreshAfterWrite;
  private final Duration staleIfError;
  private final Duration negativeTtl;
  private final long hotBytes; // -1 for an eighth of maxBytes
  private final Duration hotTtl;
  private final int maxWaiters;
  private final boolean hedge;

  private GroupConfig(Builder builder) {
    maxBytesSet = builder.maxBytes >= 0;
    maxBytes = maxBytesSet ? builder.maxBytes : HeapShares.MOST_DEFAULT_BYTES;
    policy = builder.policy;
    loadTimeout = builder.loadTimeout;
    maxLoads = builder.maxLoads;
    maxQueuedLoads = builder.maxQueuedLoads;
    maxQueueTime = builder.maxQueueTime;
    maxKeyBytes = builder.maxKeyBytes;
    maxValueBytes = builder.maxValueBytes;
    ttl = builder.ttl;
    ttlJitter = builder.ttlJitter;
    refreshAfterWrite = builder.refreshAfterWrite;
    staleIfError = builder.staleIfError;
    negativeTtl = builder.negativeTtl;
    hotTtl = builder.hotTtl;
    maxWaiters = builder.maxWaiters;
    hedge = builder.hedge;
    hotBytes = builder.hotBytes;
    if (hotBytes > mostHotBytes()) {
      throw new IllegalArgumentException(
          "hotBytes: " + hotBytes + " (expected: <= " + mostHotBytes() + ", half of maxBytes)");
    }
  }

  /** Copies {@code other} with another budget. */
  private GroupConfig(GroupConfig other, long maxBytes) {
    this.maxBytes = maxBytes;
    maxBytesSet = other.maxBytesSet;
    policy = other.policy;
    loadTimeout = other.loadTimeout;
    maxLoads = other.maxLoads;
    maxQueuedLoads = other.maxQueuedLoads;
    maxQueueTime = other.maxQueueTime;
    maxKeyBytes = other.maxKeyBytes;
    maxValueBytes = other.maxValueBytes;
    ttl = other.ttl;
    ttlJitter = other.ttlJitter;
    refreshAfterWrite = other.refreshAfterWrite;
    staleIfError = other.staleIfError;
    negativeTtl = other.negativeTtl;
    hotTtl = other.hotTtl;
    maxWaiters = other.maxWaiters;
    hedge = other.hedge;
    hotBytes = other.hotBytes;
  }

  /** {@return a builder with the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * {@return the budget in bytes of heap, for keys, values and their overhead; 0 for unbounded} If
   * none is set, this is 64 MiB, the maximum for a default budget; {@link Group#config()} shows the
   * actual budget.
   */
  public long maxBytes() {
    return maxBytes;
  }

  boolean isMaxBytesSet() {
    return maxBytesSet;
  }

  /** Returns this configuration with the group's actual budget. */
  GroupConfig resolved(long maxBytes) {
    return maxBytes == this.maxBytes ? this : new GroupConfig(this, maxBytes);
  }

  /** {@return which entry leaves a full cache first} */
  public CachePolicy policy() {
    return policy;
  }

  /** {@return how long a load may take, including its time in the queue} */
  public Duration loadTimeout() {
    return loadTimeout;
  }

  /** {@return how many loads may run at once} */
  public int maxLoads() {
    return maxLoads;
  }

  /** {@return how many loads may wait in the queue; one more is refused as overloaded} */
  public int maxQueuedLoads() {
    return maxQueuedLoads;
  }

  /**
   * {@return how long the first load of the queue may have waited; while it has waited longer, one
   * more load is refused as overloaded}
   */
  public Duration maxQueueTime() {
    return maxQueueTime;
  }

  /** {@return the maximum length of a key, in bytes of UTF-8} */
  public int maxKeyBytes() {
    return maxKeyBytes;
  }

  /** {@return the maximum length of a value, in bytes} */
  public int maxValueBytes() {
    return maxValueBytes;
  }

  /**
   * {@return how long a loaded value holds whose getter gave it no TTL of its own; null for ever}
   */
  public @Nullable Duration ttl() {
    return ttl;
  }

  /** {@return the largest fraction by which a loaded value's TTL is shortened} */
  public double ttlJitter() {
    return ttlJitter;
  }

  /** {@return the age from which a get makes the owner load a value again; null for never} */
  public @Nullable Duration refreshAfterWrite() {
    return refreshAfterWrite;
  }

  /** {@return how long after its end a value may be answered if the origin fails} */
  public Duration staleIfError() {
    return staleIfError;
  }

  /** {@return how long the owner of a key remembers that it was not found} */
  public Duration negativeTtl() {
    return negativeTtl;
  }

  /** {@return the largest part of the budget for copies of other nodes' values, in bytes} */
  public long hotBytes() {
    if (hotBytes < 0) {
      return maxBytes == 0 ? UNBOUNDED_HOT_BYTES : maxBytes / HOT_PART;
    }
    return Math.min(hotBytes, mostHotBytes()); // a default budget may have shrunk
  }

  private long mostHotBytes() {
    return maxBytes == 0 ? Long.MAX_VALUE : maxBytes / 2;
  }

  /** {@return the maximum TTL of a copy of another node's value} */
  public Duration hotTtl() {
    return hotTtl;
  }

  /** {@return how many gets may wait for a value at once} */
  public int maxWaiters() {
    return maxWaiters;
  }

  /** {@return whether a second load starts beside a slow one} */
  public boolean hedge() {
    return hedge;
  }

  /** Returns the largest part of the budget for remembering keys that are not found, in bytes. */
  long missingBytes() {
    return maxBytes == 0 ? UNBOUNDED_MISSING_BYTES : maxBytes / MISSING_PART;
  }

  /**
   * Returns what must be the same at every node of a fleet, as a text. A setting that has its
   * default is left out, so that nodes of a version that knows more settings agree with others.
   */
  String semantics() {
    StringBuilder text = new StringBuilder();
    GroupConfig defaults = DEFAULTS;
    append(text, "ttl", ttl, defaults.ttl);
    append(text, "refreshAfterWrite", refreshAfterWrite, defaults.refreshAfterWrite);
    append(text, "staleIfError", staleIfError, defaults.staleIfError);
    append(text, "negativeTtl", negativeTtl, defaults.negativeTtl);
    append(text, "hotTtl", hotTtl, defaults.hotTtl);
    append(text, "maxKeyBytes", maxKeyBytes, defaults.maxKeyBytes);
    append(text, "maxValueBytes", maxValueBytes, defaults.maxValueBytes);
    return text.toString();
  }

  private static void append(
      StringBuilder text, String name, @Nullable Object value, @Nullable Object byDefault) {
    if (!Objects.equals(value, byDefault)) {
      text.append(name).append('=').append(value).append('\n');
    }
  }

  /** Returns which setting does nothing beside the others, and why; null if none. */
  @Nullable String withoutEffect() {
    if (refreshAfterWrite == null || ttl == null || refreshAfterWrite.compareTo(ttl) < 0) {
      return null;
    }
    return "refreshAfterWrite: "
        + refreshAfterWrite
        + " (expected: less than ttl, "
        + ttl
        + "): only values with a longer TTL of their own are refreshed";
  }

  @Override
  public String toString() {
    return "GroupConfig["
        + "maxBytes="
        + maxBytes
        + ", policy="
        + policy
        + ", loadTimeout="
        + loadTimeout
        + ", maxLoads="
        + maxLoads
        + ", maxQueuedLoads="
        + maxQueuedLoads
        + ", maxQueueTime="
        + maxQueueTime
        + ", maxKeyBytes="
        + maxKeyBytes
        + ", maxValueBytes="
        + maxValueBytes
        + ", ttl="
        + ttl
        + ", ttlJitter="
        + ttlJitter
        + ", refreshAfterWrite="
        + refreshAfterWrite
        + ", staleIfError="
        + staleIfError
        + ", negativeTtl="
        + negativeTtl
        + ", hotBytes="
        + hotBytes
        + ", hotTtl="
        + hotTtl
        + ", maxWaiters="
        + maxWaiters
        + ", hedge="
        + hedge
        + "]";
  }

  /** Collects a {@link GroupConfig}; rejects a bad value at once. Not thread-safe. */
  @SuppressWarnings("exports") // CanIgnoreReturnValue is for compilers that know it
  public static final class Builder {
    private static final Duration LONGEST = Duration.ofDays(365);

    private long maxBytes = -1; // a share of the heap
    private CachePolicy policy = CachePolicy.TINY_LFU;
    private Duration loadTimeout = Duration.ofSeconds(10);
    private int maxLoads = DEFAULT_MAX_LOADS;
    private int maxQueuedLoads = 10_000;
    private Duration maxQueueTime = Duration.ofMillis(500);
    private int maxKeyBytes = 16 << 10;
    private int maxValueBytes = 16 << 20;
    private @Nullable Duration ttl = null;
    private double ttlJitter = 0;
    private @Nullable Duration refreshAfterWrite = null;
    private Duration staleIfError = Duration.ZERO;
    private Duration negativeTtl = Duration.ZERO;
    private long hotBytes = -1; // an eighth of maxBytes
    private Duration hotTtl = Duration.ofSeconds(10);
    private int maxWaiters = 100_000;
    private boolean hedge = false;

    private Builder() {}

    /**
     * Sets the budget in bytes; 0 for unbounded. Adding the group fails if the heap has no room for
     * it: all budgets together may take three quarters of the heap. An unbounded group is not in
     * that sum; the caller must ensure that its values fit.
     *
     * <p>By default a group gets 64 MiB, or less if the heap is small: all groups of a node without
     * a set budget share equally what the others leave, at most half of the heap. Their budgets
     * change when groups are added and removed.
     *
     * @param maxBytes the budget, in bytes of heap
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxBytes(long maxBytes) {
      this.maxBytes = atLeast("maxBytes", maxBytes, 0);
      return this;
    }

    /**
     * Sets the policy; default W-TinyLFU.
     *
     * @param policy decides which entry leaves a full group first
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder policy(CachePolicy policy) {
      this.policy = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets the time-out of a load; more than zero, at most 365 days, default 10 s.
     *
     * @param loadTimeout how long a load may take
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder loadTimeout(Duration loadTimeout) {
      positive("loadTimeout", loadTimeout);
      this.loadTimeout = loadTimeout;
      return this;
    }

    /**
     * Sets how many loads may run at once; at least 1, default 64.
     *
     * @param maxLoads the number of loads
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxLoads(int maxLoads) {
      this.maxLoads = (int) atLeast("maxLoads", maxLoads, 1);
      return this;
    }

    /**
     * Sets how many loads may wait in the queue; at least 0, default 10,000.
     *
     * @param maxQueuedLoads the number of loads
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxQueuedLoads(int maxQueuedLoads) {
      this.maxQueuedLoads = (int) atLeast("maxQueuedLoads", maxQueuedLoads, 0);
      return this;
    }

    /**
     * Sets how long the first load of the queue may have waited; more than zero, at most 365 days,
     * default 500 ms. While it has waited longer, the origin cannot keep up, and one more load is
     * refused as overloaded at once. So the queue holds what a burst brings, but does not grow
     * while more is asked for than the origin gives, and it is empty soon after that ends.
     *
     * @param maxQueueTime the time
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxQueueTime(Duration maxQueueTime) {
      positive("maxQueueTime", maxQueueTime);
      this.maxQueueTime = maxQueueTime;
      return this;
    }

    /**
     * Sets the maximum length of a key, in bytes of UTF-8; at least 1, default 16 KiB.
     *
     * @param maxKeyBytes the number of bytes
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxKeyBytes(int maxKeyBytes) {
      this.maxKeyBytes = (int) atLeast("maxKeyBytes", maxKeyBytes, 1);
      return this;
    }

    /**
     * Sets the maximum length of a value, in bytes; at least 0, default 16 MiB. A put rejects a
     * longer value, and a load or fetch of one fails. Set it the same at every node of the fleet,
     * and no higher than the servers' own limit, which has the same default.
     *
     * @param maxValueBytes the number of bytes
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxValueBytes(int maxValueBytes) {
      this.maxValueBytes = (int) atLeast("maxValueBytes", maxValueBytes, 0);
      return this;
    }

    /**
     * Sets the TTL of loaded values whose getter sets none; more than zero, or null for ever, the
     * default.
     *
     * @param ttl how long a value holds
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder ttl(@Nullable Duration ttl) {
      this.ttl = ttl == null ? null : positive("ttl", ttl);
      return this;
    }

    /**
     * Sets the largest fraction by which each TTL is shortened, at random for each load, so that
     * values loaded together do not expire together; 0, the default, to 1.
     *
     * @param ttlJitter the fraction
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder ttlJitter(double ttlJitter) {
      if (!(ttlJitter >= 0 && ttlJitter <= 1)) {
        throw new IllegalArgumentException("ttlJitter: " + ttlJitter + " (expected: 0 to 1)");
      }
      this.ttlJitter = ttlJitter;
      return this;
    }

    /**
     * Sets the age from which a get of a value, which is answered at once, makes its owner load it
     * again; more than zero, or null for never, the default. It may be longer than {@link #ttl},
     * because a value may have a TTL of its own; a value that expires sooner is not refreshed. A
     * group that is added with such an age is named in the log.
     *
     * @param refreshAfterWrite the age, or null for never
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder refreshAfterWrite(@Nullable Duration refreshAfterWrite) {
      this.refreshAfterWrite =
          refreshAfterWrite == null ? null : positive("refreshAfterWrite", refreshAfterWrite);
      return this;
    }

    /**
     * Sets how long after its end a value may still be answered, marked as stale, if the origin
     * fails; zero, the default, means never.
     *
     * @param staleIfError how long
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder staleIfError(Duration staleIfError) {
      this.staleIfError = notNegative("staleIfError", staleIfError);
      return this;
    }

    /**
     * Sets the negative TTL: how long a key's owner remembers that the origin has no value for it,
     * in at most a sixteenth of the budget; zero, the default, asks the origin each time.
     *
     * @param negativeTtl how long
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder negativeTtl(Duration negativeTtl) {
      this.negativeTtl = notNegative("negativeTtl", negativeTtl);
      return this;
    }

    /**
     * Sets the largest part of the budget for copies of other nodes' values, in bytes; 0 keeps
     * none; by default an eighth of {@link #maxBytes}, or 8 MiB if that is unbounded.
     *
     * @param hotBytes the number of bytes
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder hotBytes(long hotBytes) {
      this.hotBytes = atLeast("hotBytes", hotBytes, 0);
      return this;
    }

    /**
     * Sets the maximum TTL of a copy of another node's value; at least 200 ms, default 10 s. A node
     * that was stopped for longer clears itself, and a stop shorter than 200 ms looks like a busy
     * machine. To keep no copies, see {@link #hotBytes}.
     *
     * @param hotTtl how long
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder hotTtl(Duration hotTtl) {
      Objects.requireNonNull(hotTtl, "hotTtl");
      if (hotTtl.compareTo(LEAST_HOT_TTL) < 0) {
        throw new IllegalArgumentException(
            "hotTtl: " + hotTtl + " (expected: >= " + LEAST_HOT_TTL + ")");
      }
      this.hotTtl = notNegative("hotTtl", hotTtl);
      return this;
    }

    /**
     * Sets how many gets may wait for a value at once; one more is refused as overloaded; at least
     * 1, default 100,000.
     *
     * @param maxWaiters the number of gets
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxWaiters(int maxWaiters) {
      this.maxWaiters = (int) atLeast("maxWaiters", maxWaiters, 1);
      return this;
    }

    /**
     * Sets whether a load that takes longer than 99 of 100 loads gets a second one beside it, of
     * which the first to answer counts; default false, because it loads a key twice.
     *
     * @param hedge whether a slow load gets a second one
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder hedge(boolean hedge) {
      this.hedge = hedge;
      return this;
    }

    /** {@return the configuration collected so far} */
    public GroupConfig build() {
      return new GroupConfig(this);
    }

    @CanIgnoreReturnValue
    private static Duration positive(String name, Duration duration) {
      Objects.requireNonNull(duration, name);
      if (duration.isZero() || duration.isNegative()) {
        throw new IllegalArgumentException(name + ": " + duration + " (expected: > 0)");
      }
      return notNegative(name, duration);
    }

    private static Duration notNegative(String name, Duration duration) {
      Objects.requireNonNull(duration, name);
      if (duration.isNegative()) {
        throw new IllegalArgumentException(name + ": " + duration + " (expected: >= 0)");
      }
      if (duration.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            name + ": " + duration + " (expected: <= " + LONGEST + ")");
      }
      return duration;
    }

    private static long atLeast(String name, long value, long min) {
      if (value < min) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + min + ")");
      }
      return value;
    }
  }
}
