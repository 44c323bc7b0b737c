package io.dawncache.server.tls;

import java.util.concurrent.atomic.LongAdder;

/**
 * How handshakes of connections that were accepted have ended.
 *
 * @param handshakes the good ones
 * @param failures the others, also of clients that do not speak TLS
 */
record TlsCounts(LongAdder handshakes, LongAdder failures) {
  TlsCounts() {
    this(new LongAdder(), new LongAdder());
  }
}
