package io.dawncache.server.tls;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The handshakes of connections that were accepted.
 *
 * @param open those that have begun and not ended
 * @param handshakes those that have succeeded
 * @param failures the others, also of clients that do not speak TLS
 */
record TlsCounts(AtomicInteger open, LongAdder handshakes, LongAdder failures) {
  TlsCounts() {
    this(new AtomicInteger(), new LongAdder(), new LongAdder());
  }
}
