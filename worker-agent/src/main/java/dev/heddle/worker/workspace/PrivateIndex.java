package dev.heddle.worker.workspace;

import dev.heddle.worker.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.util.FileSystemUtils;

/**
 * A git folder of this worker's own beside a workspace: its index and its settings are used for all
 * that reads or writes the workspace's files, and of the repository only the objects. So the index
 * of the people stays as it is, and what the repository configures (filters, hooks, file monitors)
 * is not even read. What git would convert is kept byte for byte.
 */
final class PrivateIndex {

  /** Above every {@code .gitattributes}: no file is converted on its way in or out. */
  private static final String NO_CONVERSION =
      "* -text -crlf -ident -filter !eol !working-tree-encoding\n";

  /** Holds the path of the repository that the index is of. */
  private static final String REPOSITORY = "heddle-repository";

  /** Git takes what is larger for binary when it compares. */
  private static final String COMPARED_BYTES = "1m";

  private final Path folder;
  private final Place place;
  private final Git repository;
  private final Git bare;
  private final Git git;
  private final Duration limit;

  /**
   * @param plain a git without variables of its own
   * @param limit how long one step may take
   */
  PrivateIndex(Path folder, Place place, Git plain, Duration limit) {
    this.folder = folder;
    this.place = place;
    this.limit = limit;
    repository = plain.in(place.folder()).with(Map.of("GIT_DIR", path(place.gitDir())));
    bare = plain.in(folder).with(Map.of("GIT_DIR", path(folder)));
    git =
        bare.in(place.top())
            .with(
                Map.of(
                    "GIT_WORK_TREE",
                    path(place.top()),
                    "GIT_OBJECT_DIRECTORY",
                    path(place.commonDir().resolve("objects"))));
  }

  /** Makes the folder, or what an earlier life has left usable. */
  void open() throws WorkspaceException, InterruptedException, IOException {
    Path owner = folder.resolve(REPOSITORY);
    String repositoryPath = path(place.commonDir());
    if (!Files.exists(owner) || !Files.readString(owner).equals(repositoryPath)) {
      FileSystemUtils.deleteRecursively(folder);
      Files.createDirectories(folder);
      String format = require(repository.call(Git.LOCAL, "rev-parse", "--show-object-format"));
      require(
          bare.call(
              Git.LOCAL, "init", "--quiet", "--bare", "--template=", "--object-format=" + format));
      Files.createDirectories(folder.resolve("info"));
      Files.writeString(folder.resolve("info/attributes"), NO_CONVERSION);
      // Last, since it says that all is there.
      Files.writeString(owner, repositoryPath);
    }
    // One run at a time is in a workspace, so that nobody holds it.
    Files.deleteIfExists(folder.resolve("index.lock"));
  }

  /**
   * The files as they are, tracked ones and untracked ones but no ignored ones, as a tree.
   *
   * @param tree its id
   * @param leftOut files that were too large, or that may not be read
   */
  record Taken(String tree, int leftOut) {}

  Taken take(long fileLimitBytes) throws WorkspaceException, InterruptedException, IOException {
    Path list = folder.resolve("list");
    Set<String> wanted =
        listed(
            repository.with(Map.of("GIT_WORK_TREE", path(place.top()))),
            list,
            "--cached",
            "--others",
            "--exclude-standard");
    int leftOut = FileList.keepFiles(wanted, place.top(), fileLimitBytes);
    // All of it: an earlier project path of the repository may have been another folder.
    Set<String> gone = new HashSet<>(listed(git.in(place.top()), list, "--cached"));
    gone.removeAll(wanted);
    if (!gone.isEmpty()) {
      FileList.write(gone, list);
      update(list, "--force-remove");
    }
    FileList.write(wanted, list);
    update(list, "--add", "--replace", "--remove");
    return new Taken(require(git.call(limit, "write-tree")), leftOut);
  }

  private Set<String> listed(Git where, Path list, String... kinds)
      throws WorkspaceException, InterruptedException, IOException {
    String[] words = new String[kinds.length + 5];
    words[0] = "ls-files";
    words[1] = "-z";
    words[2] = "--full-name";
    System.arraycopy(kinds, 0, words, 3, kinds.length);
    words[kinds.length + 3] = "--";
    words[kinds.length + 4] = ".";
    require(where.call(limit, new Command.Files(null, list), words));
    Set<String> names = FileList.read(list);
    // A folder is a repository of its own.
    names.removeIf(name -> name.endsWith("/"));
    return names;
  }

  private void update(Path list, String... how) throws WorkspaceException, InterruptedException {
    String[] words = new String[how.length + 3];
    words[0] = "update-index";
    System.arraycopy(how, 0, words, 1, how.length);
    words[how.length + 1] = "-z";
    words[how.length + 2] = "--stdin";
    require(git.call(limit, new Command.Files(list, null), words));
  }

  /**
   * Makes the files those of another tree; ignored ones and those that were left out stay.
   *
   * @param from what was {@link #take taken} just now
   * @throws WorkspaceException {@code files_in_the_way} before anything is changed
   */
  void put(String from, String to) throws WorkspaceException, InterruptedException {
    Command.Result put = git.call(limit, "read-tree", "-m", "-u", from, to);
    if (put.exitCode() != 0) {
      throw new WorkspaceException(
          put.timedOut() ? "reset_interrupted" : "files_in_the_way",
          "the files cannot be put back: %s. Move away what is in the way, and try again"
              .formatted(Git.reason(put)),
          false);
    }
  }

  /** How many files differ. */
  int count(String from, String to) throws WorkspaceException, InterruptedException {
    Command.Result changed =
        git.call(limit, "diff-tree", "-r", "-z", "--no-renames", "--name-only", from, to);
    require(changed);
    return changed.outEntries();
  }

  /** Writes what differs into a file, as {@code git diff} shows it. */
  void compare(String from, String to, Path patch) throws WorkspaceException, InterruptedException {
    require(
        git.call(
            limit,
            new Command.Files(null, patch),
            "-c",
            "core.bigFileThreshold=" + COMPARED_BYTES,
            "-c",
            "core.quotePath=false",
            "diff-tree",
            "-r",
            "-p",
            "-M",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            from,
            to));
  }

  /** Writes how each file differs, as {@link FileChanges} reads it. */
  void summarise(String from, String to, Path list)
      throws WorkspaceException, InterruptedException {
    require(
        git.call(
            limit,
            new Command.Files(null, list),
            "-c",
            "core.bigFileThreshold=" + COMPARED_BYTES,
            "diff-tree",
            "-r",
            "-z",
            "--raw",
            "--numstat",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            from,
            to));
  }

  private static String path(Path path) {
    return path.toString();
  }

  private static String require(Command.Result result) throws WorkspaceException {
    if (result.exitCode() != 0) {
      throw new WorkspaceException(
          "checkpoint_failed",
          "the files of the workspace could not be read: " + Git.reason(result),
          false);
    }
    return result.out().strip();
  }
}
