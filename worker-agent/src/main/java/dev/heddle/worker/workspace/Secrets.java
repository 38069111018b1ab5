package dev.heddle.worker.workspace;

import java.util.regex.Pattern;

/** Keeps passwords and tokens in the addresses of repositories out of messages and logs. */
final class Secrets {

  private static final Pattern USER_INFO =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)[^/\\s@'\"]+@");
  private static final Pattern QUERY =
      Pattern.compile(
          "([?&][^=\\s&]*(?:token|key|secret|password)[^=\\s&]*=)[^&\\s'\"]+",
          Pattern.CASE_INSENSITIVE);

  private Secrets() {}

  /** An address without the name and the password that it may hold. */
  static String withoutUser(String address) {
    return USER_INFO.matcher(address).replaceAll("$1");
  }

  static String mask(String text) {
    return QUERY.matcher(USER_INFO.matcher(text).replaceAll("$1***@")).replaceAll("$1***");
  }
}
