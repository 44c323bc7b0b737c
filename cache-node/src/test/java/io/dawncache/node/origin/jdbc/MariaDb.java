package io.dawncache.node.origin.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** MariaDB. */
final class MariaDb extends DatabaseServer {
  private static final String PACKAGES = "mariadb-server-core";

  /** Makes its data; starts nothing yet. */
  MariaDb() throws IOException, InterruptedException {
    Path install =
        program(
            PACKAGES,
            Stream.of("/usr/bin/mariadb-install-db", "/usr/local/bin/mariadb-install-db")
                .map(Path::of));
    finish(
        List.of(
            install.toString(),
            "--no-defaults",
            "--datadir=" + folder().resolve("data"),
            "--auth-root-authentication-method=normal",
            "--skip-name-resolve",
            "--skip-test-db"));
    Files.writeString(
        folder().resolve("init.sql"),
        "create database if not exists dawn;\n"
            + "create user if not exists '%s'@'127.0.0.1' identified by '%s';\n"
                .formatted(USER, PASSWORD)
            + "grant all on dawn.* to '%s'@'127.0.0.1';\n".formatted(USER));
  }

  @Override
  String url() {
    return "jdbc:mariadb://127.0.0.1:" + port() + "/dawn";
  }

  @Override
  List<String> command() {
    Path server =
        program(
            PACKAGES, Stream.of("/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd").map(Path::of));
    return List.of(
        server.toString(),
        "--no-defaults",
        "--datadir=" + folder().resolve("data"),
        "--bind-address=127.0.0.1",
        "--port=" + port(),
        "--socket=" + folder().resolve("socket"),
        "--pid-file=" + folder().resolve("pid"),
        "--init-file=" + folder().resolve("init.sql"),
        "--skip-name-resolve",
        "--innodb-flush-log-at-trx-commit=2");
  }
}
