package dev.heddle.worker.engine.codex;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a command of Codex runs. It tells a command as the words of {@code bash -lc SCRIPT}, quoted
 * for a shell; people, and the patterns of rules, are about the script.
 */
final class ShellScript {

  private static final Pattern SHELL =
      Pattern.compile("(?:/\\S+/)?(?:ba|z|da)?sh -l?c (.+)", Pattern.DOTALL);

  /** What a backslash takes the meaning of, between double quotes. */
  private static final String ESCAPABLE = "\"$`\\";

  private ShellScript() {}

  /** The script; the whole command where it is no shell's, or has more words behind the script. */
  static String of(String command) {
    Matcher shell = SHELL.matcher(command);
    String script = shell.matches() ? word(shell.group(1)) : null;
    return script == null ? command : script;
  }

  /** What the shell would take for one word; null where it would take more, or none. */
  private static @Nullable String word(String quoted) {
    StringBuilder word = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < quoted.length(); i++) {
      char c = quoted.charAt(i);
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else if (c == '\\' && quote != '\'') {
        i++;
        if (i == quoted.length()) {
          return null;
        }
        if (quote == '"' && ESCAPABLE.indexOf(quoted.charAt(i)) < 0) {
          word.append(c);
        }
        word.append(quoted.charAt(i));
      } else if (quote == 0 && !isPlain(c)) {
        return null;
      } else {
        word.append(c);
      }
    }
    return quote == 0 ? word.toString() : null;
  }

  /** Whether it stands for itself outside of quotes. */
  private static boolean isPlain(char c) {
    return Character.isLetterOrDigit(c) || "_-./:=@%+,".indexOf(c) >= 0;
  }
}
