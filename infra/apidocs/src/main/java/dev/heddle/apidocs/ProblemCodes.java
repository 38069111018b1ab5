package dev.heddle.apidocs;

import dev.heddle.rest.ErrorCode;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;

/** Every error code of a service and of the modules that it stands on, by its name on the wire. */
final class ProblemCodes {

  private static final String HOUSE = "dev.heddle";

  private final Map<String, ErrorCode> codes = new TreeMap<>();

  ProblemCodes() {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AssignableTypeFilter(ErrorCode.class));
    scanner
        .findCandidateComponents(HOUSE)
        .forEach(found -> add(Objects.requireNonNull(found.getBeanClassName())));
  }

  private void add(String className) {
    try {
      Object[] constants = Class.forName(className).getEnumConstants();
      if (constants != null) {
        Arrays.stream(constants)
            .map(ErrorCode.class::cast)
            .forEach(code -> codes.putIfAbsent(code.code(), code));
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  ErrorCode of(String code) {
    ErrorCode found = codes.get(code);
    if (found == null) {
      throw new IllegalStateException(
          "no error code is called '%s'; there are %s".formatted(code, codes.keySet()));
    }
    return found;
  }

  /** The codes of one service, which its operations should name. */
  Map<String, ErrorCode> declaredIn(String basePackage) {
    Map<String, ErrorCode> own = new TreeMap<>(codes);
    own.values().removeIf(code -> !code.getClass().getName().startsWith(basePackage + "."));
    return own;
  }
}
