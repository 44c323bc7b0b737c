package io.dawncache.server.inbound;

/** An answer that leaves in pieces, as it arrives and as the client takes it. */
interface Pieces {
  /** Returns whether there is a piece to write. */
  boolean hasNext();

  /** Returns whether the next piece may be longer than a short answer; there must be one. */
  boolean isNextLong();

  /**
   * Writes the next piece; there must be one.
   *
   * @param persistence what the answer says about its connection
   */
  void write(Persistence persistence, Outbox out);

  /** Returns whether the last piece has been written. */
  boolean isOver();

  /** Returns how many bytes it keeps in memory that no account counts yet. */
  long heldBytes();

  /** The last piece has been written, or will not be. */
  void close();
}
