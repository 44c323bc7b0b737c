package io.dawncache.node;

/** What an option says that is a matter of yes or no. */
enum Switch {
  ON,
  OFF
}
