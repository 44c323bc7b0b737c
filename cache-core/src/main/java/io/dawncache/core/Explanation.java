package io.dawncache.core;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows about one key, and what a get of it would do now; for operators. By the time
 * that it is read, both may have changed.
 *
 * @param key the key
 * @param owners the URLs of the key's first owners in the order of the ring, at most three, also
 *     those that cannot be asked at present; empty if the node stands alone
 * @param held what this node holds under the key
 * @param bytes the length of the held value; 0 if there is none
 * @param metadata the held value's content type and ETag; null if it has none
 * @param remainingTtl how long the held value, or that the key was not found, is valid: zero if it
 *     has expired; null if it never does, or if nothing is held
 * @param stale whether the held value has expired; it is answered only if the origin fails
 * @param lastLoad the key's last load at this node; null if it is not known
 * @param onGet what a get does
 * @param from the URL of the node that such a get asks; null if it asks none
 * @since 0.1.0
 */
public record Explanation(
    String key,
    List<String> owners,
    Held held,
    int bytes,
    @Nullable Metadata metadata,
    @Nullable Duration remainingTtl,
    boolean stale,
    @Nullable LastLoad lastLoad,
    OnGet onGet,
    @Nullable String from) {
  /** What a node holds under a key. */
  public enum Held {
    /** No value. */
    NOTHING,
    /** The value of a key that this node owns. */
    OWN,
    /** A value that this node has loaded or owned, of a key that another node owns now. */
    GUEST,
    /** A copy of the owner's value. */
    COPY,
    /** That the origin has no value for the key. */
    NOT_FOUND
  }

  /** What a get does. */
  public enum OnGet {
    /** It is answered with the value in memory. */
    ANSWER,
    /** The same, and a load behind the answer renews the value. */
    ANSWER_AND_REFRESH,
    /**
     * It is answered with the expired value, because the last load failed; the next load begins.
     */
    ANSWER_STALE,
    /** It is answered that the key is not found. */
    ANSWER_NOT_FOUND,
    /** It waits for the load or the fetch that runs for another get. */
    JOIN,
    /** It asks the key's owner. */
    FETCH,
    /** It looks into the memory of the key's former owner, and loads the key if it is not there. */
    PEEK,
    /** It loads the key from the origin. */
    LOAD
  }

  /** Copies the owners. */
  public Explanation {
    Objects.requireNonNull(key, "key");
    owners = List.copyOf(owners);
  }
}
