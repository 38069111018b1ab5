package dev.heddle.worker.engine.acp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In the words of Copilot 1.0.102. */
class AcpFailuresTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Error: 400 bad thing | engine_api_error | false",
        "Error: Failed to get response from the AI model; retried 5 times (total retry wait time: 5.62 seconds) Last error: 429 slow down | engine_rate_limited | true",
        "Error: Failed to get response from the AI model; retried 5 times (total retry wait time: 5.00 seconds) Last error: Failed to finalize chat-completions stream: missing finish_reason for choice 0 | engine_stream_cut | true",
        "Error: Authentication failed with provider at http://127.0.0.1:33235/v1 (HTTP 401). | engine_auth | false",
        "Error: Authentication failed with provider at http://127.0.0.1:500/v1 (HTTP 401). | engine_auth | false",
        "Rate limit exceeded | engine_rate_limited | true",
        "it just did not work | engine_api_error | true"
      })
  void readsThemOutOfWords(String words, String code, boolean retryable) {
    assertThat(AcpFailures.ofWords(words))
        .satisfies(failure -> {
          assertThat(failure.code()).isEqualTo(code);
          assertThat(failure.retryable()).isEqualTo(retryable);
        });
  }
}
