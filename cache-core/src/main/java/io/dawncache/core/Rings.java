package io.dawncache.core;

import java.util.List;
import java.util.Objects;

/**
 * What one process reports about the rings that divide keys among members, beside the one that
 * every node knows and that is not named here.
 *
 * @param known the names of the rings that it knows
 * @param inForce the name of the ring that it divides keys by; empty for the one that every node
 *     knows
 * @param lackedBy the URLs of the members that lack the one that it prefers, as far as it knows:
 *     because of them it is not in force
 * @since 0.1.0
 */
public record Rings(List<String> known, String inForce, List<String> lackedBy) {
  /** The report of a process that knows only the ring that every node knows. */
  public static final Rings NONE = new Rings(List.of(), "", List.of());

  /** Copies the lists; rejects nulls. */
  public Rings {
    known = List.copyOf(known);
    Objects.requireNonNull(inForce, "inForce");
    lackedBy = List.copyOf(lackedBy);
  }
}
