package io.dawncache.server.inbound;

import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.core.outage.OutageLog;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Logs why puts of clients fail, since the answer to the client does not say it, and when they
 * succeed again. Each group has its own log. Safe for use by any thread.
 */
final class FailedPuts {
  private static final System.Logger LOG = System.getLogger(FailedPuts.class.getName());

  private final LongSupplier nanoTime;

  /** By group; only groups in which a put has failed. */
  private final ConcurrentHashMap<String, OutageLog> logs = new ConcurrentHashMap<>();

  FailedPuts(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Notes how {@code put} ended, in a group of this node. */
  void note(Operation put, OperationResult result) {
    String group = put.group();
    switch (result.status()) {
      case DONE, DONE_ALONE -> {
        OutageLog log = logs.get(group);
        if (log != null) {
          log.over();
        }
      }
      case NOT_ASKED, NOT_UNDERSTOOD, UNKNOWN ->
          logs.computeIfAbsent(group, this::open).occurred(() -> failure(put, result), null);
    }
  }

  private OutageLog open(String group) {
    return new OutageLog(
        LOG, nanoTime, "puts", "group " + group + ": puts of clients are made again");
  }

  private static String failure(Operation put, OperationResult result) {
    return "group "
        + put.group()
        + ": a put of a client may have been made or not: "
        + result.detail()
        + "; key "
        + put.key(); // last, since it may be too long for a line
  }
}
