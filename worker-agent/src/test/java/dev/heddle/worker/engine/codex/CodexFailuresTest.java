package dev.heddle.worker.engine.codex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Failure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors as the app server of 0.169.0 tells them. */
class CodexFailuresTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "other" | {"error": {"message": "bad thing"}} | engine_api_error | false
          "internalServerError" | We’re experiencing high demand | engine_api_error | true
          {"httpConnectionFailed":{"httpStatusCode":401}} | unexpected status 401 | engine_auth | false
          {"httpConnectionFailed":{"httpStatusCode":null}} | refused | engine_api_error | true
          {"responseTooManyFailedAttempts":{"httpStatusCode":429}} | exceeded | engine_rate_limited | true
          "rateLimitExceeded" | rate limit exceeded | engine_rate_limited | true
          "usageLimitExceeded" | You’ve hit your limit | engine_rate_limited | true
          "contextWindowExceeded" | ran out of room | engine_api_error | false
          "cyberPolicy" | no | engine_refused | false
          "unauthorized" | sign in | engine_auth | false
          "other" | stream disconnected before completion: closed | engine_stream_cut | true
          {"responseStreamDisconnected":{"httpStatusCode":null}} | closed | engine_stream_cut | true
          "ofTheFuture" | something | engine_api_error | false
          """)
  void haveTheCodesOfEveryEngine(String info, String message, String code, boolean retryable) {
    Failure failure = CodexFailures.of(new TurnError(message, Wire.MAPPER.readTree(info), null));

    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.retryable()).isEqualTo(retryable);
    assertThat(failure.message()).doesNotContain("{");
  }
}
