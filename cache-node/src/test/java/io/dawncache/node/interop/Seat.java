package io.dawncache.node.interop;

import java.util.List;

/**
 * One node's place in a fleet: all that its command line has to say.
 *
 * @param index the node's number, which its origin puts in front of every value
 * @param members every member's URL, the same list at every node
 * @param group the one group that the fleet serves
 * @param origin the URL template of this node's origin, with {@code {key}} in it
 */
record Seat(int index, List<String> members, String group, String origin) {

  /** Returns this node's own URL. */
  String url() {
    return members.get(index);
  }

  /** Returns where this node listens. */
  String hostAndPort() {
    return url().substring("http://".length());
  }
}
