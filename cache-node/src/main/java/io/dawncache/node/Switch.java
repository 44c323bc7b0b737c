package io.dawncache.node;

/** The value of an option that is on or off. */
enum Switch {
  ON,
  OFF
}
