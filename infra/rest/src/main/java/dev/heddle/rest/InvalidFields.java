package dev.heddle.rest;

import jakarta.validation.ConstraintViolationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.validation.BindException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.method.annotation.HandlerMethodValidationException;

/** The list of fields that break a rule, the same whichever part of the framework found them. */
final class InvalidFields {
  private InvalidFields() {}

  static Problem of(BindException e) {
    return problem(e.getAllErrors().stream().map(InvalidFields::error).toList());
  }

  static Problem of(HandlerMethodValidationException e) {
    List<InvalidField> errors = new ArrayList<>();
    for (ParameterValidationResult result : e.getParameterValidationResults()) {
      if (result instanceof ParameterErrors fields) {
        fields.getAllErrors().forEach(error -> errors.add(error(error)));
      } else {
        String name = String.valueOf(result.getMethodParameter().getParameterName());
        for (MessageSourceResolvable error : result.getResolvableErrors()) {
          errors.add(entry(name, String.valueOf(error.getDefaultMessage())));
        }
      }
    }
    return problem(errors);
  }

  static Problem of(ConstraintViolationException e) {
    return problem(
        e.getConstraintViolations().stream()
            .map(v -> entry(v.getPropertyPath().toString(), v.getMessage()))
            .toList());
  }

  static Problem problem(List<InvalidField> errors) {
    List<InvalidField> sorted =
        errors.stream().sorted(Comparator.comparing(InvalidField::field)).toList();
    String detail =
        sorted.stream()
            .map(error -> (error.field() + " " + error.message()).strip())
            .collect(Collectors.joining("; ", "", "."));
    return new Problem(RestError.VALIDATION_FAILED, detail).with("errors", sorted);
  }

  private static InvalidField error(ObjectError error) {
    String message =
        error instanceof FieldError field && field.isBindingFailure()
            ? "has the wrong form"
            : String.valueOf(error.getDefaultMessage());
    return entry(error instanceof FieldError field ? field.getField() : "", message);
  }

  private static InvalidField entry(String field, String message) {
    return new InvalidField(field, message, null);
  }
}
