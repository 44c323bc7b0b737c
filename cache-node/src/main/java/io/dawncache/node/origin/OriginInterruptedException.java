package io.dawncache.node.origin;

/** A load was interrupted while it waited for its origin, and not for anything of this node. */
final class OriginInterruptedException extends InterruptedException {
  private static final long serialVersionUID = 1;

  OriginInterruptedException() {
    super("interrupted while it waited for the origin");
  }
}
