package dev.heddle.thread.transfer;

import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** What an export is written as. */
enum ExportFormat {
  /** For machines, and to be imported. */
  JSON("json", MediaType.APPLICATION_JSON_VALUE),
  /** For people; the active branch. */
  MARKDOWN("md", "text/markdown;charset=UTF-8");

  private final String extension;
  private final String mediaType;

  ExportFormat(String extension, String mediaType) {
    this.extension = extension;
    this.mediaType = mediaType;
  }

  /** Of a file's name, without the dot. */
  String extension() {
    return extension;
  }

  /** The form as a parameter. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  String mediaType() {
    return mediaType;
  }

  /**
   * The format that a client asks for.
   *
   * @param named as a parameter, which decides where it is given
   * @param accept the {@code Accept} header
   * @throws ProblemException {@code invalid_choice}
   */
  static ExportFormat of(@Nullable String named, @Nullable String accept) {
    if (named == null) {
      return prefersMarkdown(accept) ? MARKDOWN : JSON;
    }
    return Arrays.stream(values())
        .filter(format -> format.wire().equals(named))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                ThreadError.INVALID_CHOICE, "format must be one of json, markdown"));
  }

  private static boolean prefersMarkdown(@Nullable String accept) {
    if (accept == null) {
      return false;
    }
    MediaType markdown = MediaType.parseMediaType("text/markdown");
    try {
      List<MediaType> accepted = MediaType.parseMediaTypes(accept);
      double json = quality(accepted, MediaType.APPLICATION_JSON);
      return accepted.stream().anyMatch(type -> type.equalsTypeAndSubtype(markdown))
          && quality(accepted, markdown) > 0
          && quality(accepted, markdown) >= json;
    } catch (InvalidMediaTypeException malformed) {
      return false;
    }
  }

  /** That of an exact mention; 0 where there is none. */
  private static double quality(List<MediaType> accepted, MediaType type) {
    return accepted.stream()
        .filter(one -> one.equalsTypeAndSubtype(type))
        .mapToDouble(MediaType::getQualityValue)
        .max()
        .orElse(0);
  }
}
