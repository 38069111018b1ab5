package dev.heddle.thread.project;

import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code git clone} is given. Only forms that git takes as an address of a known transport are
 * accepted: {@code ext::} runs a program, and what begins with a hyphen is read as an option.
 *
 * @param value as it was given, credentials included; never logged
 */
record RepositoryAddress(String value) {

  static final String MASK = "***";

  private static final int MAX_LENGTH = 2048;
  private static final String HOST = "(?:[A-Za-z0-9][A-Za-z0-9.-]*|\\[[0-9A-Fa-f:.]+])";
  private static final Pattern URL =
      Pattern.compile(
          "(?<scheme>https?|ssh|git)://(?:(?<user>[^@/?#]*)@)?(?<rest>"
              + HOST
              + "(?::[0-9]{1,5})?(?:/[^?#]*)?)(?<tail>[?#].*)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern FILE = Pattern.compile("file:///.*", Pattern.CASE_INSENSITIVE);
  private static final Pattern SCP =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]*@" + HOST + ":(?![-:])[^:].*");
  private static final Pattern FORBIDDEN = Pattern.compile("[\\p{Cntrl}\\s]");

  /** Folders may have a blank in their names; one at the end would be there by mistake. */
  private static final Pattern FORBIDDEN_IN_PATH = Pattern.compile("[\\p{Cntrl}\\s&&[^ ]]| $");

  /**
   * Accepts an address.
   *
   * @throws ProblemException where git could take it for something else than an address; the value
   *     is not repeated, since it may hold a secret
   */
  RepositoryAddress {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      throw refused("must be 1 to " + MAX_LENGTH + " characters long");
    }
    if (value.startsWith("-")) {
      throw refused("must not begin with a hyphen, which git reads as an option");
    }
    boolean path = value.startsWith("/");
    if ((path ? FORBIDDEN_IN_PATH : FORBIDDEN).matcher(value).find()) {
      throw refused(
          "must hold no control characters, and no blanks except within an absolute path");
    }
    Matcher url = URL.matcher(value);
    boolean known =
        url.matches() || FILE.matcher(value).matches() || SCP.matcher(value).matches() || path;
    if (!known) {
      throw refused(
          "must be an http, https, ssh, git or file URL, user@host:path, or an absolute path");
    }
    if (url.matches() && url.group("user") != null && url.group("user").contains(MASK)) {
      throw refused("holds the mask " + MASK + " in place of its credentials; give them again");
    }
  }

  /** The address without what may be a secret. */
  String masked() {
    Matcher url = URL.matcher(value);
    if (!url.matches()) {
      return value;
    }
    String user = url.group("user");
    boolean plainLogin =
        user != null && url.group("scheme").equalsIgnoreCase("ssh") && !user.contains(":");
    return url.group("scheme")
        + "://"
        + (user == null ? "" : plainLogin ? user + "@" : MASK + "@")
        + url.group("rest")
        + (url.group("tail") == null ? "" : url.group("tail").charAt(0) + MASK);
  }

  @Override
  public String toString() {
    return masked();
  }

  private static ProblemException refused(String why) {
    return new ProblemException(ThreadError.INVALID_REPOSITORY, "repository " + why);
  }
}
