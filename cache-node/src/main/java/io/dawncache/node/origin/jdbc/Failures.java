package io.dawncache.node.origin.jdbc;

import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Secret;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * Says in a few words what a failure of the database means. Clients see these words alone; the
 * operator's log has what the driver says, without passwords.
 */
final class Failures {
  private final String connecting;
  private final String answering;
  private final List<String> secrets = new ArrayList<>();

  Failures(OriginSettings settings) {
    this.connecting = settings.get(JdbcOrigin.CONNECT_TIMEOUT).toMillis() + " ms";
    this.answering = settings.get(JdbcOrigin.TIMEOUT).toSeconds() + " s";
    settings.find(JdbcOrigin.PASSWORD).map(Secret::reveal).ifPresent(secrets::add);
    settings
        .find(JdbcOrigin.PROPERTIES)
        .ifPresent(more -> more.forEach((name, value) -> secrets.add(value.reveal())));
  }

  /** Returns the failure to get a connection. */
  OriginException ofConnecting(SQLException failure, String where) {
    Throwable first = failure.getCause() instanceof SQLException cause ? cause : failure;
    String state = first instanceof SQLException known ? state(known) : "";
    String reason =
        state.startsWith("28")
            ? "the database refuses the user"
            : "no connection to the database in " + connecting;
    return new OriginException(Extent.PLACE, reason, where, shown(failure));
  }

  /** Returns the failure of a query. */
  OriginException ofQuery(SQLException failure, String where) {
    String state = state(failure);
    Extent extent = Extent.LOAD;
    String reason;
    if (failure instanceof SQLTimeoutException || state.equals("57014") || state.equals("70100")) {
      reason = "no answer of the database in " + answering;
    } else if (state.startsWith("08") || state.startsWith("57P")) {
      reason = "connection to the database lost";
    } else if (state.startsWith("22")) {
      extent = Extent.KEY;
      reason = "the database cannot read the key";
    } else {
      reason = "the query failed" + (state.isEmpty() ? "" : ", SQLSTATE " + state);
    }
    return new OriginException(extent, reason, where, shown(failure));
  }

  private static String state(SQLException failure) {
    String state = failure.getSQLState();
    return state == null ? "" : state;
  }

  /** Returns a copy for the log whose messages have no password. */
  private SQLException shown(SQLException failure) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    for (Throwable each = failure; each != null && depth < 4; each = each.getCause(), depth++) {
      text.append(depth == 0 ? "" : ": ").append(each.getMessage());
    }
    SQLException shown =
        new SQLException(masked(text.toString()), failure.getSQLState(), failure.getErrorCode());
    shown.setStackTrace(failure.getStackTrace());
    return shown;
  }

  /** Returns a text without passwords. */
  String masked(String text) {
    String masked = Database.withoutSecrets(text);
    for (String secret : secrets) {
      if (!secret.isEmpty()) {
        masked = masked.replace(secret, Secret.MASK);
      }
    }
    return masked;
  }
}
