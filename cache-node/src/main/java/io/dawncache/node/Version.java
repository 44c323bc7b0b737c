package io.dawncache.node;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Says which build this is, from what Maven writes into the jar. */
final class Version implements IVersionProvider {
  private static final String MAVEN = "/META-INF/maven/io.dawncache/cache-node/pom.properties";

  @Override
  public String[] getVersion() throws IOException {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(MAVEN)) {
      if (in != null) {
        build.load(in);
      }
    }
    return new String[] {
      "dawncache "
          + build.getProperty("version", "(not packaged)")
          + ", Java "
          + Runtime.version().feature()
    };
  }
}
