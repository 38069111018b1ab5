package dev.heddle.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One field that breaks a rule.
 *
 * @param field its path in the body, such as {@code steps[2].name}; empty for the body as a whole
 * @param message what is wrong, readable after the field's name
 * @param allowed the values that would be accepted, where they can be listed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InvalidField(String field, String message, @Nullable List<String> allowed) {}
