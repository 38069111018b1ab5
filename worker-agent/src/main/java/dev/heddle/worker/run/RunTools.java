package dev.heddle.worker.run;

import dev.heddle.contracts.Ids;
import dev.heddle.messaging.DispatchTimes;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.mcp.ToolServers;
import dev.heddle.worker.secret.Secrets;
import dev.heddle.worker.workspace.Workspaces;
import java.time.Duration;
import java.time.InstantSource;

/** What every run needs. */
record RunTools(
    Engines engines,
    Workspaces workspaces,
    WorkspaceRoom room,
    Secrets secrets,
    Prices prices,
    ToolServers toolServers,
    Ids ids,
    Duration cancelGrace,
    DispatchTimes times,
    InstantSource clock) {}
