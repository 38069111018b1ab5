package dev.heddle.worker.workspace;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.SessionFact.FileChange;
import dev.heddle.worker.process.Command;
import dev.heddle.worker.process.RunMarker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * States of the files of git workspaces, each a commit under {@code refs/heddle/checkpoints} that
 * no branch has. Branches, the index and what is ignored are left alone. Whoever calls has the
 * workspace to himself.
 */
public final class Checkpoints {

  /** Of a comparison, as JSON; what is longer is cut, since it travels in one record. */
  static final int PATCH_BYTES = 140 * 1024;

  /** In the worker's home: a folder for each owner. */
  static final String FOLDER = "checkpoints";

  private static final String CHECKPOINTS = "refs/heddle/checkpoints/";
  static final String CURSORS = "refs/heddle/cursors/";

  /** Refs and private folders are named after owners. */
  private static final Pattern OWNER = Pattern.compile("[0-9A-Za-z][0-9A-Za-z_-]*");

  /** Of a commit that this class has made; an engine may have put others in its place. */
  private static final Pattern MESSAGE =
      Pattern.compile(
          "Heddle checkpoint ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n\nDirectory: (.*)\n*");

  private static final Pattern TREE = Pattern.compile("tree ([0-9a-f]+)\n");

  /** Nobody's, so that it is nobody's fault. */
  static final Map<String, String> IDENTITY =
      Map.of(
          "GIT_AUTHOR_NAME", "Heddle",
          "GIT_AUTHOR_EMAIL", "heddle@localhost",
          "GIT_COMMITTER_NAME", "Heddle",
          "GIT_COMMITTER_EMAIL", "heddle@localhost");

  /**
   * What was kept.
   *
   * @param ref the git reference of it
   * @param parent the checkpoint that the files were those of; null where there was none
   * @param changedFiles files that differ from that; 0 where there was none
   * @param leftOut files that are not in it, since they are too large or may not be read
   */
  public record Captured(
      CheckpointId id, String ref, @Nullable CheckpointId parent, int changedFiles, int leftOut) {}

  /**
   * What was put back.
   *
   * @param changedFiles files that were changed, made or removed
   * @param saved the files as they were before, where no checkpoint had them
   */
  public record Restored(String ref, int changedFiles, Optional<Captured> saved) {}

  /**
   * What differs.
   *
   * @param files those of them that fit
   * @param patch as {@code git diff} shows it
   * @param truncated whether the end of either was cut
   */
  public record Difference(
      int changedFiles, List<FileChange> files, String patch, boolean truncated) {}

  record Known(CheckpointId id, String directory, String tree) {

    /**
     * Whether it is of this folder. The worktree of an owner is named after him in the home of each
     * worker.
     */
    boolean isOf(Path folder, String owner) {
      return directory.equals(folder.toString())
          || (folder.endsWith(owner) && Path.of(directory).endsWith(owner));
    }
  }

  private final Path folder;
  private final CheckpointProperties properties;
  private final Duration limit;

  Checkpoints(Path home, CheckpointProperties properties, Duration limit) throws IOException {
    this.folder = Files.createDirectories(home.resolve(FOLDER));
    this.properties = properties;
    this.limit = limit;
  }

