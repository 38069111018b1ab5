package dev.heddle.cli;

import org.jspecify.annotations.Nullable;

/** A path with those parameters that were given. */
final class Query {

  private final StringBuilder path;
  private char separator = '?';

  Query(String path) {
    this.path = new StringBuilder(path);
  }

  Query with(String name, @Nullable String value) {
    if (value != null) {
      path.append(separator).append(name).append('=').append(Gateway.encode(value));
      separator = '&';
    }
    return this;
  }

  String path() {
    return path.toString();
  }
}
