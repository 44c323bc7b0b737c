package io.dawncache.core;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.Objects;

/** The bounds and the policy of a group; immutable, made by a {@linkplain #builder() builder}. */
public final class GroupConfig {
  private final long maxBytes;
  private final CachePolicy policy;
  private final Duration loadTimeout;
  private final int maxLoads;
  private final int maxQueuedLoads;
  private final int maxKeyBytes;

  private GroupConfig(Builder builder) {
    maxBytes = builder.maxBytes;
    policy = builder.policy;
    loadTimeout = builder.loadTimeout;
    maxLoads = builder.maxLoads;
    maxQueuedLoads = builder.maxQueuedLoads;
    maxKeyBytes = builder.maxKeyBytes;
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the budget of the main cache in bytes of keys and values; 0 for unbounded. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Returns which entry leaves a full cache first. */
  public CachePolicy policy() {
    return policy;
  }

  /** Returns how long a load may take, its time in the queue included. */
  public Duration loadTimeout() {
    return loadTimeout;
  }

  /** Returns how many loads may run at once. */
  public int maxLoads() {
    return maxLoads;
  }

  /** Returns how many loads may wait for their turn; one more is refused as overloaded. */
  public int maxQueuedLoads() {
    return maxQueuedLoads;
  }

  /** Returns how long a key may be, in bytes of UTF-8. */
  public int maxKeyBytes() {
    return maxKeyBytes;
  }

  /** Collects a {@link GroupConfig}; refuses a bad value at once. Not thread-safe. */
  public static final class Builder {
    private static final Duration LONGEST_LOAD_TIMEOUT = Duration.ofDays(365);

    private long maxBytes = 64L << 20;
    private CachePolicy policy = CachePolicy.TINY_LFU;
    private Duration loadTimeout = Duration.ofSeconds(10);
    private int maxLoads = 64;
    private int maxQueuedLoads = 10_000;
    private int maxKeyBytes = 16 << 10;

    private Builder() {}

    /** Sets the budget in bytes; 0 for unbounded, default 64 MiB. */
    @CanIgnoreReturnValue
    public Builder maxBytes(long maxBytes) {
      this.maxBytes = atLeast("maxBytes", maxBytes, 0);
      return this;
    }

    /** Sets the policy; default W-TinyLFU. */
    @CanIgnoreReturnValue
    public Builder policy(CachePolicy policy) {
      this.policy = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /** Sets the time-out of a load; more than zero, at most 365 days, default 10 s. */
    @CanIgnoreReturnValue
    public Builder loadTimeout(Duration loadTimeout) {
      if (loadTimeout.isNegative() || loadTimeout.isZero()) {
        throw new IllegalArgumentException("loadTimeout: " + loadTimeout + " (expected: > 0)");
      }
      if (loadTimeout.compareTo(LONGEST_LOAD_TIMEOUT) > 0) {
        throw new IllegalArgumentException(
            "loadTimeout: " + loadTimeout + " (expected: <= " + LONGEST_LOAD_TIMEOUT + ")");
      }
      this.loadTimeout = loadTimeout;
      return this;
    }

    /** Sets how many loads may run at once; at least 1, default 64. */
    @CanIgnoreReturnValue
    public Builder maxLoads(int maxLoads) {
      this.maxLoads = (int) atLeast("maxLoads", maxLoads, 1);
      return this;
    }

    /** Sets how many loads may wait for their turn; at least 0, default 10,000. */
    @CanIgnoreReturnValue
    public Builder maxQueuedLoads(int maxQueuedLoads) {
      this.maxQueuedLoads = (int) atLeast("maxQueuedLoads", maxQueuedLoads, 0);
      return this;
    }

    /** Sets how long a key may be, in bytes of UTF-8; at least 1, default 16 KiB. */
    @CanIgnoreReturnValue
    public Builder maxKeyBytes(int maxKeyBytes) {
      this.maxKeyBytes = (int) atLeast("maxKeyBytes", maxKeyBytes, 1);
      return this;
    }

    /** Returns the configuration collected so far. */
    public GroupConfig build() {
      return new GroupConfig(this);
    }

    private static long atLeast(String name, long value, long min) {
      if (value < min) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + min + ")");
      }
      return value;
    }
  }
}