  /**
   * Keeps the files as they are; empty where the last checkpoint of the owner has them, and outside
   * a git repository.
   *
   * @param owner the thread, or the session where there is none
   */
  public Optional<Captured> capture(
      Workspace workspace,
      String owner,
      CheckpointId id,
      RunMarker marker,
      Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    if (!properties.enabled()) {
      return Optional.empty();
    }
    try {
      Desk desk = desk(workspace, owner, marker, cancellation);
      return desk == null ? Optional.empty() : desk.capture(id, desk.take());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Makes the files those of a checkpoint: changed ones as they were, new ones gone, ignored ones
   * untouched. The files as they are now are kept first.
   *
   * @param saved the id under which they are kept
   * @throws WorkspaceException where this workspace has no such checkpoint, or something that no
   *     checkpoint has would be lost
   */
  public Restored restore(
      Workspace workspace,
      String owner,
      CheckpointId wanted,
      CheckpointId saved,
      RunMarker marker,
      Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    try {
      Desk desk = open(workspace, owner, marker, cancellation);
      Known target = desk.requireHere(wanted);
      PrivateIndex.Taken now = desk.take();
      Optional<Captured> kept = desk.capture(saved, now);
      int changed = desk.index.count(now.tree(), target.tree());
      desk.index.put(now.tree(), target.tree());
      desk.standOn(wanted);
      return new Restored(desk.refOf(wanted), changed, kept);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * What a checkpoint changed.
   *
   * @param from the checkpoint that it is compared with; null for the commit that was checked out
   *     when it was captured
   */
  public Difference compare(
      Workspace workspace,
      String owner,
      @Nullable CheckpointId from,
      CheckpointId to,
      RunMarker marker,
      Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    try {
      Desk desk = open(workspace, owner, marker, cancellation);
      String right = desk.requireHere(to).tree();
      String left = from == null ? desk.baseOf(to) : desk.requireHere(from).tree();
      Path patch = desk.own.resolve("patch");
      try {
        desk.index.compare(left, right, patch);
        byte[] start;
        try (InputStream in = Files.newInputStream(patch)) {
          start = in.readNBytes(PATCH_BYTES);
        }
        boolean cut = Files.size(patch) > start.length;
        String text = new String(start, StandardCharsets.UTF_8);
        String fits = JsonSize.fit(text, PATCH_BYTES);
        desk.index.summarise(left, right, patch);
        List<FileChange> files = FileChanges.read(patch);
        int changed = desk.index.count(left, right);
        return new Difference(
            changed, files, fits, cut || fits.length() < text.length() || files.size() < changed);
      } finally {
        Files.deleteIfExists(patch);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Nullable Desk desk(
      Workspace workspace, String owner, RunMarker marker, Cancellation cancellation)
      throws WorkspaceException, InterruptedException, IOException {
    if (!OWNER.matcher(owner).matches()) {
      throw new IllegalArgumentException("cannot be the name of a reference: " + owner);
    }
    if (!Files.isDirectory(workspace.directory())) {
      return null;
    }
    Git git = new Git(folder, marker, cancellation);
    Place place = Place.of(workspace.directory(), git).orElse(null);
    return place == null ? null : new Desk(place, owner, git);
  }

  /**
   * As {@link #desk}, of a workspace that must be in a repository.
   *
   * @throws WorkspaceException {@code no_repository}
   */
  Desk open(Workspace workspace, String owner, RunMarker marker, Cancellation cancellation)
      throws WorkspaceException, InterruptedException, IOException {
    Desk desk = desk(workspace, owner, marker, cancellation);
    if (desk == null) {
      throw new WorkspaceException(
          "no_repository",
          "%s is in no git repository, so that it has no checkpoints"
              .formatted(workspace.directory()),
          false);
    }
    return desk;
  }

  static WorkspaceException unwritable(IOException e) {
    return new WorkspaceException(
        "checkpoint_failed", "the checkpoint cannot be written or read: " + e.getMessage(), true);
  }

  /** The checkpoints of one owner in one workspace. */
  final class Desk {

    final Place place;
    final String owner;
    final Path own;
    final PrivateIndex index;
    final Git repository;

    /** In the workspace itself, with its index. */
    final Git work;

    Desk(Place place, String owner, Git git)
        throws WorkspaceException, InterruptedException, IOException {
      this.place = place;
      this.owner = owner;
      this.own = folder.resolve(owner);
      this.index = new PrivateIndex(own, place, git, limit);
      this.repository = git.with(Map.of("GIT_DIR", place.gitDir().toString()));
      this.work = place.git(git);
      index.open();
    }

    PrivateIndex.Taken take() throws WorkspaceException, InterruptedException, IOException {
      return index.take(properties.fileLimit().toBytes());
    }

    Optional<Captured> capture(CheckpointId id, PrivateIndex.Taken taken)
        throws WorkspaceException, InterruptedException, IOException {
      Known last = known(CURSORS + owner);
      if (last != null && last.tree().equals(taken.tree()) && last.isOf(place.folder(), owner)) {
        return Optional.empty();
      }
      String commit = commit(id, taken.tree());
      move(refOf(id), commit);
      move(CURSORS + owner, commit);
      return Optional.of(
          new Captured(
              id,
              refOf(id),
              last == null ? null : last.id(),
              last == null ? 0 : index.count(last.tree(), taken.tree()),
              taken.leftOut()));
    }

    /** Behind the commit that is checked out, so that it can be compared with that. */
    private String commit(CheckpointId id, String tree)
        throws WorkspaceException, InterruptedException {
      String message = "Heddle checkpoint %s\n\nDirectory: %s\n".formatted(id, place.folder());
      Command.Result head =
          repository.call(Git.LOCAL, "rev-parse", "--quiet", "--verify", "HEAD^{commit}");
      Git author = repository.with(IDENTITY);
      Command.Result made =
          head.exitCode() == 0
              ? author.call(Git.LOCAL, "commit-tree", "-p", head.out().strip(), "-m", message, tree)
              : author.call(Git.LOCAL, "commit-tree", "-m", message, tree);
      return require(made);
    }

    /** Whether the commit that is checked out has these files. */
    boolean isCommitted(String tree) throws WorkspaceException, InterruptedException {
      Command.Result head =
          repository.call(Git.LOCAL, "rev-parse", "--quiet", "--verify", "HEAD^{tree}");
      return head.exitCode() == 0 && head.out().strip().equals(tree);
    }

    void standOn(CheckpointId id) throws WorkspaceException, InterruptedException, IOException {
      move(CURSORS + owner, refOf(id));
    }

    void move(String ref, String commit)
        throws WorkspaceException, InterruptedException, IOException {
      // Nobody else writes it; whoever held it was killed.
      Files.deleteIfExists(place.commonDir().resolve(ref + ".lock"));
      require(repository.call(Git.LOCAL, "update-ref", "--no-deref", ref, commit));
    }

    String refOf(CheckpointId id) {
      return CHECKPOINTS + owner + "/" + id;
    }

    Known requireHere(CheckpointId id) throws WorkspaceException, InterruptedException {
      Known found = known(refOf(id));
      if (found == null) {
        throw new WorkspaceException(
            "unknown_checkpoint",
            "checkpoint %s is not in the repository of %s on this machine; it was captured on another machine or of another project path"
                .formatted(id, place.folder()),
            false);
      }
      if (!found.isOf(place.folder(), owner)) {
        throw new WorkspaceException(
            "checkpoint_of_other_path",
            "checkpoint %s is of %s, and the project is now at %s"
                .formatted(id, found.directory(), place.folder()),
            false);
      }
      return found;
    }

    String baseOf(CheckpointId id) throws WorkspaceException, InterruptedException {
      Command.Result base =
          repository.call(Git.LOCAL, "rev-parse", "--quiet", "--verify", refOf(id) + "^1^{tree}");
      if (base.exitCode() == 0) {
        return base.out().strip();
      }
      // Before the first commit there is nothing.
      return require(repository.call(Git.LOCAL, "hash-object", "-t", "tree", "-w", "/dev/null"));
    }

    @Nullable Known known(String ref) throws WorkspaceException, InterruptedException {
      Command.Result commit = repository.call(Git.LOCAL, "cat-file", "commit", ref + "^{commit}");
      String text = commit.out();
      int blank = text.indexOf("\n\n");
      if (commit.exitCode() != 0 || blank < 0) {
        return null;
      }
      Matcher tree = TREE.matcher(text);
      Matcher message = MESSAGE.matcher(text.substring(blank + 2));
      return tree.lookingAt() && message.matches()
          ? new Known(CheckpointId.of(message.group(1)), message.group(2), tree.group(1))
          : null;
    }
  }

  private static String require(Command.Result result) throws WorkspaceException {
    if (result.exitCode() != 0) {
      throw new WorkspaceException(
          "checkpoint_failed", "the checkpoint was not kept: " + Git.reason(result), true);
    }
    return result.out().strip();
  }
}
