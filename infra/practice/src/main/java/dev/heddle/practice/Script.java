package dev.heddle.practice;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What the agent does, by the words of the prompt. */
final class Script {

  static final String FIRST_WORDS =
      "This is the practice agent: a script that ships with Heddle, not a model. It understands"
          + " nothing, but it does what agents do.";

  static final String HELP =
      """
      A word in your prompt chooses what I do:

      - `help`: this.
      - `ask`: I want to run a program, for which somebody must give leave.
      - `question`: I ask you something, and wait for the answer.
      - `plan`: I make a plan, and go through it step by step.
      - `slow`: I take my time, a minute, or as many seconds as you write behind it (`slow 10`); time to cancel me, or to tell me more.
      - `big`: I run a program that prints a lot.
      - `fail`: I fail, as if the model could not be reached.
      - `crash`: my process dies.

      Anything else, and I look around and edit a file, `practice.md`. Before I change a file or run a program I ask, unless the permission of the thread answers for you.\
      """;

  private static final String FILE = "practice.md";
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final Pattern SLOW = Pattern.compile("\\bslow\\s+(\\d{1,4})\\b");
  private static final int SLOW_SECONDS = 60;
  private static final int TITLE_CHARS = 60;

  private final Turn turn;
  private final Tools tools;
  private final String words;

  Script(Turn turn) {
    this.turn = turn;
    this.tools = new Tools(turn, Path.of(turn.before().directory()));
    this.words = turn.prompt().toLowerCase(Locale.ROOT);
  }

  void play() {
    greet();
    if (has("help")) {
      turn.say(HELP);
    } else if (has("crash")) {
      turn.say("My process dies now.");
      turn.crash("practice agent: asked to crash");
    } else if (has("fail")) {
      turn.think("Somebody wants to see a failure.");
      throw new Client.Refusal(
          Client.INTERNAL_ERROR, "the practice agent was asked to fail, and does");
    } else if (has("question")) {
      question();
    } else if (has("slow")) {
      slow();
    } else if (has("plan") || turn.plansOnly()) {
      plan();
    } else if (has("big")) {
      big();
    } else if (has("ask")) {
      ask();
    } else {
      edit();
    }
    do {
      takeUp();
    } while (!turn.end());
  }

  private boolean has(String word) {
    return Pattern.compile("\\b" + word + "\\b").matcher(words).find();
  }

  private void greet() {
    List<Conversation.Turn> before = turn.before().turns();
    if (before.isEmpty()) {
      String line = turn.prompt().strip().lines().findFirst().orElse("Practice");
      turn.updates()
          .title(
              "Practice: "
                  + (line.length() > TITLE_CHARS ? line.substring(0, TITLE_CHARS) + "…" : line));
      turn.say(FIRST_WORDS);
    } else {
      turn.say(
          "Practice agent, turn %d. Before this you said “%s”."
              .formatted(before.size() + 1, before.getLast().prompt().strip()));
    }
  }

  /** What a person has added meanwhile. */
  private void takeUp() {
    for (String added : turn.takeAdded()) {
      turn.say("You add “%s”. I take that into account.".formatted(added.strip()));
    }
  }

  private void edit() {
    turn.think("I look around first, then I write down what was said.");
    List<String> names = tools.list();
    turn.say(
        "I see %d files and folders here. I write your words into `%s`."
            .formatted(names.size(), FILE));
    List<String> notes = new ArrayList<>(turn.prompt().strip().lines().toList());
    notes.addAll(turn.takeAdded());
    String before = tools.read(FILE);
    StringBuilder after =
        new StringBuilder(before.isEmpty() ? "# Written by the practice agent\n\n" : before);
    notes.forEach(note -> after.append("- ").append(note).append('\n'));
    turn.say(
        tools.write(FILE, after.toString()) == Tools.Outcome.DONE
            ? "Done: %d lines more in `%s`. Say `help` to see what else I can show."
                .formatted(notes.size(), FILE)
            : "You said no, so `%s` stays as it is.".formatted(FILE));
  }

  private void ask() {
    turn.say("I would like to run a program.");
    turn.say(
        tools.run(List.of("ls", "-l")) == Tools.Outcome.DONE
            ? "Thank you; above is what it printed."
            : "You said no, so I do not run it.");
  }

  private void big() {
    turn.say("I run a program that prints a megabyte.");
    turn.say(
        tools.run(List.of("seq", "-f", "line %06g of many", "1", "50000")) == Tools.Outcome.DONE
            ? "That was a lot."
            : "You said no, so I do not run it.");
  }

  private void question() {
    if (!turn.asksQuestions()) {
      turn.say("I would ask you something, but this client takes no questions.");
      return;
    }
    JsonNode answer =
        turn.await(
                turn.updates()
                    .question(
                        "Which colour should the thread have?", List.of("red", "green", "blue")))
            .orElseGet(Client::object);
    turn.say(
        answer.path("action").asString("").equals("accept")
            ? "You chose %s. A good choice."
                .formatted(answer.path("content").path("answer").asString("nothing"))
            : "You do not want to say. That is fine.");
  }

  private void slow() {
    Matcher given = SLOW.matcher(words);
    int seconds = given.find() ? Integer.parseInt(given.group(1)) : SLOW_SECONDS;
    turn.say("I take %d seconds for this.".formatted(seconds));
    for (int second = 1; second <= seconds; second++) {
      turn.pause(STEP);
      turn.say("%d of %d.".formatted(second, seconds));
      takeUp();
    }
    turn.say("That was it.");
  }

  private void plan() {
    turn.think("A plan needs steps.");
    List<String> steps = List.of("Look around", "Write down what was said", "Say what was done");
    turn.say("I make a plan.");
    show(steps, -1);
    if (turn.plansOnly()) {
      turn.say("I am to plan only, so I change nothing. Give me another permission to go on.");
      return;
    }
    for (int step = 0; step < steps.size(); step++) {
      show(steps, step);
      takeUp();
      switch (step) {
        case 0 -> tools.list();
        case 1 -> edit();
        default -> turn.say("All steps are done.");
      }
    }
    show(steps, steps.size());
  }

  /**
   * @param current the step that is being done; all before it are done
   */
  private void show(List<String> steps, int current) {
    List<Updates.Step> shown = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      shown.add(
          new Updates.Step(
              steps.get(i), i < current ? "completed" : i == current ? "in_progress" : "pending"));
    }
    turn.updates().plan(shown);
  }
}
