package io.dawncache.node.config;

/** Which clients may get values. */
public enum Clients {
  /** Every client. */
  ANY,

  /** Those with a token that has the role read in the group. */
  TOKEN
}
